// Octets without end from a seed: SHA-256 over seed, name and a counter.
//
// They are no secret and make no secret: a test vector's private keys are known to everybody.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "pki/bytes.hpp"

namespace staplelab::vectors {

class seeded_octets {
 public:
  seeded_octets(std::string_view seed, std::string_view name);
  pki::bytes take(std::size_t count);

 private:
  std::string origin_;
  std::uint64_t blocks_ = 0;
};

}  // namespace staplelab::vectors
