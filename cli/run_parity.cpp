#include "cli/run_parity.hpp"

#include <fmt/format.h>

#include "scenarios/parity.hpp"

namespace staplelab::cli {

using scenarios::case_verdict;

parity compare_courses(const std::vector<scenarios::case_result>& ours,
                       const std::vector<scenarios::case_result>& theirs) {
  parity result;
  std::size_t alike = 0, left_out = 0, expected = 0;
  for (std::size_t i = 0; i < theirs.size() && i < ours.size(); ++i) {
    if (theirs[i].steps.empty() || ours[i].steps.empty()) {
      ++left_out;
      continue;
    }
    const auto found = scenarios::divergences(ours[i], theirs[i]);
    if (found.empty()) {
      ++alike;
      continue;
    }
    const auto* why = scenarios::known(*theirs[i].what.on, ours[i]);
    ++(why ? expected : result.unknown);
    result.text += fmt::format("{} {}\n", why ? "known  " : "differs", theirs[i].what.id());
    if (why) result.text += fmt::format("          {}\n", why->why);
    for (const auto& each : found) {
      result.text += fmt::format("          line {}, {}: {}; here: {}\n", each.where.line,
                                 each.kind, each.theirs, each.ours);
    }
  }
  result.text += fmt::format("{} cases alike, {} differ, {} as known to, {} not compared\n", alike,
                             result.unknown, expected, left_out);
  return result;
}

std::vector<scenarios::scenario_case> on_builtin(std::vector<scenarios::scenario_case> cases,
                                                 const std::string& profile) {
  for (auto& each : cases) {
    each.profile = profile;
    each.on = nullptr;
  }
  return cases;
}

}  // namespace staplelab::cli
