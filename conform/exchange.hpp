// What was said to a responder on one connection, what came back, and how it ended: a record that
// everything else is judged from.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "pki/bytes.hpp"
#include "runtime/clock.hpp"
#include "runtime/http.hpp"

namespace staplelab::conform {

inline constexpr std::size_t max_response_head = 32 * 1024;
inline constexpr std::size_t max_response_body = 512 * 1024;
inline constexpr runtime::http_limits response_limits{.header_octets = max_response_head,
                                                      .body_octets = max_response_body};

// Octets to write, and what to wait for before.
struct sending {
  enum class after { at_once, response, interim };
  std::string octets;
  after when = after::at_once;  // `interim`: 100 Continue, or a second without it
  runtime::duration pause{0};   // and then as long again
};

// Another connection that is open all the while, and leaves the responder waiting.
enum class companion { none, silent, half_a_request };

struct wire_script {
  std::vector<sending> sendings;
  std::size_t responses = 1;  // to wait for
  bool head_only = false;     // the responses have no bodies
  bool unfinished = false;    // the request never ends: it is the responder who waits
  companion beside = companion::none;
  std::optional<runtime::duration> limit;  // longer than the usual one
  pki::bytes request;                      // the DER inside, for people; empty when there is none
};

enum class ending {
  answered,       // as many responses as were waited for
  not_connected,  // refused, unreachable, or silent
  closed,         // in good order, before that
  reset,
  timed_out,
  not_http,   // octets that are no HTTP response
  too_large,  // beyond the limits above
};
std::string_view to_string(ending how);

struct exchange {
  std::string sent;      // everything that was to be written
  std::string received;  // up to the limits above
  pki::bytes request;
  ending how = ending::not_connected;
  std::vector<runtime::http_response> responses;  // whole ones, in order
  bool interim = false;                           // 100 Continue came
  runtime::time_point at;                         // when it began
  runtime::duration took{0};
  runtime::duration limit{0};  // the time it had
};

}  // namespace staplelab::conform
