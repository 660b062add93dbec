// What a responder is told about its answers, apart from who signs them and what is true.
//
// The documents on OCSP contradict each other; a profile settles where:
//                       rfc6960        rfc9919        webpki
//   not issued          unknown        unauthorized   unauthorized
//   longest nonce       128            128            32 (RFC 8954, which the BR cite)
//   validity            any            any            8 h to 10 d (BR 4.9.9)
//   production schedule any            any            as the BR want it (refresh_rules.hpp)
//   reasonCode extension  allowed      allowed        refused (BR 7.3.2)
// The first row is a default: policies name another answer where they want one, except that webpki
// refuses what the BR forbid. "BR" are the Baseline Requirements of the CA/Browser Forum, 2.2.6.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "pki/certificate.hpp"
#include "pki/ocsp_extension.hpp"
#include "pki/ocsp_message.hpp"
#include "pki/ocsp_verify.hpp"
#include "pki/serial_number.hpp"
#include "pki/time.hpp"
#include "responder/production.hpp"

namespace staplelab::responder {

using profile = pki::verify_profile;  // clients and responders choose among the same documents

// What becomes of a serial number that the issuer never issued.
enum class non_issued_answer {
  unknown,
  unauthorized,
  // RFC 6960 2.2 and 4.4.8: revoked in 1970, certificateHold, with the extension that says what
  // that means.
  extended_revoke,
  good,
};
std::string_view to_string(non_issued_answer which);  // "extended-revoke", ...
std::optional<non_issued_answer> parse_non_issued(std::string_view name);

std::string_view to_string(pki::responder_id_form form);  // "by-key", "by-name"
std::optional<pki::responder_id_form> parse_responder_id(std::string_view name);

// Signatures on requests (RFC 6960 4.1.2). Without trusted certificates they are ignored, as
// RFC 9919 3.1.2 allows.
struct request_signing {
  std::vector<pki::certificate> trusted;  // a signer must be one of these, or below one
  bool required = false;                  // an unsigned request: sigRequired
};

// A singleExtension by script. CRL entry extensions go into revoked answers only.
struct scripted_extension {
  pki::ocsp_extension what;
  std::optional<pki::serial_number> serial;  // of the one certificate it is for; empty: of all
};

struct answer_policy {
  responder::profile profile = profile::rfc9919;
  pki::duration validity = std::chrono::days(7);     // nextUpdate - thisUpdate, at least a second
  pki::duration backdate{0};                         // producedAt - thisUpdate
  std::optional<non_issued_answer> non_issued = {};  // empty: the profile's
  pki::responder_id_form responder_id = pki::responder_id_form::by_key;  // RFC 9919 3.2.2
  std::size_t max_certificates = 64;  // in one request; more: malformedRequest
  // archiveCutoff = producedAt - this (RFC 6960 4.4.4).
  std::optional<pki::duration> archive_retention = {};
  std::optional<pki::crl_reference> crl = {};  // CrlID (RFC 6960 4.4.2)
  std::vector<scripted_extension> single_extensions = {};
  request_signing requests = {};
  // Answers made ahead of time; nonces are then left out (RFC 9919 3.2.1). Empty: made when asked.
  std::optional<production_schedule> production = {};

  answer_timing timing() const { return {validity, backdate, production}; }
};

// What is wrong with the policy, "validity ..."; empty for nothing.
std::optional<std::string> flaw_of(const answer_policy& policy);

non_issued_answer non_issued_of(const answer_policy& policy);
std::size_t longest_nonce(profile which);

// The singleExtensions of one answer. Nothing that RFC 6960 2.2 forbids stands beside a status that
// means "never issued".
std::vector<pki::ocsp_extension> extensions_of(const answer_policy& policy,
                                               const pki::single_response& single, bool issued,
                                               pki::time_point produced_at);

}  // namespace staplelab::responder
