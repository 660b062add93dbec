// A case told the way a post-mortem tells it: who did what, when, by the calendar of the scenario.
//
// What only a developer wants to know (requests, fetches, moves of the clock) is left to
// transcript() of result.hpp.
#pragma once

#include <string>

#include "scenarios/report_style.hpp"
#include "scenarios/result.hpp"

namespace staplelab::scenarios {

// Title, and what is known of the incident or, without one, what the scenario is about.
std::string told_before(const scenario& what, const text_style& style);
// "must, must-staple certificate, builtin:nats"
std::string whose_story(const scenario_case& what);
// The events, and how it ended. Equal for cases that took the same course.
std::string told_after(const case_result& result, const text_style& style);

}  // namespace staplelab::scenarios
