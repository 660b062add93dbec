#include "scenarios/report_utf8.hpp"

#include <cstddef>
#include <cstdint>

namespace staplelab::scenarios {
namespace {

struct lead {
  std::size_t length;  // 0: no character begins with this octet
  char32_t bits;
  char32_t smallest;
};

lead lead_of(std::uint8_t octet) {
  if (octet < 0x80) return {1, octet, 0};
  if (octet >= 0xc0 && octet < 0xe0) return {2, octet & 0x1fu, 0x80};
  if (octet >= 0xe0 && octet < 0xf0) return {3, octet & 0x0fu, 0x800};
  if (octet >= 0xf0 && octet < 0xf8) return {4, octet & 0x07u, 0x10000};
  return {0, 0, 0};
}

// The length of the character in front, or 0.
std::size_t decode(std::string_view text, char32_t& character) {
  const lead first = lead_of(static_cast<std::uint8_t>(text.front()));
  if (first.length == 0 || first.length > text.size()) return 0;
  character = first.bits;
  for (std::size_t i = 1; i < first.length; ++i) {
    const auto octet = static_cast<std::uint8_t>(text[i]);
    if ((octet & 0xc0u) != 0x80) return 0;
    character = character << 6 | (octet & 0x3fu);
  }
  const bool surrogate = character >= 0xd800 && character < 0xe000;
  if (character < first.smallest || surrogate || character > 0x10ffff) return 0;
  return first.length;
}

}  // namespace

void for_each_character(std::string_view text,
                        const std::function<void(char32_t, std::string_view octets)>& use) {
  while (!text.empty()) {
    char32_t character = 0;
    const std::size_t length = decode(text, character);
    if (length == 0) {
      use(0xfffd, replacement_character);
      text.remove_prefix(1);
    } else {
      use(character, text.substr(0, length));
      text.remove_prefix(length);
    }
  }
}

}  // namespace staplelab::scenarios
