// Faults as values: each way in which the responder can misbehave, with its parameters.
//
// A content fault changes what is said (the DER); a transport fault changes how, or whether, it is
// sent. Every fault has one stable name, used in scenario files, in the admin API and in events.
// A parameter that a fault does not take is an error, so that a typing mistake never passes
// silently.
//
//   name                   parameters (default)          what the client sees
//   http_status            code (required, 200..599)     that status with a short HTML body
//   hang                                                 silence until the client leaves
//   delay                  by (required)                 the right answer, later
//   close                                                the connection ends without a word
//   reset                                                the same with a TCP reset
//   refuse_connections                                   the port is closed
//   truncated_body         octets (half of the answer)   whole length announced, then the end
//   short_body             octets (1)                    a well-framed body of that many octets
//   garbage_body           octets (1000)                 seeded random octets
//   empty_body                                           Content-Length: 0
//   oversized_body         octets (1048576)              the answer, filled up with zero octets
//   wrong_content_type     content_type (text/html)      the right answer under that type
//   slow_body              octets (1), every (10s)       that many octets at a time
//   malformed_request internal_error try_later
//   sig_required unauthorized                            that OCSP error status, unsigned
//   expired                by (1h)                       nextUpdate lies that far back
//   future                 by (1h)                       thisUpdate lies that far ahead
//   no_next_update                                       nextUpdate is left out
//   wrong_serial                                         an answer for another certificate
//   other_hash                                           CertID in SHA-256 if SHA-1 was asked, and
//                                                        the reverse
//   wrong_signer                                         signed by a stranger of the same name
//   wrong_signer_embedded                                the same, with the stranger's certificate
//   delegate_without_eku                                 the delegate may not sign OCSP
//   expired_delegate                                     the delegate's certificate has expired
//   bad_signature                                        one bit of the signature is flipped
//   stale_replay                                         the earliest honest answer made, octet for
//                                                        octet, whatever the nonce
//   frozen                 at (when it was set)          what was answered at that time, by a
//                                                        responder that learns nothing since
//   lagging                by (1h)                       a fresh answer that says what was known so
//                                                        long ago, as from a replica behind
//   says_good says_unknown                               that status, whatever the book has
//   says_revoked           at (now), reason (none)       the same
#pragma once

#include <boost/system/result.hpp>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <variant>

#include "pki/cert_status.hpp"
#include "pki/ocsp_message.hpp"
#include "pki/time.hpp"

namespace staplelab::responder {

// Content faults.
struct error_status {
  pki::response_status status = pki::response_status::try_later;  // never successful
};
struct expired_answer {
  pki::duration by = std::chrono::hours(1);
};
struct future_answer {
  pki::duration by = std::chrono::hours(1);
};
struct no_next_update {};
struct wrong_serial {};
struct other_hash {};
struct wrong_signer {
  bool embedded = false;
};
struct delegate_without_eku {};
struct expired_delegate {};
struct bad_signature {};
struct stale_replay {};
struct frozen {
  std::optional<pki::time_point> at;  // empty: now, so no fault at all
};
struct lagging {
  pki::duration by = std::chrono::hours(1);
};
struct says_good {};
struct says_revoked {
  std::optional<pki::time_point> at;
  std::optional<pki::crl_reason> reason;
};
struct says_unknown {};

using content_fault =
    std::variant<error_status, expired_answer, future_answer, no_next_update, wrong_serial,
                 other_hash, wrong_signer, delegate_without_eku, expired_delegate, bad_signature,
                 stale_replay, frozen, lagging, says_good, says_revoked, says_unknown>;

// Transport faults.
struct http_status {
  int code = 500;
};
struct hang {};
struct delay {
  pki::duration by{};
};
struct close_silently {};
struct reset {};
struct refuse_connections {};
struct truncated_body {
  std::optional<std::size_t> octets;  // how many are sent; empty: half
};
struct short_body {
  std::size_t octets = 1;
};
struct garbage_body {
  std::size_t octets = 1000;
};
struct empty_body {};
struct oversized_body {
  std::size_t octets = 1024 * 1024;
};
struct wrong_content_type {
  std::string content_type = "text/html";
};
struct slow_body {
  std::size_t octets = 1;  // in one write
  pki::duration every = std::chrono::seconds(10);
};

using transport_fault = std::variant<http_status, hang, delay, close_silently, reset,
                                     refuse_connections, truncated_body, short_body, garbage_body,
                                     empty_body, oversized_body, wrong_content_type, slow_body>;

using fault = std::variant<content_fault, transport_fault>;

// The name in the table above.
std::string_view to_string(const content_fault& what);
std::string_view to_string(const transport_fault& what);
std::string_view to_string(const fault& what);

// Every name, in the order of the table: for messages, completion and schemas.
std::span<const std::string_view> fault_names();
// The parameters that a fault takes, as keys; empty for none, and for a name that does not exist.
std::span<const std::string_view> fault_parameter_names(std::string_view fault_name);

// What stood beside the name, already typed by whoever read it. The members are named as the keys.
struct fault_parameters {
  std::optional<std::int64_t> code;
  std::optional<pki::duration> by;
  std::optional<std::int64_t> octets;
  std::optional<pki::duration> every;
  std::optional<std::string> content_type;
  std::optional<pki::time_point> at;
  std::optional<pki::crl_reason> reason;
};

// The largest body a fault may make.
inline constexpr std::size_t max_fault_octets = 64 * 1024 * 1024;

// Why there is no such fault. `key` is the parameter at fault; empty when the name is.
struct fault_error {
  std::string key;
  std::string what;  // lower case, no full stop, with a hint where there is one
};

boost::system::result<fault, fault_error> make_fault(std::string_view name,
                                                     const fault_parameters& parameters);

// The parameters that make this fault again.
fault_parameters parameters_of(const fault& what);

}  // namespace staplelab::responder
