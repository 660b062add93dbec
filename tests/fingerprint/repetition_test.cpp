#include "fingerprint/repetition.hpp"

#include <gtest/gtest.h>

namespace staplelab::fingerprint {
namespace {

cell_values one(word what) {
  return {{cell::hang_blocks, what}};
}
cell_values timed(long seconds) {
  return {{cell::blocked_s, seconds}};
}
word found(const repetition& runs) {
  return std::get<word>(runs.found().front().second);
}

TEST(three_times, in_a_row_are_steady) {
  repetition runs;
  for (int i = 0; i < 3; ++i) {
    EXPECT_TRUE(runs.goes_on());
    runs.take(one(word::no), true);
  }
  EXPECT_TRUE(runs.is_steady());
  EXPECT_FALSE(runs.goes_on());
}

TEST(three_times, must_be_in_a_row) {
  repetition runs;
  for (const auto what : {word::no, word::no, word::handshake, word::no, word::no})
    runs.take(one(what), true);
  EXPECT_FALSE(runs.is_steady());
  EXPECT_EQ(runs.missing(), 1U);
  runs.take(one(word::no), true);
  EXPECT_TRUE(runs.is_steady());
  EXPECT_EQ(found(runs), word::no);
}

TEST(seven_runs, that_never_agree_three_times_are_the_end) {
  repetition runs;
  for (int i = 0; i < 7; ++i) {
    EXPECT_TRUE(runs.goes_on()) << i;
    runs.take(one(i % 2 == 0 ? word::no : word::handshake), true);
  }
  EXPECT_FALSE(runs.goes_on());
  EXPECT_FALSE(runs.is_steady());
}

TEST(a_spoilt_experiment, is_made_again_up_to_six_times) {
  repetition runs;
  for (int i = 0; i < 6; ++i)
    EXPECT_TRUE(runs.excuses_one()) << i;
  EXPECT_TRUE(runs.goes_on());
  for (int i = 0; i < 3; ++i)
    runs.take(one(word::no), true);
  EXPECT_TRUE(runs.is_steady());
  EXPECT_EQ(runs.excused(), 6U);
}

TEST(a_spoilt_experiment, is_made_again_the_more_often_the_more_experiments_there_are) {
  repetition runs(3, 2);
  for (int i = 0; i < 12; ++i)
    EXPECT_TRUE(runs.excuses_one()) << i;
  EXPECT_FALSE(runs.excuses_one());
}

TEST(a_machine_that_is_always_busy, is_not_waited_for) {
  repetition runs;
  for (int i = 0; i < 6; ++i)
    EXPECT_TRUE(runs.excuses_one());
  EXPECT_FALSE(runs.excuses_one());
  runs.take(one(word::no), false);
  EXPECT_FALSE(runs.goes_on());
  EXPECT_FALSE(runs.is_steady());
  EXPECT_EQ(found(runs), word::no);
  EXPECT_EQ(runs.excused(), 6U);
}

TEST(a_run_that_does_not_count, changes_nothing_that_was_found) {
  repetition runs;
  runs.take(one(word::no), true);
  runs.take(one(word::handshake), false);
  runs.take(one(word::no), true);
  runs.take(one(word::no), true);
  EXPECT_TRUE(runs.is_steady());
  EXPECT_EQ(found(runs), word::no);
}

TEST(seconds, are_the_same_within_a_tenth) {
  repetition runs;
  for (const long each : {30L, 31L, 29L})
    runs.take(timed(each), true);
  EXPECT_TRUE(runs.is_steady());
  runs = repetition();
  for (const long each : {30L, 31L, 36L})
    runs.take(timed(each), true);
  EXPECT_FALSE(runs.is_steady());
  runs = repetition();
  for (const long each : {5L, 6L, 5L})
    runs.take(timed(each), true);
  EXPECT_TRUE(runs.is_steady());
}

TEST(requests, are_counted_exactly) {
  repetition runs;
  for (const long each : {1L, 2L, 1L})
    runs.take({{cell::fetches_for_one_expiry, each}}, true);
  EXPECT_FALSE(runs.is_steady());
}

}  // namespace
}  // namespace staplelab::fingerprint
