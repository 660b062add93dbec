// A private key, or the public half of one. A value: copies share the immutable OpenSSL object.
#pragma once

#include <array>
#include <optional>
#include <string>
#include <string_view>

#include "pki/bytes.hpp"
#include "pki/handles.hpp"

namespace staplelab::pki {

enum class key_type { p256, p384, rsa2048, rsa3072, ed25519 };

inline constexpr std::array all_key_types{key_type::p256, key_type::p384, key_type::rsa2048,
                                          key_type::rsa3072, key_type::ed25519};

// "p256", "p384", "rsa2048", "rsa3072", "ed25519"
std::string_view to_string(key_type type);
std::optional<key_type> parse_key_type(std::string_view name);

class key {
 public:
  // Throws crypto_error.
  static key generate(key_type type);
  // PKCS#8 or traditional PEM, not encrypted. `origin` (a file name) is for the message. Throws
  // input_error.
  static key from_pem(std::string_view pem, std::string_view origin);

  key(const key& other);
  key& operator=(const key& other);
  key(key&&) noexcept = default;
  key& operator=(key&&) noexcept = default;
  ~key() = default;

  // PKCS#8 PEM, not encrypted.
  std::string to_pem() const;
  // DER of the SubjectPublicKeyInfo.
  bytes public_der() const;
  // The digest this key signs with: SHA-256; SHA-384 for P-384; null for Ed25519, which has its
  // own.
  const EVP_MD* digest() const;
  // Borrowed; lives as long as this value.
  EVP_PKEY* get() const noexcept { return pkey_.get(); }

 private:
  explicit key(evp_pkey_handle pkey) : pkey_(std::move(pkey)) {}
  evp_pkey_handle pkey_;
};

}  // namespace staplelab::pki
