// Two endpoints side by side: what they did alike, and where they differ.
#pragma once

#include <string>
#include <vector>

#include "scenarios/result.hpp"

namespace staplelab::cli {

struct parity {
  std::string text;         // one line for each case that differs, and below it each step
  std::size_t unknown = 0;  // cases that differ, and nobody expects them to
};

// `ours` and `theirs` are of the same cases in the same order; `theirs` has targets.
parity compare_courses(const std::vector<scenarios::case_result>& ours,
                       const std::vector<scenarios::case_result>& theirs);

// The same cases on our own endpoint.
std::vector<scenarios::scenario_case> on_builtin(std::vector<scenarios::scenario_case> cases,
                                                 const std::string& profile);

}  // namespace staplelab::cli
