#include "runtime/duration_text.hpp"

#include <gtest/gtest.h>

namespace staplelab::runtime {
namespace {

using namespace std::chrono_literals;
using std::chrono::days;
using std::chrono::milliseconds;

struct written {
  std::string_view text;
  std::optional<milliseconds> length;
};

class duration_written : public testing::TestWithParam<written> {};

TEST_P(duration_written, is_read) {
  EXPECT_EQ(parse_duration(GetParam().text), GetParam().length) << GetParam().text;
}

INSTANTIATE_TEST_SUITE_P(
    table, duration_written,
    testing::Values(
        written{"7d", days(7)}, written{"90m", 90min}, written{"36h", 36h}, written{"1d12h", 36h},
        written{"250ms", 250ms}, written{"0s", 0ms}, written{"1h30m5s20ms", 1h + 30min + 5s + 20ms},
        written{"-1h", -1h}, written{"36500d", max_written_duration}, written{"36501d", {}},
        written{"36500d1ms", {}}, written{"-36500d", -max_written_duration},
        written{"99999999999999999999d", {}}, written{"", {}}, written{"-", {}}, written{"7", {}},
        written{"d", {}}, written{"7 d", {}}, written{"1.5h", 90min}, written{"0.5s", 500ms},
        written{"1.50s", 1500ms}, written{"1d0.5h", 24h + 30min}, written{"0.0009765625d", 84375ms},
        written{"0.00048828125d", {}}, written{"1.5ms", {}}, written{"1.0ms", 1ms},
        written{"1.s", {}}, written{".5s", {}}, written{"1.5", {}}, written{"1..5s", {}},
        written{"1.-5s", {}}, written{"36500.5d", {}}, written{"1min", {}}, written{"12h1d", {}},
        written{"1h1h", {}}, written{"1w", {}}, written{"+1h", {}}, written{"--1h", {}},
        written{"1h-1m", {}}, written{"1D", {}}));

TEST(duration_text, is_read_back) {
  for (const milliseconds length :
       {0ms, 1ms, milliseconds(1s), milliseconds(36h), milliseconds(-90min), 86'399'999ms,
        max_written_duration, -max_written_duration}) {
    EXPECT_EQ(parse_duration(to_text(length)), length) << to_text(length);
  }
  EXPECT_EQ(to_text(36h), "1d12h");
  EXPECT_EQ(to_text(-90min), "-1h30m");
  EXPECT_EQ(to_text(90s), "1m30s");
  EXPECT_EQ(to_text(84h), "3d12h");
  EXPECT_EQ(to_text(1500ms), "1s500ms");
  EXPECT_EQ(to_text(milliseconds::min()), "-106751991167d7h12m55s808ms");
}

}  // namespace
}  // namespace staplelab::runtime
