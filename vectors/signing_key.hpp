// Keys that a seed fixes, and signatures that key and message fix.
#pragma once

#include <string_view>
#include <variant>

#include "pki/bytes.hpp"
#include "pki/handles.hpp"

namespace staplelab::vectors {

enum class key_kind { p256, ed25519, rsa2048, rsa1024 };
enum class algorithm {
  ecdsa_sha256,
  ecdsa_sha1,
  ed25519,
  rsa_sha256,
  rsa_sha384,
  rsa_sha1,
  rsa_md5,
};
pki::bytes identifier_of(algorithm a);  // AlgorithmIdentifier

class signing_key {
 public:
  // Throws crypto_error.
  static signing_key derive(key_kind kind, std::string_view seed, std::string_view name);

  pki::bytes public_info() const;    // SubjectPublicKeyInfo
  pki::bytes public_octets() const;  // what its BIT STRING holds
  algorithm usual() const;
  // `a` must be one for this kind of key.
  pki::bytes sign(algorithm a, pki::bytes_view message) const;

 private:
  struct p256 {
    pki::bytes number;
  };
  using secret = std::variant<p256, pki::evp_pkey_handle>;
  explicit signing_key(secret s) : secret_(std::move(s)) {}
  secret secret_;
};

}  // namespace staplelab::vectors
