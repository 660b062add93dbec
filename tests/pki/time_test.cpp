#include "pki/time.hpp"

#include <gtest/gtest.h>

namespace staplelab::pki {
namespace {

struct readable {
  const char* name;
  const char* text;
  std::int64_t milliseconds;  // since 1970
};
class rfc3339_readable : public testing::TestWithParam<readable> {};

TEST_P(rfc3339_readable, gives_the_point_in_time) {
  const auto parsed = parse_rfc3339(GetParam().text);
  ASSERT_TRUE(parsed);
  EXPECT_EQ(parsed->time_since_epoch().count(), GetParam().milliseconds);
}

INSTANTIATE_TEST_SUITE_P(
    time, rfc3339_readable,
    testing::Values(readable{"epoch", "1970-01-01T00:00:00Z", 0},
                    readable{"before_the_epoch", "1969-12-31T23:59:59Z", -1000},
                    readable{"a_day_in_2026", "2026-03-01T00:00:00Z", 1772323200000},
                    readable{"leap_day", "2024-02-29T12:00:00Z", 1709208000000},
                    readable{"leap_day_of_a_century", "2000-02-29T00:00:00Z", 951782400000},
                    readable{"lower_case", "1970-01-01t00:00:01z", 1000},
                    readable{"tenths", "1970-01-01T00:00:00.5Z", 500},
                    readable{"milliseconds", "1970-01-01T00:00:00.250Z", 250},
                    readable{"finer_is_cut_off", "1970-01-01T00:00:00.123987654321Z", 123},
                    readable{"east_of_greenwich", "1970-01-01T02:30:00+02:30", 0},
                    readable{"west_of_greenwich", "1969-12-31T16:00:00-08:00", 0},
                    readable{"unknown_local_offset", "1970-01-01T00:00:00-00:00", 0},
                    readable{"widest_offset", "1970-01-01T23:59:00+23:59", 0},
                    readable{"first", "0000-01-01T00:00:00Z", -62167219200000},
                    readable{"last", "9999-12-31T23:59:59.999Z", 253402300799999}),
    [](const auto& row) { return row.param.name; });

struct unreadable {
  const char* name;
  const char* text;
};
class rfc3339_unreadable : public testing::TestWithParam<unreadable> {};

TEST_P(rfc3339_unreadable, gives_nothing) {
  EXPECT_FALSE(parse_rfc3339(GetParam().text));
}

INSTANTIATE_TEST_SUITE_P(
    time, rfc3339_unreadable,
    testing::Values(unreadable{"empty", ""}, unreadable{"date_only", "2026-03-01"},
                    unreadable{"no_zone", "2026-03-01T00:00:00"},
                    unreadable{"space_between", "2026-03-01 00:00:00Z"},
                    unreadable{"trailing", "2026-03-01T00:00:00Zx"},
                    unreadable{"leading", " 2026-03-01T00:00:00Z"},
                    unreadable{"two_digit_year", "26-03-01T00:00:00Z"},
                    unreadable{"five_digit_year", "12026-03-01T00:00:00Z"},
                    unreadable{"month_0", "2026-00-01T00:00:00Z"},
                    unreadable{"month_13", "2026-13-01T00:00:00Z"},
                    unreadable{"day_0", "2026-03-00T00:00:00Z"},
                    unreadable{"february_29_of_no_leap_year", "2026-02-29T00:00:00Z"},
                    unreadable{"february_29_of_1900", "1900-02-29T00:00:00Z"},
                    unreadable{"april_31", "2026-04-31T00:00:00Z"},
                    unreadable{"hour_24", "2026-03-01T24:00:00Z"},
                    unreadable{"minute_60", "2026-03-01T00:60:00Z"},
                    unreadable{"leap_second", "2016-12-31T23:59:60Z"},
                    unreadable{"point_without_digits", "2026-03-01T00:00:00.Z"},
                    unreadable{"offset_without_colon", "2026-03-01T00:00:00+0100"},
                    unreadable{"offset_hour_24", "2026-03-01T00:00:00+24:00"},
                    unreadable{"offset_minute_60", "2026-03-01T00:00:00+00:60"},
                    unreadable{"sign_in_a_number", "2026-+3-01T00:00:00Z"},
                    unreadable{"offset_leaves_year_0", "0000-01-01T00:00:00+00:01"},
                    unreadable{"offset_leaves_year_9999", "9999-12-31T23:59:59-00:01"}),
    [](const auto& row) { return row.param.name; });

TEST(rfc3339, is_written_without_a_fraction_of_zero) {
  EXPECT_EQ(to_rfc3339(time_point{duration{1772323200000}}), "2026-03-01T00:00:00Z");
}

TEST(rfc3339, is_written_with_three_digits_of_a_fraction) {
  EXPECT_EQ(to_rfc3339(time_point{duration{1772323200007}}), "2026-03-01T00:00:00.007Z");
}

TEST(rfc3339, is_written_for_times_before_the_epoch) {
  EXPECT_EQ(to_rfc3339(time_point{duration{-1}}), "1969-12-31T23:59:59.999Z");
}

TEST(rfc3339, reads_what_it_writes_over_four_centuries) {
  for (time_point t{duration{-6'000'000'000'123}}; t < time_point{duration{6'600'000'000'000}};
       t += std::chrono::hours{7919} + duration{77}) {
    ASSERT_EQ(parse_rfc3339(to_rfc3339(t)), t) << to_rfc3339(t);
  }
}

}  // namespace
}  // namespace staplelab::pki
