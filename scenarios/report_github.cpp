#include "scenarios/report_github.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <map>
#include <string_view>
#include <utility>
#include <vector>

#include "scenarios/report_table.hpp"
#include "scenarios/report_words.hpp"

namespace staplelab::scenarios {
namespace {

// The runner reads a command up to the line's end; these three are escaped in its text, and two
// more in a property.
std::string command_text(std::string_view text) {
  std::string safe;
  for (const char c : text) {
    switch (c) {
      case '%':
        safe += "%25";
        break;
      case '\r':
        safe += "%0D";
        break;
      case '\n':
        safe += "%0A";
        break;
      default:
        safe += c;
    }
  }
  return safe;
}

std::string command_property(std::string_view text) {
  std::string safe;
  for (const char c : command_text(text)) {
    switch (c) {
      case ':':
        safe += "%3A";
        break;
      case ',':
        safe += "%2C";
        break;
      default:
        safe += c;
    }
  }
  return safe;
}

std::string below(const std::string& root, const std::string& file) {
  if (root.empty()) return file;
  const auto relative = std::filesystem::absolute(file).lexically_normal().lexically_relative(
      std::filesystem::path(root).lexically_normal());
  return relative.empty() || *relative.begin() == ".." ? file : relative.string();
}

// A cell of a Markdown table.
std::string cell(std::string_view text) {
  std::string safe;
  for (const char c : on_one_line(text)) {
    switch (c) {
      case '|':
      case '\\':
      case '`':
      case '*':
      case '_':
      case '[':
      case ']':
        safe += '\\';
        safe += c;
        break;
      case '<':
        safe += "&lt;";
        break;
      case '>':
        safe += "&gt;";
        break;
      case '&':
        safe += "&amp;";
        break;
      default:
        safe += c;
    }
  }
  return safe;
}

std::string annotation(const case_result& result, const std::string& root) {
  const step_result* step = broken_step(result);
  const runtime::source_position where = step ? step->where : runtime::source_position{};
  return fmt::format("::error file={},line={},col={},title={}::{}\n",
                     command_property(below(root, result.what.of->file)), where.line, where.column,
                     command_property(result.what.id()), command_text(one_line(result)));
}

// Why cases were skipped, the most frequent reason first.
std::string skips_of(const run_result& run) {
  constexpr std::size_t most_told = 5;
  std::map<std::string, std::size_t> reasons;
  std::size_t all = 0;
  for (const case_result& result : run.cases) {
    if (result.verdict != case_verdict::skip) continue;
    ++reasons[one_line(result)];
    ++all;
  }
  if (all == 0) return {};
  std::vector<std::pair<std::string, std::size_t>> sorted(reasons.begin(), reasons.end());
  std::ranges::sort(sorted, [](const auto& a, const auto& b) {
    return a.second != b.second ? a.second > b.second : a.first < b.first;
  });
  std::string text;
  for (std::size_t i = 0; i < std::min(sorted.size(), most_told); ++i)
    text += fmt::format("{}{} x {}", i == 0 ? "" : "; ", sorted[i].second, sorted[i].first);
  if (sorted.size() > most_told) {
    text += fmt::format("; and {} other reasons", sorted.size() - most_told);
  }
  return fmt::format("::notice title={} of {} cases were skipped::{}\n", all, run.cases.size(),
                     command_text(text));
}

bool is_broken(const case_result& result) {
  return result.verdict == case_verdict::fail || result.verdict == case_verdict::error;
}

}  // namespace

std::string github_annotations(const run_result& run, const std::string& root) {
  std::string lines;
  for (const case_result& result : run.cases) {
    if (is_broken(result)) lines += annotation(result, root);
  }
  return lines + skips_of(run);
}

std::string github_summary(const run_result& run) {
  std::string markdown = fmt::format("### staplelab\n\n{}\n", cell(totals_line(run)));
  std::string rows;
  for (const case_result& result : run.cases) {
    if (result.verdict == case_verdict::pass || !result.started) continue;
    const step_result* step = broken_step(result);
    rows += fmt::format("| {} | {} | {} | {} |\n", to_string(result.verdict),
                        cell(result.what.id()), cell(one_line(result)),
                        cell(step ? position_of(result, *step) : result.what.of->file));
  }
  if (rows.empty()) return markdown;
  return markdown + "\n| verdict | case | what | where |\n|---|---|---|---|\n" + rows;
}

}  // namespace staplelab::scenarios
