#include "pki/key.hpp"

#include <fmt/format.h>
#include <openssl/ec.h>
#include <openssl/pem.h>
#include <openssl/rsa.h>

#include "pki/asn1.hpp"
#include "pki/errors.hpp"
#include "pki/pem.hpp"

namespace staplelab::pki {
namespace {

// Made the old way: putting a key of a provider into a certificate, and writing it as PEM, takes
// OpenSSL 3.0 five times as long as all of the rest, signature included.
EVP_PKEY* generate_ec(int curve) {
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wdeprecated-declarations"
  handle<EC_KEY, EC_KEY_free> own(EC_KEY_new_by_curve_name(curve));
  if (!own || EC_KEY_generate_key(own.get()) != 1) return nullptr;
  evp_pkey_handle pkey(EVP_PKEY_new());
  if (!pkey || EVP_PKEY_assign_EC_KEY(pkey.get(), own.get()) != 1) return nullptr;
  own.release();  // it is the EVP_PKEY's now
  return pkey.release();
#pragma GCC diagnostic pop
}

EVP_PKEY* generate_pkey(key_type type) {
  switch (type) {
    case key_type::p256:
      return generate_ec(NID_X9_62_prime256v1);
    case key_type::p384:
      return generate_ec(NID_secp384r1);
    case key_type::rsa2048:
      return EVP_RSA_gen(2048);
    case key_type::rsa3072:
      return EVP_RSA_gen(3072);
    case key_type::ed25519:
      return EVP_PKEY_Q_keygen(nullptr, nullptr, "ED25519");
  }
  return nullptr;
}

}  // namespace

std::string_view to_string(key_type type) {
  switch (type) {
    case key_type::p256:
      return "p256";
    case key_type::p384:
      return "p384";
    case key_type::rsa2048:
      return "rsa2048";
    case key_type::rsa3072:
      return "rsa3072";
    case key_type::ed25519:
      return "ed25519";
  }
  return {};
}

std::optional<key_type> parse_key_type(std::string_view name) {
  for (const key_type type : all_key_types) {
    if (name == to_string(type)) return type;
  }
  return std::nullopt;
}

key key::generate(key_type type) {
  evp_pkey_handle pkey{generate_pkey(type)};
  if (!pkey) throw_openssl(fmt::format("generating a key of type {}", to_string(type)));
  return key{std::move(pkey)};
}

key key::from_pem(std::string_view pem, std::string_view origin) {
  const error_queue_guard guard;
  if (pem.find("PRIVATE KEY-----") == std::string_view::npos) {
    throw input_error{
        fmt::format("{} holds no private key in PEM: no line '-----BEGIN PRIVATE KEY-----'; "
                    "is it the certificate, or DER?",
                    origin)};
  }
  if (pem.find("ENCRYPTED") != std::string_view::npos) {
    throw input_error{
        fmt::format("the private key in {} is encrypted; decrypt it with 'openssl pkey -in {}'",
                    origin, origin)};
  }
  const bio_handle in = reader_of(pem);
  evp_pkey_handle pkey{PEM_read_bio_PrivateKey(in.get(), nullptr, no_password, nullptr)};
  if (!pkey) {
    throw input_error{fmt::format(
        "the private key in {} cannot be read: the PEM block is damaged or of an unknown kind; "
        "'openssl pkey -in {}' says more",
        origin, origin)};
  }
  return key{std::move(pkey)};
}

key::key(const key& other) : pkey_(other.pkey_.get()) {
  if (pkey_) EVP_PKEY_up_ref(pkey_.get());
}

key& key::operator=(const key& other) {
  if (this != &other) *this = key{other};
  return *this;
}

std::string key::to_pem() const {
  const bio_handle out = make_writer();
  if (PEM_write_bio_PKCS8PrivateKey(out.get(), pkey_.get(), nullptr, nullptr, 0, nullptr,
                                    nullptr) != 1) {
    throw_openssl("writing a private key");
  }
  return written_to(out.get());
}

bytes key::public_der() const {
  return to_der<i2d_PUBKEY>(pkey_.get());
}

const EVP_MD* key::digest() const {
  switch (EVP_PKEY_get_base_id(pkey_.get())) {
    case EVP_PKEY_ED25519:
    case EVP_PKEY_ED448:
      return nullptr;
    case EVP_PKEY_EC:
      return EVP_PKEY_get_bits(pkey_.get()) >= 384 ? EVP_sha384() : EVP_sha256();
    default:
      return EVP_sha256();
  }
}

}  // namespace staplelab::pki
