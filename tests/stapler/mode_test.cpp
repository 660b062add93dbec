#include "stapler/mode.hpp"

#include <gtest/gtest.h>

namespace staplelab::stapler {
namespace {

struct class_row {
  const char* name;
  const char* written;
  bool must_staple;
  staple_class expected;
};

class classes : public testing::TestWithParam<class_row> {};

TEST_P(classes, of_mode_and_certificate) {
  const auto parsed = parse_mode(GetParam().written);
  ASSERT_TRUE(parsed);
  EXPECT_EQ(classify(*parsed, GetParam().must_staple), GetParam().expected);
}

constexpr class_row class_rows[] = {
    {"auto_plain", "auto", false, staple_class::off},
    {"auto_must_staple", "auto", true, staple_class::staple},
    {"true_plain", "true", false, staple_class::off},
    {"true_must_staple", "true", true, staple_class::staple},
    {"must_plain", "must", false, staple_class::off},
    {"must_must_staple", "must", true, staple_class::enforce},
    {"always_plain", "always", false, staple_class::enforce},
    {"always_must_staple", "always", true, staple_class::enforce},
    {"never_plain", "never", false, staple_class::off},
    {"never_must_staple", "never", true, staple_class::off},
    {"false_plain", "false", false, staple_class::off},
    {"false_must_staple", "false", true, staple_class::off},
};
INSTANTIATE_TEST_SUITE_P(nats, classes, testing::ValuesIn(class_rows),
                         [](const auto& row) { return row.param.name; });

TEST(mode, names_are_read_back) {
  for (const mode m : all_modes)
    EXPECT_EQ(parse_mode(to_string(m)), m);
}

TEST(mode, other_words_are_none) {
  for (const char* word : {"", "Auto", "auto ", "yes", "musts"})
    EXPECT_FALSE(parse_mode(word));
}

}  // namespace
}  // namespace staplelab::stapler
