// Owners for OpenSSL objects. Each alias frees what it holds; nothing here is shared.
//
// No raw OpenSSL pointer in this project owns anything, except between a call that returns one and
// the alias built on that same line.
#pragma once

#include <openssl/bio.h>
#include <openssl/bn.h>
#include <openssl/evp.h>
#include <openssl/ocsp.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>

#include <memory>

namespace staplelab::pki {

template <auto Free>
struct freed_by {
  template <class T>
  void operator()(T* object) const noexcept {
    Free(object);
  }
};

template <class T, auto Free>
using handle = std::unique_ptr<T, freed_by<Free>>;

inline void free_x509_stack(STACK_OF(X509) * certificates) noexcept {
  sk_X509_pop_free(certificates, X509_free);
}

using evp_pkey_handle = handle<EVP_PKEY, EVP_PKEY_free>;
using evp_pkey_ctx_handle = handle<EVP_PKEY_CTX, EVP_PKEY_CTX_free>;
using evp_md_ctx_handle = handle<EVP_MD_CTX, EVP_MD_CTX_free>;
using bio_handle = handle<BIO, BIO_free_all>;
using bignum_handle = handle<BIGNUM, BN_free>;
using x509_handle = handle<X509, X509_free>;
using x509_name_handle = handle<X509_NAME, X509_NAME_free>;
using x509_extension_handle = handle<X509_EXTENSION, X509_EXTENSION_free>;
using x509_crl_handle = handle<X509_CRL, X509_CRL_free>;
using x509_revoked_handle = handle<X509_REVOKED, X509_REVOKED_free>;
using x509_store_handle = handle<X509_STORE, X509_STORE_free>;
using x509_stack_handle = handle<STACK_OF(X509), free_x509_stack>;
using asn1_integer_handle = handle<ASN1_INTEGER, ASN1_INTEGER_free>;
using asn1_time_handle = handle<ASN1_TIME, ASN1_TIME_free>;
using asn1_generalizedtime_handle = handle<ASN1_GENERALIZEDTIME, ASN1_GENERALIZEDTIME_free>;
using asn1_octet_string_handle = handle<ASN1_OCTET_STRING, ASN1_OCTET_STRING_free>;
using ocsp_certid_handle = handle<OCSP_CERTID, OCSP_CERTID_free>;
using ocsp_request_handle = handle<OCSP_REQUEST, OCSP_REQUEST_free>;
using ocsp_response_handle = handle<OCSP_RESPONSE, OCSP_RESPONSE_free>;
using ocsp_basicresp_handle = handle<OCSP_BASICRESP, OCSP_BASICRESP_free>;

}  // namespace staplelab::pki
