#include <algorithm>
#include <array>

#include "pki/asn1.hpp"
#include "pki/errors.hpp"
#include "pki/ocsp_message.hpp"
#include "pki/ocsp_wire.hpp"

namespace staplelab::pki {
namespace {

constexpr std::size_t max_nonce_size = 128;  // RFC 9654 2.1

// OpenSSL still knows 1.3.6.1.5.5.7.48.1.8 by the name of a draft.
constexpr int nid_preferred_signature_algorithms = NID_id_pkix_OCSP_extendedStatus;

// What comes before requestList; OpenSSL offers no way to ask a request for it.
struct request_head {
  bool is_version_1 = true;  // DEFAULT v1
  bool names_requestor = false;
};

request_head read_head(bytes_view request) {
  request_head head;
  const auto outer = read_der(request);
  const auto tbs_request = outer ? read_der(outer->content) : std::nullopt;
  auto field = tbs_request ? read_der(tbs_request->content) : std::nullopt;
  if (field && field->tag == der_tag::context_0) {
    static constexpr std::array<std::uint8_t, 3> v1{der_tag::integer, 1, 0};
    head.is_version_1 = std::ranges::equal(field->content, v1);
    field = read_der(field->rest);
  }
  head.names_requestor = field && field->tag == der_tag::context_1;
  return head;
}

bool is_understood_in_request(const X509_EXTENSION* extension) {
  switch (OBJ_obj2nid(X509_EXTENSION_get_object(const_cast<X509_EXTENSION*>(extension)))) {
    case NID_id_pkix_OCSP_Nonce:
    case NID_id_pkix_OCSP_acceptableResponses:
    case nid_preferred_signature_algorithms:
      return true;
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

using flaw = std::optional<request_flaw>;

flaw read_nonce_into(ocsp_request& parsed, const X509_EXTENSION* extension) {
  if (parsed.nonce) return request_flaw::bad_nonce;  // RFC 5280 4.2: not twice
  wire_nonce nonce = read_nonce(extension);
  if (nonce.octets.empty() || nonce.octets.size() > max_nonce_size) return request_flaw::bad_nonce;
  parsed.nonce = std::move(nonce.octets);
  parsed.raw_nonce = nonce.raw;
  return std::nullopt;
}

// The elements of a SEQUENCE OF that fills all of `der`; empty when it is none. A loop over them
// ends with `rest` empty, since the request as a whole was found to be DER.
std::optional<std::vector<der_element>> elements_of(bytes_view der, std::uint8_t tag) {
  const auto outer = read_der(der);
  if (!outer || outer->tag != der_tag::sequence || !outer->rest.empty()) return std::nullopt;
  std::vector<der_element> elements;
  for (bytes_view left = outer->content; !left.empty(); left = elements.back().rest) {
    const auto element = read_der(left);
    if (!element || element->tag != tag) return std::nullopt;
    elements.push_back(*element);
  }
  return elements;
}

// SEQUENCE OF OBJECT IDENTIFIER (RFC 6960 4.4.3).
flaw read_acceptable_into(ocsp_request& parsed, bytes_view value, bool critical) {
  const auto types = elements_of(value, der_tag::object_identifier);
  if (!types) return request_flaw::bad_extension;
  const ASN1_OBJECT* basic = OBJ_nid2obj(NID_id_pkix_OCSP_basic);  // static
  const bytes_view content{OBJ_get0_data(basic), OBJ_length(basic)};
  parsed.accepts_basic = std::ranges::any_of(
      *types, [&](const der_element& type) { return std::ranges::equal(type.content, content); });
  if (critical && !parsed.accepts_basic) parsed.unknown_critical_extension = true;
  return std::nullopt;
}

// SEQUENCE OF SEQUENCE { AlgorithmIdentifier, SMIMECapability OPTIONAL } (RFC 6960 4.4.7.1).
flaw read_preferred_into(ocsp_request& parsed, bytes_view value) {
  const auto entries = elements_of(value, der_tag::sequence);
  if (!entries) return request_flaw::bad_extension;
  for (const der_element& entry : *entries) {
    const auto identifier = read_der(entry.content);
    if (!identifier || identifier->tag != der_tag::sequence) return request_flaw::bad_extension;
    const auto oid = read_der(identifier->content);
    if (!oid || oid->tag != der_tag::object_identifier) return request_flaw::bad_extension;
    preferred_signature wanted{.algorithm = {}, .key_algorithm = std::nullopt};
    if (!identifier->rest.empty()) {
      const auto key = read_der(identifier->rest);
      if (!key || key->tag != der_tag::sequence || !key->rest.empty()) {
        return request_flaw::bad_extension;
      }
      wanted.key_algorithm.emplace(key->content.begin(), key->content.end());
    }
    const auto algorithm = parse_signature_algorithm(oid->content);
    if (!algorithm) continue;
    wanted.algorithm = *algorithm;
    parsed.preferred_signatures.push_back(std::move(wanted));
  }
  return std::nullopt;
}

flaw read_extensions(OCSP_REQUEST* request, ocsp_request& parsed) {
  for (int i = 0; i < OCSP_REQUEST_get_ext_count(request); ++i) {
    X509_EXTENSION* extension = OCSP_REQUEST_get_ext(request, i);  // borrowed
    const bool critical = X509_EXTENSION_get_critical(extension) != 0;
    if (critical && !is_understood_in_request(extension)) parsed.unknown_critical_extension = true;
    const bytes_view value = octets_of(X509_EXTENSION_get_data(extension));  // borrowed
    flaw found;
    switch (OBJ_obj2nid(X509_EXTENSION_get_object(extension))) {
      case NID_id_pkix_OCSP_Nonce:
        found = read_nonce_into(parsed, extension);
        break;
      case NID_id_pkix_OCSP_acceptableResponses:
        found = read_acceptable_into(parsed, value, critical);
        break;
      case nid_preferred_signature_algorithms:
        found = read_preferred_into(parsed, value);
        break;
      default:
        break;
    }
    if (found) return found;
  }
  return std::nullopt;
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
  const request_head head = read_head(der);
  if (!head.is_version_1) return request_refusal{request_flaw::wrong_version};
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
  if (const flaw found = read_extensions(request.get(), parsed)) return request_refusal{*found};
  parsed.is_signed = OCSP_request_is_signed(request.get()) != 0;
  parsed.names_requestor = head.names_requestor;
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
