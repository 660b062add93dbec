// Where in a file a person made a mistake, and how to show it to them.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace staplelab::runtime {

// Both count from 1; columns count characters (UTF-8), a tab is one.
struct source_position {
  std::size_t line = 1;
  std::size_t column = 1;
  bool operator==(const source_position&) const = default;
};

// The position of the octet at `offset`; beyond the end: just after the last character.
source_position position_at(std::string_view text, std::size_t offset);

struct source_error {
  std::string file;
  source_position where;
  std::string message;  // what is wrong and what was expected; lower case, no full stop
  std::string hint;     // may be empty
  std::string excerpt;  // the line, as written, cut to a width that fits a terminal
};

// Takes the excerpt out of `text`.
source_error error_at(std::string_view file, std::string_view text, std::size_t offset,
                      std::string message, std::string hint = {});

// "file:line:column: error: message", the line, a caret under the column, then the hint. Ends with
// a newline.
std::string render(const source_error& error);

}  // namespace staplelab::runtime
