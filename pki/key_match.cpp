#include "pki/key_match.hpp"

#include <openssl/evp.h>
#include <openssl/x509.h>

#include <array>
#include <string_view>

namespace staplelab::pki {

bool holds_matching_key(const credential& who) {
  EVP_PKEY* named = X509_get0_pubkey(who.cert.get());  // borrowed from the certificate
  return named && EVP_PKEY_eq(named, who.key.get()) == 1;
}

bool is_of_type(const key& which, key_type type) {
  EVP_PKEY* const own = which.get();  // borrowed
  const auto is_on_curve = [own](std::string_view name) {
    std::array<char, 64> group{};
    std::size_t length = 0;
    return EVP_PKEY_get_base_id(own) == EVP_PKEY_EC &&
           EVP_PKEY_get_group_name(own, group.data(), group.size(), &length) == 1 &&
           name == std::string_view(group.data(), length);
  };
  const auto is_rsa_of = [own](int bits) {
    return EVP_PKEY_get_base_id(own) == EVP_PKEY_RSA && EVP_PKEY_get_bits(own) == bits;
  };
  switch (type) {
    case key_type::p256:
      return is_on_curve("prime256v1");
    case key_type::p384:
      return is_on_curve("secp384r1");
    case key_type::rsa2048:
      return is_rsa_of(2048);
    case key_type::rsa3072:
      return is_rsa_of(3072);
    case key_type::ed25519:
      return EVP_PKEY_get_base_id(own) == EVP_PKEY_ED25519;
  }
  return false;
}

}  // namespace staplelab::pki
