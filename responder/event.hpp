// What the responder did, as typed values with the time of its own clock.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "pki/cert_status.hpp"
#include "pki/ocsp_message.hpp"
#include "pki/time.hpp"
#include "responder/answer.hpp"

namespace staplelab::responder {

// One request on the HTTP level, when its fate was decided: before a delay, and before the octets
// are written.
struct request_answered {
  pki::time_point at;
  std::uint16_t client_port = 0;
  std::string method;
  std::string target;
  int http_version = 11;                       // 10 or 11
  std::vector<pki::serial_number> serials;     // as asked; empty when the request could not be read
  bool nonce = false;                          // the request had one
  std::optional<pki::hash_algorithm> hash;     // of the first CertID
  std::optional<pki::response_status> status;  // empty: no OCSP response was made
  std::vector<said_status> said;               // empty unless status is successful
  std::optional<pki::time_point> this_update;
  std::optional<pki::time_point> next_update;
  std::optional<int> http_status;  // empty: none was sent
  std::size_t octets = 0;          // of the body
  pki::bytes der;                  // the OCSP response, before a fault of the transport touched it
  std::string fault;               // its name in responder/fault.hpp; empty for none
  std::string fault_rule;          // the name of the rule it came from
  // Handed out by the cache in front, which has had it for so long. What is told of the answer and
  // of a fault is of then.
  std::optional<pki::duration> cached_for = {};
};

// The port began to accept connections, or to refuse them.
struct listening_changed {
  pki::time_point at;
  std::uint16_t port = 0;
  bool listening = false;
};

struct signer_changed {
  pki::time_point at;
  std::string issuer;  // subjects
  std::string signer;
};

using event = std::variant<request_answered, listening_changed, signer_changed>;
using event_sink = std::function<void(const event&)>;

}  // namespace staplelab::responder
