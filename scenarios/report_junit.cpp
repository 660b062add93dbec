#include "scenarios/report_junit.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <vector>

#include "pki/time.hpp"
#include "scenarios/report_utf8.hpp"
#include "scenarios/report_words.hpp"

namespace staplelab::scenarios {
namespace {

// XML 1.0 2.2 allows tab, LF and CR below U+0020, and neither U+FFFE nor U+FFFF.
bool xml_allows(char32_t c) {
  if (c < 0x20) return c == '\t' || c == '\n' || c == '\r';
  return c != 0xfffe && c != 0xffff;
}

// Fit for attributes and for character data alike: no quote, no angle bracket is left, and so no
// "]]>" either. Line ends in attributes would be normalised to spaces; references keep them.
std::string escaped(std::string_view text) {
  std::string safe;
  for_each_character(text, [&](char32_t c, std::string_view octets) {
    switch (c) {
      case '&':
        safe += "&amp;";
        return;
      case '<':
        safe += "&lt;";
        return;
      case '>':
        safe += "&gt;";
        return;
      case '"':
        safe += "&quot;";
        return;
      case '\'':
        safe += "&apos;";
        return;
      case '\t':
        safe += "&#9;";
        return;
      case '\n':
        safe += "&#10;";
        return;
      case '\r':
        safe += "&#13;";
        return;
      default:
        safe += xml_allows(c) ? octets : replacement_character;
    }
  });
  return safe;
}

// Text between tags, where line ends may stand as they are.
std::string character_data(std::string_view text) {
  std::string safe;
  for (std::size_t begin = 0; begin < text.size();) {
    const std::size_t end = std::min(text.find('\n', begin), text.size());
    safe += escaped(text.substr(begin, end - begin));
    if (end < text.size()) safe += '\n';
    begin = end + 1;
  }
  return safe;
}

std::string seconds(double milliseconds) {
  return fmt::format("{:.6f}", milliseconds / 1000);
}

std::string outcome(const case_result& result) {
  const std::string message = escaped(one_line(result));
  switch (result.verdict) {
    case case_verdict::pass:
      return {};
    case case_verdict::skip:
      return fmt::format("      <skipped message=\"{}\"/>\n", message);
    case case_verdict::fail:
      return fmt::format("      <failure type=\"expectation\" message=\"{}\">{}</failure>\n",
                         message, character_data(full_account(result)));
    case case_verdict::error:
      return fmt::format("      <error type=\"error\" message=\"{}\">{}</error>\n", message,
                         character_data(full_account(result)));
  }
  return {};
}

std::string test_case(const case_result& result) {
  const std::string inside = outcome(result);
  const std::string tag = fmt::format("    <testcase name=\"{}\" classname=\"{}\" time=\"{}\"",
                                      escaped(result.what.id()), escaped(result.what.of->name),
                                      seconds(result.wall_ms));
  return inside.empty() ? tag + "/>\n" : tag + ">\n" + inside + "    </testcase>\n";
}

struct suite {
  const scenario* of;
  std::vector<const case_result*> cases;
};

std::vector<suite> suites_of(const run_result& run) {
  std::vector<suite> suites;
  for (const case_result& result : run.cases) {
    const scenario* of = result.what.of;
    auto found = std::find_if(suites.begin(), suites.end(),
                              [&](const suite& each) { return each.of == of; });
    if (found == suites.end()) found = suites.insert(suites.end(), {of, {}});
    found->cases.push_back(&result);
  }
  return suites;
}

std::string test_suite(const suite& all, std::size_t id, const run_result& run,
                       std::string_view version) {
  std::size_t failures = 0, errors = 0, skipped = 0;
  double wall_ms = 0;
  std::string cases;
  for (const case_result* result : all.cases) {
    failures += result->verdict == case_verdict::fail;
    errors += result->verdict == case_verdict::error;
    skipped += result->verdict == case_verdict::skip;
    wall_ms += result->wall_ms;
    cases += test_case(*result);
  }
  // The schema's timestamps have whole seconds and no zone.
  const std::string started = pki::to_rfc3339(run.started).substr(0, 19);
  return fmt::format(
      "  <testsuite name=\"{}\" package=\"staplelab\" id=\"{}\" timestamp=\"{}\" "
      "hostname=\"localhost\" tests=\"{}\" failures=\"{}\" errors=\"{}\" skipped=\"{}\" "
      "time=\"{}\">\n"
      "    <properties>\n"
      "      <property name=\"version\" value=\"{}\"/>\n"
      "      <property name=\"seed\" value=\"{}\"/>\n"
      "      <property name=\"file\" value=\"{}\"/>\n"
      "    </properties>\n"
      "{}"
      "    <system-out/>\n"
      "    <system-err/>\n"
      "  </testsuite>\n",
      escaped(all.of->name), id, started, all.cases.size(), failures, errors, skipped,
      seconds(wall_ms), escaped(version), all.cases.front()->seed, escaped(all.of->file), cases);
}

}  // namespace

std::string junit_report(const run_result& run, std::string_view version) {
  std::string xml = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites>\n";
  std::size_t id = 0;
  for (const suite& each : suites_of(run))
    xml += test_suite(each, id++, run, version);
  return xml + "</testsuites>\n";
}

}  // namespace staplelab::scenarios
