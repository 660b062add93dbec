// Whether a case says anything about a server. Pure.
#pragma once

#include <optional>
#include <string>

#include "scenarios/scenario.hpp"
#include "scenarios/world_time.hpp"

namespace staplelab::scenarios {

// Why a case cannot be run against its target in this kind of time, one line; empty when it can.
std::optional<std::string> why_unfit(const scenario_case& what, time_mode mode);

// What of an expectation can be judged of this server: it need not have our exit codes, nor warn,
// and where its staples are given to it, it is not the server who asks for them.
expectation observable(expectation what, const target* on);

// With room at both ends for what is measured.
expectation widened(expectation what, duration slack);

}  // namespace staplelab::scenarios
