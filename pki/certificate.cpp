#include "pki/certificate.hpp"

#include <fmt/format.h>
#include <openssl/pem.h>

#include "pki/asn1.hpp"
#include "pki/errors.hpp"
#include "pki/pem.hpp"
#include "pki/tls_feature.hpp"

namespace staplelab::pki {
namespace {

template <class T, auto Free>
handle<T, Free> extension_of(const X509* x509, int nid) {
  const error_queue_guard guard;
  return handle<T, Free>{static_cast<T*>(X509_get_ext_d2i(x509, nid, nullptr, nullptr))};
}

std::string text_of(const ASN1_IA5STRING* text) {
  const bytes_view octets = octets_of(text);
  return {octets.begin(), octets.end()};
}

[[noreturn]] void refuse_block(std::size_t number, std::string_view origin) {
  throw input_error{fmt::format(
      "certificate {} in {} cannot be read: the PEM block is damaged; 'openssl x509 -in {}' says "
      "more",
      number, origin, origin)};
}

}  // namespace

certificate::certificate(x509_handle x509) : x509_(std::move(x509)) {
  if (!x509_) throw input_error{"no certificate given"};
  // So that no accessor can fail later.
  if (!to_time_point(X509_get0_notBefore(x509_.get())) ||
      !to_time_point(X509_get0_notAfter(x509_.get()))) {
    throw input_error{"the validity of certificate " + subject() +
                      " is not written as RFC 5280 4.1.2.5 wants it"};
  }
}

certificate certificate::from_der(bytes_view der, std::string_view origin) {
  const error_queue_guard guard;
  auto x509 = pki::from_der<x509_handle, d2i_X509>(der);
  if (!x509) {
    throw input_error{fmt::format(
        "{} is not a certificate in DER; is it PEM, or cut off? 'openssl x509 -in {}' says more",
        origin, origin)};
  }
  return certificate{std::move(x509)};
}

certificate certificate::from_pem(std::string_view pem, std::string_view origin) {
  return chain_from_pem(pem, origin).front();
}

std::vector<certificate> certificate::chain_from_pem(std::string_view pem,
                                                     std::string_view origin) {
  const error_queue_guard guard;
  const bio_handle in = reader_of(pem);
  std::vector<certificate> chain;
  while (x509_handle x509{PEM_read_bio_X509(in.get(), nullptr, no_password, nullptr)}) {
    chain.emplace_back(std::move(x509));
  }
  const bool at_end = ERR_GET_REASON(ERR_peek_last_error()) == PEM_R_NO_START_LINE;
  if (!at_end) refuse_block(chain.size() + 1, origin);
  if (chain.empty()) {
    throw input_error{fmt::format(
        "{} holds no certificate in PEM: no line '-----BEGIN CERTIFICATE-----'; if it is DER, "
        "convert it with 'openssl x509 -inform der -in {}'",
        origin, origin)};
  }
  return chain;
}

certificate::certificate(const certificate& other) : x509_(other.x509_.get()) {
  if (x509_) X509_up_ref(x509_.get());
}

certificate& certificate::operator=(const certificate& other) {
  if (this != &other) *this = certificate{other};
  return *this;
}

std::string certificate::to_pem() const {
  const bio_handle out = make_writer();
  if (PEM_write_bio_X509(out.get(), get()) != 1) throw_openssl("writing a certificate");
  return written_to(out.get());
}

bytes certificate::der() const {
  return to_der<i2d_X509>(get());
}

bytes certificate::sha256() const {
  bytes digest(EVP_MAX_MD_SIZE);
  unsigned int size = 0;
  if (X509_digest(get(), EVP_sha256(), digest.data(), &size) != 1) throw_openssl("hashing");
  digest.resize(size);
  return digest;
}

serial_number certificate::serial() const {
  return to_serial(X509_get0_serialNumber(get()));
}
std::string certificate::subject() const {
  return to_text(X509_get_subject_name(get()));
}
std::string certificate::issuer() const {
  return to_text(X509_get_issuer_name(get()));
}
time_point certificate::not_before() const {
  return *to_time_point(X509_get0_notBefore(get()));
}
time_point certificate::not_after() const {
  return *to_time_point(X509_get0_notAfter(get()));
}

std::vector<std::string> certificate::ocsp_urls() const {
  std::vector<std::string> urls;
  const auto access =
      extension_of<AUTHORITY_INFO_ACCESS, AUTHORITY_INFO_ACCESS_free>(get(), NID_info_access);
  for (int i = 0; i < sk_ACCESS_DESCRIPTION_num(access.get()); ++i) {
    const ACCESS_DESCRIPTION* entry = sk_ACCESS_DESCRIPTION_value(access.get(), i);  // borrowed
    if (OBJ_obj2nid(entry->method) != NID_ad_OCSP || entry->location->type != GEN_URI) continue;
    urls.push_back(text_of(entry->location->d.uniformResourceIdentifier));
  }
  return urls;
}

std::vector<std::string> certificate::crl_urls() const {
  std::vector<std::string> urls;
  const auto points =
      extension_of<CRL_DIST_POINTS, CRL_DIST_POINTS_free>(get(), NID_crl_distribution_points);
  for (int i = 0; i < sk_DIST_POINT_num(points.get()); ++i) {
    const DIST_POINT_NAME* name = sk_DIST_POINT_value(points.get(), i)->distpoint;  // borrowed
    if (name == nullptr || name->type != 0) continue;                               // 0: fullName
    for (int j = 0; j < sk_GENERAL_NAME_num(name->name.fullname); ++j) {
      const GENERAL_NAME* each = sk_GENERAL_NAME_value(name->name.fullname, j);  // borrowed
      if (each->type == GEN_URI) urls.push_back(text_of(each->d.uniformResourceIdentifier));
    }
  }
  return urls;
}

std::vector<std::string> certificate::dns_names() const {
  std::vector<std::string> names;
  const auto alternatives =
      extension_of<GENERAL_NAMES, GENERAL_NAMES_free>(get(), NID_subject_alt_name);
  for (int i = 0; i < sk_GENERAL_NAME_num(alternatives.get()); ++i) {
    const GENERAL_NAME* name = sk_GENERAL_NAME_value(alternatives.get(), i);  // borrowed
    if (name->type == GEN_DNS) names.push_back(text_of(name->d.dNSName));
  }
  return names;
}

bool certificate::must_staple() const {
  const tls_feature_handle features =
      extension_of<TLS_FEATURE, TLS_FEATURE_free>(get(), NID_tlsfeature);
  return lists_status_request(features.get());
}

bool certificate::is_ca() const {
  const error_queue_guard guard;
  return (X509_get_extension_flags(get()) & EXFLAG_CA) != 0;
}

bool certificate::may_sign_ocsp() const {
  const error_queue_guard guard;
  // Without the extension X509_get_extended_key_usage has every bit set, and that is no permission.
  const bool restricted = (X509_get_extension_flags(get()) & EXFLAG_XKUSAGE) != 0;
  return restricted && (X509_get_extended_key_usage(get()) & XKU_OCSP_SIGN) != 0;
}

bool certificate::has_ocsp_nocheck() const {
  return X509_get_ext_by_NID(get(), NID_id_pkix_OCSP_noCheck, -1) >= 0;
}

bool certificate::signed_by(const certificate& ca) const {
  const error_queue_guard guard;
  if (X509_NAME_cmp(X509_get_issuer_name(get()), X509_get_subject_name(ca.get())) != 0) {
    return false;
  }
  EVP_PKEY* ca_key = X509_get0_pubkey(ca.get());  // borrowed from `ca`
  return ca_key != nullptr && X509_verify(get(), ca_key) == 1;
}

}  // namespace staplelab::pki
