#include "scenarios/report_table.hpp"

#include <gmock/gmock.h>

#include <algorithm>
#include <string>

#include "scenarios/report_words.hpp"
#include "scenarios/target.hpp"
#include "tests/scenarios/report_sample.hpp"

namespace staplelab::scenarios {
namespace {

using testing::HasSubstr;
using testing::Not;

constexpr text_style plain{.colour = false, .unicode = false};
constexpr text_style coloured{.colour = true, .unicode = true};

TEST(case_line, of_a_failure_names_scenario_mode_expected_seen_and_place) {
  const auto sample = four_verdicts();
  EXPECT_EQ(case_line(sample.run.cases[1], plain),
            "FAIL  revocation/turns-revoked  must  must-staple  resilient  handshake at +3d: "
            "verdict: expected good, seen none  (library/revocation/turns-revoked.json:41)\n");
}

TEST(case_line, is_one_line_whatever_the_text) {
  sample_run sample;
  sample.add_failure(sample.add_scenario(nasty), nasty);
  const std::string line = case_line(sample.run.cases[0], plain);
  EXPECT_EQ(line.find_first_of("\n\r\x1b"), line.size() - 1);
}

TEST(case_line, is_red_on_a_terminal) {
  const auto sample = four_verdicts();
  EXPECT_THAT(case_line(sample.run.cases[1], coloured), testing::StartsWith("\x1b[31mFAIL"));
}

TEST(mode_table, shows_each_cell_of_the_matrix_once) {
  sample_run sample;
  const scenario& one = sample.add_scenario("expiry/dies");
  const scenario& two = sample.add_scenario("revocation/turns-revoked");
  using stapler::mode;
  sample.add_case(one, mode::auto_, true, "nats", case_verdict::pass);
  sample.add_case(one, mode::auto_, true, "resilient", case_verdict::fail);
  sample.add_case(one, mode::never, false, "nats", case_verdict::skip);
  sample.add_case(two, mode::never, true, "resilient", case_verdict::error);
  EXPECT_EQ(mode_table(sample.run, plain),
            "                  auto         never\n"
            "                  m-s  plain   m-s  plain\n"
            "expiry\n"
            "  dies            +F   ..      ..   s.\n"
            "revocation\n"
            "  turns-revoked   ..   ..      .E   ..\n"
            "+ passed  F failed  s skipped  E error  . not in the matrix\n"
            "m-s: must-staple certificate; profiles in each cell: nats, resilient\n");
}

TEST(mode_table, keeps_targets_apart) {
  sample_run sample;
  const scenario& one = sample.add_scenario("expiry/dies");
  target good, bad;
  good.name = "caddy";
  bad.name = "nginx";
  sample.add_case(one, stapler::mode::auto_, true, "resilient", case_verdict::pass);
  sample.run.cases.back().what.on = &good;
  sample.add_case(one, stapler::mode::auto_, true, "resilient", case_verdict::fail);
  sample.run.cases.back().what.on = &bad;
  const auto text = mode_table(sample.run, plain);
  EXPECT_THAT(text, HasSubstr("+F\n"));
  EXPECT_THAT(text, HasSubstr("targets in each cell: caddy, nginx\n"));
}

TEST(mode_table, has_no_escapes_without_colour) {
  const auto sample = four_verdicts();
  EXPECT_THAT(mode_table(sample.run, plain), Not(HasSubstr("\x1b")));
  EXPECT_THAT(mode_table(sample.run, coloured), HasSubstr("\x1b[32m✔\x1b[0m"));
  EXPECT_THAT(mode_table(sample.run, coloured), HasSubstr("\x1b[31m✘\x1b[0m"));
}

TEST(mode_table, of_one_kind_of_certificate_has_no_column_for_the_other) {
  sample_run sample;
  sample.add_case(sample.add_scenario("x"), stapler::mode::must, false, "nats", case_verdict::pass);
  EXPECT_THAT(mode_table(sample.run, plain), HasSubstr("plain"));
  EXPECT_THAT(mode_table(sample.run, plain), Not(HasSubstr("m-s  ")));
}

TEST(failure_account, tells_step_expected_seen_why_and_the_transcript_around_it) {
  const auto sample = four_verdicts();
  const std::string account = failure_account(sample.run.cases[1], plain);
  EXPECT_THAT(account, HasSubstr("library/revocation/turns-revoked.json:41: handshake "
                                 "server.example, at +3d\n"));
  EXPECT_THAT(account, HasSubstr("expected  good\n"));
  EXPECT_THAT(account, HasSubstr("seen      none\n"));
  EXPECT_THAT(account, HasSubstr("means     clients that must see a staple turn away\n"));
  // Four events before its own one, its own, four after it.
  EXPECT_THAT(account, Not(HasSubstr("note 1\n")));
  EXPECT_THAT(account, HasSubstr("note 2\n"));
  EXPECT_THAT(account, testing::ContainsRegex("> [^\n]*note 6\n"));
  EXPECT_THAT(account, Not(testing::ContainsRegex("> [^\n]*note 7\n")));
  EXPECT_THAT(account, HasSubstr("note 10\n"));
  EXPECT_THAT(account, Not(HasSubstr("note 11\n")));
}

TEST(failure_account, of_a_case_that_broke_before_any_step_is_its_reason) {
  const auto sample = four_verdicts();
  EXPECT_THAT(failure_account(sample.run.cases[3], plain), HasSubstr("no world: out of ports\n"));
}

TEST(transcript_around, never_leaves_the_list_of_events) {
  sample_run sample;
  case_result& result = sample.add_failure(sample.add_scenario("x"));
  result.events.resize(3);  // the step's own events are missing
  EXPECT_THAT(transcript_around(result, result.steps[1]), HasSubstr("note 2\n"));
  result.events.clear();
  EXPECT_EQ(transcript_around(result, result.steps[1]), "");
}

TEST(transcript_around, leaves_out_the_middle_of_a_long_step) {
  sample_run sample;
  case_result& result = sample.add_failure(sample.add_scenario("x"));
  const event one = result.events[6];
  result.events.insert(result.events.begin() + 6, 93, one);
  result.steps[2].first_event = 100;  // 94 events of its own
  const std::string around = transcript_around(result, result.steps[1]);
  EXPECT_THAT(around, HasSubstr("  > ... 70 more\n"));
  EXPECT_EQ(std::count(around.begin(), around.end(), '>'), 25);
  EXPECT_THAT(around, HasSubstr("note 10\n"));
}

TEST(common_failures, are_told_once_they_are_many) {
  sample_run sample;
  const auto& told = sample.add_scenario("x");
  for (int i = 0; i < 5; ++i)
    sample.add_failure(told);
  EXPECT_EQ(common_failures(sample.run, plain), "");
  sample.add_failure(told);
  EXPECT_EQ(common_failures(sample.run, plain),
            "what cases fail by first\n"
            "     6  handshake: verdict: expected good, seen none\n");
}

TEST(totals_line, has_counts_times_and_speed) {
  EXPECT_EQ(totals_line(four_verdicts().run),
            "4 cases: 1 passed, 1 failed, 1 skipped, 1 errors; 4d simulated in 2.00 s, 172,800 "
            "simulated seconds per second");
}

}  // namespace
}  // namespace staplelab::scenarios
