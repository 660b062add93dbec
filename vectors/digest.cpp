#include "vectors/digest.hpp"

#include <openssl/evp.h>

#include "pki/errors.hpp"

namespace staplelab::vectors {
namespace {

const EVP_MD* algorithm_of(digest with) {
  switch (with) {
    case digest::sha1:
      return EVP_sha1();
    case digest::sha256:
      return EVP_sha256();
    case digest::sha384:
      return EVP_sha384();
    case digest::sha512:
      break;
  }
  return EVP_sha512();
}

}  // namespace

const char* oid_of(digest with) {
  switch (with) {
    case digest::sha1:
      return "1.3.14.3.2.26";
    case digest::sha256:
      return "2.16.840.1.101.3.4.2.1";
    case digest::sha384:
      return "2.16.840.1.101.3.4.2.2";
    case digest::sha512:
      break;
  }
  return "2.16.840.1.101.3.4.2.3";
}

bytes identifier_of(digest with) {
  return sequence({oid(oid_of(with)), null()});
}

bytes hashed(digest with, bytes_view octets) {
  bytes out(EVP_MAX_MD_SIZE);
  unsigned int size = 0;
  if (EVP_Digest(octets.data(), octets.size(), out.data(), &size, algorithm_of(with), nullptr) !=
      1) {
    pki::throw_openssl("hashing");
  }
  out.resize(size);
  return out;
}

}  // namespace staplelab::vectors
