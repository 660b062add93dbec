// The directory in which an endpoint keeps its staples, and what may befall it.
//
// The directory is made below the system's folder for temporary files and removed with the value.
// Acts on a certificate's file say whether there was one; they throw filesystem_error only when the
// disk itself fails.
#pragma once

#include <filesystem>
#include <optional>

#include "pki/bytes.hpp"
#include "pki/certificate.hpp"

namespace staplelab::scenarios {

class world_store {
 public:
  world_store();
  world_store(const world_store&) = delete;
  world_store& operator=(const world_store&) = delete;
  ~world_store();

  const std::filesystem::path& directory() const { return directory_; }

  bool corrupt(const pki::certificate& leaf);   // one bit of the octet in the middle
  bool truncate(const pki::certificate& leaf);  // to half of its length
  bool remove(const pki::certificate& leaf);
  void replace(const pki::certificate& leaf, pki::bytes_view der);
  // A plain file takes the place of the folder that holds the staple, since a mode would not keep
  // root out. Until unblock() nothing can be read from the store either.
  void block(const pki::certificate& leaf);
  void unblock(const pki::certificate& leaf);

 private:
  std::filesystem::path file_of(const pki::certificate& leaf) const;

  std::filesystem::path directory_;
};

}  // namespace staplelab::scenarios
