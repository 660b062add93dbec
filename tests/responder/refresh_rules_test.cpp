// R43 to R46: each rule of BR 4.9.9 on both sides of its limits, for schedules and for what is
// served.
#include "responder/refresh_rules.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "lab.hpp"
#include "responder/answer.hpp"

namespace staplelab::responder {
namespace {

using namespace test;
using std::chrono::days;
using enum refresh_breach;

// ---- What is served at a moment

struct served_row {
  const char* name;
  pki::duration validity, age;
  std::optional<refresh_breach> expected;
};

class Served : public testing::TestWithParam<served_row> {};

TEST_P(Served, R43R44R45IsJudgedByItsAge) {
  const auto& row = GetParam();
  EXPECT_EQ(breach_of(certified::subscriber, start, start + row.validity, start + row.age),
            row.expected);
}

INSTANTIATE_TEST_SUITE_P(
    RefreshRules, Served,
    testing::Values(served_row{"R43ShorterThan8h", 8h - 1s, 0s, validity_too_short},
                    served_row{"R43Exactly8h", 8h, 0s, {}},
                    served_row{"R43Exactly10d", days(10), 0s, {}},
                    served_row{"R43LongerThan10d", days(10) + 1s, 0s, validity_too_long},
                    served_row{"R44InTheFirstHalf", 8h, 4h - 1s, {}},
                    served_row{"R44WithHalfOfItLeft", 8h, 4h, past_half},
                    served_row{"R44JustBelow16h", 16h - 2s, 8h - 1s, past_half},
                    served_row{"R45MoreThan8hLeft", 16h, 8h - 1s, {}},
                    served_row{"R45Only8hLeft", 16h, 8h, near_expiry},
                    served_row{"R45AlmostFourDaysOld", days(7), days(4) - 1s, {}},
                    served_row{"R45FourDaysOld", days(7), days(4), past_four_days},
                    served_row{"R45EightHoursBeforeFourDays", days(4) + 8h, days(4),
                               past_four_days},
                    served_row{"R45JustShorter", days(4) + 8h - 1s, days(4) - 1s, near_expiry}),
    [](const auto& info) { return info.param.name; });

TEST(RefreshRules, R46ACasAnswerIsReplacedWithinTwelveMonths) {
  const auto end = start + days(900);
  EXPECT_FALSE(breach_of(certified::authority, start, end, at("2027-02-28T23:59:59Z")));
  EXPECT_EQ(breach_of(certified::authority, start, end, at("2027-03-01T00:00:00Z")),
            past_twelve_months);
  const auto leap_day = at("2028-02-29T06:00:00Z");
  EXPECT_EQ(latest_refresh(certified::authority, leap_day, leap_day + days(900)),
            at("2029-03-01T06:00:00Z"));
}

TEST(RefreshRules, R46ACasRevocationIsShownWithin24h) {
  EXPECT_FALSE(breach_of_revocation(start, start + 24h));
  EXPECT_EQ(breach_of_revocation(start, start + 24h + 1s), late_revocation);
}

// ---- Schedules

struct schedule_row {
  const char* name;
  certified whom;
  pki::duration validity, every, lag;
  std::optional<refresh_breach> expected;
  bool on_change = false;
};

std::optional<refresh_flaw> judged(const schedule_row& row) {
  return breach_of(
      row.whom,
      {row.validity, 0s,
       production_schedule{
           .every = row.every, .lag = row.lag, .origin = start, .on_change = row.on_change}});
}

class Schedule : public testing::TestWithParam<schedule_row> {};

TEST_P(Schedule, R43R44R45R46IsRefusedForWhatItWouldBreak) {
  const auto flaw = judged(GetParam());
  ASSERT_EQ(flaw.has_value(), GetParam().expected.has_value());
  if (flaw) {
    EXPECT_EQ(flaw->which, GetParam().expected);
    EXPECT_THAT(flaw->why, testing::HasSubstr("BR 4.9.9"));
  }
}

constexpr auto subscriber = certified::subscriber;
constexpr auto authority_cert = certified::authority;
INSTANTIATE_TEST_SUITE_P(
    RefreshRules, Schedule,
    testing::Values(schedule_row{"R43TooShort", subscriber, 7h, 1h, 0s, validity_too_short},
                    schedule_row{"R43TooLong", subscriber, days(11), 24h, 0s, validity_too_long},
                    schedule_row{"R44JustBelowHalf", subscriber, 8h, 4h - 1s, 0s, {}},
                    schedule_row{"R44AtHalf", subscriber, 8h, 4h, 0s, past_half},
                    schedule_row{"R44TheLagCounts", subscriber, 8h, 3h, 1h, past_half},
                    schedule_row{"R45EightHoursLeft", subscriber, 16h, 8h, 0s, {}},
                    schedule_row{"R45LessLeft", subscriber, 16h, 8h + 1s, 0s, near_expiry},
                    schedule_row{"R45FourDays", subscriber, days(7), days(4), 0s, {}},
                    schedule_row{"R45Later", subscriber, days(7), days(4), 1s, past_four_days},
                    schedule_row{"R46Within24h", authority_cert, days(7), 22h, 2h, {}},
                    schedule_row{"R46Later", authority_cert, days(7), 23h, 2h, late_revocation},
                    schedule_row{
                        "R46AtEachChange", authority_cert, days(400), days(300), 2h, {}, true},
                    schedule_row{"R46TwelveMonths", authority_cert, days(500), days(366), 0s,
                                 past_twelve_months, true}),
    [](const auto& info) { return info.param.name; });

// Whatever the schedule check lets pass holds at every moment of the schedule, and what it refuses
// is broken at some moment.
TEST(RefreshRules, R43R44R45TheTwoChecksAgree) {
  for (const pki::duration validity : {pki::duration{8h}, pki::duration{12h}, pki::duration{16h},
                                       pki::duration{days(3)}, pki::duration{days(10)}}) {
    for (pki::duration every = 1h; every < days(6); every += 5h) {
      for (const pki::duration lag : {0h, 1h, 9h}) {
        const answer_timing timing{validity, 0s, production_schedule{every, lag, start}};
        bool kept = true;
        for (pki::duration now = 0s; now < every * 2; now += 1h) {
          for (const pki::duration just_before : {0s, 1s}) {
            const auto when = start + now - just_before;
            const auto served = production_at(timing, when);
            kept = kept && !breach_of(subscriber, served.this_update, served.next_update, when);
          }
        }
        EXPECT_EQ(kept,
                  !breach_of(subscriber, timing) || (validity < 16h && every + lag == validity / 2))
            << validity.count() << " " << every.count() << " " << lag.count();
      }
    }
  }
}

// ---- The profile

TEST(RefreshRules, R43R44R45R46OnlyTheProfileWebpkiRefuses) {
  answer_policy policy;
  policy.production = production_schedule{.every = days(5)};
  EXPECT_FALSE(flaw_of(policy));
  policy.profile = profile::webpki;
  const auto flaw = flaw_of(policy);
  ASSERT_TRUE(flaw);
  EXPECT_THAT(*flaw, testing::HasSubstr("at most 4d after thisUpdate (BR 4.9.9)"));
  EXPECT_THAT(*flaw, testing::HasSubstr("5d old"));
  policy.production->every = days(2);
  EXPECT_THAT(flaw_of(policy).value_or(""), testing::HasSubstr("within 24h"));
  policy.production->on_change = true;
  EXPECT_FALSE(flaw_of(policy));
  policy.production.reset();
  EXPECT_FALSE(flaw_of(policy));
}

}  // namespace
}  // namespace staplelab::responder
