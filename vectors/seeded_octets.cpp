#include "vectors/seeded_octets.hpp"

#include <openssl/evp.h>

#include <array>

#include "pki/errors.hpp"

namespace staplelab::vectors {

seeded_octets::seeded_octets(std::string_view seed, std::string_view name) : origin_(seed) {
  origin_ += '\0';
  origin_ += name;
  origin_ += '\0';
}

pki::bytes seeded_octets::take(std::size_t count) {
  pki::bytes octets;
  while (octets.size() < count) {
    const std::string block = origin_ + std::to_string(blocks_++);
    std::array<std::uint8_t, EVP_MAX_MD_SIZE> digest;
    unsigned int size = 0;
    if (EVP_Digest(block.data(), block.size(), digest.data(), &size, EVP_sha256(), nullptr) != 1) {
      pki::throw_openssl("hashing a seed");
    }
    octets.insert(octets.end(), digest.begin(), digest.begin() + size);
  }
  octets.resize(count);
  return octets;
}

}  // namespace staplelab::vectors
