#include "cli/run_repeat.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <string_view>

namespace staplelab::cli {
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

}  // namespace

repeat_check::repeat_check(const scenarios::run_result& first) {
  for (const auto& result : first.cases) {
    transcripts_[result.what.id()] = scenarios::transcript(result);
  }
}

void repeat_check::compare(scenarios::run_result& first, const scenarios::run_result& again,
                           unsigned repeat) const {
  std::map<std::string, const scenarios::case_result*> others;
  for (const auto& result : again.cases)
    others[result.what.id()] = &result;
  for (auto& result : first.cases) {
    const auto other = others.find(result.what.id());
    if (other == others.end() || !result.started || !other->second->started) continue;
    const std::string& ours = transcripts_.at(result.what.id());
    const std::string theirs = scenarios::transcript(*other->second);
    if (ours == theirs && result.verdict == other->second->verdict) continue;
    if (result.verdict == scenarios::case_verdict::pass) {
      result.verdict = scenarios::case_verdict::fail;
      result.reason =
          fmt::format("repeat {} took another course: {}", repeat, difference(ours, theirs));
    }
  }
}

}  // namespace staplelab::cli
