// Staples on disk, laid out as nats-server does, so that a directory can be shared with one:
// <store_dir>/ocsp/<lower-case hex SHA-256 of the leaf's DER>, raw DER, mode 0600.
//
// It judges nothing: what it loads must be verified like any octets from the network.
#pragma once

#include <filesystem>
#include <optional>
#include <string>

#include "pki/bytes.hpp"
#include "pki/certificate.hpp"

namespace staplelab::stapler {

class staple_store {
 public:
  static constexpr std::size_t max_octets = 64 * 1024;

  // Empty: keeps nothing.
  explicit staple_store(std::optional<std::filesystem::path> store_dir)
      : store_dir_(std::move(store_dir)) {}

  // Empty when there is no file, it cannot be read, or it is larger than max_octets.
  std::optional<pki::bytes> load(const pki::certificate& leaf) const;

  // Replaces the file in one step, synced; makes the directory, mode 0750, if it is missing. Gives
  // what went wrong, if anything did.
  std::optional<std::string> save(const pki::certificate& leaf, pki::bytes_view der) const;

  std::optional<std::filesystem::path> path_of(const pki::certificate& leaf) const;

 private:
  std::optional<std::filesystem::path> store_dir_;
};

}  // namespace staplelab::stapler
