#include "scenarios/expectation.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>

#include "scenarios/expectation_why.hpp"

namespace staplelab::scenarios {
namespace {

using namespace std::chrono_literals;
using std::chrono::days;
using testing::ElementsAre;
using testing::IsEmpty;

const time_point now = std::chrono::sys_days(std::chrono::year(2026) / 3 / 5);

probe_facts good_probe() {
  probe_facts probe;
  probe.verdict = probe_verdict::good;
  probe.this_update = now - days(1);
  probe.next_update = now + days(6);
  probe.certificate = "server";
  probe.latency_ms = 5;
  return probe;
}

observation seen_of(std::vector<probe_facts> probes) {
  observation seen;
  seen.probes = std::move(probes);
  seen.endpoint = endpoint_state::up;
  return seen;
}

struct comparison_case {
  std::string name;
  void (*expect)(expectation&);
  void (*see)(observation&);
  std::vector<std::string> fields;  // that fall short
  std::string expected = {};        // of the first of them
  std::string observed = {};
};
void PrintTo(const comparison_case& c, std::ostream* out) {
  *out << c.name;
}

class comparison : public testing::TestWithParam<comparison_case> {};

TEST_P(comparison, finds_what_falls_short) {
  const auto& given = GetParam();
  expectation expected;
  given.expect(expected);
  observation seen = seen_of({good_probe()});
  given.see(seen);
  const auto found = compare(expected, seen, now);
  std::vector<std::string> fields;
  for (const auto& each : found) {
    fields.push_back(each.field);
    EXPECT_FALSE(each.why.empty()) << each.field;
  }
  EXPECT_EQ(fields, given.fields);
  if (found.empty()) return;
  EXPECT_EQ(found[0].expected, given.expected);
  EXPECT_EQ(found[0].observed, given.observed);
}

void nothing(observation&) {}

INSTANTIATE_TEST_SUITE_P(
    table, comparison,
    testing::Values(
        comparison_case{"nothing_expected", [](expectation&) {}, nothing, {}},
        comparison_case{"verdict_holds",
                        [](expectation& e) { e.verdict = {probe_verdict::good}; },
                        nothing,
                        {}},
        comparison_case{
            "any_of_several",
            [](expectation& e) { e.verdict = {probe_verdict::none, probe_verdict::good}; },
            nothing,
            {}},
        comparison_case{
            "verdict_differs",
            [](expectation& e) { e.verdict = {probe_verdict::revoked, probe_verdict::unknown}; },
            nothing,
            {"verdict"},
            "revoked or unknown",
            "good"},
        comparison_case{"reason_holds",
                        [](expectation& e) { e.reason = told_reason{}; },
                        [](observation& s) { s.probes[0].reason = told_reason{}; },
                        {}},
        comparison_case{"reason_differs",
                        [](expectation& e) { e.reason = told_reason{pki::crl_reason::superseded}; },
                        [](observation& s) { s.probes[0].reason = told_reason{}; },
                        {"reason"},
                        "superseded",
                        "none"},
        comparison_case{"reason_of_no_revocation",
                        [](expectation& e) { e.reason = told_reason{}; },
                        nothing,
                        {"reason"},
                        "none",
                        "no revocation"},
        comparison_case{"crl_number_holds",
                        [](expectation& e) { e.crl_number = {2, 3}; },
                        [](observation& s) { s.probes[0].crl_number = 3; },
                        {}},
        comparison_case{"crl_number_differs",
                        [](expectation& e) { e.crl_number = {2, 2}; },
                        [](observation& s) { s.probes[0].crl_number = 1; },
                        {"crl_number"},
                        "2",
                        "1"},
        comparison_case{"crl_number_of_no_crl",
                        [](expectation& e) { e.crl_number = {2, {}}; },
                        nothing,
                        {"crl_number"},
                        "at least 2",
                        "no CRL with a number"},
        comparison_case{"one_of_many_probes_differs",
                        [](expectation& e) { e.verdict = {probe_verdict::good}; },
                        [](observation& s) {
                          s.probes.push_back(good_probe());
                          s.probes.back().verdict = probe_verdict::none;
                          s.probes.push_back(good_probe());
                          s.probes.back().verdict = probe_verdict::refused;
                        },
                        {"verdict"},
                        "good",
                        "none"},
        comparison_case{"no_probe_was_made",
                        [](expectation& e) { e.verdict = {probe_verdict::good}; },
                        [](observation& s) { s.probes.clear(); },
                        {"verdict"},
                        "good",
                        "no probe was made"},
        comparison_case{"no_probe_was_needed",
                        [](expectation& e) { e.endpoint = endpoint_state::up; },
                        [](observation& s) { s.probes.clear(); },
                        {}},
        comparison_case{"alert_missing",
                        [](expectation& e) { e.alert = 80; },
                        nothing,
                        {"alert"},
                        "internal_error",
                        "none"},
        comparison_case{"alert_holds",
                        [](expectation& e) { e.alert = 80; },
                        [](observation& s) { s.probes[0].alert = 80; },
                        {}},
        comparison_case{"alert_differs",
                        [](expectation& e) { e.alert = 80; },
                        [](observation& s) { s.probes[0].alert = 200; },
                        {"alert"},
                        "internal_error",
                        "alert 200"},
        comparison_case{
            "age_at_its_limit", [](expectation& e) { e.age = {days(1), days(1)}; }, nothing, {}},
        comparison_case{"age_above",
                        [](expectation& e) { e.age = {{}, days(1) - 1ms}; },
                        nothing,
                        {"age"},
                        "at most 23h59m59s999ms",
                        "1d"},
        comparison_case{"age_below",
                        [](expectation& e) { e.age = {days(2), {}}; },
                        nothing,
                        {"age"},
                        "at least 2d",
                        "1d"},
        comparison_case{"age_of_no_staple",
                        [](expectation& e) { e.age = {{}, days(2)}; },
                        [](observation& s) { s.probes[0].this_update.reset(); },
                        {"age"},
                        "at most 2d",
                        "no staple"},
        comparison_case{"expires_in_holds",
                        [](expectation& e) { e.expires_in = {days(6), days(7)}; },
                        nothing,
                        {}},
        comparison_case{"expires_too_soon",
                        [](expectation& e) { e.expires_in = {days(7), days(8)}; },
                        nothing,
                        {"expires_in"},
                        "7d to 8d",
                        "6d"},
        comparison_case{"never_expires",
                        [](expectation& e) { e.expires_in = {days(7), {}}; },
                        [](observation& s) { s.probes[0].next_update.reset(); },
                        {"expires_in"},
                        "at least 7d",
                        "never"},
        comparison_case{"staple_same",
                        [](expectation& e) { e.staple = staple_change::same; },
                        [](observation& s) { s.previous_staple = good_probe(); },
                        {}},
        comparison_case{"staple_newer",
                        [](expectation& e) { e.staple = staple_change::newer; },
                        [](observation& s) {
                          s.previous_staple = good_probe();
                          s.previous_staple->this_update = now - days(4);
                        },
                        {}},
        comparison_case{"staple_newer_not_same",
                        [](expectation& e) { e.staple = staple_change::same; },
                        [](observation& s) {
                          s.previous_staple = good_probe();
                          s.previous_staple->this_update = now - days(4);
                        },
                        {"staple"},
                        "same",
                        "newer"},
        comparison_case{"staple_same_not_newer",
                        [](expectation& e) { e.staple = staple_change::newer; },
                        [](observation& s) { s.previous_staple = good_probe(); },
                        {"staple"},
                        "newer",
                        "same"},
        comparison_case{"staple_older_not_newer",
                        [](expectation& e) { e.staple = staple_change::newer; },
                        [](observation& s) {
                          s.previous_staple = good_probe();
                          s.previous_staple->this_update = now;
                        },
                        {"staple"},
                        "newer",
                        "other, not newer"},
        comparison_case{"staple_other",
                        [](expectation& e) { e.staple = staple_change::other; },
                        [](observation& s) {
                          s.previous_staple = good_probe();
                          s.previous_staple->certificate = "next";
                        },
                        {}},
        comparison_case{"staple_same_not_other",
                        [](expectation& e) { e.staple = staple_change::other; },
                        [](observation& s) { s.previous_staple = good_probe(); },
                        {"staple"},
                        "other",
                        "same"},
        comparison_case{"first_staple",
                        [](expectation& e) { e.staple = staple_change::same; },
                        nothing,
                        {"staple"},
                        "same",
                        "the first staple seen"},
        comparison_case{"certificate_differs",
                        [](expectation& e) { e.certificate = "next"; },
                        nothing,
                        {"certificate"},
                        "next",
                        "server"},
        comparison_case{"slowest_handshake_counts",
                        [](expectation& e) { e.latency_ms = {{}, 10.0}; },
                        [](observation& s) {
                          s.probes.insert(s.probes.begin(), good_probe());
                          s.probes[0].latency_ms = 10.5;
                        },
                        {"latency_ms"},
                        "at most 10.0 ms",
                        "10.5 ms"},
        comparison_case{"endpoint_down",
                        [](expectation& e) { e.endpoint = endpoint_state::up; },
                        [](observation& s) { s.endpoint = endpoint_state::down; },
                        {"endpoint"},
                        "up",
                        "down"},
        comparison_case{"exit_code_differs",
                        [](expectation& e) { e.exit_code = 3; },
                        [](observation& s) { s.exit_code = 0; },
                        {"exit_code"},
                        "3",
                        "0"},
        comparison_case{"no_exit_code",
                        [](expectation& e) { e.exit_code = 0; },
                        nothing,
                        {"exit_code"},
                        "0",
                        "still running"},
        comparison_case{"not_warned",
                        [](expectation& e) { e.warned = true; },
                        nothing,
                        {"warned"},
                        "a warning",
                        "no warning"},
        comparison_case{"warned_for_nothing",
                        [](expectation& e) { e.warned = false; },
                        [](observation& s) { s.warned = true; },
                        {"warned"},
                        "no warning",
                        "a warning"},
        comparison_case{
            "no_fetch_expected", [](expectation& e) { e.fetches = {0, 0}; }, nothing, {}},
        comparison_case{"too_many_fetches",
                        [](expectation& e) { e.fetches = {1, 1}; },
                        [](observation& s) { s.fetches = {now, now}; },
                        {"fetches"},
                        "1",
                        "2"},
        comparison_case{"spacing_at_its_limits",
                        [](expectation& e) { e.fetch_spacing = {1h, 2h}; },
                        [](observation& s) { s.fetches = {now - 3h, now - 2h, now}; },
                        {}},
        comparison_case{"spacing_too_wide",
                        [](expectation& e) { e.fetch_spacing = {1h, 2h}; },
                        [](observation& s) { s.fetches = {now - 4h, now - 3h, now - 59min}; },
                        {"fetch_spacing"},
                        "1h to 2h",
                        "2h1m"},
        comparison_case{"spacing_of_a_single_fetch",
                        [](expectation& e) { e.fetch_spacing = {1h, 2h}; },
                        [](observation& s) { s.fetches = {now}; },
                        {"fetch_spacing"},
                        "1h to 2h",
                        "1 fetched"},
        comparison_case{"method_of_no_fetch",
                        [](expectation& e) { e.fetch_method = "GET"; },
                        nothing,
                        {"fetch_method"},
                        "GET",
                        "0 fetched"},
        comparison_case{"another_method",
                        [](expectation& e) { e.fetch_method = "GET"; },
                        [](observation& s) { s.fetch_methods = {"GET", "POST"}; },
                        {"fetch_method"},
                        "GET",
                        "POST"},
        comparison_case{"several_fields_at_once",
                        [](expectation& e) {
                          e.verdict = {probe_verdict::none};
                          e.endpoint = endpoint_state::refused;
                          e.fetches = {1, {}};
                        },
                        nothing,
                        {"verdict", "endpoint", "fetches"},
                        "none",
                        "good"}),
    [](const auto& info) { return info.param.name; });

TEST(why, says_something_for_every_pair_of_verdicts) {
  for (const auto expected : all_probe_verdicts) {
    for (const auto observed : all_probe_verdicts) {
      const auto why = why_verdict(expected, observed);
      EXPECT_FALSE(why.empty()) << to_string(expected) << " " << to_string(observed);
      EXPECT_FALSE(why.ends_with('.'));
    }
  }
  EXPECT_NE(why_verdict(probe_verdict::good, probe_verdict::none),
            why_verdict(probe_verdict::revoked, probe_verdict::none));
}

TEST(verdicts, are_read_back) {
  std::set<std::string_view> names;
  for (const auto verdict : all_probe_verdicts) {
    EXPECT_EQ(parse_probe_verdict(to_string(verdict)), verdict);
    names.insert(to_string(verdict));
  }
  EXPECT_EQ(names.size(), all_probe_verdicts.size());
  EXPECT_EQ(parse_probe_verdict("excellent"), std::nullopt);
}

TEST(alerts, have_names_and_numbers) {
  EXPECT_EQ(parse_alert("internal_error"), 80);
  EXPECT_EQ(parse_alert("bad_certificate_status_response"), 113);
  EXPECT_EQ(alert_name(44), "certificate_revoked");
  EXPECT_EQ(alert_name(201), "alert 201");
  EXPECT_EQ(parse_alert("alert 201"), std::nullopt);
  for (const auto name : alert_names())
    EXPECT_EQ(alert_name(*parse_alert(name)), name);
}

TEST(selection, picks_by_every_key_that_is_given) {
  const case_facts facts{stapler::staple_class::enforce, stapler::mode::must, true, "nats"};
  EXPECT_TRUE(selects({}, facts));
  selection which;
  which.classes = {stapler::staple_class::staple, stapler::staple_class::enforce};
  which.modes = {stapler::mode::must};
  which.must_staple = {true};
  which.profiles = {"nats"};
  EXPECT_TRUE(selects(which, facts));
  auto other = which;
  other.classes = {stapler::staple_class::off};
  EXPECT_FALSE(selects(other, facts));
  other = which;
  other.modes = {stapler::mode::auto_};
  EXPECT_FALSE(selects(other, facts));
  other = which;
  other.must_staple = {false};
  EXPECT_FALSE(selects(other, facts));
  other = which;
  other.profiles = {"resilient"};
  EXPECT_FALSE(selects(other, facts));
}

TEST(expectation_tree, gives_the_first_alternative_that_fits) {
  expectation_tree tree;
  tree.alternatives.resize(2);
  tree.alternatives[0].when.classes = {stapler::staple_class::off};
  tree.alternatives[0].expect.verdict = {probe_verdict::none};
  tree.alternatives[1].expect.verdict = {probe_verdict::good};
  const case_facts off{stapler::staple_class::off, stapler::mode::never, true, "nats"};
  const case_facts staple{stapler::staple_class::staple, stapler::mode::auto_, true, "nats"};
  EXPECT_THAT(expected_for(tree, off)->verdict, ElementsAre(probe_verdict::none));
  EXPECT_THAT(expected_for(tree, staple)->verdict, ElementsAre(probe_verdict::good));
  tree.alternatives.pop_back();
  EXPECT_EQ(expected_for(tree, staple), nullptr);
}

}  // namespace
}  // namespace staplelab::scenarios
