#include "pki/cert_status.hpp"

#include <array>

#include "pki/asn1.hpp"
#include "pki/errors.hpp"
#include "pki/ocsp_wire.hpp"

namespace staplelab::pki {
namespace {

constexpr std::array all_reasons{
    crl_reason::unspecified,         crl_reason::key_compromise,
    crl_reason::ca_compromise,       crl_reason::affiliation_changed,
    crl_reason::superseded,          crl_reason::cessation_of_operation,
    crl_reason::certificate_hold,    crl_reason::remove_from_crl,
    crl_reason::privilege_withdrawn, crl_reason::aa_compromise,
};

}  // namespace

std::string_view to_string(crl_reason reason) {
  switch (reason) {
    case crl_reason::unspecified:
      return "unspecified";
    case crl_reason::key_compromise:
      return "keyCompromise";
    case crl_reason::ca_compromise:
      return "cACompromise";
    case crl_reason::affiliation_changed:
      return "affiliationChanged";
    case crl_reason::superseded:
      return "superseded";
    case crl_reason::cessation_of_operation:
      return "cessationOfOperation";
    case crl_reason::certificate_hold:
      return "certificateHold";
    case crl_reason::remove_from_crl:
      return "removeFromCRL";
    case crl_reason::privilege_withdrawn:
      return "privilegeWithdrawn";
    case crl_reason::aa_compromise:
      return "aACompromise";
  }
  return {};
}

std::optional<crl_reason> parse_crl_reason(std::string_view name) {
  for (const crl_reason reason : all_reasons) {
    if (name == to_string(reason)) return reason;
  }
  return std::nullopt;
}

std::optional<crl_reason> to_crl_reason(long code) {
  for (const crl_reason reason : all_reasons) {
    if (code == static_cast<long>(reason)) return reason;
  }
  return std::nullopt;
}

std::string_view to_string(hash_algorithm algorithm) {
  switch (algorithm) {
    case hash_algorithm::sha1:
      return "sha1";
    case hash_algorithm::sha256:
      return "sha256";
    case hash_algorithm::sha384:
      return "sha384";
    case hash_algorithm::sha512:
      return "sha512";
  }
  return {};
}

const EVP_MD* to_digest(hash_algorithm algorithm) {
  switch (algorithm) {
    case hash_algorithm::sha1:
      return EVP_sha1();
    case hash_algorithm::sha256:
      return EVP_sha256();
    case hash_algorithm::sha384:
      return EVP_sha384();
    case hash_algorithm::sha512:
      return EVP_sha512();
  }
  return nullptr;
}

issuer_hashes hash_issuer(const certificate& issuer, hash_algorithm algorithm) {
  issuer_hashes hashes{bytes(EVP_MAX_MD_SIZE), bytes(EVP_MAX_MD_SIZE)};
  unsigned int name_size = 0;
  unsigned int key_size = 0;
  const EVP_MD* digest = to_digest(algorithm);
  if (X509_NAME_digest(X509_get_subject_name(issuer.get()), digest, hashes.name.data(),
                       &name_size) != 1 ||
      X509_pubkey_digest(issuer.get(), digest, hashes.key.data(), &key_size) != 1) {
    throw_openssl("hashing the issuer " + issuer.subject());
  }
  hashes.name.resize(name_size);
  hashes.key.resize(key_size);
  return hashes;
}

cert_id read_cert_id(const OCSP_CERTID* encoded) {
  ASN1_OCTET_STRING* name_hash = nullptr;
  ASN1_OBJECT* algorithm = nullptr;
  ASN1_OCTET_STRING* key_hash = nullptr;
  ASN1_INTEGER* serial = nullptr;
  OCSP_id_get0_info(&name_hash, &algorithm, &key_hash, &serial,
                    const_cast<OCSP_CERTID*>(encoded));  // all borrowed, nothing is changed
  cert_id id;
  for (const hash_algorithm known : {hash_algorithm::sha1, hash_algorithm::sha256,
                                     hash_algorithm::sha384, hash_algorithm::sha512}) {
    if (OBJ_obj2nid(algorithm) == EVP_MD_get_type(to_digest(known))) id.hash = known;
  }
  const bytes_view name = octets_of(name_hash);
  const bytes_view key = octets_of(key_hash);
  id.issuer_name_hash.assign(name.begin(), name.end());
  id.issuer_key_hash.assign(key.begin(), key.end());
  id.serial = to_serial(serial);
  id.der = to_der<i2d_OCSP_CERTID>(encoded);
  return id;
}

namespace {

// OCSP_CERTID cannot be filled field by field, so the encoding is put together from its parts.
ocsp_certid_handle encode_fields(const cert_id& id) {
  if (!id.hash) throw crypto_error{"a CertID without encoding needs a known hash algorithm"};
  const asn1_integer_handle serial = to_asn1(id.serial);
  const handle<X509_ALGOR, X509_ALGOR_free> algorithm{X509_ALGOR_new()};
  // With NULL parameters, as nearly everybody writes it.
  ASN1_OBJECT* const oid = OBJ_nid2obj(EVP_MD_get_type(to_digest(*id.hash)));  // static
  if (!algorithm || X509_ALGOR_set0(algorithm.get(), oid, V_ASN1_NULL, nullptr) != 1) {
    throw_openssl("encoding a CertID");
  }
  bytes content;
  for (const bytes& part : {to_der<i2d_X509_ALGOR>(algorithm.get()),
                            wrap_der(der_tag::octet_string, id.issuer_name_hash),
                            wrap_der(der_tag::octet_string, id.issuer_key_hash),
                            to_der<i2d_ASN1_INTEGER>(serial.get())}) {
    content.insert(content.end(), part.begin(), part.end());
  }
  const bytes der = wrap_der(der_tag::sequence, content);
  return from_der<ocsp_certid_handle, d2i_OCSP_CERTID>(der);
}

}  // namespace

ocsp_certid_handle write_cert_id(const cert_id& id) {
  ocsp_certid_handle encoded =
      id.der.empty() ? encode_fields(id) : from_der<ocsp_certid_handle, d2i_OCSP_CERTID>(id.der);
  if (!encoded) throw_openssl("encoding a CertID");
  return encoded;
}

cert_id cert_id::of(const certificate& leaf, const certificate& issuer, hash_algorithm hash) {
  return of(leaf.serial(), issuer, hash);
}

cert_id cert_id::of(const serial_number& serial, const certificate& issuer, hash_algorithm hash) {
  const asn1_integer_handle number = to_asn1(serial);
  const ocsp_certid_handle encoded{
      OCSP_cert_id_new(to_digest(hash), X509_get_subject_name(issuer.get()),
                       X509_get0_pubkey_bitstr(issuer.get()), number.get())};
  if (!encoded) throw_openssl("naming a certificate of " + issuer.subject());
  return read_cert_id(encoded.get());
}

bool cert_id::names_issuer(const certificate& issuer) const {
  if (!hash) return false;
  const issuer_hashes hashes = hash_issuer(issuer, *hash);
  return issuer_name_hash == hashes.name && issuer_key_hash == hashes.key;
}

bool same_certificate(const cert_id& a, const cert_id& b) {
  // Two unknown algorithms need not be the same one; their encodings tell.
  if (!a.hash && !b.hash) return a.der == b.der;
  return a.hash == b.hash && a.serial == b.serial && a.issuer_name_hash == b.issuer_name_hash &&
         a.issuer_key_hash == b.issuer_key_hash;
}

cert_status known_at(const status_history& history, time_point then) {
  cert_status known = unknown_status{};
  for (const status_record& record : history) {
    if (record.recorded_at <= then) known = record.status;
  }
  const auto* revoked = std::get_if<revoked_status>(&known);
  if (revoked != nullptr && revoked->at > then) return good_status{};
  return known;
}

std::variant<status_history, no_status> status_book::history(const cert_id& id,
                                                             time_point now) const {
  const auto found = look_up(id, now);
  if (const auto* none = std::get_if<no_status>(&found)) return *none;
  const auto& status = std::get<cert_status>(found);
  if (std::holds_alternative<unknown_status>(status)) return status_history{};
  return status_history{{time_point::min(), status}};
}

}  // namespace staplelab::pki
