// ECDSA over P-256 with the nonce of RFC 6979: the same key and message always give the same
// signature, which OpenSSL 3.0 cannot be told to do.
#pragma once

#include <openssl/evp.h>

#include "pki/bytes.hpp"

namespace staplelab::vectors {

// 1 to n-1 out of 32 octets or more.
pki::bytes p256_private_key(pki::bytes_view octets);
// Uncompressed: 04, x, y.
pki::bytes p256_public_key(pki::bytes_view private_key);

struct p256_signature {
  pki::bytes r;  // 32 octets each
  pki::bytes s;
};
// Throws crypto_error.
p256_signature p256_sign(pki::bytes_view private_key, pki::bytes_view message,
                         const EVP_MD* digest);

}  // namespace staplelab::vectors
