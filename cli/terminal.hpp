// What the reader's terminal can show.
#pragma once

#include <cstdio>
#include <string_view>

#include "scenarios/report_style.hpp"

namespace staplelab::cli {

bool is_terminal(std::FILE* stream);

// Colour only on a terminal that is not dumb, and without NO_COLOR; symbols beyond ASCII only where
// the locale's character set is UTF-8.
scenarios::text_style style_of(std::FILE* stream);

}  // namespace staplelab::cli
