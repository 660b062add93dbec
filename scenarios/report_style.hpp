// How reports for people are drawn.
#pragma once

#include <string>
#include <string_view>

namespace staplelab::scenarios {

struct text_style {
  bool colour = false;   // ANSI escapes
  bool unicode = false;  // symbols beyond ASCII
};

enum class ink { green, red, yellow, bold, faint };

// The text as it is when the style has no colour.
std::string painted(std::string_view text, ink colour, const text_style& style);

}  // namespace staplelab::scenarios
