#include <fmt/format.h>

#include <array>

#include "scenarios/parse.hpp"
#include "scenarios/parse_actions.hpp"
#include "scenarios/parse_sections.hpp"
#include "scenarios/parse_values.hpp"

namespace staplelab::scenarios {

namespace {

constexpr std::array<std::string_view, 3> common_keys{"note", "only", "expect"};

bool is_common(std::string_view key) {
  return std::ranges::find(common_keys, key) != common_keys.end();
}

// The step's action key; null when it has none. A second one is an error.
const action_row* find_action(decoder& d, const json_object& members) {
  const action_row* found = nullptr;
  for (const auto& member : members) {
    const action_row* row = action_named(member.key);
    if (row == nullptr) continue;
    if (found != nullptr) {
      d.error(member.key_at,
              fmt::format("a step has one action, and this one has '{}' and '{}'", found->key,
                          member.key),
              "make two steps of it");
      return found;
    }
    found = row;
  }
  return found;
}

void check_step_keys(decoder& d, const json_object& members, const action_row* row) {
  for (const auto& member : members) {
    const std::string_view key = member.key;
    if (is_common(key) || action_named(key) != nullptr) continue;
    const auto beside = row == nullptr ? std::span<const std::string_view>() : row->beside;
    if (std::ranges::find(beside, key) != beside.end()) continue;
    if (row == nullptr && !action_with_beside(key).empty()) {
      d.error(member.key_at, fmt::format("'{}' stands beside '{}', which is missing", key,
                                         action_with_beside(key)));
      continue;
    }
    std::vector<std::string_view> known(common_keys.begin(), common_keys.end());
    for (const auto& each : action_rows())
      known.push_back(each.key);
    known.insert(known.end(), beside.begin(), beside.end());
    d.unknown_key(member, "a step", known);
  }
}

std::optional<action> read_action(decoder& d, const json_value& step, const action_row* row) {
  if (row != nullptr) return row->read(d, *step.find(row->key), step);
  if (step.find("expect") != nullptr) return action(check_step{});
  if (step.find("note") != nullptr) return action(note_step{});
  d.error(step.at, "a step needs an action, an expectation or a note");
  return {};
}

std::vector<case_facts> facts_of(const decoder& d, const selection& only) {
  std::vector<case_facts> facts;
  for (const auto& each : d.cases) {
    for (const auto& configuration : each.possible) {
      const case_facts fact{
          .class_now = stapler::classify(configuration.mode, configuration.must_staple),
          .mode = each.of.mode,
          .must_staple = each.of.must_staple,
          .profile = each.of.profile};
      if (selects(only, fact)) facts.push_back(fact);
    }
  }
  return facts;
}

// An endpoint that is started, and nothing said about it, is expected to come up.
bool starts_endpoint(const action& what) {
  const auto* start = std::get_if<start_step>(&what);
  return (start != nullptr && start->who == party::endpoint) ||
         std::holds_alternative<restart_step>(what);
}

// A reload may be refused, so what was possible before stays so.
void follow_reload(decoder& d, const reload_step& reload, const selection& only) {
  for (auto& each : d.cases) {
    std::vector<possible_configuration> after = each.possible;
    for (const auto& before : each.possible) {
      const case_facts fact{stapler::classify(before.mode, before.must_staple), each.of.mode,
                            each.of.must_staple, each.of.profile};
      if (!selects(only, fact)) continue;
      possible_configuration next = before;
      if (reload.mode) next.mode = *reload.mode;
      if (reload.certificates && !reload.certificates->empty()) {
        next.must_staple = is_must_staple(d.names.must_staple.at(reload.certificates->front()),
                                          each.of.must_staple);
      }
      if (std::ranges::find(after, next) == after.end()) after.push_back(next);
    }
    each.possible = std::move(after);
  }
}

// The simulated time that has certainly passed, and the most that can have.
struct time_outlook {
  time_point least;
  time_point most;
  bool beyond_told = false;

