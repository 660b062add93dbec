#include "runtime/source_position.hpp"

#include <gtest/gtest.h>

namespace staplelab::runtime {
namespace {

TEST(source_position, counts_lines_and_characters) {
  const std::string_view text = "one\nt\xc3\xa4st x\n";
  EXPECT_EQ(position_at(text, 0), (source_position{1, 1}));
  EXPECT_EQ(position_at(text, 3), (source_position{1, 4}));
  EXPECT_EQ(position_at(text, 4), (source_position{2, 1}));
  EXPECT_EQ(position_at(text, 10), (source_position{2, 6}));
  EXPECT_EQ(position_at(text, 999), (source_position{3, 1}));
  EXPECT_EQ(position_at("", 0), (source_position{1, 1}));
}

TEST(source_position, renders_the_line_with_a_caret) {
  const auto error = error_at("a.conf", "x\n\tmode: alwys\r\n", 9, "expected a mode", "try always");
  EXPECT_EQ(render(error),
            "a.conf:2:8: error: expected a mode\n"
            "  \tmode: alwys\n"
            "  \t      ^\n"
            "  try always\n");
}

TEST(source_position, caret_stands_under_characters_not_octets) {
  const auto error = error_at("f", "\xc3\xa4\xc3\xb6 x", 5, "m");
  EXPECT_EQ(render(error), "f:1:4: error: m\n  \xc3\xa4\xc3\xb6 x\n     ^\n");
}

TEST(source_position, long_lines_are_cut_around_the_mistake) {
  const std::string text = std::string(5000, 'a') + "X" + std::string(5000, 'b');
  const std::string shown = render(error_at("f", text, 5000, "m"));
  EXPECT_LT(shown.size(), 300U);
  const auto line = shown.find("\n  ") + 3;
  const auto caret = shown.find('^');
  const auto caret_line = shown.rfind("\n", caret) + 3;
  EXPECT_EQ(shown[line + (caret - caret_line)], 'X');
}

TEST(source_position, control_characters_do_not_reach_the_terminal) {
  const std::string shown = render(error_at("f", "\x1b[31mred", 0, "m"));
  EXPECT_EQ(shown.find('\x1b'), std::string::npos);
}

TEST(source_position, an_empty_line_has_no_excerpt) {
  EXPECT_EQ(render(error_at("f", "", 0, "empty")), "f:1:1: error: empty\n");
}

}  // namespace
}  // namespace staplelab::runtime
