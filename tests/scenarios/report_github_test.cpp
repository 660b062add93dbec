#include "scenarios/report_github.hpp"

#include <gmock/gmock.h>

#include <algorithm>
#include <string>

#include "tests/scenarios/report_sample.hpp"

namespace staplelab::scenarios {
namespace {

using testing::HasSubstr;

TEST(github_annotations, name_file_line_and_case) {
  const std::string lines = github_annotations(four_verdicts().run, "");
  EXPECT_THAT(lines,
              HasSubstr("::error file=library/revocation/turns-revoked.json,line=41,col=7,"
                        "title=revocation/turns-revoked%3A%3Amust%3A%3Amust-staple%3A%3A"
                        "builtin%3Aresilient::handshake at +3d: verdict: expected good, seen none"
                        "\n"));
  EXPECT_EQ(std::count(lines.begin(), lines.end(), '\n'), 3);  // a case that passed has none
}

TEST(github_annotations, tell_of_all_that_was_skipped_in_one_line) {
  sample_run sample;
  const scenario& of = sample.add_scenario("x");
  for (const char* reason : {"too short", "no such server", "too short"})
    sample.add_case(of, stapler::mode::must, true, "nats", case_verdict::skip, reason);
  EXPECT_EQ(github_annotations(sample.run, ""),
            "::notice title=3 of 3 cases were skipped::2 x too short; 1 x no such server\n");
}

TEST(github_summary, leaves_out_what_was_never_started) {
  auto sample = four_verdicts();
  sample.run.cases[2].started = false;
  EXPECT_THAT(github_summary(sample.run), testing::Not(HasSubstr("| skip |")));
}

TEST(github_annotations, keep_each_to_one_line_and_one_command) {
  sample_run sample;
  sample.add_failure(sample.add_scenario(nasty), nasty);
  const std::string lines = github_annotations(sample.run, "");
  EXPECT_EQ(std::count(lines.begin(), lines.end(), '\n'), 1);
  EXPECT_EQ(lines.find('\r'), std::string::npos);
  const auto message = lines.find("::", 2);
  ASSERT_NE(message, std::string::npos);
  // Between the command and its message only the separators we wrote are left.
  const std::string properties = lines.substr(8, message - 8);
  EXPECT_EQ(std::count(properties.begin(), properties.end(), ','), 3);
  EXPECT_EQ(properties.find(':'), std::string::npos);
  EXPECT_THAT(properties, HasSubstr("%25"));
}

TEST(github_annotations, name_files_below_the_checkout_relative_to_it) {
  sample_run sample;
  scenario of{};
  of.name = "x";
  of.file = "/checkout/scenarios/x.json";
  sample.add_failure(of);
  EXPECT_THAT(github_annotations(sample.run, "/checkout"), HasSubstr("file=scenarios/x.json,"));
  EXPECT_THAT(github_annotations(sample.run, "/elsewhere"),
              HasSubstr("file=/checkout/scenarios/x.json,"));
}

TEST(github_summary, lists_what_did_not_pass) {
  const std::string markdown = github_summary(four_verdicts().run);
  EXPECT_THAT(markdown, HasSubstr("4 cases: 1 passed, 1 failed, 1 skipped, 1 errors"));
  EXPECT_THAT(markdown, HasSubstr("| fail | revocation/turns-revoked::must::"));
  EXPECT_THAT(markdown, testing::Not(HasSubstr("| pass |")));
}

TEST(github_summary, keeps_each_row_to_its_cells) {
  sample_run sample;
  sample.add_failure(sample.add_scenario(nasty), nasty);
  const std::string markdown = github_summary(sample.run);
  const auto row = markdown.find("\n| fail");
  ASSERT_NE(row, std::string::npos);
  const std::string text = markdown.substr(row + 1);
  EXPECT_EQ(std::count(text.begin(), text.end(), '\n'), 1);
  EXPECT_EQ(text.find('<'), std::string::npos);
  std::size_t separators = 0;
  for (std::size_t i = 0; i < text.size(); ++i) {
    separators += text[i] == '|' && (i == 0 || text[i - 1] != '\\');
  }
  EXPECT_EQ(separators, 5u);
}

}  // namespace
}  // namespace staplelab::scenarios
