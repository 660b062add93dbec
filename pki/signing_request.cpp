#include "pki/signing_request.hpp"

#include <fmt/format.h>
#include <openssl/pem.h>

#include <algorithm>
#include <array>
#include <utility>

#include "pki/asn1.hpp"
#include "pki/errors.hpp"
#include "pki/pem.hpp"
#include "pki/tls_feature.hpp"

namespace staplelab::pki {
namespace {

void free_extensions(STACK_OF(X509_EXTENSION) * all) noexcept {
  sk_X509_EXTENSION_pop_free(all, X509_EXTENSION_free);
}
using extensions_handle = handle<STACK_OF(X509_EXTENSION), free_extensions>;

X509_REQ* read_pem(std::string_view content) {
  const bio_handle in = reader_of(content);
  return PEM_read_bio_X509_REQ(in.get(), nullptr, no_password, nullptr);
}

bytes_view octets_of(std::string_view content) {
  return {reinterpret_cast<const std::uint8_t*>(content.data()), content.size()};
}

// Microsoft's identifier is older than RFC 2985, and OpenSSL reads it as well.
bool asks_for_extensions(const X509_REQ* request) {
  constexpr std::array<int, 2> attributes{NID_ext_req, NID_ms_ext_req};
  return std::ranges::any_of(
      attributes, [&](int nid) { return X509_REQ_get_attr_by_NID(request, nid, -1) >= 0; });
}

}  // namespace

signing_request signing_request::parse(std::string_view content, std::string_view origin) {
  const error_queue_guard guard;
  request_handle request{content.find("-----BEGIN") == std::string_view::npos
                             ? from_der<request_handle, d2i_X509_REQ>(octets_of(content)).release()
                             : read_pem(content)};
  if (!request) {
    throw input_error{fmt::format(
        "{} is not a certificate signing request, neither in PEM (-----BEGIN CERTIFICATE "
        "REQUEST-----) nor in DER; 'openssl req -in {}' says more",
        origin, origin)};
  }
  EVP_PKEY* key = X509_REQ_get0_pubkey(request.get());  // borrowed from the request
  if (key == nullptr) {
    throw input_error{
        fmt::format("the key in the signing request {} is damaged, or of an unknown kind", origin)};
  }
  if (X509_REQ_verify(request.get(), key) != 1) {
    throw input_error{fmt::format(
        "the signing request {} is not signed by the key in it: it was changed after signing, or "
        "whoever made it does not have that key",
        origin)};
  }
  signing_request parsed{std::move(request)};
  parsed.read_extensions(origin);
  return parsed;
}

void signing_request::read_extensions(std::string_view origin) {
  if (!asks_for_extensions(request_.get())) return;
  const extensions_handle all{X509_REQ_get_extensions(request_.get())};
  if (!all) {
    throw input_error{
        fmt::format("the extensions that the signing request {} asks for cannot be read", origin)};
  }
  for (int i = 0; i < sk_X509_EXTENSION_num(all.get()); ++i) {
    const X509_EXTENSION* each = sk_X509_EXTENSION_value(all.get(), i);  // borrowed from `all`
    const ASN1_OBJECT* identifier =
        X509_EXTENSION_get_object(const_cast<X509_EXTENSION*>(each));  // borrowed
    if (OBJ_obj2nid(identifier) != NID_tlsfeature) {
      others_.push_back(to_text(identifier));
      continue;
    }
    const tls_feature_handle features{
        static_cast<TLS_FEATURE*>(X509V3_EXT_d2i(const_cast<X509_EXTENSION*>(each)))};
    if (!features) {
      throw input_error{fmt::format(
          "the TLS Feature extension that the signing request {} asks for cannot be read", origin)};
    }
    if (lists_status_request(features.get())) {
      must_staple_ = true;
    } else {
      others_.push_back(to_text(identifier));
    }
  }
}

bool signing_request::has_key_of(const certificate& cert) const {
  const EVP_PKEY* certified = X509_get0_pubkey(cert.get());  // borrowed from the certificate
  return certified != nullptr && EVP_PKEY_eq(certified, public_key()) == 1;
}

EVP_PKEY* signing_request::public_key() const noexcept {
  return X509_REQ_get0_pubkey(request_.get());
}

}  // namespace staplelab::pki
