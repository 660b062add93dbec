#include "scenarios/parity.hpp"

#include <fmt/format.h>
#include <fnmatch.h>

#include <algorithm>
#include <filesystem>
#include <map>

#include "scenarios/event_view.hpp"

namespace staplelab::scenarios {

namespace {

std::string text_of(const observation& seen) {
  std::string text(to_string(seen.endpoint));
  if (seen.exit_code) text += fmt::format(", exit code {}", *seen.exit_code);
  if (seen.probes.empty()) return text;
  const auto& last = seen.probes.back();
  std::string probed(to_string(last.verdict));
  if (last.alert) probed += fmt::format(" ({})", alert_name(*last.alert));
  return probed + ", " + text;
}

// What was seen at the end of each step, by its line. A step in an included file may come twice;
// the last one counts.
using course = std::map<std::size_t, std::pair<const step_result*, std::string>>;

course course_of(const case_result& result) {
  course all;
  event_view view;
  std::size_t next = 0;
  for (std::size_t i = 0; i < result.steps.size(); ++i) {
    const bool last = i + 1 == result.steps.size();
    const auto end = last ? result.events.size() : result.steps[i + 1].first_event;
    view.begin_step();
    for (; next < end; ++next)
      view.take(result.events[next]);
    all[result.steps[i].where.line] = {&result.steps[i], text_of(view.seen())};
  }
  return all;
}

}  // namespace

std::vector<divergence> divergences(const case_result& ours, const case_result& theirs) {
  const auto here = course_of(ours);
  const auto there = course_of(theirs);
  std::vector<divergence> found;
  for (const auto& [line, step] : here) {
    const auto other = there.find(line);
    const std::string seen = other == there.end() ? "not played" : other->second.second;
    if (seen == step.second) continue;
    const bool follows =
        !found.empty() && found.back().ours == step.second && found.back().theirs == seen;
    if (!follows) found.push_back({step.first->where, step.first->kind, step.second, seen});
  }
  return found;
}

bool concerns(const known_difference& each, const case_result& theirs, std::string_view profile) {
  const auto matches = [](const std::string& pattern, const std::string& text) {
    return ::fnmatch(pattern.c_str(), text.c_str(), 0) == 0;
  };
  if (each.profile != profile) return false;
  const auto& what = *theirs.what.of;
  const auto id = theirs.what.id();
  if (matches(each.cases, id) || matches(each.cases, what.name)) return true;
  // Names are those below the folder that was given; the library may lie further up.
  const auto path = std::filesystem::path(what.file).replace_extension().string();
  return matches("*/" + each.cases, path + id.substr(what.name.size())) ||
         matches("*/" + each.cases, path);
}

std::string known_way(const case_result& failed) {
  if (!failed.what.on) return {};
  for (const auto& each : failed.what.on->differs) {
    if (concerns(each, failed, failed.what.expectations())) return "; known: " + each.why;
  }
  return {};
}

}  // namespace staplelab::scenarios
