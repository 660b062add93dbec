// Signature algorithms of OCSP answers: which a key can sign with, how strong they are, and the
// choice among those that a client prefers (RFC 6960 4.4.7).
//
// SHA-1 is known here so that it can be refused by name; nothing is ever signed with it.
#pragma once

#include <optional>
#include <string_view>
#include <vector>

#include "pki/bytes.hpp"
#include "pki/key.hpp"

namespace staplelab::pki {

enum class signature_algorithm {
  rsa_sha1,
  rsa_sha256,
  rsa_sha384,
  rsa_sha512,
  ecdsa_sha1,
  ecdsa_sha256,
  ecdsa_sha384,
  ecdsa_sha512,
  ed25519,
};
// OpenSSL's long name, "ecdsa-with-SHA256": what basic_response::signature_algorithm says.
std::string_view to_string(signature_algorithm algorithm);
// `oid` is the content of an OBJECT IDENTIFIER; empty for algorithms not listed above.
std::optional<signature_algorithm> parse_signature_algorithm(bytes_view oid);

// The bits of its digest; 0 for SHA-1, which is broken; 256 for Ed25519.
int strength_of(signature_algorithm algorithm);
// SHA-256 for RSA and P-256, SHA-384 for P-384; empty for a key that signs with none of these.
std::optional<signature_algorithm> usual_algorithm(const key& signer);
// The digest to give to OpenSSL; null for Ed25519, which has its own.
const EVP_MD* digest_of(signature_algorithm algorithm);

// PreferredSignatureAlgorithm (RFC 6960 4.4.7.1).
struct preferred_signature {
  signature_algorithm algorithm;
  std::optional<bytes> key_algorithm;  // pubKeyAlgIdentifier, the content of its SEQUENCE
};

// Whether this key can sign so, and is of the kind that the client names beside it.
bool can_sign(const key& signer, signature_algorithm algorithm);
bool can_satisfy(const key& signer, const preferred_signature& wanted);

// At least SHA-256, and at least as strong as what the issuer signs certificates with (BR 7.1.3.2,
// RFC 6960 5.1.2).
bool is_strong_enough(signature_algorithm algorithm, const key& issuer);
// What `signer` uses when nobody prefers anything: its usual algorithm, or with a longer digest
// where the issuer's demands it.
std::optional<signature_algorithm> default_algorithm(const key& signer, const key& issuer);

}  // namespace staplelab::pki
