// Whether a case says anything about a server. Pure.
#pragma once

#include <optional>
#include <string>

#include "scenarios/result.hpp"
#include "scenarios/scenario.hpp"
#include "scenarios/target.hpp"
#include "scenarios/world_time.hpp"

namespace staplelab::scenarios {

// Why a case cannot be run against its target in this kind of time, one line; empty when it can.
std::optional<std::string> why_unfit(const scenario_case& what, time_mode mode);

// What of an expectation can be judged of this server: it need not have our exit codes, nor warn,
// and where its staples are given to it, it is not the server who asks for them.
expectation observable(expectation what, const target* on);

// What the description of its server says of a case that is known to fail; null when it says
// nothing.
const known_deviation* known_of(const scenario_case& what);
// A case that failed as known says nothing new: it becomes a skipped one, with both reasons.
void excuse_known(case_result& result);

// With room at both ends for what is measured.
expectation widened(expectation what, duration slack);

}  // namespace staplelab::scenarios
