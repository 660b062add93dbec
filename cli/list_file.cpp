#include "cli/list_file.hpp"

#include <fmt/format.h>

#include <fstream>

#include "cli/failure.hpp"

namespace staplelab::cli {

std::vector<listed_line> read_list(const std::string& file) {
  std::ifstream in(file);
  std::vector<listed_line> lines;
  std::size_t number = 0;
  for (std::string line; std::getline(in, line);) {
    ++number;
    auto text = trimmed(std::string_view(line).substr(0, line.find('#')));
    if (!text.empty()) lines.push_back({number, std::move(text)});
  }
  if (!in.eof()) throw failure(exit_code::bad_input, fmt::format("cannot read {}", file));
  return lines;
}

std::string trimmed(std::string_view text) {
  const auto begin = text.find_first_not_of(" \t\r");
  if (begin == std::string_view::npos) return {};
  return std::string(text.substr(begin, text.find_last_not_of(" \t\r") - begin + 1));
}

}  // namespace staplelab::cli
