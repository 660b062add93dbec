#include <string>

#include "pki/asn1.hpp"
#include "pki/certificate_build.hpp"
#include "pki/errors.hpp"

namespace staplelab::pki {
namespace {

using general_names_handle = handle<GENERAL_NAMES, GENERAL_NAMES_free>;
using general_name_handle = handle<GENERAL_NAME, GENERAL_NAME_free>;
using access_handle = handle<AUTHORITY_INFO_ACCESS, AUTHORITY_INFO_ACCESS_free>;
using access_description_handle = handle<ACCESS_DESCRIPTION, ACCESS_DESCRIPTION_free>;
using null_handle = handle<ASN1_NULL, ASN1_NULL_free>;
using points_handle = handle<CRL_DIST_POINTS, CRL_DIST_POINTS_free>;
using point_handle = handle<DIST_POINT, DIST_POINT_free>;

// Only for values that are written in this file: the text is a little language.
void add_extension(X509* x509, X509V3_CTX* context, int nid, const char* value) {
  const x509_extension_handle extension{X509V3_EXT_conf_nid(nullptr, context, nid, value)};
  if (!extension || X509_add_ext(x509, extension.get(), -1) != 1) {
    throw_openssl("adding the extension " + std::string{OBJ_nid2sn(nid)});
  }
}

void add_extension(X509* x509, int nid, void* value) {
  if (X509_add1_ext_i2d(x509, nid, value, 0, X509V3_ADD_DEFAULT) != 1) {
    throw_openssl("adding the extension " + std::string{OBJ_nid2sn(nid)});
  }
}

general_name_handle make_general_name(int type, const std::string& text) {
  handle<ASN1_IA5STRING, ASN1_IA5STRING_free> value{ASN1_IA5STRING_new()};
  general_name_handle name{GENERAL_NAME_new()};
  if (!value || !name ||
      ASN1_STRING_set(value.get(), text.data(), static_cast<int>(text.size())) != 1) {
    throw_openssl("writing the name " + text);
  }
  GENERAL_NAME_set0_value(name.get(), type, value.release());  // `name` owns it now
  return name;
}

general_name_handle make_alt_name(const std::string& text) {
  const error_queue_guard guard;
  asn1_octet_string_handle address{a2i_IPADDRESS(text.c_str())};
  if (!address) return make_general_name(GEN_DNS, text);
  general_name_handle name{GENERAL_NAME_new()};
  if (!name) throw_openssl("writing the name " + text);
  GENERAL_NAME_set0_value(name.get(), GEN_IPADD, address.release());  // `name` owns it now
  return name;
}

void add_alt_names(X509* x509, const std::vector<std::string>& texts) {
  if (texts.empty()) return;
  const general_names_handle names{GENERAL_NAMES_new()};
  for (const std::string& text : texts) {
    general_name_handle name = make_alt_name(text);
    if (!names || sk_GENERAL_NAME_push(names.get(), name.get()) == 0) throw_openssl("adding names");
    static_cast<void>(name.release());  // `names` owns it now
  }
  add_extension(x509, NID_subject_alt_name, names.get());
}

void add_ocsp_urls(X509* x509, const std::vector<std::string>& urls) {
  if (urls.empty()) return;
  const access_handle access{AUTHORITY_INFO_ACCESS_new()};
  for (const std::string& url : urls) {
    access_description_handle entry{ACCESS_DESCRIPTION_new()};
    if (!access || !entry) throw_openssl("adding the responder address " + url);
    ASN1_OBJECT_free(entry->method);
    entry->method = OBJ_nid2obj(NID_ad_OCSP);  // static, not counted
    GENERAL_NAME_free(entry->location);
    entry->location = make_general_name(GEN_URI, url).release();  // `entry` owns it now
    if (sk_ACCESS_DESCRIPTION_push(access.get(), entry.get()) == 0) throw_openssl("adding " + url);
    static_cast<void>(entry.release());  // `access` owns it now
  }
  add_extension(x509, NID_info_access, access.get());
}

void add_crl_urls(X509* x509, const std::vector<std::string>& urls) {
  if (urls.empty()) return;
  const points_handle points{CRL_DIST_POINTS_new()};
  for (const std::string& url : urls) {
    point_handle point{DIST_POINT_new()};
    if (!points || !point) throw_openssl("adding the CRL address " + url);
    point->distpoint = DIST_POINT_NAME_new();  // owned by `point`
    general_names_handle names{GENERAL_NAMES_new()};
    general_name_handle name = make_general_name(GEN_URI, url);
    if (!point->distpoint || !names || sk_GENERAL_NAME_push(names.get(), name.get()) == 0) {
      throw_openssl("adding the CRL address " + url);
    }
    static_cast<void>(name.release());                  // `names` owns it now
    point->distpoint->type = 0;                         // fullName
    point->distpoint->name.fullname = names.release();  // owned by `point`
    if (sk_DIST_POINT_push(points.get(), point.get()) == 0) throw_openssl("adding " + url);
    static_cast<void>(point.release());  // `points` owns it now
  }
  add_extension(x509, NID_crl_distribution_points, points.get());
}

// RFC 6962 3.1: critical, its value NULL.
void add_poison(X509* x509) {
  const null_handle null{ASN1_NULL_new()};
  if (X509_add1_ext_i2d(x509, NID_ct_precert_poison, null.get(), 1, X509V3_ADD_DEFAULT) != 1) {
    throw_openssl("adding the precertificate poison");
  }
}

void set_validity(X509* x509, time_point not_before, time_point not_after) {
  // RFC 5280 4.1.2.5: UTCTime through 2049; this function converts.
  if (ASN1_TIME_set_string_X509(X509_getm_notBefore(x509),
                                to_generalized_text(not_before).c_str()) != 1 ||
      ASN1_TIME_set_string_X509(X509_getm_notAfter(x509), to_generalized_text(not_after).c_str()) !=
          1) {
    throw_openssl("setting the validity");
  }
}

void set_subject(X509* x509, const std::string& common_name) {
  const x509_name_handle subject{X509_NAME_new()};
  if (!subject ||
      X509_NAME_add_entry_by_NID(subject.get(), NID_commonName, MBSTRING_UTF8,
                                 reinterpret_cast<const unsigned char*>(common_name.data()),
                                 static_cast<int>(common_name.size()), -1, 0) != 1 ||
      X509_set_subject_name(x509, subject.get()) != 1) {
    throw_openssl("setting the common name '" + common_name + "'");
  }
}

void add_role_extensions(X509* x509, X509V3_CTX* context, const certificate_description& what) {
  switch (what.role) {
    case certificate_role::authority:
      add_extension(x509, context, NID_basic_constraints, "critical,CA:TRUE");
      add_extension(x509, context, NID_key_usage, "critical,keyCertSign,cRLSign");
      return;
    case certificate_role::server:
      add_extension(x509, context, NID_basic_constraints, "critical,CA:FALSE");
      add_extension(x509, context, NID_key_usage, "critical,digitalSignature");
      add_extension(x509, context, NID_ext_key_usage, "serverAuth");
      return;
    case certificate_role::ocsp_signer:
      add_extension(x509, context, NID_basic_constraints, "critical,CA:FALSE");
      add_extension(x509, context, NID_key_usage, "critical,digitalSignature");
      if (what.ocsp_signing_eku) add_extension(x509, context, NID_ext_key_usage, "OCSPSigning");
      if (what.ocsp_nocheck) {
        const null_handle null{ASN1_NULL_new()};
        add_extension(x509, NID_id_pkix_OCSP_noCheck, null.get());  // RFC 6960 4.2.2.2.1
      }
      return;
  }
}

// RFC 7633: what an authority with the TLS Feature extension signs has at least the same features.
// A delegate serves no TLS.
void require_features(const certificate_description& what, const certificate* issuer) {
  if (issuer == nullptr || !issuer->must_staple() || what.must_staple) return;
  if (what.role == certificate_role::ocsp_signer) return;
  throw input_error{what.common_name + " must be must-staple: its issuer " + issuer->subject() +
                    " is"};
}

}  // namespace

certificate sign_certificate(const certificate_description& what, const key& subject_key,
                             const certificate* issuer, const key& issuer_key) {
  return sign_certificate_for(subject_key.get(), what, issuer, issuer_key);
}

certificate sign_certificate_for(EVP_PKEY* subject_key, const certificate_description& what,
                                 const certificate* issuer, const key& issuer_key) {
  require_features(what, issuer);
  x509_handle x509{X509_new()};
  if (!x509 || X509_set_version(x509.get(), X509_VERSION_3) != 1) throw_openssl("a certificate");
  const X509* const issued_by = issuer != nullptr ? issuer->get() : x509.get();

  set_subject(x509.get(), what.common_name);
  set_validity(x509.get(), what.not_before, what.not_after);
  if (X509_set_serialNumber(x509.get(), to_asn1(what.serial).get()) != 1 ||
      X509_set_issuer_name(x509.get(), X509_get_subject_name(issued_by)) != 1 ||
      X509_set_pubkey(x509.get(), subject_key) != 1) {
    throw_openssl("describing the certificate " + what.common_name);
  }

  X509V3_CTX context;
  X509V3_set_ctx(&context, const_cast<X509*>(issued_by), x509.get(), nullptr, nullptr, 0);
  add_extension(x509.get(), &context, NID_subject_key_identifier, "hash");
  add_extension(x509.get(), &context, NID_authority_key_identifier, "keyid");
  add_role_extensions(x509.get(), &context, what);
  add_alt_names(x509.get(), what.subject_alt_names);
  add_ocsp_urls(x509.get(), what.ocsp_urls);
  add_crl_urls(x509.get(), what.crl_urls);
  if (what.precertificate) add_poison(x509.get());
  if (what.must_staple) add_extension(x509.get(), &context, NID_tlsfeature, "status_request");

  if (X509_sign(x509.get(), issuer_key.get(), issuer_key.digest()) <= 0) {
    throw_openssl("signing the certificate " + what.common_name);
  }
  return certificate{std::move(x509)};
}

}  // namespace staplelab::pki
