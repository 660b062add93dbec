#include "scenarios/report_tap.hpp"

#include <fmt/format.h>

#include "scenarios/report_utf8.hpp"
#include "scenarios/report_words.hpp"

namespace staplelab::scenarios {
namespace {

// A bare # would begin a directive.
std::string description(std::string_view text) {
  std::string safe;
  for (const char c : on_one_line(text)) {
    if (c == '#' || c == '\\') safe += '\\';
    safe += c;
  }
  return safe;
}

// A double-quoted YAML scalar (YAML 1.2, 7.3.1).
std::string quoted(std::string_view text) {
  std::string safe = "\"";
  for_each_character(text, [&](char32_t c, std::string_view octets) {
    if (c == '"' || c == '\\') safe += '\\';
    if (c == '\n') {
      safe += "\\n";
    } else if (c < 0x20 || c == 0x7f) {
      safe += fmt::format("\\x{:02x}", static_cast<unsigned>(c));
    } else {
      safe += octets;
    }
  });
  return safe + '"';
}

std::string diagnosis(const case_result& result) {
  std::string yaml = "  ---\n";
  yaml += fmt::format("  message: {}\n", quoted(one_line(result)));
  yaml += fmt::format("  severity: {}\n", result.verdict == case_verdict::fail ? "fail" : "error");
  if (const step_result* step = broken_step(result)) {
    yaml += fmt::format("  at: {}\n", quoted(position_of(result, *step)));
    yaml += fmt::format("  expected: {}\n  observed: {}\n", quoted(step->expected),
                        quoted(step->observed));
  }
  yaml += fmt::format("  account: {}\n", quoted(full_account(result)));
  return yaml + "  ...\n";
}

std::string test_point(const case_result& result, std::size_t number) {
  const bool holds = result.verdict == case_verdict::pass || result.verdict == case_verdict::skip;
  std::string line =
      fmt::format("{} {} - {}", holds ? "ok" : "not ok", number, description(result.what.id()));
  if (result.verdict == case_verdict::skip) {
    line += fmt::format(" # SKIP {}", description(result.reason));
  }
  return line + "\n" + (holds ? "" : diagnosis(result));
}

}  // namespace

std::string tap_report(const run_result& run) {
  std::string tap = fmt::format("TAP version 13\n1..{}\n", run.cases.size());
  std::size_t number = 0;
  for (const case_result& result : run.cases)
    tap += test_point(result, ++number);
  return tap;
}

}  // namespace staplelab::scenarios
