#include "scenarios/report_table.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <functional>
#include <map>
#include <optional>
#include <set>
#include <utility>
#include <vector>

#include "runtime/duration_text.hpp"
#include "scenarios/client_harm.hpp"
#include "scenarios/report_words.hpp"
#include "scenarios/target.hpp"
#include "stapler/mode.hpp"

namespace staplelab::scenarios {
namespace {

// How a case stands in the table; by weight, since of two cases in one cell (there are none unless
// a file is run twice) the worse one shows.
enum class standing { pass, harmful, skip, fail, error };
constexpr std::array all_standings{standing::pass, standing::harmful, standing::fail,
                                   standing::skip, standing::error};

standing standing_of(const case_result& result) {
  switch (result.verdict) {
    case case_verdict::pass:
      return harm_of(result) ? standing::harmful : standing::pass;
    case case_verdict::fail:
      return standing::fail;
    case case_verdict::skip:
      return standing::skip;
    case case_verdict::error:
      return standing::error;
  }
  return standing::error;
}

struct mark {
  std::string_view symbol;  // one column wide
  std::string_view plain;   // the same in ASCII
  std::string_view word;
  ink colour;
};

mark mark_of(standing what) {
  switch (what) {
    case standing::pass:
      return {"✔", "+", "passed", ink::green};
    case standing::harmful:
      return {"▲", "~", "passed, but bad for clients", ink::yellow};
    case standing::fail:
      return {"✘", "F", "failed", ink::red};
    case standing::skip:
      return {"○", "s", "skipped", ink::yellow};
    case standing::error:
      return {"!", "E", "error", ink::red};
  }
  return {};
}

std::string symbol_of(std::optional<standing> cell, const text_style& style) {
  if (!cell) return painted(style.unicode ? "·" : ".", ink::faint, style);
  const mark what = mark_of(*cell);
  return painted(style.unicode ? what.symbol : what.plain, what.colour, style);
}

struct column {
  stapler::mode mode;
  bool must_staple;
  auto operator<=>(const column&) const = default;
};

// The cases of one scenario by column and by what they ran on.
using row = std::map<std::pair<column, std::string>, standing>;

struct table {
  std::vector<const scenario*> scenarios;  // in the order of the run
  std::map<const scenario*, row> rows;
  std::set<stapler::mode> modes;
  std::set<bool> kinds;               // of certificates
  std::vector<std::string> subjects;  // profiles and targets, in the order of the run
  bool profiles = false;              // among them
  bool targets = false;
};

table table_of(const run_result& run) {
  table all;
  for (const case_result& result : run.cases) {
    const scenario_case& what = result.what;
    if (!all.rows.contains(what.of)) all.scenarios.push_back(what.of);
    const std::string subject = subject_of(what);
    const std::pair key{column{what.mode, what.must_staple}, subject};
    const auto [cell, fresh] = all.rows[what.of].try_emplace(key, standing_of(result));
    if (!fresh) cell->second = std::max(cell->second, standing_of(result));
    all.modes.insert(what.mode);
    all.kinds.insert(what.must_staple);
    if (std::ranges::find(all.subjects, subject) == all.subjects.end()) {
      all.subjects.push_back(subject);
    }
    (what.on ? all.targets : all.profiles) = true;
  }
  return all;
}

std::string_view kind_label(bool must_staple) {
  return must_staple ? "m-s" : "plain";
}

std::size_t cell_width(const table& all, bool must_staple) {
  return std::max(all.subjects.size(), kind_label(must_staple).size());
}

// Must-staple first: it is what stapling is about.
std::vector<bool> kinds_of(const table& all) {
  return {all.kinds.rbegin(), all.kinds.rend()};
}

std::size_t mode_width(const table& all) {
  std::size_t width = 0;
  for (const bool kind : kinds_of(all))
    width += cell_width(all, kind) + 2;
  return std::max<std::size_t>(width, 7) + 1;
}

std::string head(const table& all, std::size_t name_width, const text_style& style) {
  std::string modes(name_width, ' ');
  std::string kinds(name_width, ' ');
  for (const stapler::mode mode : all.modes) {
    modes += fmt::format("{:<{}}", stapler::to_string(mode), mode_width(all));
    std::string labels;
    for (const bool kind : kinds_of(all)) {
      labels += fmt::format("{:<{}}  ", kind_label(kind), cell_width(all, kind));
    }
    kinds += fmt::format("{:<{}}", labels, mode_width(all));
  }
  modes.erase(modes.find_last_not_of(' ') + 1);
  kinds.erase(kinds.find_last_not_of(' ') + 1);
  return painted(modes, ink::bold, style) + "\n" + painted(kinds, ink::faint, style) + "\n";
}

std::string cells(const table& all, const row& cases, const text_style& style) {
  std::string text;
  for (const stapler::mode mode : all.modes) {
    std::size_t used = 0;
    for (const bool kind : kinds_of(all)) {
      for (const std::string& subject : all.subjects) {
        const auto found = cases.find({{mode, kind}, subject});
        text +=
            symbol_of(found == cases.end() ? std::nullopt : std::optional(found->second), style);
      }
      text += std::string(cell_width(all, kind) - all.subjects.size() + 2, ' ');
      used += cell_width(all, kind) + 2;
    }
    text += std::string(mode_width(all) - used, ' ');
  }
  text.erase(text.find_last_not_of(' ') + 1);
  return text;
}

bool all_well(const row& cases) {
  return std::all_of(cases.begin(), cases.end(), [](const auto& each) {
    return each.second != standing::fail && each.second != standing::error;
  });
}

std::string_view kind_of_subjects(const table& all) {
  if (all.targets && all.profiles) return "profile or target";
  return all.targets ? "target" : "profile";
}

bool has(const table& all, standing what) {
  return std::ranges::any_of(all.rows, [what](const auto& each) {
    return std::ranges::any_of(each.second,
                               [what](const auto& cell) { return cell.second == what; });
  });
}

std::string legend(const table& all, const text_style& style) {
  std::string text;
  for (const auto what : all_standings) {
    if (what == standing::harmful && !has(all, what)) continue;
    text += fmt::format("{} {}  ", symbol_of(what, style), mark_of(what).word);
  }
  text += fmt::format("{} not in the matrix\n", symbol_of(std::nullopt, style));
  text += "m-s: must-staple certificate";
  return text + fmt::format("; {}{} in each cell: {}\n", kind_of_subjects(all),
                            all.subjects.size() == 1 ? "" : "s", fmt::join(all.subjects, ", "));
}

std::string folder_of(const std::string& name) {
  const auto slash = name.rfind('/');
  return slash == std::string::npos ? std::string() : name.substr(0, slash);
}

std::string name_in_folder(const std::string& name) {
  return name.substr(name.rfind('/') + 1);
}

std::string with_commas(double number) {
  std::string digits = fmt::format("{:.0f}", number);
  for (std::size_t i = digits.size(); i > 3; i -= 3)
    digits.insert(i - 3, ",");
  return digits;
}

}  // namespace

std::string case_line(const case_result& result, const text_style& style) {
  const scenario_case& what = result.what;
  const step_result* step = broken_step(result);
  std::string word;
  switch (result.verdict) {
    case case_verdict::pass:
      word = "pass";
      break;
    case case_verdict::fail:
      word = "FAIL";
      break;
    case case_verdict::skip:
      word = "skip";
      break;
    case case_verdict::error:
      word = "ERROR";
      break;
  }
  std::string line =
      fmt::format("{:<5} {}  {}  {}  {}", word, what.of->name, stapler::to_string(what.mode),
                  certificate_kind(what), subject_of(what));
  if (const std::string reason = one_line(result); !reason.empty()) line += "  " + reason;
  if (result.verdict != case_verdict::pass) {
    line += fmt::format("  ({})", step ? position_of(result, *step) : what.of->file);
  }
  if (result.verdict == case_verdict::pass) {
    if (const auto harm = harm_of(result))
      line += fmt::format("  {}: {}", harm_heading(result), harm_text(*harm));
  }
  return painted(on_one_line(line), mark_of(standing_of(result)).colour, style) + "\n";
}

std::string mode_table(const run_result& run, const text_style& style) {
  const table all = table_of(run);
  std::size_t longest = 0;
  for (const scenario* each : all.scenarios) {
    longest = std::max(longest, name_in_folder(each->name).size());
  }
  const std::size_t name_width = longest + 5;  // two before the name, three after it
  std::string text = head(all, name_width, style);
  std::string folder;
  for (const scenario* each : all.scenarios) {
    if (folder_of(each->name) != folder) {
      folder = folder_of(each->name);
      text += painted(folder, ink::bold, style) + "\n";
    }
    const std::string name = "  " + name_in_folder(each->name);
    const row& cases = all.rows.at(each);
    text += all_well(cases) ? name : painted(name, ink::red, style);
    text += std::string(name_width - name.size(), ' ');
    text += cells(all, cases, style) + "\n";
  }
  return text + legend(all, style);
}

std::string failure_account(const case_result& result, const text_style& style) {
  return painted(on_one_line(result.what.id()), ink::bold, style) + "\n" + full_account(result);
}

std::string common_failures(const run_result& run, const text_style& style) {
  constexpr std::size_t many = 6;
  std::map<std::string, std::size_t> counts;
  std::size_t all = 0;
  for (const auto& result : run.cases) {
    const step_result* step = broken_step(result);
    if (result.verdict != case_verdict::fail || !step || step->shortfalls.empty()) continue;
    const auto& first = step->shortfalls.front();
    ++all;
    ++counts[fmt::format("{}: {}: expected {}, seen {}", step->kind, first.field, first.expected,
                         first.observed)];
  }
  if (all < many) return {};
  std::vector<std::pair<std::string, std::size_t>> sorted(counts.begin(), counts.end());
  std::erase_if(sorted, [](const auto& each) { return each.second < 2; });
  std::ranges::sort(sorted, [](const auto& a, const auto& b) {
    return a.second != b.second ? a.second > b.second : a.first < b.first;
  });
  if (sorted.empty()) return {};
  std::string text = painted("what cases fail by first", ink::bold, style) + "\n";
  for (const auto& [what, count] : sorted)
    text += fmt::format("  {:>4}  {}\n", count, on_one_line(what));
  return text;
}

std::string totals_line(const run_result& run) {
  const run_totals totals = run.totals();
  const double simulated_s = static_cast<double>(totals.simulated.count()) / 1000;
  const double wall_s = run.wall_ms / 1000;
  const std::size_t harmed = harmed_cases(run);
  const std::string harm = harmed == 0 ? "" : fmt::format(" ({} bad for clients)", harmed);
  return fmt::format(
      "{} cases: {} passed{}, {} failed, {} skipped, {} errors; {} simulated in {:.2f} s, {} "
      "simulated seconds per second",
      run.cases.size(), totals.passed, harm, totals.failed, totals.skipped, totals.errors,
      runtime::to_text(totals.simulated), wall_s,
      with_commas(wall_s > 0 ? std::floor(simulated_s / wall_s) : 0));
}

}  // namespace staplelab::scenarios
