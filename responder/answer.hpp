// From the octets of a request to the octets of an answer: pure, and an answer for every octet
// string there is.
//
// Nothing is cached across a change of status: each answer is decided from the book as it is now.
// A signature on a request is ignored (RFC 9919 3.1.2), and so are requestorName and every
// extension that is neither critical nor the nonce. Nothing here throws.
#pragma once

#include <optional>
#include <string_view>
#include <variant>
#include <vector>

#include "pki/bytes.hpp"
#include "pki/cert_status.hpp"
#include "pki/ocsp_message.hpp"
#include "pki/time.hpp"
#include "responder/fault.hpp"
#include "responder/remembered_answers.hpp"
#include "responder/signing.hpp"

namespace staplelab::responder {

// Where the documents differ:
//                       rfc6960        rfc9919        webpki
//   not issued          unknown        unauthorized   unauthorized
//   longest nonce       128            128            32 (RFC 8954, which the BR cite)
//   validity            any            any            8 h to 10 d (BR 4.9.9)
enum class profile { rfc6960, rfc9919, webpki };
std::string_view to_string(profile which);  // "rfc6960", ...
std::optional<profile> parse_profile(std::string_view name);

struct answer_policy {
  responder::profile profile = profile::rfc9919;
  pki::duration validity = std::chrono::days(7);  // nextUpdate - thisUpdate, at least a second
  pki::duration backdate{0};                      // producedAt - thisUpdate
  pki::responder_id_form responder_id = pki::responder_id_form::by_key;  // RFC 9919 3.2.2
  std::size_t max_certificates = 64;  // in one request; more: malformedRequest
};

// What is wrong with the policy, "validity ..."; empty for nothing.
std::optional<std::string> flaw_of(const answer_policy& policy);

// A request that was read: what it asks, or the error status that it deserves at once.
struct question {
  std::variant<pki::ocsp_request, pki::response_status> read;

  const std::vector<pki::cert_id>& certificates() const;  // empty when it could not be read
  bool has_nonce() const;
};
question read_question(pki::bytes_view request, const answer_policy& policy);

struct said_status {
  pki::serial_number serial;
  pki::cert_status status;
  bool operator==(const said_status&) const = default;
};

struct ocsp_answer {
  pki::bytes der;
  pki::response_status status = pki::response_status::internal_error;
  pki::response_content content;  // what `der` says; without singles unless status is successful

  // RFC 9919 7.2: signed, and about what was asked.
  bool authoritative() const { return status == pki::response_status::successful; }
  bool has_nonce() const { return content.nonce.has_value(); }
  std::vector<said_status> said() const;  // in the order asked
  // The same for every single; empty unless status is successful.
  std::optional<pki::time_point> this_update() const;
  std::optional<pki::time_point> next_update() const;
};

// What an answer is made from. The references outlive the call only.
struct answer_sources {
  const pki::status_book& book;
  const signing& signers;
  const remembered_answers& remembered;
  const answer_policy& policy;
};

// A fault that changes a signed answer changes nothing where the answer is an error status anyway.
// Within one second, and with nothing changed, an answer without a nonce is the remembered one, so
// that its ETag holds.
ocsp_answer answer(const question& asked, const answer_sources& from,
                   const std::optional<content_fault>& lie, pki::time_point now);

}  // namespace staplelab::responder
