// OCSP messages (RFC 6960 section 4): parse any octets, build any response.
//
// Parsing never throws and refuses what is not DER to the last octet: trailing octets, indefinite
// lengths, an empty request list. Building signs what it is told, sound or not: a testbed must be
// able to lie. Times have whole seconds on the wire; milliseconds are cut off.
#pragma once

#include <boost/system/result.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "pki/bytes.hpp"
#include "pki/cert_status.hpp"
#include "pki/certificate.hpp"
#include "pki/ocsp_extension.hpp"
#include "pki/signature_algorithm.hpp"
#include "pki/time.hpp"

namespace staplelab::pki {

// OCSPResponseStatus (RFC 6960 4.2.1); 4 is not used.
enum class response_status {
  successful = 0,
  malformed_request = 1,
  internal_error = 2,
  try_later = 3,
  sig_required = 5,
  unauthorized = 6,
};
std::string_view to_string(response_status status);  // "try_later", ...
std::optional<response_status> parse_response_status(std::string_view name);

struct ocsp_request {
  std::vector<cert_id> certificates;  // at least one, in the order asked
  std::optional<bytes> nonce;         // content of the inner OCTET STRING (RFC 9654 2.1)
  bool is_signed = false;
  // In the request, or in one of its singles; so is a critical AcceptableResponses without
  // id-pkix-ocsp-basic, which nobody here can satisfy.
  bool unknown_critical_extension = false;
  bool raw_nonce = false;  // `nonce` came without the inner OCTET STRING, as in RFC 2560's days
  bool names_requestor = false;
  bool accepts_basic = true;  // false: AcceptableResponses (RFC 6960 4.4.3) lists others only
  // Of PreferredSignatureAlgorithms (RFC 6960 4.4.7) those that are known, the favourite first.
  std::vector<preferred_signature> preferred_signatures;
};

// Why octets are no OCSPRequest. The answer to each is malformedRequest.
enum class request_flaw { not_der, wrong_version, empty_list, bad_nonce, bad_extension };

// boost's result wants an error category for plain enums; a struct carries the enum instead.
struct request_refusal {
  request_flaw flaw;
};
boost::system::result<ocsp_request, request_refusal> parse_ocsp_request(bytes_view der);

// The signature of a request, judged (RFC 6960 4.1.2).
enum class request_signature {
  absent,
  good,      // by a certificate below one of those trusted, whose subject is the requestorName
  nameless,  // there is no requestorName, as there must be
  bad,       // anything else
};
// `der` is what parse_ocsp_request accepted. Throws crypto_error.
request_signature check_request_signature(bytes_view der, const std::vector<certificate>& trusted,
                                          time_point now);

// One unsigned request for one certificate.
bytes build_ocsp_request(const cert_id& id, const std::optional<bytes>& nonce);

struct single_response {
  cert_id id;
  cert_status status;
  time_point this_update;
  std::optional<time_point> next_update;
  std::vector<ocsp_extension> extensions = {};  // singleExtensions, in order
};

enum class responder_id_form { by_key, by_name };

struct response_content {
  std::vector<single_response> singles;
  time_point produced_at;
  std::optional<bytes> nonce;
  responder_id_form responder_id = responder_id_form::by_key;
  bool raw_nonce = false;        // write `nonce` without the inner OCTET STRING, as it was asked
  bool extended_revoke = false;  // RFC 6960 4.4.8: revoked also stands for never issued
  std::optional<signature_algorithm> algorithm;  // empty: the key's usual one
};

// Who signs. Direct signing by the CA: `identity.cert` is the issuer, and `embed` is false.
struct ocsp_signer {
  credential identity;
  bool embed = false;  // put identity.cert into `certs`
};

// A successful response, signed. Throws crypto_error.
bytes build_ocsp_response(const response_content& content, const ocsp_signer& signer);

// A response without responseBytes: five octets (RFC 6960 2.3). `successful` is not an error.
bytes build_ocsp_error(response_status status);

struct basic_response {
  std::string responder_id;  // "key:<hex>" or "name:<RFC 2253>"
  time_point produced_at;
  std::vector<single_response> singles;
  std::optional<bytes> nonce;
  std::vector<certificate> certs;
  std::string signature_algorithm;  // OpenSSL's long name, "ecdsa-with-SHA256"
  bool unknown_critical_extension = false;
};

struct ocsp_response {
  response_status status;
  std::optional<basic_response> basic;  // present exactly when status is successful
};

struct malformed_response {
  std::string why;
};
boost::system::result<ocsp_response, malformed_response> parse_ocsp_response(bytes_view der);

}  // namespace staplelab::pki
