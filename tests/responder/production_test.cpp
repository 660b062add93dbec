// Answers made on a schedule: which production is served when, and what it says. Pure, but for one
// real answer at the end of each story.
#include "responder/production.hpp"

#include <gtest/gtest.h>

#include "lab.hpp"
#include "responder/answer.hpp"
#include "responder/overriding_book.hpp"
#include "responder/production_gap.hpp"

namespace staplelab::responder {
namespace {

using namespace test;
using std::chrono::days;

const auto origin = start;
const pki::cert_status good = pki::good_status{};
const pki::cert_status unknown = pki::unknown_status{};

pki::cert_status revoked(pki::time_point when) {
  return pki::revoked_status{when, pki::crl_reason::superseded};
}

answer_timing daily(pki::duration lag = 0s, pki::duration backdate = 0s) {
  return {days(7), backdate, production_schedule{.every = 24h, .lag = lag, .origin = origin}};
}

// ---- The schedule itself

struct turn_row {
  const char* name;
  pki::duration lag, backdate, now;
  pki::duration this_update, produced_at;
};

class Turns : public testing::TestWithParam<turn_row> {};

TEST_P(Turns, R50AreServedFromTheirLagOnUntilTheNext) {
  const auto& row = GetParam();
  const auto timing = daily(row.lag, row.backdate);
  const auto made = production_at(timing, origin + row.now);
  EXPECT_EQ(made.this_update, origin + row.this_update);
  EXPECT_EQ(made.produced_at, origin + row.produced_at);
  EXPECT_EQ(made.next_update, made.this_update + days(7));
  EXPECT_EQ(made.served_from, made.produced_at + row.lag);
}

INSTANTIATE_TEST_SUITE_P(Production, Turns,
                         testing::Values(turn_row{"AtTheOrigin", 0h, 0h, 0h, 0h, 0h},
                                         turn_row{"JustBeforeTheNext", 0h, 0h, 24h - 1ms, 0h, 0h},
                                         turn_row{"AtTheNext", 0h, 0h, 24h, 24h, 24h},
                                         turn_row{"BeforeTheOrigin", 0h, 0h, -1ms, -24h, -24h},
                                         turn_row{"JustBeforePublication", 2h, 0h, 26h - 1ms, 0h,
                                                  0h},
                                         turn_row{"AtPublication", 2h, 0h, 26h, 24h, 24h},
                                         turn_row{"KnownBeforeItIsSigned", 0h, 3h, 25h, 21h, 24h},
                                         turn_row{"LagAboveTheInterval", 30h, 1h, 54h, 23h, 24h}),
                         [](const auto& info) { return info.param.name; });

TEST(Production, R50TellsWhenToProduceNext) {
  const auto next = next_production(daily(2h, 1h), origin + 25h);
  ASSERT_TRUE(next);
  EXPECT_EQ(next->produced_at, origin + 48h);
  EXPECT_EQ(next->this_update, origin + 47h);
  EXPECT_EQ(next->next_update, origin + 47h + days(7));
  EXPECT_EQ(next->served_from, origin + 50h);
  EXPECT_EQ(next_production(daily(), origin + 24h)->produced_at, origin + 48h);
  EXPECT_FALSE(next_production({days(7)}, origin));
}

TEST(Production, R50WithoutAScheduleIsMadeWhenAskedFor) {
  const answer_timing live{1h, 10min, {}};
  const auto made = production_at(live, origin + 5s + 250ms);
  EXPECT_EQ(made.produced_at, origin + 5s);
  EXPECT_EQ(made.this_update, origin + 5s - 10min);
  EXPECT_EQ(made.next_update, origin + 5s + 50min);
  EXPECT_EQ(served_at(pki::status_history{{origin, good}}, live, origin + 5s).status, good);
}

// ---- What it says

TEST(Production, R50ARevocationShowsAtTheNextProductionPlusLag) {
  const pki::status_history history{{origin - 24h, good}, {origin + 1h, revoked(origin + 1h)}};
  const auto served = [&](pki::duration now) {
    return served_at(history, daily(2h), origin + now).status;
  };
  EXPECT_EQ(served(1h), good);
  EXPECT_EQ(served(24h), good);
  EXPECT_EQ(served(26h - 1ms), good);
  EXPECT_EQ(served(26h), revoked(origin + 1h));
}

TEST(Production, R50SaysWhatWasKnownAtThisUpdateNotAtSigning) {
  const pki::status_history history{{origin - days(9), good}, {origin + 23h, revoked(origin)}};
  EXPECT_EQ(served_at(history, daily(0s, 2h), origin + 24h).status, good);
  EXPECT_EQ(served_at(history, daily(0s, 1h), origin + 24h).status, revoked(origin));
}

TEST(Production, R34AReleaseShowsAtTheNextProduction) {
  const pki::cert_status held = pki::revoked_status{origin, pki::crl_reason::certificate_hold};
  const pki::status_history history{{origin - 24h, good}, {origin, held}, {origin + 1h, good}};
  EXPECT_EQ(served_at(history, daily(), origin + 23h).status, held);
  EXPECT_EQ(served_at(history, daily(), origin + 24h).status, good);
}

TEST(Production, R37NothingIsSaidOfASerialNumberNeverIssued) {
  EXPECT_EQ(served_at(pki::status_history{}, daily(), origin).status, unknown);
  const pki::status_history not_yet{{origin + 1h, good}};
  EXPECT_EQ(served_at(not_yet, daily(), origin).status, unknown);
}

TEST(Production, R38ANewCertificateIsAnsweredAtOnce) {
  const pki::status_history history{{origin + 1h, good}, {origin + 2h, revoked(origin + 2h)}};
  const auto served = served_at(history, daily(2h, 3h), origin + 1h);
  EXPECT_EQ(served.status, good);
  EXPECT_EQ(served.from.this_update, origin + 1h);
  EXPECT_EQ(served.from.produced_at, origin + 1h);
  EXPECT_EQ(served_at(history, daily(2h), origin + 24h).status, good);
  EXPECT_EQ(served_at(history, daily(2h), origin + 26h).status, revoked(origin + 2h));
}

TEST(Production, R46SignsAChangeOutOfTurnWhereTheScheduleSaysSo) {
  auto timing = daily(2h);
  timing.production->on_change = true;
  const pki::status_history history{{origin - 24h, good}, {origin + 3h, revoked(origin + 3h)}};
  EXPECT_EQ(served_at(history, timing, origin + 5h - 1ms).status, good);
  const auto served = served_at(history, timing, origin + 5h);
  EXPECT_EQ(served.status, revoked(origin + 3h));
  EXPECT_EQ(served.from.this_update, origin + 3h);
  EXPECT_EQ(served_at(history, timing, origin + 26h).from.this_update, origin + 24h);
}

TEST(Production, R72TellsWhenAnAnswerIsServedBeyondItsEnd) {
  const answer_timing just{24h, 2h, production_schedule{.every = 21h, .lag = 1h}};
  EXPECT_FALSE(gap_of(just));
  auto beyond = just;
  beyond.production->lag += 1s;
  ASSERT_TRUE(gap_of(beyond));
  EXPECT_NE(gap_of(beyond)->find("valid for 1d and served until 1d1s"), std::string::npos)
      << *gap_of(beyond);
  beyond.production.reset();
  EXPECT_FALSE(gap_of(beyond));
}

// What gap_of tells is what served_at does: the oldest answer is the one served just before the
// next.
TEST(Production, R72AGapIsServedForNoLongerThanTold) {
  const pki::status_history history{{origin - days(9), good}};
  auto timing = daily(2h, 3h);
  timing.validity = 29h;
  EXPECT_FALSE(gap_of(timing));
  EXPECT_EQ(served_at(history, timing, origin + 26h - 1ms).from.next_update, origin + 26h);
  timing.validity = 29h - 1s;
  EXPECT_TRUE(gap_of(timing));
  EXPECT_LT(served_at(history, timing, origin + 26h - 1ms).from.next_update, origin + 26h - 1ms);
}

TEST(Production, RefusesASchedulesThatCannotBe) {
  EXPECT_FALSE(flaw_of(production_schedule{.every = 1s}));
  EXPECT_TRUE(flaw_of(production_schedule{.every = 999ms}));
  EXPECT_TRUE(flaw_of(production_schedule{.every = 0s}));
  EXPECT_TRUE(flaw_of(production_schedule{.every = 1h, .lag = -1s}));
}

// ---- Through the responder

class ProducedAnswer : public testing::Test {
 protected:
  ProducedAnswer() {
    signers_.set(lab_.direct(), signer_choice::fit_only, start);
    policy_.production = production_schedule{.every = 24h, .lag = 2h, .origin = start};
    policy_.backdate = 1h;
  }
  ocsp_answer ask(pki::duration after_start, const std::optional<pki::bytes>& nonce = {}) {
    const answer_sources from{lab_.ca(), signers_, remembered_, policy_};
    const auto request = pki::build_ocsp_request(lab_.id("good"), nonce);
    const auto now = start + after_start;
    auto what = answer(read_question(request, policy_, now), from, {}, now);
    remembered_.remember(what.content, what.der);
    return what;
  }
  lab lab_{start - 24h * 30};
  signing signers_;
  remembered_answers remembered_;
  answer_policy policy_;
};

TEST_F(ProducedAnswer, R50R41StandsAsItWasSignedUntilTheNext) {
  const auto first = ask(30h);
  EXPECT_EQ(first.this_update(), start + 23h);
  EXPECT_EQ(first.content.produced_at, start + 24h);
  EXPECT_EQ(ask(40h).der, first.der);
  EXPECT_EQ(ask(49h).der, first.der);
  const auto second = ask(50h);
  EXPECT_NE(second.der, first.der);
  EXPECT_EQ(second.content.produced_at, start + 48h);
}

TEST_F(ProducedAnswer, R54LeavesTheNonceOut) {
  const auto what = ask(30h, nonce_of(16));
  EXPECT_TRUE(what.authoritative());
  EXPECT_FALSE(what.has_nonce());
}

TEST_F(ProducedAnswer, R50TellsALateRevocationLate) {
  ask(30h);
  lab_.ca().revoke("good", {pki::crl_reason::key_compromise, start + 20h}, start + 31h);
  EXPECT_EQ(ask(49h).said().front().status, good);
  const pki::cert_status late = pki::revoked_status{start + 20h, pki::crl_reason::key_compromise};
  EXPECT_EQ(ask(50h).said().front().status, late);
}

TEST_F(ProducedAnswer, ShowsWhatWasOverwrittenByHandAtOnce) {
  overriding_book book(lab_.ca());
  book.set(lab_.cert("good").serial(), revoked(start));
  const answer_sources from{book, signers_, remembered_, policy_};
  const auto request = pki::build_ocsp_request(lab_.id("good"), std::nullopt);
  const auto what = answer(read_question(request, policy_, start + 30h), from, {}, start + 30h);
  EXPECT_EQ(what.said().front().status, revoked(start));
}

// ---- R40 to R42: the times in every answer

TEST_F(ProducedAnswer, R40WritesTimesInWholeSecondsWithZ) {
  for (const bool produced : {true, false}) {
    if (!produced) policy_.production.reset();
    const auto what = ask(30h + 123ms);
    const std::string der(what.der.begin(), what.der.end());
    std::size_t times = 0;
    // GeneralizedTime is tag 0x18; fifteen octets are YYYYMMDDHHMMSSZ.
    for (auto at = der.find("\x18\x0f"); at != std::string::npos;
         at = der.find("\x18\x0f", at + 1)) {
      const auto text = der.substr(at + 2, 15);
      if (text.find_first_not_of("0123456789") != 14 || text[14] != 'Z') continue;
      ++times;
    }
    EXPECT_EQ(times, 3U);                                // producedAt, thisUpdate, nextUpdate
    EXPECT_EQ(der.find("\x18\x13"), std::string::npos);  // a fraction of three digits would be 19
  }
}

TEST_F(ProducedAnswer, R41R42KeepsItsTimesInOrder) {
  for (const bool produced : {true, false}) {
    if (!produced) policy_.production.reset();
    for (const auto backdate : {0h, 1h, 12h}) {
      policy_.backdate = backdate;
      for (pki::duration now = 0h; now < 24h * 9; now += 7h + 13s) {
        const auto what = ask(now);
        ASSERT_TRUE(what.this_update() && what.next_update());  // R42
        EXPECT_LE(*what.this_update(), what.content.produced_at);
        EXPECT_LE(what.content.produced_at, start + now);
        EXPECT_GT(*what.next_update(), *what.this_update());
        EXPECT_GT(*what.next_update(), start + now);
      }
    }
  }
}

}  // namespace
}  // namespace staplelab::responder
