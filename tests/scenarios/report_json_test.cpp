#include "scenarios/report_json.hpp"

#include <gmock/gmock.h>

#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "tests/scenarios/report_sample.hpp"

namespace staplelab::scenarios {
namespace {

using nlohmann::ordered_json;
using testing::ElementsAre;

std::vector<std::string> keys_of(const ordered_json& object) {
  std::vector<std::string> keys;
  for (const auto& [key, value] : object.items())
    keys.push_back(key);
  return keys;
}

TEST(json_report, has_the_keys_of_the_contract_in_their_order) {
  const auto report = ordered_json::parse(json_report(four_verdicts().run, "0.1.0"));
  EXPECT_THAT(keys_of(report), ElementsAre("tool", "version", "seed", "started", "duration_ms",
                                           "simulated_ms", "cases", "totals"));
  EXPECT_THAT(keys_of(report["cases"][1]),
              ElementsAre("id", "scenario", "file", "mode", "must_staple", "profile", "target",
                          "seed", "class", "verdict", "reason", "simulated_ms", "wall_ms",
                          "clients_harmed", "steps"));
  EXPECT_THAT(keys_of(report["cases"][1]["steps"][1]),
              ElementsAre("at", "kind", "detail", "verdict", "expected", "observed"));
}

TEST(json_report, tells_a_run_as_it_was) {
  const auto report = ordered_json::parse(json_report(four_verdicts().run, "0.1.0"));
  EXPECT_EQ(report["tool"], "staplelab");
  EXPECT_EQ(report["version"], "0.1.0");
  EXPECT_EQ(report["seed"], 7);
  EXPECT_EQ(report["started"], "2026-03-01T00:00:00Z");
  EXPECT_EQ(report["duration_ms"], 2000);
  EXPECT_EQ(report["simulated_ms"], 4 * 86'400'000);
  EXPECT_EQ(report["totals"]["cases"], 4);
  EXPECT_EQ(report["totals"]["passed"], 1);
  EXPECT_EQ(report["totals"]["failed"], 1);
  EXPECT_EQ(report["totals"]["skipped"], 1);
  EXPECT_EQ(report["totals"]["errors"], 1);
}

TEST(json_report, tells_what_clients_suffered) {
  auto sample = four_verdicts();
  handshake_done done{};
  done.found.verdict = probe_verdict::expired;
  done.asked = true;
  sample.run.cases[0].events = {{sample_start, done, "server"}};
  const auto report = ordered_json::parse(json_report(sample.run, "0.1.0"));
  const auto& harm = report["cases"][0]["clients_harmed"];
  EXPECT_EQ(harm["handshakes"], 1);
  EXPECT_EQ(harm["verdicts"]["expired"], 1);
  EXPECT_EQ(harm["first"], "2026-03-01T00:00:00Z");
  EXPECT_TRUE(harm["well_again"].is_null());
  EXPECT_TRUE(report["cases"][1]["clients_harmed"].is_null());
  EXPECT_EQ(report["totals"]["clients_harmed"], 1);
}

TEST(json_report, has_the_story_when_it_is_asked_for) {
  auto sample = four_verdicts();
  const auto plain = ordered_json::parse(json_report(sample.run, "0.1.0"));
  EXPECT_FALSE(plain["cases"][0].contains("story"));
  const auto told = ordered_json::parse(json_report(sample.run, "0.1.0", true));
  EXPECT_EQ(told["cases"][0]["story"], ordered_json::array({"  Everything held."}));
}

TEST(json_report, tells_a_case_as_it_was) {
  const auto report = ordered_json::parse(json_report(four_verdicts().run, "0.1.0"));
  const auto& failed = report["cases"][1];
  EXPECT_EQ(failed["id"], "revocation/turns-revoked::must::must-staple::builtin:resilient");
  EXPECT_EQ(failed["scenario"], "revocation/turns-revoked");
  EXPECT_EQ(failed["mode"], "must");
  EXPECT_EQ(failed["must_staple"], true);
  EXPECT_EQ(failed["target"], "builtin:resilient");
  EXPECT_EQ(failed["class"], "enforce");
  EXPECT_EQ(failed["verdict"], "fail");
  EXPECT_EQ(failed["wall_ms"], 2.5);
  EXPECT_EQ(failed["steps"][1]["at"], "2026-03-04T00:00:00Z");
  EXPECT_EQ(failed["steps"][1]["expected"], "good");
  EXPECT_EQ(failed["steps"][1]["observed"], "none");
  EXPECT_EQ(report["cases"][0]["verdict"], "pass");
  EXPECT_EQ(report["cases"][2]["verdict"], "skip");
  EXPECT_EQ(report["cases"][3]["verdict"], "error");
}

TEST(json_report, survives_any_text) {
  sample_run sample;
  sample.add_failure(sample.add_scenario(nasty), nasty);
  const auto report = ordered_json::parse(json_report(sample.run, "0.1.0"));
  const std::string observed = report["cases"][0]["steps"][1]["observed"];
  EXPECT_THAT(observed, testing::HasSubstr("]]> % :: , | `d` \x01\x1b[31m"));
  EXPECT_THAT(observed, testing::HasSubstr("\xef\xbf\xbd"));  // what was no UTF-8
  EXPECT_THAT(observed, testing::HasSubstr("\nnext\rline\ttab"));
}

TEST(json_report, of_nothing_has_empty_lists) {
  const auto report = ordered_json::parse(json_report(sample_run().run, "0.1.0"));
  EXPECT_TRUE(report["cases"].is_array());
  EXPECT_EQ(report["totals"]["cases"], 0);
}

}  // namespace
}  // namespace staplelab::scenarios
