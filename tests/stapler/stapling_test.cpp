#include "stapler/stapling.hpp"

#include <gtest/gtest.h>

#include <chrono>

#include "tests/stapler/stapling_script.hpp"

namespace staplelab::stapler {
namespace {

using namespace std::chrono_literals;

constexpr auto off = staple_class::off;
constexpr auto soft = staple_class::staple;
constexpr auto hard = staple_class::enforce;

// Waits are exact without jitter, which has tests of its own.
policy without_jitter(policy rules) {
  rules.jitter = 0;
  return rules;
}

struct row {
  const char* name;
  staple_class served_as;
  const char* script;
};
std::string name_of(const testing::TestParamInfo<row>& info) {
  return info.param.name;
}

// ---- nats: what nats-server 2.9.10 was observed to do, cell by cell

class nats_matrix : public testing::TestWithParam<row> {};

TEST_P(nats_matrix, cell) {
  stapling_script server(nats(), GetParam().served_as);
  EXPECT_EQ(server.run(GetParam().script), GetParam().script);
}

const row nats_at_start[] = {
    {"off_does_nothing", off,
     "start=rest ask=nothing +30d ask=nothing due=rest good:8s=rest down=rest"},
    {"off_ignores_what_is_stored", off, "start/revoked:1h=rest ask=nothing"},
    {"good_soft", soft, "start=fetch good:8s=wait+4s ask=good"},
    {"good_hard", hard, "start=fetch good:8s=wait+4s ask=good"},
    {"revoked_soft", soft, "start=fetch revoked:8s=fetch revoked:8s=rest ask=revoked due=rest"},
    {"revoked_hard", hard, "start=fetch revoked:8s=refuse(1,revoked)"},
    {"unknown_soft", soft, "start=fetch unknown:8s=fetch unknown:8s=rest ask=unknown"},
    {"unknown_hard", hard, "start=fetch unknown:8s=refuse(1,unknown)"},
    {"down_soft", soft, "start=fetch down=refuse(1,none)"},
    {"down_hard", hard, "start=fetch down=refuse(1,none)"},
    {"hangs_30_s_soft", soft, "start=fetch +30s down=refuse(1,none)"},
    {"hangs_30_s_hard", hard, "start=fetch +30s down=refuse(1,none)"},
    {"error_answer_soft", soft, "start=fetch try_later=refuse(1,none)"},
    {"error_answer_hard", hard, "start=fetch try_later=refuse(1,none)"},
    {"no_next_update_soft", soft, "start=fetch good:never=wait+1d ask=good +900d ask=good"},
    {"no_next_update_hard", hard, "start=fetch good:never=wait+1d ask=good +900d ask=good"},
    {"no_responder_soft", soft, "start=fetch nobody=refuse(1,none)"},
    {"no_responder_hard", hard, "start=fetch nobody=refuse(1,none)"},
    {"revoked_then_good_at_once", soft, "start=fetch revoked:8s=fetch good:8s=wait+4s ask=good"},
    {"revoked_then_down", soft, "start=fetch revoked:8s=fetch down=wait+4s ask=revoked"},
};
INSTANTIATE_TEST_SUITE_P(at_start, nats_matrix, testing::ValuesIn(nats_at_start), name_of);

const row nats_running[] = {
    {"turns_revoked_soft", soft,
     "start=fetch good:8s=wait+4s +4s due=fetch revoked:8s=rest ask=revoked due=rest"},
    {"turns_revoked_hard", hard,
     "start=fetch good:8s=wait+4s +4s due=fetch revoked:8s=exit(0,revoked)"},
    {"turns_unknown_soft", soft,
     "start=fetch good:8s=wait+4s +4s due=fetch unknown:8s=rest ask=unknown"},
    {"turns_unknown_hard", hard,
     "start=fetch good:8s=wait+4s +4s due=fetch unknown:8s=exit(0,unknown)"},
    {"a_week_is_polled_at_half", soft, "start=fetch good:7d=wait+3d12h"},
    {"half_of_what_remains_without_floor", soft,
     "start=fetch good:8s=wait+4s +4s due=fetch good:4s=wait+2s +2s due=fetch good:2ms=wait+1ms"},
    {"down_halves_until_expiry_soft", soft,
     "start=fetch good:8s=wait+4s +4s due=fetch down=wait+2s +2s due=fetch down=wait+1s ask=good"},
    {"down_past_expiry_soft", soft,
     "start=fetch good:8s=wait+4s +8s ask=good +1ms due=fetch down=wait+2m ask=fetch h/down=same "
     "asked=fail"},
    {"down_past_expiry_hard", hard,
     "start=fetch good:8s=wait+4s +8s ask=good +1ms due=fetch down=wait+2m ask=fetch h/down=same "
     "asked=fail"},
    {"back_after_expiry_soft", soft,
     "start=fetch good:8s=wait+4s +9s due=fetch down=wait+2m ask=fetch h/good:8s=same asked=good"},
    {"back_revoked_after_expiry_soft", soft,
     "start=fetch good:8s=wait+4s +9s due=fetch down=wait+2m ask=fetch h/revoked:1h=same "
     "asked=revoked +2m due=fetch revoked:1h=rest"},
    {"back_revoked_after_expiry_hard", hard,
     "start=fetch good:8s=wait+4s +9s due=fetch down=wait+2m ask=fetch h/revoked:1h=same "
     "asked=revoked +2m due=fetch revoked:1h=exit(0,revoked)"},
    {"revoked_staple_expires_soft", soft,
     "start=fetch good:8s=wait+4s +4s due=fetch revoked:8s=rest +9s ask=fetch h/good:8s=same "
     "asked=good"},
    {"older_this_update_replaces", soft,
     "start=fetch good:1h=wait+30m +30m due=fetch revoked:1h@10h=rest ask=revoked"},
};
INSTANTIATE_TEST_SUITE_P(running, nats_matrix, testing::ValuesIn(nats_running), name_of);

const row nats_restart[] = {
    {"good_stored_soft", soft, "start/good:1h=wait+30m ask=good"},
    {"good_stored_hard", hard, "start/good:1h=wait+30m ask=good"},
    {"good_stored_puts_renewal_off", hard, "start/good:20m@40m=wait+10m ask=good"},
    {"good_stored_revoked_meanwhile_soft", soft,
     "start/good:1h=wait+30m ask=good +30m due=fetch revoked:1h=rest ask=revoked"},
    {"good_stored_revoked_meanwhile_hard", hard,
     "start/good:1h=wait+30m ask=good +30m due=fetch revoked:1h=exit(0,revoked)"},
    {"revoked_stored_down_soft", soft, "start/revoked:1h=fetch down=wait+30m ask=revoked"},
    {"revoked_stored_down_hard", hard, "start/revoked:1h=refuse(1,revoked)"},
    {"revoked_stored_good_now_soft", soft, "start/revoked:1h=fetch good:8s=wait+4s ask=good"},
    {"revoked_stored_good_now_hard", hard, "start/revoked:1h=refuse(1,revoked)"},
    {"unknown_stored_hard", hard, "start/unknown:1h=refuse(1,unknown)"},
    {"expired_stored_up_soft", soft, "start/good:-1h@2h=fetch good:8s=wait+4s ask=good"},
    {"expired_stored_up_hard", hard, "start/good:-1h@2h=fetch good:8s=wait+4s ask=good"},
    {"expired_stored_down_soft", soft, "start/good:-1h@2h=fetch down=refuse(1,none)"},
    {"expired_stored_down_hard", hard, "start/good:-1h@2h=fetch down=refuse(1,none)"},
    {"expired_revoked_stored_is_no_latch", hard, "start/revoked:-1h@2h=fetch good:8s=wait+4s"},
};
INSTANTIATE_TEST_SUITE_P(restart, nats_matrix, testing::ValuesIn(nats_restart), name_of);

// ---- resilient: both tables of the design

class resilient_table : public testing::TestWithParam<row> {};

TEST_P(resilient_table, cell) {
  stapling_script server(without_jitter(resilient()), GetParam().served_as);
  EXPECT_EQ(server.run(GetParam().script), GetParam().script);
}

const row by_class_rows[] = {
    {"good_off", off, "start=rest ask=nothing"},
    {"good_staple", soft, "start=fetch good:1h=wait+30m ask=good"},
    {"good_enforce", hard, "start=fetch good:1h=wait+30m ask=good"},
    {"turns_revoked_off", off, "start=rest due=rest revoked:1h=rest ask=nothing"},
    {"turns_revoked_staple", soft,
     "start=fetch good:1h=wait+30m +30m due=fetch revoked:1h=wait+30m ask=revoked"},
    {"turns_revoked_enforce", hard,
     "start=fetch good:1h=wait+30m +30m due=fetch revoked:1h=exit(3,revoked)"},
};
INSTANTIATE_TEST_SUITE_P(by_class, resilient_table, testing::ValuesIn(by_class_rows), name_of);

const row resilient_start[] = {
    {"nothing_valid_enforce_refuses_within_5_s", hard,
     "start=fetch down=wait+1s +1s due=fetch down=wait+1s +1s due=fetch down=wait+1s +1s due=fetch "
     "down=wait+1s +1s due=fetch down=refuse(3,none)"},
    {"responder_hangs_enforce", hard,
     "start=fetch +3s down=wait+1s +1s due=fetch +1s down=refuse(3,none)"},
    {"responder_comes_up_enforce", hard,
     "start=fetch down=wait+1s +1s due=fetch good:1h=wait+30m ask=good"},
    {"no_responder_enforce_refuses_at_once", hard, "start=fetch nobody=refuse(3,none)"},
    {"nothing_valid_staple_starts_and_retries", soft,
     "start=fetch down=wait+5s ask=nothing +5s due=fetch down=wait+10s +10s due=fetch "
     "good:1h=wait+30m "
     "ask=good"},
    {"error_answer_staple", soft, "start=fetch try_later=wait+5s ask=nothing"},
    {"revoked_at_start_staple", soft, "start=fetch revoked:1h=wait+30m ask=revoked"},
    {"revoked_at_start_enforce", hard, "start=fetch revoked:1h=refuse(3,revoked)"},
    {"unknown_at_start_staple", soft, "start=fetch unknown:1h=wait+5s ask=nothing"},
    {"unknown_at_start_enforce", hard,
     "start=fetch unknown:1h=wait+1s +4s due=fetch unknown:1h=refuse(3,none)"},
};
INSTANTIATE_TEST_SUITE_P(start, resilient_table, testing::ValuesIn(resilient_start), name_of);

const row resilient_running[] = {
    {"unknown_keeps_the_good_one_staple", soft,
     "start=fetch good:1h=wait+30m +30m due=fetch unknown:1h=wait+5s ask=good +31m ask=nothing"},
    {"unknown_keeps_the_good_one_enforce", hard,
     "start=fetch good:1h=wait+30m +30m due=fetch unknown:1h=wait+5s ask=good +31m ask=fail"},
    {"backs_off_to_an_hour", soft,
     "start=fetch good:30d=wait+15d +15d due=fetch down=wait+5s down=wait+10s down=wait+20s "
     "down=wait+40s down=wait+1m20s down=wait+2m40s down=wait+5m20s down=wait+10m40s "
     "down=wait+21m20s down=wait+42m40s down=wait+1h down=wait+1h ask=good"},
    {"back_off_begins_anew_after_a_success", soft,
     "start=fetch down=wait+5s down=wait+10s good:1h=wait+30m down=wait+5s"},
    {"retries_before_the_staple_expires", soft,
     "start=fetch good:8s=wait+4s +4s due=fetch down=wait+2s +2s due=fetch down=wait+1s +1s "
     "down=wait+1s ask=good"},
    {"back_off_begins_anew_at_the_expiry", soft,
     "start=fetch good:8s=wait+4s +4s down=wait+2s +2s down=wait+1s +3s down=wait+5s "
     "down=wait+10s"},
    {"refresh_has_a_floor", soft, "start=fetch good:1s=wait+1s"},
    {"expired_and_down_staple", soft,
     "start=fetch good:1h=wait+30m +1h ask=good +1ms ask=nothing due=fetch down=wait+5s "
     "good:1h=wait+30m ask=good"},
    {"expired_and_down_enforce", hard,
     "start=fetch good:1h=wait+30m +1h ask=good +1ms ask=fail due=fetch down=wait+5s "
     "good:1h=wait+30m ask=good"},
    {"older_this_update_is_kept_out", soft,
     "start=fetch good:10h=wait+5h +5h due=fetch revoked:1h@6h=wait+5s ask=good"},
    {"same_this_update_replaces", soft,
     "start=fetch good:10h=wait+5h +5h due=fetch revoked:10h@5h=wait+5h ask=revoked"},
    {"older_is_better_than_expired", soft,
     "start=fetch good:1h=wait+30m +2h ask=nothing due=fetch good:1h@3h=wait+30m ask=good"},
    {"hold_released", soft,
     "start=fetch revoked:1h=wait+30m +30m due=fetch good:1h=wait+30m ask=good"},
    {"no_next_update_is_looked_at_daily", soft, "start=fetch good:never=wait+1d ask=good"},
    {"no_next_update_lasts_a_week", soft,
     "start=fetch good:never=wait+1d +7d ask=good +1ms ask=nothing"},
};
INSTANTIATE_TEST_SUITE_P(running, resilient_table, testing::ValuesIn(resilient_running), name_of);

const row resilient_restart[] = {
    {"good_stored_asks_nobody", hard, "start/good:1h=wait+30m ask=good"},
    {"good_stored_keeps_the_pace", hard, "start/good:45m@15m=wait+15m ask=good"},
    {"good_stored_overdue_enforce", hard,
     "start/good:20m@40m=fetch ask=good revoked:1h=exit(3,revoked)"},
    {"good_stored_overdue_staple", soft, "start/good:20m@40m=fetch down=wait+5s ask=good"},
    {"good_stored_overdue_and_still_the_newest", soft,
     "start/good:20m@40m=fetch good:20m@40m=wait+10m"},
    {"good_stored_without_next_update", soft, "start/good:never@10h=wait+14h ask=good"},
    {"good_stored_without_next_update_overdue", soft, "start/good:never@1d=fetch ask=good"},
    {"revoked_stored_revoked_again_enforce", hard,
     "start/revoked:1h=fetch revoked:1h=refuse(3,revoked)"},
    {"revoked_stored_good_now_enforce", hard, "start/revoked:1h=fetch good:1h=wait+30m ask=good"},
    {"revoked_stored_down_enforce", hard,
     "start/revoked:1h=fetch down=wait+1s +4s due=fetch down=refuse(3,revoked)"},
    {"revoked_stored_down_staple", soft, "start/revoked:1h=fetch down=wait+5s ask=revoked"},
    {"revoked_stored_older_good_replayed_enforce", hard,
     "start/revoked:1h@1h=fetch +5s good:1h@2h=refuse(3,revoked)"},
    {"unknown_stored_counts_for_nothing", hard,
     "start/unknown:1h=fetch good:1h@1h=wait+30m ask=good"},
    {"expired_stored", soft, "start/good:-1h@2h=fetch down=wait+5s ask=nothing"},
};
INSTANTIATE_TEST_SUITE_P(restart, resilient_table, testing::ValuesIn(resilient_restart), name_of);

// ---- choices that neither profile makes, and other servers do

policy with(void (*change)(policy&)) {
  policy rules = without_jitter(resilient());
  change(rules);
  return rules;
}

TEST(other_policies, fetch_begins_with_the_first_handshake_and_does_not_block_it) {
  stapling_script server(with([](policy& p) {
                           p.prefetch = false;
                           p.in_handshake = handshake_fetch::in_background;
                         }),
                         soft);
  const char* script = "start=rest ask=fetch_meanwhile asked=nothing h/good:1h=wait+30m ask=good";
  EXPECT_EQ(server.run(script), script);
}

TEST(other_policies, an_error_answer_takes_the_place_of_the_staple) {
  stapling_script server(with([](policy& p) {
                           p.on_error_answer = failure_rule::send_error;
                           p.on_failure = failure_rule::send_error;
                         }),
                         soft);
  const char* script =
      "start=fetch good:1h=wait+30m try_later=wait+5s ask=try_later down=wait+10s "
      "ask=invented_try_later good:1h=wait+30m ask=good";
  EXPECT_EQ(server.run(script), script);
}

TEST(other_policies, a_failure_drops_the_staple) {
  stapling_script server(with([](policy& p) { p.on_failure = failure_rule::drop; }), soft);
  const char* script = "start=fetch good:1h=wait+30m down=wait+5s ask=nothing";
  EXPECT_EQ(server.run(script), script);
}

TEST(other_policies, a_revoked_answer_drops_the_staple) {
  stapling_script server(with([](policy& p) { p.on_revoked.staple = answer_rule::drop; }), soft);
  const char* script = "start=fetch good:1h=wait+30m revoked:1h=wait+5s ask=nothing";
  EXPECT_EQ(server.run(script), script);
}

TEST(other_policies, an_expired_staple_is_sent) {
  stapling_script server(with([](policy& p) { p.send_expired = true; }), soft);
  const char* script = "start=fetch good:1h=wait+30m +9d ask=good";
  EXPECT_EQ(server.run(script), script);
}

TEST(other_policies, the_refresh_point_is_measured_from_this_update) {
  stapling_script server(with([](policy& p) { p.refresh_of = validity_measure::whole; }), soft);
  const char* script = "start=fetch good:6h@2h=wait+2h";
  EXPECT_EQ(server.run(script), script);
}

TEST(other_policies, the_refresh_has_a_ceiling) {
  stapling_script server(with([](policy& p) { p.refresh_ceiling = 1h; }), soft);
  const char* script = "start=fetch good:7d=wait+1h";
  EXPECT_EQ(server.run(script), script);
}

// ---- expiry and jitter

constexpr time_point noon{std::chrono::sys_days(std::chrono::year(2026) / 3 / 1) + 12h};

TEST(expiry, of_the_signer_counts_in_resilient_only) {
  pki::ocsp_judgement judgement{};
  judgement.this_update = noon;
  judgement.next_update = noon + 24h * 7;
  judgement.signer_not_after = noon + 2h;
  EXPECT_EQ(expiry_of(judgement, resilient()), noon + 2h);
  EXPECT_EQ(expiry_of(judgement, nats()), noon + 24h * 7);
  judgement.signer_not_after = noon + 24h * 8;
  EXPECT_EQ(expiry_of(judgement, resilient()), noon + 24h * 7);
}

TEST(expiry, without_next_update) {
  pki::ocsp_judgement judgement{};
  judgement.this_update = noon;
  EXPECT_EQ(expiry_of(judgement, resilient()), noon + 24h * 7);
  EXPECT_EQ(expiry_of(judgement, nats()), std::nullopt);
}

TEST(expiry, of_the_signer_sets_the_refresh_point) {
  stapling::random chance(1);
  stapling machine(without_jitter(resilient()), soft);
  machine.start({}, chance, noon);
  pki::ocsp_judgement judgement{};
  judgement.verdict = pki::ocsp_verdict::good;
  judgement.this_update = noon;
  judgement.next_update = noon + 24h * 7;
  judgement.signer_not_after = noon + 2h;
  const staple answer{std::make_shared<const pki::bytes>(), judgement};
  EXPECT_EQ(machine.accepted(answer, fetch_cause::monitor, chance, noon),
            next_step(wait_until{noon + 1h}));
  EXPECT_TRUE(machine.holds_valid(noon + 2h));
  EXPECT_FALSE(machine.holds_valid(noon + 2h + 1ms));
}

std::vector<duration> refresh_waits(const policy& rules, std::uint64_t seed) {
  stapling::random chance(seed);
  std::vector<duration> waits;
  for (int i = 0; i < 200; ++i) {
    stapling machine(rules, soft);
    machine.start({}, chance, noon);
    pki::ocsp_judgement judgement{};
    judgement.verdict = pki::ocsp_verdict::good;
    judgement.this_update = noon;
    judgement.next_update = noon + 100h;
    const staple answer{std::make_shared<const pki::bytes>(), judgement};
    const auto step = machine.accepted(answer, fetch_cause::monitor, chance, noon);
    waits.push_back(std::get<wait_until>(step).t - noon);
  }
  return waits;
}

TEST(jitter, spreads_from_half_of_the_validity_on) {
  const auto waits = refresh_waits(resilient(), 7);
  EXPECT_GE(*std::min_element(waits.begin(), waits.end()), 50h);
  EXPECT_LE(*std::max_element(waits.begin(), waits.end()), 55h);
  EXPECT_LT(*std::min_element(waits.begin(), waits.end()), 51h);
  EXPECT_GT(*std::max_element(waits.begin(), waits.end()), 54h);
}

TEST(jitter, follows_the_seed) {
  EXPECT_EQ(refresh_waits(resilient(), 7), refresh_waits(resilient(), 7));
  EXPECT_NE(refresh_waits(resilient(), 7), refresh_waits(resilient(), 8));
}

TEST(jitter, one_draw_a_decision_whatever_the_policy) {
  stapling::random with_jitter(3);
  stapling::random without(3);
  stapling a(resilient(), soft);
  stapling b(without_jitter(resilient()), soft);
  a.start({}, with_jitter, noon);
  b.start({}, without, noon);
  a.failed({}, fetch_cause::monitor, with_jitter, noon);
  b.failed({}, fetch_cause::monitor, without, noon);
  EXPECT_EQ(with_jitter, without);
  EXPECT_NE(with_jitter, stapling::random(3));
}

}  // namespace
}  // namespace staplelab::stapler
