// Where two endpoints took another course through the same case: seen from outside, step by step.
// Pure.
//
// Compared is what a client and an operator see: the verdict of the last handshake or query of a
// step with its alert, whether the endpoint runs, and the code it ended with. Times and the number
// of fetches are not.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "scenarios/result.hpp"
#include "scenarios/target.hpp"

namespace staplelab::scenarios {

struct divergence {
  runtime::source_position where;
  std::string kind;  // of the step
  std::string ours;
  std::string theirs;
};

// Both results are of the same scenario, mode and kind of certificate. What follows from an
// endpoint that runs here and not there is told once.
std::vector<divergence> divergences(const case_result& ours, const case_result& theirs);

// Whether the description of the server expects that this case of it differs from the profile.
bool concerns(const known_difference& each, const case_result& theirs, std::string_view profile);

// "; known: it gives up after an hour" where the description says so of a case that failed.
std::string known_way(const case_result& failed);

}  // namespace staplelab::scenarios
