#include "scenarios/report_markdown.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <map>
#include <set>
#include <vector>

#include "scenarios/incident.hpp"
#include "scenarios/report_words.hpp"
#include "scenarios/target.hpp"
#include "stapler/mode.hpp"

namespace staplelab::scenarios {
namespace {

constexpr std::string_view preamble = R"(# Scenarios on servers

Written by `staplelab run --report-markdown`. A server that did what the scenario expects in all
modes that it was run in: ✔; it did something else: ✘, with what it did below; the scenario needs
what it does not have: ○; the case could not be played: !.

)";

using cells = std::map<std::string, case_verdict>;  // by target

int weight(case_verdict verdict) {
  switch (verdict) {
    case case_verdict::skip:
      return 0;
    case case_verdict::pass:
      return 1;
    case case_verdict::fail:
      return 2;
    case case_verdict::error:
      return 3;
  }
  return 0;
}

std::string_view mark(case_verdict verdict) {
  switch (verdict) {
    case case_verdict::skip:
      return "○";
    case case_verdict::pass:
      return "✔";
    case case_verdict::fail:
      return "✘";
    case case_verdict::error:
      return "!";
  }
  return "";
}

struct page {
  std::vector<const scenario*> rows;  // in the order of the run
  std::map<const scenario*, cells> table;
  std::map<std::string, std::vector<const case_result*>> not_held;  // by target
  std::set<std::string> targets;
};

page page_of(const run_result& run) {
  page all;
  for (const case_result& result : run.cases) {
    if (!result.started) continue;
    const auto on = target_of(result.what);
    all.targets.insert(on);
    if (!all.table.contains(result.what.of)) all.rows.push_back(result.what.of);
    const auto [cell, fresh] = all.table[result.what.of].try_emplace(on, result.verdict);
    if (!fresh && weight(cell->second) < weight(result.verdict)) cell->second = result.verdict;
    if (weight(result.verdict) >= weight(case_verdict::fail)) all.not_held[on].push_back(&result);
  }
  std::erase_if(all.rows, [&all](const scenario* one) {
    return std::ranges::all_of(all.table[one],
                               [](const auto& cell) { return cell.second == case_verdict::skip; });
  });
  return all;
}

std::string table_text(const page& all) {
  std::string text = "| scenario |";
  std::string line = "|---|";
  for (const auto& each : all.targets) {
    text += fmt::format(" {} |", each);
    line += "---|";
  }
  text += "\n" + line + "\n";
  for (const scenario* one : all.rows) {
    text += fmt::format("| `{}` |", one->name);
    const cells& row = all.table.at(one);
    for (const auto& each : all.targets) {
      const auto cell = row.find(each);
      text += fmt::format(" {} |", cell == row.end() ? "" : mark(cell->second));
    }
    text += "\n";
  }
  return text;
}

std::string held_by(const page& all, const std::string& target) {
  std::map<case_verdict, int> counts;
  for (const scenario* one : all.rows) {
    const cells& row = all.table.at(one);
    if (const auto cell = row.find(target); cell != row.end()) ++counts[cell->second];
  }
  return fmt::format("{} held, {} not", counts[case_verdict::pass],
                     counts[case_verdict::fail] + counts[case_verdict::error]);
}

// The reason without its line: what stands in a file is looked up there.
std::string what_it_did(const case_result& result) {
  const step_result* step = broken_step(result);
  if (result.verdict != case_verdict::fail || step == nullptr) return one_line(result);
  const auto day = std::chrono::floor<std::chrono::days>(step->at);
  const std::chrono::hh_mm_ss clock(std::chrono::floor<std::chrono::minutes>(step->at - day));
  const auto& first = step->shortfalls.front();
  return fmt::format("{} {:02}:{:02}, {}: {}: expected {}, seen {}",
                     iso_date(std::chrono::year_month_day(day)), clock.hours().count(),
                     clock.minutes().count(), step->kind, first.field, on_one_line(first.expected),
                     on_one_line(first.observed));
}

std::string account_of(const std::string& target, const std::vector<const case_result*>& results) {
  std::string text = fmt::format("\n### {}\n\n", target);
  if (const auto* on = results.front()->what.on; on && !on->about.empty())
    text += fmt::format("{}: {}\n\n", on->title, on_one_line(on->about));
  for (const case_result* result : results) {
    text += fmt::format("- `{}`, {}, {} certificate: {}\n", result->what.of->name,
                        stapler::to_string(result->what.mode), certificate_kind(result->what),
                        what_it_did(*result));
  }
  return text;
}

}  // namespace

std::string markdown_report(const run_result& run) {
  const page all = page_of(run);
  std::string text(preamble);
  text += table_text(all) + "\n";
  for (const auto& each : all.targets)
    text += fmt::format("- `{}`: {}\n", each, held_by(all, each));
  if (all.not_held.empty()) return text;
  text += "\n## What was not held\n\nBy the scenario's calendar, the first thing of each.\n";
  for (const auto& [target, results] : all.not_held)
    text += account_of(target, results);
  return text;
}

}  // namespace staplelab::scenarios
