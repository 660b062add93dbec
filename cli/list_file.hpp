// Files that list something, one a line; "#" begins a comment, and lines without anything else do
// not count, nor does a byte order mark. What cannot be read, and what lists nothing, is a failure
// with code 2 that names the file.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace staplelab::cli {

struct listed_line {
  std::size_t number;  // from 1
  std::string text;    // trimmed, not empty
};
std::vector<listed_line> read_list(const std::string& file);

std::string trimmed(std::string_view text);  // without blanks at its ends

}  // namespace staplelab::cli
