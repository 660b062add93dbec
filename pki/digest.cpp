#include "pki/digest.hpp"

#include <openssl/evp.h>

#include "pki/errors.hpp"

namespace staplelab::pki {

bytes sha256(bytes_view octets) {
  bytes result(32);
  unsigned int written = 0;
  if (EVP_Digest(octets.data(), octets.size(), result.data(), &written, EVP_sha256(), nullptr) !=
      1) {
    throw_openssl("cannot compute a SHA-256 digest");
  }
  return result;
}

}  // namespace staplelab::pki
