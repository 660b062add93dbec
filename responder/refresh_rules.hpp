// How long an answer may be served before another takes its place: the rules of BR 4.9.9 for the
// web's CAs, as pure checks of a schedule, and of what is served at a moment.
//
// "BR" are the Baseline Requirements of the CA/Browser Forum, 2.2.6.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "pki/time.hpp"
#include "responder/production.hpp"

namespace staplelab::responder {

// Whose status it is: the BR have other rules for certificates of CAs.
enum class certified { subscriber, authority };

enum class refresh_breach {
  validity_too_short,  // less than 8 hours
  validity_too_long,   // more than 10 days; both ends are allowed
  past_half,           // validity below 16 hours: replaced before half of it is left
  near_expiry,         // 16 hours and more: replaced at least 8 hours before nextUpdate
  past_four_days,      // and not later than 4 days after thisUpdate
  past_twelve_months,  // a CA's certificate
  late_revocation,     // a CA's certificate: shown within 24 hours
};
std::string_view to_string(refresh_breach which);  // the rule, "validity must be ..."

// The last moment at which the next answer may begin to be served; for `past_half` it must be
// served before.
pki::time_point latest_refresh(certified whom, pki::time_point this_update,
                               pki::time_point next_update);

// Of an answer that is being served at `now`.
std::optional<refresh_breach> breach_of(certified whom, pki::time_point this_update,
                                        pki::time_point next_update, pki::time_point now);
// Of a CA's certificate whose revocation became known at `known` and is shown from `shown` on.
std::optional<refresh_breach> breach_of_revocation(pki::time_point known, pki::time_point shown);

// What a responder that keeps to this timing will break, and why, in a sentence; empty for nothing.
struct refresh_flaw {
  refresh_breach which;
  std::string why;
};
std::optional<refresh_flaw> breach_of(certified whom, const answer_timing& timing);

}  // namespace staplelab::responder
