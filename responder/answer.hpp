// From the octets of a request to the octets of an answer: pure, and an answer for every octet
// string there is.
//
// Nothing is cached across a change of status: each answer is decided from the book as it is now.
// Heeded of a request, beside its CertIDs: the nonce, the preferred signature algorithms, and its
// signature when the policy says so. requestorName, ServiceLocator and AcceptableResponses change
// nothing (basic is all there is), and neither does an extension that is not critical. Nothing here
// throws.
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
#include "responder/policy.hpp"
#include "responder/remembered_answers.hpp"
#include "responder/signing.hpp"

namespace staplelab::responder {

// A request that was read: what it asks, or the error status that it deserves at once.
struct question {
  std::variant<pki::ocsp_request, pki::response_status> read;

  const std::vector<pki::cert_id>& certificates() const;  // empty when it could not be read
  bool has_nonce() const;
};
question read_question(pki::bytes_view request, const answer_policy& policy, pki::time_point now);

struct said_status {
  pki::serial_number serial;
  pki::cert_status status;
  bool operator==(const said_status&) const = default;
};

struct ocsp_answer {
  pki::bytes der;
  pki::response_status status = pki::response_status::internal_error;
  pki::response_content content;  // what `der` says; without singles unless status is successful
  bool about_issued = false;      // every certificate asked for was issued

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
