#include "scenarios/target_fit.hpp"

#include <gmock/gmock.h>

#include "scenarios/parse_target.hpp"
#include "tests/scenarios/parsing.hpp"

namespace staplelab::scenarios {
namespace {

constexpr const char* server = R"({
  "title": "A server",
  "package": "some-server",
  "version": ["some-server", "--version"],
  "command": ["bin/some-server", "${stapling}"],
  "reload": {"command": ["./reload"]},
  "tls": "direct",
  "staples": "itself",
  "modes": {
    "auto": {"must_staple": {"set": {"stapling": "on"}}, "plain": "for all or for none"},
    "must": "it never shuts down",
    "always": "it never shuts down",
    "never": {"set": {"stapling": "off"}}
  },
  "known": [
    {"case": "scenario::auto::*", "why": "it is slow"},
    {"case": "other", "why": "it is old"}
  ]
})";

class target_fit : public parsing {
 protected:
  target_fit() : on(*parse_target(write("server.json", server))) {}

  std::optional<std::string> unfit(const std::string& steps, stapler::mode mode) {
    all = parsed(with_steps(steps));
    return why_unfit(case_in(mode), time_mode::travel);
  }
  scenario_case case_in(stapler::mode mode) {
    return {.of = &all, .mode = mode, .must_staple = true, .profile = "resilient", .on = &on};
  }
  case_result ended(case_verdict verdict) {
    all = parsed(with_steps(R"({"start": "endpoint"})"));
    case_result result;
    result.what = case_in(stapler::mode::auto_);
    result.verdict = verdict;
    result.reason = "line 3";
    return result;
  }

  const target on;
  scenario all;
};

TEST_F(target_fit, asks_for_the_kind_of_certificate_that_a_reload_brings) {
  const std::string plain = R"({"start": "endpoint"},
    {"issue": {"name": "next", "must_staple": false}}, {"reload": {"certificates": ["next"]}})";
  EXPECT_EQ(unfit(plain, stapler::mode::auto_), "for all or for none");
  EXPECT_EQ(unfit(plain, stapler::mode::never), std::nullopt);
  const std::string promising = R"({"start": "endpoint"},
    {"issue": {"name": "next"}}, {"reload": {"certificates": ["next"]}})";
  EXPECT_EQ(unfit(promising, stapler::mode::auto_), std::nullopt);
}

TEST_F(target_fit, takes_a_plain_certificate_that_nobody_can_staple_for) {
  const std::string steps = R"({"start": "endpoint"},
    {"issue": {"name": "next", "must_staple": false, "responders": []}},
    {"reload": {"certificates": ["next"]}})";
  EXPECT_EQ(unfit(steps, stapler::mode::auto_), std::nullopt);
  const auto& kept = setting_of(on, stapler::mode::auto_, {false, false});
  EXPECT_EQ(std::get<template_values>(kept).at("stapling"), "on");
}

TEST_F(target_fit, looks_for_programs_beside_the_description) {
  EXPECT_EQ(on.command.front(), (folder_ / "bin/some-server").string());
  EXPECT_EQ(std::get<target_command>(on.reload).front(), (folder_ / "reload").string());
  EXPECT_EQ(on.version.front(), "some-server");
}

TEST_F(target_fit, excuses_a_failure_that_is_known) {
  auto failed = ended(case_verdict::fail);
  excuse_known(failed);
  EXPECT_EQ(failed.verdict, case_verdict::skip);
  EXPECT_EQ(failed.reason, "known: it is slow; line 3");
}

TEST_F(target_fit, excuses_nothing_else) {
  for (const auto verdict : {case_verdict::pass, case_verdict::error}) {
    auto result = ended(verdict);
    excuse_known(result);
    EXPECT_EQ(result.verdict, verdict);
  }
  auto failed = ended(case_verdict::fail);
  failed.what.mode = stapler::mode::never;
  excuse_known(failed);
  EXPECT_EQ(failed.verdict, case_verdict::fail);
}

}  // namespace
}  // namespace staplelab::scenarios
