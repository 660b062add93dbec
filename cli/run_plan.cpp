#include "cli/run_plan.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <nlohmann/json.hpp>
#include <set>
#include <string_view>
#include <variant>

#include "pki/time.hpp"
#include "runtime/duration_text.hpp"
#include "scenarios/report_words.hpp"
#include "scenarios/step_text.hpp"
#include "scenarios/timeline.hpp"
#include "stapler/mode.hpp"

namespace staplelab::cli {
namespace {

using scenarios::scenario_case;

std::string selection_text(const scenarios::selection& only) {
  std::vector<std::string> parts;
  for (const auto each : only.classes)
    parts.emplace_back(stapler::to_string(each));
  for (const auto each : only.modes)
    parts.emplace_back(stapler::to_string(each));
  for (const bool each : only.must_staple)
    parts.emplace_back(each ? "must-staple" : "plain");
  parts.insert(parts.end(), only.profiles.begin(), only.profiles.end());
  return fmt::format("{}", fmt::join(parts, ", "));
}

std::string expectation_text(const scenarios::expectation_tree& tree) {
  std::string text;
  for (const auto& alternative : tree.alternatives) {
    const std::string when = selection_text(alternative.when);
    text += fmt::format("{:17}-> {}{}{}\n", "", scenarios::describe(alternative.expect),
                        when.empty() ? "" : "  for ", when);
  }
  return text;
}

std::string step_lines(const scenarios::step& step, const std::string& at) {
  const std::string only = selection_text(step.only);
  std::string text = fmt::format("  {:>12}  {} {}", at, scenarios::kind_of(step.what),
                                 scenarios::describe(step.what));
  text.erase(text.find_last_not_of(' ') + 1);
  if (!only.empty()) text += fmt::format("  (only {})", only);
  text += '\n';
  if (!step.note.empty()) text += fmt::format("{:17}{}\n", "", scenarios::on_one_line(step.note));
  return text + expectation_text(step.expect);
}

std::string timeline_of(const scenarios::scenario& all, std::size_t cases) {
  std::string text =
      fmt::format("{}: {} ({})\n  starts at {}, {} case{}\n", all.name, all.title, all.file,
                  pki::to_rfc3339(all.start), cases, cases == 1 ? "" : "s");
  auto at = all.start;
  bool latest = false;  // an `eventually` has been passed
  for (const scenarios::step& step : all.steps) {
    const char* sign = latest ? "<= +" : "+";
    text += step_lines(step, sign + runtime::to_text(at - all.start));
    latest = latest || std::holds_alternative<scenarios::eventually_step>(step.what);
    latest = latest && !std::holds_alternative<scenarios::advance_to_step>(step.what);
    at = scenarios::latest_end(step.what, at);
  }
  return text;
}

}  // namespace

std::string case_list(const std::vector<scenario_case>& cases) {
  std::string text;
  for (const scenario_case& each : cases)
    text += each.id() + "\n";
  return text;
}

std::string case_list_json(const std::vector<scenario_case>& cases) {
  auto array = nlohmann::ordered_json::array();
  for (const scenario_case& each : cases) {
    nlohmann::ordered_json object;
    object["id"] = each.id();
    object["scenario"] = each.of->name;
    object["title"] = each.of->title;
    object["file"] = each.of->file;
    object["mode"] = stapler::to_string(each.mode);
    object["must_staple"] = each.must_staple;
    object["profile"] = each.profile;
    object["target"] = scenarios::target_of(each);
    object["class"] = stapler::to_string(each.initial_class());
    object["tags"] = each.of->tags;
    array.push_back(std::move(object));
  }
  return array.dump(2) + "\n";
}

std::string timeline(const std::vector<scenario_case>& cases) {
  std::string text;
  std::set<const scenarios::scenario*> shown;
  for (const scenario_case& each : cases) {
    if (!shown.insert(each.of).second) continue;
    const auto count = std::count_if(cases.begin(), cases.end(),
                                     [&](const auto& other) { return other.of == each.of; });
    if (!text.empty()) text += '\n';
    text += timeline_of(*each.of, static_cast<std::size_t>(count));
  }
  return text;
}

}  // namespace staplelab::cli
