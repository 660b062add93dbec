// Answers made ahead of time, on a schedule (RFC 6960 2.5): what is served at a moment was signed
// at the last production that has been published by then, and says what was known when that
// production looked.
//
//   looks (thisUpdate) --backdate--> signs (producedAt) --lag--> serves --every--> the next one
//   serves
//
// Pure, and without a store: a book that remembers what it knew when tells everything. Out of turn
// come the first answer for a new certificate, at once (BR 4.9.9: within 15 minutes), and changes
// of status where the schedule says so.
#pragma once

#include <optional>
#include <string>
#include <variant>

#include "pki/cert_status.hpp"
#include "pki/time.hpp"

namespace staplelab::responder {

struct production_schedule {
  pki::duration every;       // at least a second
  pki::duration lag{0};      // from signing to serving
  pki::time_point origin{};  // a production takes place then; the others are counted from it
  bool on_change = false;    // a change of status is signed when it becomes known
};

struct answer_timing {
  pki::duration validity;                              // nextUpdate - thisUpdate
  pki::duration backdate{0};                           // producedAt - thisUpdate
  std::optional<production_schedule> production = {};  // empty: made when asked for
};

// All in whole seconds.
struct production {
  pki::time_point this_update;  // when the status was looked up
  pki::time_point produced_at;  // when it was signed
  pki::time_point next_update;
  pki::time_point served_from;
  bool operator==(const production&) const = default;
};

// The one whose answers are served at `now`.
production production_at(const answer_timing& timing, pki::time_point now);
// The first one that signs after `now`; empty without a schedule.
std::optional<production> next_production(const answer_timing& timing, pki::time_point now);

// What is served of one certificate, and the production it comes from. Never `good` for a serial
// number that has no history.
struct dated_status {
  pki::cert_status status;
  production from;
};
dated_status served_at(const pki::status_history& history, const answer_timing& timing,
                       pki::time_point now);
std::variant<dated_status, pki::no_status> served_at(const pki::status_book& book,
                                                     const pki::cert_id& id,
                                                     const answer_timing& timing,
                                                     pki::time_point now);

// Why no responder can work so, "publication lag must ..."; empty for nothing.
std::optional<std::string> flaw_of(const production_schedule& schedule);

}  // namespace staplelab::responder
