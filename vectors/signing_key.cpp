#include "vectors/signing_key.hpp"

#include <cassert>
#include <utility>

#include "pki/errors.hpp"
#include "vectors/der.hpp"
#include "vectors/rfc6979.hpp"
#include "vectors/seeded_octets.hpp"
#include "vectors/seeded_rsa.hpp"

namespace staplelab::vectors {
namespace {

const EVP_MD* digest_of(algorithm a) {
  switch (a) {
    case algorithm::ecdsa_sha256:
    case algorithm::rsa_sha256:
      return EVP_sha256();
    case algorithm::rsa_sha384:
      return EVP_sha384();
    case algorithm::ecdsa_sha1:
    case algorithm::rsa_sha1:
      return EVP_sha1();
    case algorithm::rsa_md5:
      return EVP_md5();
    case algorithm::ed25519:
      break;
  }
  return nullptr;
}

pki::evp_pkey_handle seeded_ed25519(seeded_octets octets) {
  const bytes raw = octets.take(32);
  pki::evp_pkey_handle key{
      EVP_PKEY_new_raw_private_key(EVP_PKEY_ED25519, nullptr, raw.data(), raw.size())};
  if (!key) pki::throw_openssl("making an Ed25519 key from a seed");
  return key;
}

bytes info_of(EVP_PKEY* key) {
  unsigned char* der = nullptr;
  const int size = i2d_PUBKEY(key, &der);
  if (size <= 0) pki::throw_openssl("encoding a public key");
  bytes out(der, der + size);
  OPENSSL_free(der);
  return out;
}

bytes octets_of(EVP_PKEY* key) {
  if (EVP_PKEY_get_base_id(key) == EVP_PKEY_ED25519) {
    bytes raw(32);
    std::size_t size = raw.size();
    if (EVP_PKEY_get_raw_public_key(key, raw.data(), &size) != 1) pki::throw_openssl("a key");
    return raw;
  }
  unsigned char* der = nullptr;
  const int size = i2d_PublicKey(key, &der);
  if (size <= 0) pki::throw_openssl("encoding a public key");
  bytes out(der, der + size);
  OPENSSL_free(der);
  return out;
}

bytes sign_with(EVP_PKEY* key, const EVP_MD* digest, bytes_view message) {
  const pki::evp_md_ctx_handle context{EVP_MD_CTX_new()};
  std::size_t size = 0;
  if (!context || EVP_DigestSignInit(context.get(), nullptr, digest, nullptr, key) != 1 ||
      EVP_DigestSign(context.get(), nullptr, &size, message.data(), message.size()) != 1) {
    pki::throw_openssl("signing a vector");
  }
  bytes signature(size);
  if (EVP_DigestSign(context.get(), signature.data(), &size, message.data(), message.size()) != 1) {
    pki::throw_openssl("signing a vector");
  }
  signature.resize(size);
  return signature;
}

}  // namespace

bytes identifier_of(algorithm a) {
  switch (a) {
    case algorithm::ecdsa_sha256:
      return sequence({oid("1.2.840.10045.4.3.2")});
    case algorithm::ecdsa_sha1:
      return sequence({oid("1.2.840.10045.4.1")});
    case algorithm::ed25519:
      return sequence({oid("1.3.101.112")});
    case algorithm::rsa_sha256:
      return sequence({oid("1.2.840.113549.1.1.11"), null()});
    case algorithm::rsa_sha384:
      return sequence({oid("1.2.840.113549.1.1.12"), null()});
    case algorithm::rsa_sha1:
      return sequence({oid("1.2.840.113549.1.1.5"), null()});
    case algorithm::rsa_md5:
      return sequence({oid("1.2.840.113549.1.1.4"), null()});
  }
  assert(false);
  return {};
}

signing_key signing_key::derive(key_kind kind, std::string_view seed, std::string_view name) {
  seeded_octets octets(seed, name);
  switch (kind) {
    case key_kind::p256:
      return signing_key(p256{p256_private_key(octets.take(48))});
    case key_kind::ed25519:
      return signing_key(seeded_ed25519(std::move(octets)));
    case key_kind::rsa2048:
      return signing_key(seeded_rsa(std::move(octets), 2048));
    case key_kind::rsa1024:
      break;
  }
  return signing_key(seeded_rsa(std::move(octets), 1024));
}

bytes signing_key::public_info() const {
  if (const auto* other = std::get_if<pki::evp_pkey_handle>(&secret_)) return info_of(other->get());
  return sequence({sequence({oid("1.2.840.10045.2.1"), oid("1.2.840.10045.3.1.7")}),
                   bit_string(public_octets())});
}

bytes signing_key::public_octets() const {
  if (const auto* curve = std::get_if<p256>(&secret_)) return p256_public_key(curve->number);
  return octets_of(std::get<pki::evp_pkey_handle>(secret_).get());
}

algorithm signing_key::usual() const {
  const auto* other = std::get_if<pki::evp_pkey_handle>(&secret_);
  if (!other) return algorithm::ecdsa_sha256;
  const bool edwards = EVP_PKEY_get_base_id(other->get()) == EVP_PKEY_ED25519;
  return edwards ? algorithm::ed25519 : algorithm::rsa_sha256;
}

bytes signing_key::sign(algorithm a, bytes_view message) const {
  if (const auto* other = std::get_if<pki::evp_pkey_handle>(&secret_)) {
    return sign_with(other->get(), digest_of(a), message);
  }
  const auto signature = p256_sign(std::get<p256>(secret_).number, message, digest_of(a));
  return sequence({integer(bytes_view(signature.r)), integer(bytes_view(signature.s))});
}

}  // namespace staplelab::vectors
