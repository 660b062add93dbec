// When the rest of an experiment need not be played: given the beginning of a course, then it is
// known whether anything that follows could change the cell.
#include <gtest/gtest.h>

#include <functional>
#include <string>
#include <vector>

#include "fingerprint/studies.hpp"
#include "tests/fingerprint/courses.hpp"

namespace staplelab::fingerprint {
namespace {

using namespace test;

struct beginning {
  std::string name;
  course so_far;
  about_course is_settled;
  bool expected;
  // What it is settled about, and how the course might go on.
  std::function<value(const course&)> judge = {};
  std::vector<moment> rest = {};
};

class settled : public testing::TestWithParam<beginning> {};

TEST_P(settled, when_nothing_can_change_the_cell) {
  const auto& given = GetParam();
  EXPECT_EQ(given.is_settled(given.so_far), given.expected);
  if (!given.judge) return;
  auto whole = given.so_far;
  whole.moments.insert(whole.moments.end(), given.rest.begin(), given.rest.end());
  EXPECT_EQ(alike(given.judge(given.so_far), given.judge(whole)), given.expected);
}

std::string name_of(const testing::TestParamInfo<beginning>& info) {
  return info.param.name;
}

moment expired(duration after) {
  return client(probe_verdict::expired, after);
}

INSTANTIATE_TEST_SUITE_P(
    first, settled,
    testing::Values(beginning{"not_before_another_client",
                              told({fetch(), up(), good(), at(again_part), good()}),
                              is_settled_first, false},
                    beginning{"when_it_has_asked",
                              told({fetch(), up(), good(), at(again_part), good(), at(late_part)}),
                              is_settled_first, true},
                    beginning{"not_when_it_has_asked_nobody",
                              told({up(), none(), at(again_part), none(), at(late_part)}),
                              is_settled_first,
                              false,
                              request,
                              {fetch(1h)}}),
    name_of);

INSTANTIATE_TEST_SUITE_P(
    while_valid, settled,
    testing::Values(beginning{"not_before_it_fails", told({up(), none(), good()}),
                              is_settled_while_valid, false},
                    beginning{"not_while_it_is_kept",
                              told({up(), good(), at(fault_part), good(2h)}),
                              is_settled_while_valid,
                              false,
                              while_valid,
                              {none(25h)}},
                    beginning{"by_the_first_harm",
                              told({up(), good(), at(fault_part), good(2h), none(25h)}),
                              is_settled_while_valid,
                              true,
                              while_valid,
                              {good(92h), ended{1}}},
                    beginning{"by_an_end",
                              told({up(), good(), at(fault_part), ended{1}}),
                              is_settled_while_valid,
                              true,
                              while_valid,
                              {good(2h)}},
                    beginning{"when_there_was_nothing_to_keep",
                              told({up(), none(), at(fault_part)}),
                              is_settled_while_valid,
                              true,
                              while_valid,
                              {none(2h)}}),
    name_of);

INSTANTIATE_TEST_SUITE_P(
    after_expiry, settled,
    testing::Values(beginning{"not_in_the_first_minutes",
                              told({up(), good(), at(fault_part), none(24h * 7 + 4min)}),
                              is_settled_after_expiry,
                              false,
                              after_expiry,
                              {none(24h * 7 + 1h)}},
                    beginning{"by_none_after_an_hour",
                              told({up(), good(), at(fault_part), expired(24h * 7 + 4min),
                                    none(24h * 7 + 1h)}),
                              is_settled_after_expiry,
                              true,
                              expired_for,
                              {none(24h * 8)}},
                    beginning{"not_by_an_expired_one_after_an_hour",
                              told({up(), good(), at(fault_part), expired(24h * 7 + 1h)}),
                              is_settled_after_expiry,
                              false,
                              expired_for,
                              {expired(24h * 8)}},
                    beginning{"when_there_was_nothing_to_expire",
                              told({up(), none(), at(fault_part)}),
                              is_settled_after_expiry,
                              true,
                              after_expiry,
                              {none(24h * 8)}}),
    name_of);

value warm_alone(const course& warm) {
  return on_bad_answer(warm, not_played("it was not needed"));
}

INSTANTIATE_TEST_SUITE_P(
    bad_answer, settled,
    testing::Values(beginning{"not_before_it_has_learnt",
                              told({up(), good(), at(fault_part), none(2h)}),
                              is_settled_on_bad_answer, false},
                    beginning{"not_while_the_good_one_is_kept",
                              told({up(), good(), at(fault_part), fetch(2h, "bad"), good(2h)}),
                              is_settled_on_bad_answer,
                              false,
                              warm_alone,
                              {none(25h)}},
                    beginning{"by_what_it_does_with_it",
                              told({up(), good(), at(fault_part), fetch(2h, "bad"), none(2h)}),
                              is_settled_on_bad_answer,
                              true,
                              warm_alone,
                              {good(25h)}}),
    name_of);

INSTANTIATE_TEST_SUITE_P(revocation, settled,
                         testing::Values(beginning{"not_while_it_runs",
                                                   told({up(), good(), at(fault_part), good(2h)}),
                                                   is_settled_revocation,
                                                   false,
                                                   revoked_shutdown,
                                                   {ended{3}}},
                                         beginning{"by_its_end",
                                                   told({up(), good(), at(fault_part), ended{3}}),
                                                   is_settled_revocation,
                                                   true,
                                                   revoked_shutdown,
                                                   {}}),
                         name_of);

INSTANTIATE_TEST_SUITE_P(
    refresh, settled,
    testing::Values(
        beginning{"not_before_it_asks",
                  told({fetch(), up(), good(), at(again_part), good(), at(life_part), good(1h)}),
                  is_settled_refresh, false},
        beginning{"not_by_what_it_asked_before",
                  told({fetch(), up(), good(), at(again_part), fetch(), good()}),
                  is_settled_refresh, false},
        beginning{"when_it_asks",
                  told({fetch(), up(), good(), at(again_part), good(), at(life_part), fetch(2h)}),
                  is_settled_refresh, true},
        beginning{"when_it_asks_for_every_client",
                  told({fetch(), up(), good(), at(again_part), fetch(), good(), at(life_part)}),
                  is_settled_refresh, true}),
    name_of);

TEST(another_experiment, is_needed_when_the_first_shows_nothing) {
  EXPECT_TRUE(
      tells_of_bad_answer(told({up(), good(), at(fault_part), fetch(2h, "bad"), good(2h)})));
  EXPECT_FALSE(tells_of_bad_answer(told({up(), good(), at(fault_part), good(2h)})));
  EXPECT_FALSE(tells_of_bad_answer(told({up(), none(), at(fault_part), fetch(2h, "bad")})));
  EXPECT_TRUE(start_was_held_up(told({up(30s), good()})));
  EXPECT_FALSE(start_was_held_up(told({up(), client(probe_verdict::good, 0s, 10s)})));
}

}  // namespace
}  // namespace staplelab::fingerprint
