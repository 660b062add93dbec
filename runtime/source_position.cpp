#include "runtime/source_position.hpp"

#include <algorithm>
#include <utility>

namespace staplelab::runtime {
namespace {

constexpr std::size_t excerpt_width = 100;  // characters

bool continues_character(char c) {
  return (static_cast<unsigned char>(c) & 0xc0) == 0x80;
}

std::size_t characters(std::string_view text) {
  return static_cast<std::size_t>(
      std::count_if(text.begin(), text.end(), [](char c) { return !continues_character(c); }));
}

// The octets of `count` characters from the front.
std::string_view first_characters(std::string_view text, std::size_t count) {
  std::size_t end = 0;
  while (end < text.size() && (count > 0 || continues_character(text[end]))) {
    if (!continues_character(text[end])) --count;
    ++end;
  }
  return text.substr(0, end);
}

// What a terminal must not be told to do.
std::string printable(std::string_view text) {
  std::string out(text);
  std::replace_if(
      out.begin(), out.end(),
      [](char c) { return (static_cast<unsigned char>(c) < 0x20 && c != '\t') || c == 0x7f; }, '?');
  return out;
}

}  // namespace

source_position position_at(std::string_view text, std::size_t offset) {
  const std::string_view before = text.substr(0, std::min(offset, text.size()));
  const std::size_t line_begin = before.rfind('\n') + 1;  // npos + 1 is the beginning
  return {1 + static_cast<std::size_t>(std::count(before.begin(), before.end(), '\n')),
          1 + characters(before.substr(line_begin))};
}

source_error error_at(std::string_view file, std::string_view text, std::size_t offset,
                      std::string message, std::string hint) {
  offset = std::min(offset, text.size());
  const std::size_t begin = text.substr(0, offset).rfind('\n') + 1;
  std::string_view line = text.substr(begin, std::min(text.find('\n', begin), text.size()) - begin);
  if (line.ends_with('\r')) line.remove_suffix(1);
  return {std::string(file), position_at(text, offset), std::move(message), std::move(hint),
          std::string(line.substr(0, std::min(line.size(), offset - begin + 4 * excerpt_width)))};
}

std::string render(const source_error& error) {
  std::string out = error.file + ":" + std::to_string(error.where.line) + ":" +
                    std::to_string(error.where.column) + ": error: " + error.message + "\n";
  if (!error.excerpt.empty()) {
    // A long line is shown from a little before the mistake on.
    std::string_view line = error.excerpt;
    std::size_t column = error.where.column;
    if (column > excerpt_width) {
      const std::size_t cut = column - excerpt_width / 2;
      line.remove_prefix(first_characters(line, cut).size());
      column -= cut;
    }
    line = first_characters(line, excerpt_width);
    std::string under;
    for (const char c : first_characters(line, column - 1)) {
      if (!continues_character(c)) under += c == '\t' ? '\t' : ' ';
    }
    out += "  " + printable(line) + "\n  " + under + "^\n";
  }
  if (!error.hint.empty()) out += "  " + error.hint + "\n";
  return out;
}

}  // namespace staplelab::runtime
