// Issues many certificates in one act: all of them, or none. Keys and signatures are made on
// several threads while one puts them aside; others may write to the CA until all are there.
#pragma once

#include <cstddef>
#include <filesystem>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "pki/certificate.hpp"
#include "pki/key.hpp"
#include "pki/mini_ca.hpp"
#include "pki/time.hpp"

namespace staplelab::pki {

struct bulk_entry {
  std::string name;  // unique among what is issued
  std::vector<std::string> subject_alt_names;
};

struct bulk_description {
  std::string issuer;             // name of an authority
  certificate_description alike;  // name, names and serial number are filled in for each
  key_type type = key_type::p256;
  std::size_t threads = 1;
  mini_ca::serial_source serials = mini_ca::random_serials();
  std::function<void(std::size_t ready)> progress = {};  // so many are signed, and not yet issued
};

// Takes entries until there is none. Gives how many were issued. Throws input_error for a name that
// is taken or cannot be one, and for an authority that there is not, store_error and crypto_error;
// nothing is issued then.
std::size_t issue_in_bulk(const std::filesystem::path& directory, const bulk_description& what,
                          const std::function<std::optional<bulk_entry>()>& next, time_point now);

}  // namespace staplelab::pki
