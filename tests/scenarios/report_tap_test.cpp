#include "scenarios/report_tap.hpp"

#include <gmock/gmock.h>

#include <string>

#include "tests/scenarios/report_sample.hpp"

namespace staplelab::scenarios {
namespace {

using testing::HasSubstr;

ended_process prove(const std::string& tap) {
  const sample_file report(tap);
  return shell("prove -v -e cat " + report.path());
}

// What Perl's own TAP parser makes of it: a line for each test point, then its errors.
std::string parsed(const std::string& tap) {
  const sample_file report(tap);
  return shell(
             "perl -CO -MTAP::Parser -e '"
             "my $p = TAP::Parser->new({exec => [\"cat\", $ARGV[0]]});"
             "while (my $r = $p->next) {"
             "  printf \"%s|%s|%s\\n\", $r->ok, $r->has_skip ? \"skip\" : \"\","
             "    $r->explanation if $r->is_test;"
             "  print \"unknown:\", $r->as_string, \"\\n\" if $r->is_unknown;"
             "} print \"error: $_\\n\" for $p->parse_errors;' " +
             report.path())
      .output;
}

TEST(tap_report, of_a_good_run_satisfies_prove) {
  sample_run sample;
  const scenario& of = sample.add_scenario("a/one");
  sample.add_case(of, stapler::mode::must, true, "nats", case_verdict::pass);
  sample.add_case(of, stapler::mode::must, false, "nats", case_verdict::skip, "why # not");
  const auto ended = prove(tap_report(sample.run));
  EXPECT_EQ(ended.exit_code, 0) << ended.output;
  EXPECT_THAT(ended.output, HasSubstr("Tests=2"));
}

TEST(tap_report, of_a_failed_run_fails_prove) {
  const auto ended = prove(tap_report(four_verdicts().run));
  EXPECT_EQ(ended.exit_code, 1);
  EXPECT_THAT(ended.output, HasSubstr("Failed 2/4 subtests"));
}

TEST(tap_report, gives_each_case_its_verdict) {
  EXPECT_EQ(parsed(tap_report(four_verdicts().run)),
            "ok||\nnot ok||\nok|skip|needs \\# a process\nnot ok||\n");
}

TEST(tap_report, names_the_place_of_a_failure) {
  const std::string tap = tap_report(four_verdicts().run);
  EXPECT_THAT(tap, HasSubstr("  at: \"library/revocation/turns-revoked.json:41\"\n"));
  EXPECT_THAT(tap, HasSubstr("  expected: \"good\"\n  observed: \"none\"\n"));
}

TEST(tap_report, survives_any_text) {
  sample_run sample;
  const scenario& of = sample.add_scenario(nasty);
  sample.add_case(of, stapler::mode::must, true, "x", case_verdict::pass);
  sample.add_failure(of, nasty);
  sample.add_case(of, stapler::mode::never, false, "x", case_verdict::skip, nasty);
  const std::string read = parsed(tap_report(sample.run));
  EXPECT_THAT(read, testing::StartsWith("ok||\nnot ok||\nok|skip|"));
  EXPECT_THAT(read, testing::Not(HasSubstr("error:")));
  EXPECT_THAT(read, testing::Not(HasSubstr("unknown:")));
}

TEST(tap_report, of_nothing_is_an_empty_plan) {
  EXPECT_EQ(tap_report({}), "TAP version 13\n1..0\n");
}

}  // namespace
}  // namespace staplelab::scenarios
