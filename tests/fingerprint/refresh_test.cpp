#include "fingerprint/refresh.hpp"

#include <gtest/gtest.h>

#include <vector>

#include "tests/fingerprint/courses.hpp"

namespace staplelab::fingerprint {
namespace {

using namespace test;

const std::vector<duration> validities{10min, 6h, 24h * 7, 24h * 56};

struct rhythm {
  std::string name;
  std::vector<std::optional<duration>> gaps;  // for each validity
  std::string expected;
};

class refresh : public testing::TestWithParam<rhythm> {};

TEST_P(refresh, is_found) {
  std::vector<refresh_sample> samples;
  for (std::size_t i = 0; i < validities.size(); ++i)
    samples.push_back({validities[i], GetParam().gaps[i]});
  EXPECT_EQ(in_words(cell::refresh, refresh_of(samples)), GetParam().expected);
}

INSTANTIATE_TEST_SUITE_P(
    rhythms, refresh,
    testing::Values(
        rhythm{"half", {5min, 3h, 84h, 24h * 28}, "50 %"},
        rhythm{"half_with_some_chance", {5min + 20s, 3h + 1min, 86h, 24h * 29}, "52 %"},
        rhythm{"half_and_never_within_an_hour", {1h, 3h, 84h, 24h * 28}, "50 %, not before 1h"},
        rhythm{"half_and_within_a_day", {5min, 3h, 24h, 24h}, "50 %, no later than 1d"},
        rhythm{"every_four_hours", {4h, 4h, 4h, 4h}, "every 4h"},
        rhythm{"an_hour_at_most", {5min, 1h, 1h, 1h}, "not before 5m, no later than 1h"},
        rhythm{"at_the_end", {20min, 5h + 54min, 167h, 24h * 56}, "99 %, not before 20m"},
        rhythm{"never", {{}, {}, {}, {}}, "not found"},
        rhythm{"seen_once", {5min, {}, {}, {}}, "not found"}),
    [](const auto& info) { return info.param.name; });

TEST(sample, counts_from_the_last_request_before_the_watch) {
  const auto seen = told({fetch(), up(), good(), fetch(2s), at(again_part), good(), at(life_part),
                          good(1min), fetch(5min + 2s), good(5min), fetch(10min)});
  const auto sample = sample_of(seen, 10min, {});
  EXPECT_EQ(sample.gap, 5min);
}

TEST(sample, of_a_look_is_that_late) {
  const auto seen = told({fetch(), up(), good(), at(life_part), fetch(1h + 4s), good(1h)});
  const std::vector<duration> looks{30min, 1h, 2h};
  EXPECT_EQ(sample_of(seen, 6h, looks).gap, 1h);
}

TEST(sample, between_looks_is_exact) {
  const auto seen = told({fetch(), up(), good(), at(life_part), fetch(3h + 7min), good(4h)});
  const std::vector<duration> looks{3h, 4h};
  EXPECT_EQ(sample_of(seen, 6h, looks).gap, 3h + 7min);
}

TEST(sample, of_a_server_that_did_not_ask_again_is_empty) {
  EXPECT_FALSE(sample_of(told({fetch(), up(), good(), at(life_part), good(1h)}), 6h, {}).gap);
}

}  // namespace
}  // namespace staplelab::fingerprint
