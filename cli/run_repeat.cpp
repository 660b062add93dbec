#include "cli/run_repeat.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <string_view>

#include "scenarios/parity.hpp"

namespace staplelab::cli {

using scenarios::case_result;
using scenarios::case_verdict;

namespace {

std::string_view take_line(std::string_view& text) {
  const std::size_t end = std::min(text.find('\n'), text.size());
  const std::string_view line = text.substr(0, end);
  text.remove_prefix(std::min(end + 1, text.size()));
  return line;
}

std::string difference(std::string_view a, std::string_view b) {
  std::size_t number = 1;
  while (!a.empty() || !b.empty()) {
    const auto ours = take_line(a);
    const auto theirs = take_line(b);
    if (ours != theirs) {
      return fmt::format("transcript line {}: '{}' became '{}'", number, ours, theirs);
    }
    ++number;
  }
  return "the transcripts are equal";
}

// What a scenario leaves open may go either way.
bool is_judged(const case_result& result, const scenarios::divergence& at) {
  return std::ranges::any_of(result.steps, [&](const auto& step) {
    return step.where.line == at.where.line && !step.expected.empty() && step.expected != "any";
  });
}

// Milliseconds are never the same in two lives of a server that is not ours: what clients and
// operators see is. Empty when that was alike.
std::string course_difference(const case_result& first, const case_result& again) {
  for (const auto& one : scenarios::divergences(first, again)) {
    if (!is_judged(first, one)) continue;
    return fmt::format("line {}, {}: '{}' became '{}'", one.where.line, one.kind, one.ours,
                       one.theirs);
  }
  if (first.verdict == again.verdict) return {};
  return fmt::format("it ended with {}{}{}", to_string(again.verdict),
                     again.reason.empty() ? "" : ": ", again.reason);
}

}  // namespace

std::string repeat_check::difference_of(const case_result& first, const case_result& again) const {
  if (first.what.on) return course_difference(first, again);
  const std::string& ours = transcripts_.at(first.what.id());
  const std::string theirs = scenarios::transcript(again);
  if (ours == theirs && first.verdict == again.verdict) return {};
  return difference(ours, theirs);
}

repeat_check::repeat_check(const scenarios::run_result& first) {
  for (const auto& result : first.cases) {
    transcripts_[result.what.id()] = scenarios::transcript(result);
  }
}

void repeat_check::compare(scenarios::run_result& first, const scenarios::run_result& again,
                           unsigned repeat) const {
  std::map<std::string, const case_result*> others;
  for (const auto& result : again.cases)
    others[result.what.id()] = &result;
  for (auto& result : first.cases) {
    const auto other = others.find(result.what.id());
    if (other == others.end() || !result.started || !other->second->started) continue;
    const auto how = difference_of(result, *other->second);
    if (how.empty()) continue;
    if (result.verdict == case_verdict::pass) {
      result.verdict = case_verdict::fail;
      result.reason = fmt::format("repeat {} took another course: {}", repeat, how);
    } else if (result.verdict == case_verdict::fail &&
               other->second->verdict == case_verdict::pass) {
      result.reason += fmt::format("; repeat {} passed", repeat);
    }
  }
}

}  // namespace staplelab::cli
