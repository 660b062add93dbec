// What an endpoint tells the world, as it happens. Times are the clock's, of whoever listens.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "pki/bytes.hpp"
#include "pki/ocsp_verify.hpp"
#include "stapler/policy.hpp"
#include "stapler/stapling.hpp"

namespace staplelab::stapler {

// `certificate` is the subject of the leaf, "CN=...".
struct fetch_started {
  std::string certificate;
  std::string url;
  std::string method;  // "GET" or "POST"
};
struct fetch_ended {
  std::string certificate;
  std::string url;
  std::string method;
  std::string outcome;                       // for people: "accepted", "connection refused", ...
  std::optional<pki::ocsp_verdict> verdict;  // of the answer, if there was one
};
enum class staple_source { fetch, disk };
struct staple_changed {
  std::string certificate;
  pki::ocsp_verdict status;  // good, revoked or unknown
  std::optional<time_point> this_update;
  std::optional<time_point> next_update;
  staple_source source;
  octets der = nullptr;  // what is held
};
// What was held is sent no more, or another answer goes in the place of one.
struct staple_dropped {
  std::string certificate;
  std::optional<pki::ocsp_verdict> instead = {};  // of the answer sent from now on; empty: none is
  octets der = nullptr;                           // that answer
};
struct warned {
  std::string certificate;  // may be empty
  std::string message;
};
struct endpoint_started {
  std::uint16_t port;
};
struct endpoint_refused {
  std::string certificate;
  std::string why;
  int exit_code;
};
struct endpoint_shut_down {
  std::string certificate;
  end_reason why;
  int exit_code;
};
struct endpoint_reloaded {};
struct endpoint_reload_failed {
  std::string why;
  bool serves_without_staple;
};
struct handshake_served {
  std::string sni;     // empty: the client sent none
  std::string tls;     // "TLSv1.2", "TLSv1.3"; empty when it failed before that was settled
  bool asked = false;  // the client sent status_request
  bool stapled = false;
  bool failed = false;  // ended by us for want of a staple
};

using event = std::variant<fetch_started, fetch_ended, staple_changed, staple_dropped, warned,
                           endpoint_started, endpoint_refused, endpoint_shut_down,
                           endpoint_reloaded, endpoint_reload_failed, handshake_served>;
using event_sink = std::function<void(const event&)>;

}  // namespace staplelab::stapler
