// A year in a day: what is divided, what is not, and the way back.
#include "scenarios/scenario_scale.hpp"

#include <gtest/gtest.h>

#include <chrono>
#include <variant>

#include "scenarios/step_text.hpp"
#include "tests/scenarios/parsing.hpp"

namespace staplelab::scenarios {
namespace {

using namespace std::chrono_literals;

class ScenarioScale : public parsing {
 protected:
  const time_point from = std::chrono::sys_days(std::chrono::year(2026) / 1 / 1);
  const time_scale faster{60, from, from + std::chrono::days(100)};
};

TEST_F(ScenarioScale, DividesWhatTakesTime) {
  const auto what = scaled(parsed(R"({"title": "t", "start": "2026-01-01T00:00:00Z",
      "pki": {"certificates": {"server": {"valid": "60h", "backdate": "2h"}}},
      "responder": {"validity": "1h", "backdate": "30m", "produce_every": "12h",
                    "publication_lag": "2h"},
      "steps": [{"responder": {"produce_every": "6h", "publication_lag": "1h"}},
                {"advance": "3h"}, {"advance_to": "+5h"},
                {"always": {"for": "10h", "every": "1h"},
                 "expect": {"age": {"at_most": "2h"}, "fetch_spacing": {"at_least": "1h"}}}]})"),
                           faster);
  EXPECT_EQ(what.start, faster.to);
  EXPECT_EQ(what.certificates.at(0).valid, 1h);
  EXPECT_EQ(what.responder.validity, 1min);
  EXPECT_EQ(what.responder.produce_every, 12min);
  EXPECT_EQ(what.responder.publication_lag, 2min);
  const auto& settings = std::get<responder_step>(what.steps.at(0).what);
  EXPECT_EQ(settings.produce_every, 6min);
  EXPECT_EQ(settings.publication_lag, 1min);
  EXPECT_EQ(std::get<advance_step>(what.steps.at(1).what).by, 3min);
  EXPECT_EQ(std::get<advance_to_step>(what.steps.at(2).what).to, faster.to + 5min);
  const auto& always = std::get<always_step>(what.steps.at(3).what);
  EXPECT_EQ(always.lasts, 10min);
  EXPECT_EQ(always.every, 1min);
  const auto& expected = what.steps.at(3).expect.alternatives.at(0).expect;
  EXPECT_EQ(expected.age->at_most, 2min);
  EXPECT_EQ(expected.fetch_spacing->at_least, 1min);
}

TEST_F(ScenarioScale, LeavesWhatAFaultSays) {
  const auto what = scaled(
      parsed(
          R"({"title": "t", "steps": [{"fault": {"kind": "delay", "by": "20s", "for": "1h"}}]})"),
      faster);
  const auto& fault = std::get<fault_step>(what.steps.at(0).what);
  const auto& transport = std::get<responder::transport_fault>(fault.what);
  EXPECT_EQ(std::get<responder::delay>(transport).by, 20s);
  EXPECT_EQ(fault.lasts, 1min);
}

TEST_F(ScenarioScale, FitsTheValidityOfTheAnswers) {
  const auto scale_for = [&](const std::string& validity) {
    return fitting_scale(parsed(R"({"title": "t", "responder": {"validity": ")" + validity +
                                R"("}, "steps": [{"advance": "3h"}]})"));
  };
  EXPECT_EQ(scale_for("56d"), 500);
  EXPECT_EQ(scale_for("7d"), 500);
  EXPECT_EQ(scale_for("1d"), 144);
  EXPECT_EQ(scale_for("1h"), 6);
  EXPECT_EQ(scale_for("10m"), 1);
  EXPECT_EQ(scale_for("10s"), 1);
}

TEST_F(ScenarioScale, TellsInTheTimeOfTheScenario) {
  const auto written = parsed(R"({"title": "t", "steps": [{"advance": "3h"}]})");
  case_result result;
  result.what.of = &written;
  step_result step;
  step.kind = "advance";
  step.where = written.steps.at(0).where;
  step.detail = "3m";  // of the scaled one
  step.at = faster.to + 1min;
  step.ended = faster.to + 2min;
  result.steps = {step};
  result.simulated = 5min;
  restore(result, faster);
  EXPECT_EQ(result.steps.at(0).at, from + 1h);
  EXPECT_EQ(result.steps.at(0).ended, from + 2h);
  EXPECT_EQ(result.steps.at(0).detail, describe(written.steps.at(0).what));
  EXPECT_EQ(result.simulated, 5h);
}

}  // namespace
}  // namespace staplelab::scenarios
