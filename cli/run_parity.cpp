#include "cli/run_parity.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>
#include <set>

#include "scenarios/parity.hpp"

namespace staplelab::cli {

using scenarios::case_result;
using scenarios::known_difference;

namespace {

// The first that stands in the description; null where none does.
const known_difference* expected(const case_result& theirs, const std::string& profile) {
  const auto& listed = theirs.what.on->differs;
  const auto found = std::ranges::find_if(
      listed, [&](const auto& each) { return scenarios::concerns(each, theirs, profile); });
  return found == listed.end() ? nullptr : &*found;
}

std::string text_of(const case_result& theirs, const known_difference* why,
                    const std::vector<scenarios::divergence>& found) {
  auto text = fmt::format("{} {}\n", why ? "known  " : "differs", theirs.what.id());
  if (why) text += fmt::format("          {}\n", why->why);
  for (const auto& each : found) {
    text += fmt::format("          line {}, {}: {}; here: {}\n", each.where.line, each.kind,
                        each.theirs, each.ours);
  }
  return text;
}

}  // namespace

parity compare_courses(const std::vector<case_result>& ours,
                       const std::vector<case_result>& theirs) {
  parity result;
  std::size_t alike = 0, left_out = 0, as_known = 0;
  std::set<const known_difference*> seen, compared;
  for (std::size_t i = 0; i < theirs.size() && i < ours.size(); ++i) {
    if (theirs[i].steps.empty() || ours[i].steps.empty()) {
      ++left_out;
      continue;
    }
    const auto* why = expected(theirs[i], ours[i].what.profile);
    if (why) compared.insert(why);
    const auto found = scenarios::divergences(ours[i], theirs[i]);
    if (found.empty()) {
      ++alike;
      continue;
    }
    if (why) seen.insert(why);
    ++(why ? as_known : result.unknown);
    result.text += text_of(theirs[i], why, found);
  }
  std::vector<const known_difference*> gone;
  std::ranges::set_difference(compared, seen, std::back_inserter(gone));
  for (const auto* each : gone) {
    result.text += fmt::format("no more {}\n          listed as different, and alike: {}\n",
                               each->cases, each->why);
  }
  result.text += fmt::format("{} cases alike, {} differ, {} as known to, {} not compared\n", alike,
                             result.unknown, as_known, left_out);
  return result;
}

std::vector<scenarios::scenario_case> on_builtin(std::vector<scenarios::scenario_case> cases,
                                                 const std::string& profile) {
  for (auto& each : cases) {
    each.profile = profile;
    each.judged_as.clear();
    each.on = nullptr;
  }
  return cases;
}

}  // namespace staplelab::cli
