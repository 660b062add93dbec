// The page of scenarios against servers.
#include "scenarios/report_markdown.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "scenarios/target.hpp"

namespace staplelab::scenarios {
namespace {

using testing::HasSubstr;
using testing::Not;

class markdown_page : public testing::Test {
 protected:
  markdown_page() {
    story.name = "ca-side/silent";
    story.start = std::chrono::sys_days(std::chrono::year(2020) / 11 / 12);
    server.name = "nginx";
    server.title = "nginx 1.22";
    server.about = "Asks when a client comes.";
  }
  case_result& add(stapler::mode mode, case_verdict verdict) {
    case_result one;
    one.what = {&story, mode, true, "resilient", &server, {}};
    one.verdict = verdict;
    run.cases.push_back(std::move(one));
    return run.cases.back();
  }
  static step_result broken() {
    step_result step;
    step.at = std::chrono::sys_days(std::chrono::year(2020) / 11 / 13) + std::chrono::hours(1);
    step.kind = "handshake";
    step.verdict = case_verdict::fail;
    step.shortfalls.push_back({"verdict", "good", "none", ""});
    return step;
  }

  scenario story;
  target server;
  run_result run;
};

TEST_F(markdown_page, shows_the_worst_of_a_cell) {
  add(stapler::mode::auto_, case_verdict::pass);
  add(stapler::mode::must, case_verdict::skip);
  EXPECT_THAT(markdown_report(run), HasSubstr("| `ca-side/silent` | ✔ |\n"));
  EXPECT_THAT(markdown_report(run), HasSubstr("- `nginx`: 1 held, 0 not\n"));
  add(stapler::mode::always, case_verdict::fail).steps.push_back(broken());
  EXPECT_THAT(markdown_report(run), HasSubstr("| `ca-side/silent` | ✘ |\n"));
}

TEST_F(markdown_page, says_what_was_seen_in_place_of_what) {
  add(stapler::mode::auto_, case_verdict::fail).steps.push_back(broken());
  EXPECT_THAT(markdown_report(run),
              HasSubstr("### nginx\n\nnginx 1.22: Asks when a client comes.\n\n- `ca-side/silent`, "
                        "auto, must-staple certificate: "
                        "2020-11-13 01:00, handshake: verdict: expected good, seen none\n"));
}

TEST_F(markdown_page, leaves_out_what_no_server_could_play) {
  add(stapler::mode::auto_, case_verdict::skip);
  EXPECT_THAT(markdown_report(run), Not(HasSubstr("ca-side/silent")));
}

}  // namespace
}  // namespace staplelab::scenarios
