// Which differences between two endpoints are told, and which of them are expected.
#include "cli/run_parity.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "scenarios/target.hpp"

namespace staplelab::cli {
namespace {

using scenarios::case_result;
using scenarios::step_result;
using testing::HasSubstr;
using testing::Not;

constexpr const char* profile = "nats";

// A case of one step, after which the endpoint runs or has ended.
case_result course(const scenarios::scenario& of, const scenarios::target* on, bool ended) {
  case_result result;
  result.what.of = &of;
  result.what.mode = stapler::mode::always;
  result.what.must_staple = true;
  result.what.profile = profile;
  result.what.on = on;
  step_result step;
  step.where = {7, 5};
  step.kind = "start";
  result.steps.push_back(step);
  scenarios::event told;
  told.what = stapler::event(stapler::endpoint_started{4222});
  result.events.push_back(told);
  if (ended) {
    told.what = scenarios::process_ended{scenarios::process_ended::kind::by_itself, 0};
    result.events.push_back(told);
  }
  return result;
}

struct run_parity : testing::Test {
  run_parity() { story.name = "outage/hang"; }
  void expect_difference(const std::string& cases, const std::string& from = profile) {
    theirs.differs.push_back({cases, from, "the real one gives up"});
  }
  parity compared(bool differs) const {
    return compare_courses({course(story, nullptr, false)}, {course(story, &theirs, differs)});
  }

  scenarios::scenario story;
  scenarios::target theirs;
};

TEST_F(run_parity, of_like_courses_tells_nothing) {
  const auto result = compared(false);
  EXPECT_EQ(result.unknown, 0U);
  EXPECT_EQ(result.text, "1 cases alike, 0 differ, 0 as known to, 0 not compared\n");
}

TEST_F(run_parity, tells_what_nobody_expects) {
  const auto result = compared(true);
  EXPECT_EQ(result.unknown, 1U);
  EXPECT_THAT(result.text, HasSubstr("differs outage/hang::always::must-staple::"));
  EXPECT_THAT(result.text, HasSubstr("line 7, start: down, exit code 0; here: up"));
}

TEST_F(run_parity, marks_what_is_listed_by_the_name_of_the_scenario) {
  expect_difference("outage/*");
  const auto result = compared(true);
  EXPECT_EQ(result.unknown, 0U);
  EXPECT_THAT(result.text, HasSubstr("known   outage/hang::always::must-staple::"));
  EXPECT_THAT(result.text, HasSubstr("the real one gives up"));
}

TEST_F(run_parity, marks_what_is_listed_by_the_id_of_the_case) {
  expect_difference("outage/hang::always::*");
  EXPECT_EQ(compared(true).unknown, 0U);
}

TEST_F(run_parity, marks_what_is_listed_when_a_folder_of_the_library_is_run_alone) {
  story.name = "hang";
  story.file = "scenarios/library/outage/hang.json";
  expect_difference("outage/hang::always::*");
  EXPECT_EQ(compared(true).unknown, 0U);
}

TEST_F(run_parity, does_not_mark_what_is_listed_for_others) {
  expect_difference("outage/hang::must::*");
  expect_difference("outage/hang", "resilient");
  const auto result = compared(true);
  EXPECT_EQ(result.unknown, 1U);
  EXPECT_THAT(result.text, Not(HasSubstr("known   ")));
}

TEST_F(run_parity, tells_of_a_listed_difference_that_is_no_more) {
  expect_difference("outage/*");
  const auto result = compared(false);
  EXPECT_EQ(result.unknown, 0U);
  EXPECT_THAT(result.text, HasSubstr("no more outage/*"));
}

}  // namespace
}  // namespace staplelab::cli
