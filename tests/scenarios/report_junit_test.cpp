#include "scenarios/report_junit.hpp"

#include <gmock/gmock.h>

#include <string>

#include "tests/scenarios/report_sample.hpp"

namespace staplelab::scenarios {
namespace {

void expect_valid(const std::string& xml) {
  const sample_file report(xml);
  const auto checked = shell("xmllint --noout --nonet --schema " JUNIT_SCHEMA " " + report.path());
  EXPECT_EQ(checked.exit_code, 0) << checked.output << xml;
}

std::string xpath(const std::string& xml, const std::string& expression) {
  const sample_file report(xml);
  std::string found = shell("xmllint --xpath '" + expression + "' " + report.path()).output;
  while (!found.empty() && found.back() == '\n')
    found.pop_back();
  return found;
}

TEST(junit_report, is_valid_and_counts_each_verdict) {
  const std::string xml = junit_report(four_verdicts().run, "0.1.0");
  expect_valid(xml);
  EXPECT_EQ(xpath(xml, "string(//testsuite/@tests)"), "4");
  EXPECT_EQ(xpath(xml, "string(//testsuite/@failures)"), "1");
  EXPECT_EQ(xpath(xml, "string(//testsuite/@errors)"), "1");
  EXPECT_EQ(xpath(xml, "string(//testsuite/@skipped)"), "1");
  EXPECT_EQ(xpath(xml, "count(//testcase[failure])"), "1");
  EXPECT_EQ(xpath(xml, "count(//testcase[error])"), "1");
  EXPECT_EQ(xpath(xml, "count(//testcase[skipped])"), "1");
  EXPECT_EQ(xpath(xml, "string(//property[@name=\"seed\"]/@value)"), "7");
}

TEST(junit_report, tells_what_failed_and_where) {
  const std::string xml = junit_report(four_verdicts().run, "0.1.0");
  EXPECT_EQ(xpath(xml, "string(//testcase[failure]/@name)"),
            "revocation/turns-revoked::must::must-staple::builtin:resilient");
  EXPECT_EQ(xpath(xml, "string(//failure/@message)"),
            "handshake at +3d: verdict: expected good, seen none");
  const std::string account = xpath(xml, "string(//failure)");
  EXPECT_THAT(account, testing::HasSubstr("library/revocation/turns-revoked.json:41"));
  EXPECT_THAT(account, testing::HasSubstr("clients that must see a staple turn away"));
}

TEST(junit_report, has_a_suite_for_each_scenario) {
  sample_run sample;
  const scenario& one = sample.add_scenario("a/one");
  const scenario& two = sample.add_scenario("b/two");
  sample.add_case(one, stapler::mode::must, true, "nats", case_verdict::pass);
  sample.add_case(two, stapler::mode::must, true, "nats", case_verdict::pass);
  sample.add_case(one, stapler::mode::must, false, "nats", case_verdict::pass);
  const std::string xml = junit_report(sample.run, "0.1.0");
  expect_valid(xml);
  EXPECT_EQ(xpath(xml, "count(//testsuite)"), "2");
  EXPECT_EQ(xpath(xml, "string(//testsuite[@name=\"a/one\"]/@tests)"), "2");
}

TEST(junit_report, survives_any_text) {
  sample_run sample;
  const scenario& of = sample.add_scenario(nasty);
  sample.add_failure(of, nasty);
  sample.add_case(of, stapler::mode::never, true, "x", case_verdict::error, nasty);
  sample.add_case(of, stapler::mode::never, false, "x", case_verdict::skip, nasty);
  const std::string xml = junit_report(sample.run, nasty);
  expect_valid(xml);
  EXPECT_THAT(xpath(xml, "string(//failure)"), testing::HasSubstr("\"q\" 'a' <b> & # c \\ ]]>"));
}

TEST(junit_report, of_nothing_is_valid) {
  expect_valid(junit_report({}, "0.1.0"));
}

}  // namespace
}  // namespace staplelab::scenarios
