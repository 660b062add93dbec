// The one record: everything that happens in a world, in order, with simulated time. Transcript,
// verdicts, reports and metrics read this stream and nothing else.
//
// What the responder and the endpoint tell of themselves is told by nobody else: the events here
// are acts of the scenario, and what clients found. An endpoint's own account of a handshake
// (stapler::handshake_served) is left out, since the probe's is the one that counts.
#pragma once

#include <optional>
#include <string>
#include <variant>

#include "pki/bytes.hpp"
#include "responder/event.hpp"
#include "runtime/clock.hpp"
#include "scenarios/expectation.hpp"
#include "scenarios/scenario.hpp"
#include "stapler/event.hpp"

namespace staplelab::scenarios {

struct ca_act {
  enum class kind { issued, revoked, held, released, published };
  kind what;
  std::string detail;  // the reason of a revocation; whose CRL was published
};
struct fault_changed {
  std::string name;  // set: in words
  bool set;          // false: cleared
  std::string cleared_by = {};
  std::optional<time_point> from = {};  // empty: at once
  std::optional<time_point> until = {};
};
struct responder_changed {
  std::string settings;
};
struct handshake_done {
  probe_facts found;
  std::string sni;  // empty: none sent
  bool asked;       // for a staple
  std::string tls;  // "TLSv1.3"; empty before it was negotiated
  pki::bytes staple = {};
};
struct query_done {
  probe_facts found;
  std::string method;
  pki::bytes answer = {};
};
// The endpoint. Our own tells by itself when it ends by itself; of others it is seen.
struct process_ended {
  enum class kind { stopped, killed, by_itself };
  kind how;
  int exit_code;
};
struct store_changed {
  std::string what;  // "corrupt"
  bool found;        // false: there was nothing to change
};
struct clock_moved {
  time_point from;
};
struct clock_skewed {
  party who;
  duration by;
};
// Fetches and warnings are counted from here.
struct mark_set {
  std::string label;
};
struct note_made {
  std::string text;
};

using happening = std::variant<ca_act, fault_changed, responder_changed, handshake_done, query_done,
                               process_ended, store_changed, clock_moved, clock_skewed, mark_set,
                               note_made, responder::event, stapler::event>;

struct event {
  time_point at;  // of the world, whatever the clocks of the parties say
  happening what;
  // Name in the scenario of the certificate concerned; empty: none, or several.
  std::string certificate = {};
};

}  // namespace staplelab::scenarios
