// The one record: everything that happens in a world, in order, with simulated time. Transcript,
// verdicts, reports and metrics read this stream and nothing else.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <variant>

#include "responder/server.hpp"
#include "runtime/clock.hpp"
#include "scenarios/expectation.hpp"
#include "stapler/endpoint.hpp"

namespace staplelab::scenarios {

struct ca_act {
  enum class kind { issued, revoked, held, released, signer_changed };
  kind what;
  std::string certificate;
  std::string detail;  // the reason of a revocation, the new signer
};
struct fault_changed {
  std::string name;
  bool set;  // false: cleared
};
struct handshake_done {
  probe_facts found;
  std::string sni;
  bool asked;
};
struct query_done {
  probe_facts found;
  std::string certificate;
  std::string method;
};
struct process_changed {
  std::string who;  // "endpoint", "responder"
  enum class kind { started, refused, stopped, killed, shut_down, reloaded, reload_failed };
  kind what;
  std::optional<int> exit_code;
  std::string why;
};
struct store_changed {
  std::string certificate;
  std::string what;
};
struct clock_moved {
  time_point from;
};
struct note_made {
  std::string text;
};

struct event {
  time_point at;
  std::variant<ca_act, fault_changed, handshake_done, query_done, process_changed, store_changed,
               clock_moved, note_made, responder::event, stapler::event>
      what;
};

using event_sink = std::function<void(event)>;

}  // namespace staplelab::scenarios
