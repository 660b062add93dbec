#include <fmt/format.h>

#include "conform/report.hpp"
#include "pki/time.hpp"

namespace staplelab::conform {
namespace {

// Fit for attributes and for character data alike; the text is printable ASCII already.
std::string escaped(std::string_view text) {
  std::string safe;
  for (const char c : text) {
    switch (c) {
      case '&':
        safe += "&amp;";
        break;
      case '<':
        safe += "&lt;";
        break;
      case '>':
        safe += "&gt;";
        break;
      case '"':
        safe += "&quot;";
        break;
      default:
        safe += c;
    }
  }
  return safe;
}

// The element inside a test case. The schema has none for what is worth a word and no failure.
std::string outcome(const checked& each) {
  const std::string why = escaped(each.found.why);
  switch (each.found.verdict) {
    case verdict::pass:
    case verdict::acceptable:
      return {};
    case verdict::skip:
      return fmt::format("      <skipped message=\"{}\"/>\n", why);
    case verdict::fail:
      if (each.at != level::must) return {};
      return fmt::format("      <failure type=\"must\" message=\"{}\">{} ({})</failure>\n", why,
                         why, escaped(each.what->clause));
  }
  return {};
}

// So that stands in the output of the suite.
std::string remarks(const examination& done) {
  std::string text;
  for (const checked& each : done.checks) {
    const bool should = each.found.verdict == verdict::fail && each.at != level::must;
    if (!should && each.found.verdict != verdict::acceptable) continue;
    text += fmt::format("{} {}: {}\n", each.what->id(), should ? "should" : "acceptable",
                        escaped(each.found.why));
  }
  return text;
}

}  // namespace

std::string junit_report(const examination& done, std::string_view url) {
  const totals sum = count(done);
  const std::string address = escaped(printable(url));
  // The schema's timestamps have whole seconds and no zone.
  std::string xml = fmt::format(
      "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites>\n"
      "  <testsuite name=\"conform {}\" package=\"staplelab\" id=\"0\" timestamp=\"{}\" "
      "hostname=\"localhost\" tests=\"{}\" failures=\"{}\" errors=\"0\" skipped=\"{}\" "
      "time=\"{:.3f}\">\n"
      "    <properties>\n"
      "      <property name=\"url\" value=\"{}\"/>\n"
      "      <property name=\"profile\" value=\"{}\"/>\n"
      "    </properties>\n",
      address, pki::to_rfc3339(done.started).substr(0, 19), done.checks.size(), sum.must_failed,
      sum.skipped, std::chrono::duration<double>(done.took).count(), address,
      to_string(done.seen.profile()));
  for (const checked& each : done.checks) {
    const std::string inside = outcome(each);
    xml += fmt::format("    <testcase name=\"{} {}\" classname=\"{}\" time=\"0\"", each.what->id(),
                       escaped(each.what->title), escaped(title_of(each.what->of)));
    xml += inside.empty() ? "/>\n" : ">\n" + inside + "    </testcase>\n";
  }
  return xml + fmt::format("    <system-out>{}</system-out>\n", remarks(done)) +
         "    <system-err/>\n  </testsuite>\n</testsuites>\n";
}

}  // namespace staplelab::conform
