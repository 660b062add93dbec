// What every report says of a case in the same words.
#pragma once

#include <set>
#include <string>
#include <string_view>

#include "scenarios/result.hpp"

namespace staplelab::scenarios {

std::string target_of(const scenario_case& what);              // "builtin:resilient"
std::string subject_of(const scenario_case& what);             // "resilient", "nginx"
std::string_view certificate_kind(const scenario_case& what);  // "must-staple", "plain"
std::string position_of(const case_result& result, const step_result& step);  // "file:line"

// The first step that did not hold; null when the case broke before any, or passed.
const step_result* broken_step(const case_result& result);

// Steps that did not hold for no other reason than that the server had not started: what went wrong
// is told of the one before them.
std::set<const step_result*> idle_steps(const case_result& result);

// One line: "step 3, handshake: expected good, seen none". Empty for a case that passed.
std::string one_line(const case_result& result);

// The events around a step that did not hold: a few before it, its own, a few after it. Lines of
// the step itself begin with "> ", others with two spaces.
std::string transcript_around(const case_result& result, const step_result& step);

// Everything a person needs about a case that did not pass, over several lines without colour:
// each broken step with position, expected, seen, why it matters, and the transcript around it.
std::string full_account(const case_result& result);

// Line ends and control characters become spaces.
std::string on_one_line(std::string_view text);

}  // namespace staplelab::scenarios
