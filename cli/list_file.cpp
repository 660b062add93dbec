#include "cli/list_file.hpp"

#include <fmt/format.h>

#include <fstream>

#include "cli/failure.hpp"

namespace staplelab::cli {
namespace {

constexpr std::string_view byte_order_mark = "\xef\xbb\xbf";

}  // namespace

std::vector<listed_line> read_list(const std::string& file) {
  std::ifstream in(file);
  std::vector<listed_line> lines;
  std::size_t number = 0;
  for (std::string line; std::getline(in, line);) {
    ++number;
    if (number == 1 && line.starts_with(byte_order_mark)) line.erase(0, byte_order_mark.size());
    auto text = trimmed(std::string_view(line).substr(0, line.find('#')));
    if (!text.empty()) lines.push_back({number, std::move(text)});
  }
  if (!in.eof()) throw failure(exit_code::bad_input, fmt::format("cannot read {}", file));
  if (lines.empty()) throw failure(exit_code::bad_input, fmt::format("{} lists nothing", file));
  return lines;
}

std::string trimmed(std::string_view text) {
  const auto begin = text.find_first_not_of(" \t\r");
  if (begin == std::string_view::npos) return {};
  return std::string(text.substr(begin, text.find_last_not_of(" \t\r") - begin + 1));
}

}  // namespace staplelab::cli