  void pass(duration at_least, duration at_most) {
    least += at_least;
    most += at_most;
  }
};

void follow_time(decoder& d, const action& what, const json_place& at, bool always_taken,
                 time_outlook& time) {
  if (const auto* advance = std::get_if<advance_step>(&what)) {
    time.pass(always_taken ? advance->by : duration(0), advance->by);
  } else if (const auto* always = std::get_if<always_step>(&what)) {
    time.pass(always_taken ? always->lasts : duration(0), always->lasts);
  } else if (const auto* eventually = std::get_if<eventually_step>(&what)) {
    time.pass(duration(0), eventually->within);
  } else if (const auto* to = std::get_if<advance_to_step>(&what)) {
    if (to->to < time.least) {
      d.error(at, fmt::format("this time has passed, for it is {} by then",
                              pki::to_rfc3339(time.least)));
    }
    if (always_taken) time.least = std::max(time.least, to->to);
    time.most = std::max(time.most, to->to);
  }
  if (time.most >= latest_time && !time.beyond_told) {
    d.error(at, fmt::format("the scenario goes beyond {}", pki::to_rfc3339(latest_time)));
    time.beyond_told = true;
  }
}

void read_expected(decoder& d, const json_value& value, const action_row* row, step& result) {
  if (const json_value* expect = value.find("expect")) {
    const step_kind kind = row == nullptr ? step_kind::other : row->kind;
    result.expect = read_expectation(d, *expect, kind, facts_of(d, result.only));
    check_expected_of_query(d, *expect, result);
  } else if (starts_endpoint(result.what)) {
    result.expect.alternatives.emplace_back().expect.endpoint = endpoint_state::up;
  } else if (row != nullptr && row->needs_expectation) {
    d.error(value.at, fmt::format("'{}' needs an 'expect'", row->key));
  }
}

std::optional<step> read_step(decoder& d, const json_value& value) {
  const json_object* members = value.object();
  if (members == nullptr) {
    d.expected(value, "a step, which is an object");
    return {};
  }
  const auto errors_before = d.error_count();
  const action_row* row = find_action(d, *members);
  check_step_keys(d, *members, row);
  if (row == nullptr && d.error_count() > errors_before) return {};  // a misspelt action, surely

  step result;
  result.file = value.at.in->name;
  result.where = value.at.position;
  if (const json_value* note = value.find("note")) {
    result.note = read_prose(d, *note).value_or("");
  }
  if (const json_value* only = value.find("only")) {
    result.only = read_selection(d, *only).value_or(selection{});
  }
  if (auto what = read_action(d, value, row)) result.what = *std::move(what);
  if (const auto* reload = std::get_if<reload_step>(&result.what)) {
    follow_reload(d, *reload, result.only);
  }
  read_expected(d, value, row, result);
  if (d.error_count() > errors_before) return {};
  return result;
}

}  // namespace

void read_steps(decoder& d, const json_value& value, scenario& result) {
  const json_array* steps = value.array();
  if (steps == nullptr) return d.expected(value, "an array of steps");
  if (steps->empty()) {  // or they should have come from a file that could not be included
    if (!d.found_errors()) d.error(value.at, "a scenario needs at least one step");
    return;
  }
  if (steps->size() > max_steps) {
    return d.error((*steps)[max_steps].at,
                   fmt::format("more than {} steps, those of included files counted", max_steps));
  }
  time_outlook time{.least = d.start, .most = d.start};
  for (const auto& each : *steps) {
    auto read = read_step(d, each);
    if (!read) continue;
    const auto& only = read->only;
    const bool always_taken = only.classes.empty() && only.modes.empty() &&
                              only.must_staple.empty() && only.profiles.empty();
    follow_time(d, read->what, each.at, always_taken, time);
    result.steps.push_back(*std::move(read));
  }
}

}  // namespace staplelab::scenarios
