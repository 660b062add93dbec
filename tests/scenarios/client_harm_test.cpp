#include "scenarios/client_harm.hpp"

#include <gmock/gmock.h>

#include "scenarios/report_table.hpp"
#include "tests/scenarios/report_sample.hpp"

namespace staplelab::scenarios {
namespace {

using std::chrono::hours;
using testing::HasSubstr;
using testing::StartsWith;

constexpr text_style plain{};

happening handshake(probe_verdict verdict, bool asked = true) {
  handshake_done done{};
  done.found.verdict = verdict;
  done.asked = asked;
  return done;
}
happening started() {
  return stapler::event(stapler::endpoint_started{1});
}
happening refused_to_start() {
  return stapler::event(stapler::endpoint_refused{{}, "no valid staple", 1});
}
happening revoked() {
  return ca_act{ca_act::kind::revoked, ""};
}
happening released() {
  return ca_act{ca_act::kind::released, ""};
}
happening stopped() {
  return process_ended{process_ended::kind::stopped, 0};
}

// One event an hour, of the certificate "server".
class course {
 public:
  explicit course(std::vector<happening> what, stapler::mode mode = stapler::mode::auto_,
                  bool must_staple = true, std::string profile = "nats") {
    auto& result = sample_.add_case(sample_.add_scenario("x/y"), mode, must_staple,
                                    std::move(profile), case_verdict::pass);
    for (std::size_t i = 0; i < what.size(); ++i)
      result.events.push_back({sample_start + hours(i), std::move(what[i]), "server"});
  }
  const case_result& result() const { return sample_.run.cases.front(); }
  const run_result& run() const { return sample_.run; }
  std::optional<client_harm> harm() const { return harm_of(result()); }

 private:
  sample_run sample_;
};

TEST(client_harm, is_none_while_clients_get_what_they_can_accept) {
  EXPECT_FALSE(course({started(), handshake(probe_verdict::good)}).harm());
  EXPECT_FALSE(course({started(), revoked(), handshake(probe_verdict::revoked)}).harm());
}

TEST(client_harm, is_a_staple_that_no_client_can_accept) {
  for (const auto verdict : all_probe_verdicts) {
    const bool sound = verdict == probe_verdict::good;
    EXPECT_EQ(course({started(), handshake(verdict)}).harm().has_value(), !sound)
        << to_string(verdict);
  }
}

TEST(client_harm, is_no_staple_where_the_certificate_promises_one) {
  const auto none = [](bool asked) {
    return std::vector{started(), handshake(probe_verdict::none, asked)};
  };
  EXPECT_TRUE(course(none(true)).harm());
  EXPECT_FALSE(course(none(false)).harm());
  EXPECT_FALSE(course(none(true), stapler::mode::always, false).harm());
  EXPECT_FALSE(course(none(true), stapler::mode::never).harm());
}

TEST(client_harm, is_no_refusal_for_a_certificate_that_is_revoked_until_it_is_released) {
  const auto refused = handshake(probe_verdict::refused);
  EXPECT_FALSE(course({started(), revoked(), refused}).harm());
  EXPECT_TRUE(course({started(), revoked(), released(), refused}).harm());
  EXPECT_TRUE(course({started(), revoked(), released(), handshake(probe_verdict::revoked)}).harm());
}

TEST(client_harm, is_no_refusal_while_the_scenario_has_stopped_the_server) {
  const auto refused = handshake(probe_verdict::refused);
  EXPECT_FALSE(course({refused}).harm());
  EXPECT_FALSE(course({started(), stopped(), refused}).harm());
  EXPECT_TRUE(course({started(), stopped(), refused_to_start(), refused}).harm());
}

TEST(client_harm, is_told_with_how_often_from_when_to_when) {
  const auto bad = handshake(probe_verdict::unauthorized_signer);
  const auto good = handshake(probe_verdict::good);
  const course all({started(), good, bad, good, bad, good, good});
  const auto harm = all.harm();
  ASSERT_TRUE(harm);
  EXPECT_EQ(harm->handshakes, 2U);
  EXPECT_EQ(harm->among, 3U);
  EXPECT_EQ(harm->first, sample_start + hours(2));
  EXPECT_EQ(harm->last, sample_start + hours(4));
  EXPECT_EQ(harm->well_again, sample_start + hours(5));
  EXPECT_EQ(harm_text(*harm), "2 handshakes with unauthorized_signer, 2026-03-01 02:00 to 04:00");
  EXPECT_EQ(harm_span(*harm),
            "1 other in that time found nothing wrong; all was well again at 2026-03-01 05:00");
}

TEST(client_harm, of_several_kinds_is_counted_by_kind) {
  const course all({started(), handshake(probe_verdict::expired), handshake(probe_verdict::refused),
                    handshake(probe_verdict::expired)});
  EXPECT_THAT(harm_text(*all.harm()),
              StartsWith("3 handshakes: 2 with expired, 1 refused, 2026-03-01 01:00 to 03:00"));
  EXPECT_THAT(harm_span(*all.harm()), HasSubstr("not seen to be well again"));
}

TEST(client_harm, names_whose_known_behaviour_it_is) {
  const auto failed = std::vector{started(), handshake(probe_verdict::handshake_failed)};
  EXPECT_EQ(harm_heading(course(failed).result()), "as known for nats, and bad for clients");
  EXPECT_EQ(harm_heading(course(failed, stapler::mode::must, true, "resilient").result()),
            "as must demands, and bad for clients");
  EXPECT_EQ(harm_heading(course(failed, stapler::mode::auto_, true, "resilient").result()),
            "as expected, and bad for clients");
}

TEST(client_harm, shows_in_the_line_the_table_and_the_totals_of_a_case_that_passed) {
  const course all({started(), handshake(probe_verdict::expired)});
  EXPECT_EQ(harmed_cases(all.run()), 1U);
  EXPECT_EQ(case_line(all.result(), plain),
            "pass  x/y  auto  must-staple  nats  as known for nats, and bad for clients: 1 "
            "handshake with expired, 2026-03-01 01:00\n");
  EXPECT_THAT(mode_table(all.run(), plain), HasSubstr("  y   ~\n"));
  EXPECT_THAT(mode_table(all.run(), plain), HasSubstr("~ passed, but bad for clients"));
  EXPECT_THAT(totals_line(all.run()), HasSubstr("1 passed (1 bad for clients), 0 failed"));
}

}  // namespace
}  // namespace staplelab::scenarios
