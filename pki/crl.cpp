#include "pki/crl.hpp"

#include "pki/asn1.hpp"
#include "pki/errors.hpp"

namespace staplelab::pki {
namespace {

using enumerated_handle = handle<ASN1_ENUMERATED, ASN1_ENUMERATED_free>;

asn1_time_handle make_time(time_point t) {
  asn1_time_handle encoded{ASN1_TIME_new()};
  // RFC 5280 5.1.2.4: UTCTime through 2049; this function converts.
  if (!encoded || ASN1_TIME_set_string_X509(encoded.get(), to_generalized_text(t).c_str()) != 1) {
    throw_openssl("encoding a time for a CRL");
  }
  return encoded;
}

void add_reason(X509_REVOKED* revoked, crl_reason reason) {
  const enumerated_handle code{ASN1_ENUMERATED_new()};
  if (!code || ASN1_ENUMERATED_set(code.get(), static_cast<long>(reason)) != 1 ||
      X509_REVOKED_add1_ext_i2d(revoked, NID_crl_reason, code.get(), 0, X509V3_ADD_DEFAULT) != 1) {
    throw_openssl("adding a reason to a CRL entry");
  }
}

void add_invalidity_date(X509_REVOKED* revoked, time_point since) {
  const asn1_generalizedtime_handle date = to_generalized(since);
  if (X509_REVOKED_add1_ext_i2d(revoked, NID_invalidity_date, date.get(), 0, X509V3_ADD_DEFAULT) !=
      1) {
    throw_openssl("adding an invalidity date to a CRL entry");
  }
}

void add_entry(X509_CRL* crl, const crl_entry& entry) {
  x509_revoked_handle revoked{X509_REVOKED_new()};
  if (!revoked || X509_REVOKED_set_serialNumber(revoked.get(), to_asn1(entry.serial).get()) != 1 ||
      X509_REVOKED_set_revocationDate(revoked.get(), make_time(entry.revocation.at).get()) != 1) {
    throw_openssl("adding a CRL entry");
  }
  // RFC 5280 5.3.1: unspecified is said by leaving the reason out.
  const auto reason = entry.revocation.reason;
  if (reason && *reason != crl_reason::unspecified) add_reason(revoked.get(), *reason);
  if (entry.invalid_since) add_invalidity_date(revoked.get(), *entry.invalid_since);
  if (X509_CRL_add0_revoked(crl, revoked.get()) != 1) throw_openssl("adding a CRL entry");
  static_cast<void>(revoked.release());  // `crl` owns it now
}

void add_number(X509_CRL* crl, int nid, std::int64_t number, bool critical) {
  const asn1_integer_handle value{ASN1_INTEGER_new()};
  if (!value || ASN1_INTEGER_set_int64(value.get(), number) != 1 ||
      X509_CRL_add1_ext_i2d(crl, nid, value.get(), critical ? 1 : 0, X509V3_ADD_DEFAULT) != 1) {
    throw_openssl("adding the extension " + std::string{OBJ_nid2sn(nid)});
  }
}

void add_extensions(X509_CRL* crl, const crl_content& content, const X509* issuer) {
  add_number(crl, NID_crl_number, content.number, false);
  if (content.base) add_number(crl, NID_delta_crl, *content.base, true);
  X509V3_CTX context;
  X509V3_set_ctx(&context, const_cast<X509*>(issuer), nullptr, nullptr, crl, 0);
  const x509_extension_handle key_identifier{
      X509V3_EXT_conf_nid(nullptr, &context, NID_authority_key_identifier, "keyid")};
  if (!key_identifier || X509_CRL_add_ext(crl, key_identifier.get(), -1) != 1) {
    throw_openssl("adding the authority key identifier to a CRL");
  }
}

}  // namespace

bytes build_crl(const crl_content& content, const credential& issuer) {
  const error_queue_guard guard;
  const x509_crl_handle crl{X509_CRL_new()};
  if (!crl || X509_CRL_set_version(crl.get(), X509_CRL_VERSION_2) != 1 ||
      X509_CRL_set_issuer_name(crl.get(), X509_get_subject_name(issuer.cert.get())) != 1 ||
      X509_CRL_set1_lastUpdate(crl.get(), make_time(content.this_update).get()) != 1 ||
      X509_CRL_set1_nextUpdate(crl.get(), make_time(content.next_update).get()) != 1) {
    throw_openssl("building a CRL");
  }
  for (const crl_entry& entry : content.entries)
    add_entry(crl.get(), entry);
  add_extensions(crl.get(), content, issuer.cert.get());
  if (X509_CRL_sort(crl.get()) != 1 ||
      X509_CRL_sign(crl.get(), issuer.key.get(), issuer.key.digest()) <= 0) {
    throw_openssl("signing a CRL as " + issuer.cert.subject());
  }
  return to_der<i2d_X509_CRL>(crl.get());
}

}  // namespace staplelab::pki
