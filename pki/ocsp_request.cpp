#include <algorithm>
#include <array>

#include "pki/asn1.hpp"
#include "pki/errors.hpp"
#include "pki/ocsp_message.hpp"
#include "pki/ocsp_wire.hpp"

namespace staplelab::pki {
namespace {

constexpr std::size_t max_nonce_size = 128;  // RFC 9654 2.1

// OpenSSL offers no way to ask a request for its version.
bool is_version_1(bytes_view request) {
  const auto outer = read_der(request);
  const auto tbs_request = outer ? read_der(outer->content) : std::nullopt;
  const auto first = tbs_request ? read_der(tbs_request->content) : std::nullopt;
  if (!first || first->tag != der_tag::context_0) return true;  // DEFAULT v1
  static constexpr std::array<std::uint8_t, 3> v1{der_tag::integer, 1, 0};
  return std::ranges::equal(first->content, v1);
}

bool is_understood_in_request(const X509_EXTENSION* extension) {
  switch (OBJ_obj2nid(X509_EXTENSION_get_object(const_cast<X509_EXTENSION*>(extension)))) {
    case NID_id_pkix_OCSP_Nonce:
    case NID_id_pkix_OCSP_acceptableResponses:
      return true;  // basic is what everyone gets
    default:
      return false;
  }
}

// A nonce in here is not the request's (RFC 6960 4.4.1); it is one more extension not understood.
bool is_understood_in_single(const X509_EXTENSION* extension) {
  return OBJ_obj2nid(X509_EXTENSION_get_object(const_cast<X509_EXTENSION*>(extension))) ==
         NID_id_pkix_OCSP_serviceLocator;
}

bool has_unknown_critical(OCSP_ONEREQ* single) {
  for (int i = 0; i < OCSP_ONEREQ_get_ext_count(single); ++i) {
    const X509_EXTENSION* extension = OCSP_ONEREQ_get_ext(single, i);  // borrowed
    if (X509_EXTENSION_get_critical(extension) && !is_understood_in_single(extension)) return true;
  }
  return false;
}

// False when a nonce is there that RFC 9654 2.1 does not allow.
bool read_extensions(OCSP_REQUEST* request, ocsp_request& parsed) {
  for (int i = 0; i < OCSP_REQUEST_get_ext_count(request); ++i) {
    X509_EXTENSION* extension = OCSP_REQUEST_get_ext(request, i);  // borrowed
    if (X509_EXTENSION_get_critical(extension) && !is_understood_in_request(extension)) {
      parsed.unknown_critical_extension = true;
    }
    if (OBJ_obj2nid(X509_EXTENSION_get_object(extension)) != NID_id_pkix_OCSP_Nonce) continue;
    if (parsed.nonce) return false;  // RFC 5280 4.2: not twice
    wire_nonce nonce = read_nonce(extension);
    if (nonce.octets.empty() || nonce.octets.size() > max_nonce_size) return false;
    parsed.nonce = std::move(nonce.octets);
    parsed.raw_nonce = nonce.raw;
  }
  return true;
}

}  // namespace

wire_nonce read_nonce(const X509_EXTENSION* extension) {
  const ASN1_OCTET_STRING* value =
      X509_EXTENSION_get_data(const_cast<X509_EXTENSION*>(extension));  // borrowed
  const bytes_view octets = octets_of(value);
  const auto inner = read_der(octets);
  if (inner && inner->tag == der_tag::octet_string && inner->rest.empty()) {
    return {.octets = {inner->content.begin(), inner->content.end()}};
  }
  return {.octets = {octets.begin(), octets.end()}, .raw = true};
}

x509_extension_handle make_nonce(const bytes& octets, bool raw) {
  const bytes content = raw ? octets : wrap_der(der_tag::octet_string, octets);
  const asn1_octet_string_handle value{ASN1_OCTET_STRING_new()};
  x509_extension_handle extension;
  if (value &&
      ASN1_OCTET_STRING_set(value.get(), content.data(), static_cast<int>(content.size())) == 1) {
    extension.reset(X509_EXTENSION_create_by_NID(nullptr, NID_id_pkix_OCSP_Nonce, 0, value.get()));
  }
  if (!extension) throw_openssl("writing a nonce");
  return extension;
}

boost::system::result<ocsp_request, request_refusal> parse_ocsp_request(bytes_view der) {
  const error_queue_guard guard;
  if (!is_der(der)) return request_refusal{request_flaw::not_der};
  if (!is_version_1(der)) return request_refusal{request_flaw::wrong_version};
  const auto request = from_der<ocsp_request_handle, d2i_OCSP_REQUEST>(der);
  if (!request || !std::ranges::equal(to_der<i2d_OCSP_REQUEST>(request.get()), der)) {
    return request_refusal{request_flaw::not_der};
  }

  ocsp_request parsed;
  const int count = OCSP_request_onereq_count(request.get());
  if (count <= 0) return request_refusal{request_flaw::empty_list};
  parsed.certificates.reserve(static_cast<std::size_t>(count));
  for (int i = 0; i < count; ++i) {
    OCSP_ONEREQ* single = OCSP_request_onereq_get0(request.get(), i);  // borrowed
    parsed.certificates.push_back(read_cert_id(OCSP_onereq_get0_id(single)));
    if (has_unknown_critical(single)) parsed.unknown_critical_extension = true;
  }
  if (!read_extensions(request.get(), parsed)) return request_refusal{request_flaw::bad_nonce};
  parsed.is_signed = OCSP_request_is_signed(request.get()) != 0;
  return parsed;
}

bytes build_ocsp_request(const cert_id& id, const std::optional<bytes>& nonce) {
  const ocsp_request_handle request{OCSP_REQUEST_new()};
  ocsp_certid_handle encoded = write_cert_id(id);
  if (!request || OCSP_request_add0_id(request.get(), encoded.get()) == nullptr) {
    throw_openssl("building an OCSP request");
  }
  static_cast<void>(encoded.release());  // `request` owns it now
  if (nonce) {
    const x509_extension_handle extension = make_nonce(*nonce, false);
    if (OCSP_REQUEST_add_ext(request.get(), extension.get(), -1) != 1) {
      throw_openssl("adding a nonce");
    }
  }
  return to_der<i2d_OCSP_REQUEST>(request.get());
}

}  // namespace staplelab::pki
