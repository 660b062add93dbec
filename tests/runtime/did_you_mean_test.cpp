#include "runtime/did_you_mean.hpp"

#include <gtest/gtest.h>

#include <array>
#include <string>

namespace staplelab::runtime {
namespace {

constexpr std::array<std::string_view, 5> words{"store_dir", "mode", "url", "must", "handshake"};

struct guess {
  const char* name;
  const char* written;
  const char* meant;  // null: nothing is near
};
class guesses : public testing::TestWithParam<guess> {};

TEST_P(guesses, nearest) {
  const auto word = nearest_word(GetParam().written, words);
  EXPECT_EQ(word ? std::string(*word) : "", GetParam().meant ? GetParam().meant : "");
}

constexpr guess rows[] = {
    {"a_letter_too_many", "modee", "mode"},
    {"a_letter_missing", "mst", "must"},
    {"another_letter", "urk", "url"},
    {"a_swap_is_one_edit", "handhsake", "handshake"},
    {"two_swaps_in_a_long_word", "hnadhsake", "handshake"},
    {"case_does_not_count", "Store_Dir", "store_dir"},
    {"four_edits_of_nine_are_too_many", "handxxxxe", nullptr},
    {"two_edits_of_four_are_too_many", "moxx", nullptr},
    {"nothing_like_it", "qqqqqq", nullptr},
    {"empty", "", nullptr},
};
INSTANTIATE_TEST_SUITE_P(did_you_mean, guesses, testing::ValuesIn(rows),
                         [](const auto& info) { return info.param.name; });

TEST(did_you_mean, says_the_word_or_lists_them) {
  EXPECT_EQ(did_you_mean("mod", words), "did you mean 'mode'?");
  EXPECT_EQ(did_you_mean("zzz", words), "known are store_dir, mode, url, must and handshake");
  EXPECT_EQ(did_you_mean("zzz", {}), "");
}

TEST(did_you_mean, endless_words_are_not_compared) {
  EXPECT_FALSE(nearest_word(std::string(1'000'000, 'm'), words));
}

}  // namespace
}  // namespace staplelab::runtime
