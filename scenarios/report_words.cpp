#include "scenarios/report_words.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "runtime/duration_text.hpp"
#include "scenarios/parity.hpp"
#include "scenarios/target.hpp"

namespace staplelab::scenarios {
namespace {

constexpr std::size_t events_around = 4;
constexpr std::size_t most_own_events = 24;

struct event_span {
  std::size_t begin, end;
};

// A step's events end where those of the next one begin.
event_span events_of(const case_result& result, const step_result& step) {
  const auto index = static_cast<std::size_t>(&step - result.steps.data());
  const std::size_t all = result.events.size();
  const std::size_t end =
      index + 1 < result.steps.size() ? result.steps[index + 1].first_event : all;
  const std::size_t begin = std::min(step.first_event, all);
  return {begin, std::clamp(end, begin, all)};
}

const stapler::endpoint_refused* refusal_in(const case_result& result, const event_span& own) {
  for (std::size_t i = own.begin; i < own.end; ++i) {
    const auto* told = std::get_if<stapler::event>(&result.events[i].what);
    if (told == nullptr) continue;
    if (const auto* refused = std::get_if<stapler::endpoint_refused>(told)) return refused;
  }
  return nullptr;
}

bool starts_in(const case_result& result, const event_span& own) {
  const auto begin = result.events.begin();
  return std::any_of(begin + static_cast<std::ptrdiff_t>(own.begin),
                     begin + static_cast<std::ptrdiff_t>(own.end), [](const event& e) {
                       const auto* told = std::get_if<stapler::event>(&e.what);
                       return told && std::holds_alternative<stapler::endpoint_started>(*told);
                     });
}

bool found_nobody(const step_result& step) {
  return !step.shortfalls.empty() &&
         std::all_of(step.shortfalls.begin(), step.shortfalls.end(), [](const auto& missing) {
           return missing.field == "verdict" &&
                  missing.observed == to_string(probe_verdict::refused);
         });
}

// What the server said last, where the step did not hold because it would not start.
std::string last_words(const case_result& result, const step_result& step) {
  if (step.shortfalls.front().field != "endpoint") return {};
  const auto* refused = refusal_in(result, events_of(result, step));
  if (refused == nullptr) return {};
  return fmt::format(": {} (exit code {})", refused->why.empty() ? "it said nothing" : refused->why,
                     refused->exit_code);
}

std::string account_of(const case_result& result, const step_result& step) {
  std::string text = fmt::format("{}: {}{}{}, at +{}\n", position_of(result, step), step.kind,
                                 step.detail.empty() ? "" : " ", step.detail,
                                 runtime::to_text(step.at - result.what.of->start));
  for (const shortfall& missing : step.shortfalls) {
    text += fmt::format("  {}\n    expected  {}\n    seen      {}\n", missing.field,
                        missing.expected, missing.observed);
    if (!missing.why.empty()) text += fmt::format("    means     {}\n", missing.why);
  }
  const std::string around = transcript_around(result, step);
  return around.empty() ? text : text + "  transcript around it\n" + around;
}

}  // namespace

std::string target_of(const scenario_case& what) {
  return target_name(what.on, what.profile);
}

std::string subject_of(const scenario_case& what) {
  return what.on ? what.on->name : what.profile;
}

std::string_view certificate_kind(const scenario_case& what) {
  return what.must_staple ? "must-staple" : "plain";
}

std::string position_of(const case_result& result, const step_result& step) {
  return fmt::format("{}:{}", result.what.of->file, step.where.line);
}

const step_result* broken_step(const case_result& result) {
  const auto found = std::find_if(result.steps.begin(), result.steps.end(), [](const auto& step) {
    return step.verdict == case_verdict::fail || step.verdict == case_verdict::error;
  });
  return found == result.steps.end() ? nullptr : &*found;
}

std::set<const step_result*> idle_steps(const case_result& result) {
  std::set<const step_result*> idle;
  bool refused = false;
  bool told = false;
  for (const step_result& step : result.steps) {
    const event_span own = events_of(result, step);
    if (refusal_in(result, own)) refused = true;
    if (starts_in(result, own)) refused = false;
    const bool broken = step.verdict == case_verdict::fail;
    if (refused && told && broken && found_nobody(step)) idle.insert(&step);
    told = told || broken;
  }
  return idle;
}

std::string one_line(const case_result& result) {
  if (result.verdict == case_verdict::pass) return {};
  const step_result* step = broken_step(result);
  if (result.verdict != case_verdict::fail || step == nullptr || step->shortfalls.empty()) {
    return on_one_line(result.reason);
  }
  const shortfall& first = step->shortfalls.front();
  return on_one_line(fmt::format("{} at +{}: {}: expected {}, seen {}{}", step->kind,
                                 runtime::to_text(step->at - result.what.of->start), first.field,
                                 first.expected, first.observed, last_words(result, *step)) +
                     known_way(result));
}

std::string transcript_around(const case_result& result, const step_result& step) {
  const event_span own = events_of(result, step);
  const std::size_t begin = own.begin - std::min(own.begin, events_around);
  const std::size_t end = std::min(own.end + events_around, result.events.size());
  // Of a step over days with thousands of events its beginning and its end are told.
  const std::size_t hidden =
      own.end - own.begin > most_own_events ? own.end - own.begin - most_own_events : 0;
  const std::size_t hidden_from = own.begin + most_own_events / 2;
  std::string text;
  for (std::size_t i = begin; i < end; ++i) {
    if (hidden > 0 && i == hidden_from) {
      text += fmt::format("  > ... {} more\n", hidden);
      i += hidden;
    }
    const bool inside = i >= own.begin && i < own.end;
    text += fmt::format("  {} {}\n", inside ? '>' : ' ',
                        to_line(result.events[i], result.what.of->start));
  }
  return text;
}

std::string full_account(const case_result& result) {
  std::string text;
  const auto idle = idle_steps(result);
  for (const step_result& step : result.steps) {
    const bool broken = step.verdict == case_verdict::fail || step.verdict == case_verdict::error;
    if (broken && !idle.contains(&step)) text += account_of(result, step);
  }
  if (!idle.empty()) {
    text += fmt::format("and {} more step{} that found nobody listening\n", idle.size(),
                        idle.size() == 1 ? "" : "s");
  }
  if (text.empty() && !result.reason.empty()) text = result.reason + "\n";
  return text;
}

std::string on_one_line(std::string_view text) {
  std::string line(text);
  std::replace_if(
      line.begin(), line.end(), [](unsigned char c) { return c < 0x20 || c == 0x7f; }, ' ');
  return line;
}

}  // namespace staplelab::scenarios
