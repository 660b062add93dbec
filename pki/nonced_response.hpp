// A response that was made without a nonce, once more with one: its DER is the template, and only
// the nonce, the lengths around it and the signature are new. OpenSSL's objects are left out, and
// what the key needs for it is kept, so that next to nothing is added to the time of the signature.
#pragma once

#include <optional>

#include "pki/bytes.hpp"
#include "pki/handles.hpp"
#include "pki/key.hpp"
#include "pki/presignatures.hpp"

namespace staplelab::pki {

class nonced_responses {
 public:
  // Signs as `signer` usually does or, with a digest, with that one. Not for two threads at once.
  nonced_responses(const key& signer, const EVP_MD* digest);

  // `plain` is a successful response that this key has signed with this digest, and that has no
  // responseExtensions. `nonce` is the content of the inner OCTET STRING (RFC 9654 2.1), of at most
  // 128 octets. Throws crypto_error.
  bytes with_nonce(bytes_view plain, bytes_view nonce);

 private:
  bytes signature_of(bytes_view signed_part);
  bytes signature_of_digest(bytes_view digest);

  key key_;
  handle<EVP_MD, EVP_MD_free> digest_;  // fetched once; empty for Ed25519
  evp_md_ctx_handle hashing_;
  std::optional<presignatures> presigned_;  // of ECDSA
  evp_pkey_ctx_handle context_;             // of RSA; Ed25519 signs no digest
};

}  // namespace staplelab::pki
