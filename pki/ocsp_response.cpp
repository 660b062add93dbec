#include <algorithm>
#include <array>

#include "pki/asn1.hpp"
#include "pki/errors.hpp"
#include "pki/ocsp_message.hpp"
#include "pki/ocsp_wire.hpp"

namespace staplelab::pki {
namespace {

constexpr std::array all_statuses{
    response_status::successful,     response_status::malformed_request,
    response_status::internal_error, response_status::try_later,
    response_status::sig_required,   response_status::unauthorized,
};

// 1.3.6.1.5.5.7.48.1.1
constexpr std::array<std::uint8_t, 9> id_pkix_ocsp_basic{0x2b, 0x06, 0x01, 0x05, 0x05,
                                                         0x07, 0x30, 0x01, 0x01};

std::optional<response_status> to_response_status(bytes_view enumerated) {
  if (enumerated.size() != 1) return std::nullopt;
  for (const response_status status : all_statuses) {
    if (enumerated[0] == static_cast<std::uint8_t>(status)) return status;
  }
  return std::nullopt;
}

std::optional<der_element> read_tagged(bytes_view octets, std::uint8_t tag) {
  const auto element = read_der(octets);
  return element && element->tag == tag ? element : std::nullopt;
}

// BasicOCSPResponse out of what follows responseStatus: [0] { OID, OCTET STRING }.
boost::system::result<ocsp_basicresp_handle, malformed_response> open_response_bytes(
    bytes_view octets) {
  const auto explicit_0 = read_tagged(octets, der_tag::context_0);
  if (!explicit_0) return malformed_response{"successful, but without responseBytes"};
  const auto response_bytes = read_tagged(explicit_0->content, der_tag::sequence);
  const auto type = response_bytes
                        ? read_tagged(response_bytes->content, der_tag::object_identifier)
                        : std::nullopt;
  const auto response = type ? read_tagged(type->rest, der_tag::octet_string) : std::nullopt;
  if (!response || !response->rest.empty() || !response_bytes->rest.empty() ||
      !explicit_0->rest.empty()) {
    return malformed_response{"responseBytes is not {OID, OCTET STRING}"};
  }
  if (!std::ranges::equal(type->content, id_pkix_ocsp_basic)) {
    return malformed_response{"the response type is not id-pkix-ocsp-basic"};
  }
  if (!is_der(response->content)) return malformed_response{"BasicOCSPResponse is not DER"};
  auto basic = from_der<ocsp_basicresp_handle, d2i_OCSP_BASICRESP>(response->content);
  if (!basic) return malformed_response{"BasicOCSPResponse does not follow RFC 6960 4.2.1"};
  if (!std::ranges::equal(to_der<i2d_OCSP_BASICRESP>(basic.get()), response->content)) {
    return malformed_response{"BasicOCSPResponse is not DER"};
  }
  return basic;
}

// OpenSSL offers no way to ask a response for its version.
bool is_version_1(const OCSP_BASICRESP* basic) {
  const bytes response_data = to_der<i2d_OCSP_RESPDATA>(OCSP_resp_get0_respdata(basic));
  const auto outer = read_der(response_data);
  const auto version = outer ? read_tagged(outer->content, der_tag::context_0) : std::nullopt;
  static constexpr std::array<std::uint8_t, 3> v1{der_tag::integer, 1, 0};
  return !version || std::ranges::equal(version->content, v1);  // DEFAULT v1
}

bool is_understood(X509_EXTENSION* extension) {
  switch (OBJ_obj2nid(X509_EXTENSION_get_object(extension))) {
    case NID_id_pkix_OCSP_Nonce:
    case NID_id_pkix_OCSP_CrlID:
    case NID_id_pkix_OCSP_archiveCutoff:
    case NID_id_pkix_OCSP_valid:  // 1.3.6.1.5.5.7.48.1.9, since RFC 6960
                                  // id-pkix-ocsp-extended-revoke
    case NID_crl_reason:
    case NID_invalidity_date:
      return true;
    default:
      return false;
  }
}

void read_response_extensions(OCSP_BASICRESP* basic, basic_response& parsed) {
  for (int i = 0; i < OCSP_BASICRESP_get_ext_count(basic); ++i) {
    X509_EXTENSION* extension = OCSP_BASICRESP_get_ext(basic, i);  // borrowed
    if (X509_EXTENSION_get_critical(extension) && !is_understood(extension)) {
      parsed.unknown_critical_extension = true;
    }
    if (!parsed.nonce &&
        OBJ_obj2nid(X509_EXTENSION_get_object(extension)) == NID_id_pkix_OCSP_Nonce) {
      parsed.nonce = read_nonce(extension).octets;
    }
  }
}

bool has_unknown_critical(OCSP_SINGLERESP* single) {
  for (int i = 0; i < OCSP_SINGLERESP_get_ext_count(single); ++i) {
    X509_EXTENSION* extension = OCSP_SINGLERESP_get_ext(single, i);  // borrowed
    if (X509_EXTENSION_get_critical(extension) && !is_understood(extension)) return true;
  }
  return false;
}

std::vector<ocsp_extension> read_extensions(OCSP_SINGLERESP* single) {
  std::vector<ocsp_extension> extensions;
  for (int i = 0; i < OCSP_SINGLERESP_get_ext_count(single); ++i) {
    X509_EXTENSION* extension = OCSP_SINGLERESP_get_ext(single, i);          // borrowed
    const ASN1_OBJECT* oid = X509_EXTENSION_get_object(extension);           // borrowed
    const bytes_view value = octets_of(X509_EXTENSION_get_data(extension));  // borrowed
    extensions.push_back({{OBJ_get0_data(oid), OBJ_get0_data(oid) + OBJ_length(oid)},
                          {value.begin(), value.end()},
                          X509_EXTENSION_get_critical(extension) != 0});
  }
  return extensions;
}

// Empty when a time is not in the form of RFC 5280 4.1.2.5.2.
std::optional<single_response> read_single(OCSP_SINGLERESP* single) {
  int reason = -1;
  ASN1_GENERALIZEDTIME* revoked_at = nullptr;
  ASN1_GENERALIZEDTIME* this_update = nullptr;
  ASN1_GENERALIZEDTIME* next_update = nullptr;
  const int status = OCSP_single_get0_status(single, &reason, &revoked_at, &this_update,
                                             &next_update);  // all borrowed
  single_response parsed{.id = read_cert_id(OCSP_SINGLERESP_get0_id(single)),
                         .status = good_status{},
                         .this_update = {},
                         .next_update = std::nullopt};
  if (status == V_OCSP_CERTSTATUS_UNKNOWN) parsed.status = unknown_status{};
  if (status == V_OCSP_CERTSTATUS_REVOKED) {
    const auto at = to_time_point(revoked_at);
    if (!at) return std::nullopt;
    // A reason that RFC 5280 does not know leaves the certificate as revoked as any other.
    parsed.status = revoked_status{*at, to_crl_reason(reason)};
  }
  const auto from = to_time_point(this_update);
  if (!from) return std::nullopt;
  parsed.this_update = *from;
  if (next_update != nullptr) {
    parsed.next_update = to_time_point(next_update);
    if (!parsed.next_update) return std::nullopt;
  }
  parsed.extensions = read_extensions(single);
  return parsed;
}

std::string read_responder_id(const OCSP_BASICRESP* basic) {
  const ASN1_OCTET_STRING* key = nullptr;
  const X509_NAME* name = nullptr;
  if (OCSP_resp_get0_id(basic, &key, &name) != 1) return {};  // both borrowed
  return key != nullptr ? "key:" + to_hex(octets_of(key)) : "name:" + to_text(name);
}

// Empty when a certificate's own times cannot be read.
std::optional<std::vector<certificate>> read_certs(const OCSP_BASICRESP* basic) {
  std::vector<certificate> certs;
  const STACK_OF(X509)* embedded = OCSP_resp_get0_certs(basic);  // borrowed
  for (int i = 0; i < sk_X509_num(embedded); ++i) {
    X509* x509 = sk_X509_value(embedded, i);
    if (!to_time_point(X509_get0_notBefore(x509)) || !to_time_point(X509_get0_notAfter(x509))) {
      return std::nullopt;
    }
    X509_up_ref(x509);
    certs.emplace_back(x509_handle{x509});
  }
  return certs;
}

}  // namespace

std::string_view to_string(response_status status) {
  switch (status) {
    case response_status::successful:
      return "successful";
    case response_status::malformed_request:
      return "malformed_request";
    case response_status::internal_error:
      return "internal_error";
    case response_status::try_later:
      return "try_later";
    case response_status::sig_required:
      return "sig_required";
    case response_status::unauthorized:
      return "unauthorized";
  }
  return {};
}

std::optional<response_status> parse_response_status(std::string_view name) {
  for (const response_status status : all_statuses) {
    if (name == to_string(status)) return status;
  }
  return std::nullopt;
}

boost::system::result<opened_response, malformed_response> open_ocsp_response(bytes_view der) {
  const error_queue_guard guard;
  if (!is_der(der)) return malformed_response{"not DER to the last octet"};
  const auto outer = read_tagged(der, der_tag::sequence);
  const auto enumerated = outer ? read_tagged(outer->content, der_tag::enumerated) : std::nullopt;
  if (!enumerated) return malformed_response{"not an OCSPResponse"};
  const auto status = to_response_status(enumerated->content);
  if (!status) return malformed_response{"responseStatus is none of RFC 6960 4.2.1"};
  if (*status != response_status::successful) {
    if (!enumerated->rest.empty()) {
      return malformed_response{"an error status with something after it"};
    }
    return opened_response{*status, nullptr};
  }
  auto basic = open_response_bytes(enumerated->rest);
  if (!basic) return basic.error();
  if (!is_version_1(basic->get())) return malformed_response{"the version is not v1"};
  if (OCSP_resp_count(basic->get()) <= 0) return malformed_response{"no SingleResponse in it"};
  return opened_response{*status, std::move(*basic)};
}

boost::system::result<basic_response, malformed_response> read_basic(OCSP_BASICRESP* basic) {
  const error_queue_guard guard;
  basic_response parsed;
  parsed.responder_id = read_responder_id(basic);
  const auto produced_at = to_time_point(OCSP_resp_get0_produced_at(basic));
  if (!produced_at) return malformed_response{"producedAt is not YYYYMMDDHHMMSSZ"};
  parsed.produced_at = *produced_at;
  const int count = OCSP_resp_count(basic);
  parsed.singles.reserve(static_cast<std::size_t>(count));
  for (int i = 0; i < count; ++i) {
    OCSP_SINGLERESP* single = OCSP_resp_get0(basic, i);  // borrowed
    auto read = read_single(single);
    if (!read) return malformed_response{"a time in a SingleResponse is not YYYYMMDDHHMMSSZ"};
    parsed.singles.push_back(std::move(*read));
    if (has_unknown_critical(single)) parsed.unknown_critical_extension = true;
  }
  read_response_extensions(basic, parsed);
  auto certs = read_certs(basic);
  if (!certs) return malformed_response{"the validity of an embedded certificate is unreadable"};
  parsed.certs = std::move(*certs);
  const X509_ALGOR* algorithm = OCSP_resp_get0_tbs_sigalg(basic);  // borrowed
  parsed.signature_algorithm = to_text(algorithm->algorithm);
  return parsed;
}

boost::system::result<ocsp_response, malformed_response> parse_ocsp_response(bytes_view der) {
  auto opened = open_ocsp_response(der);
  if (!opened) return opened.error();
  if (!opened->basic) return ocsp_response{opened->status, std::nullopt};
  auto basic = read_basic(opened->basic.get());
  if (!basic) return basic.error();
  return ocsp_response{opened->status, std::move(*basic)};
}

}  // namespace staplelab::pki
