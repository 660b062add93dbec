#include "responder/encoded_path.hpp"

#include <array>

namespace staplelab::responder {

namespace {

constexpr std::uint8_t no_digit = 0xff;

constexpr std::array<std::uint8_t, 256> table_of(std::string_view alphabet) {
  std::array<std::uint8_t, 256> values{};
  values.fill(no_digit);
  for (std::size_t i = 0; i < alphabet.size(); ++i)
    values[static_cast<unsigned char>(alphabet[i])] = static_cast<std::uint8_t>(i);
  return values;
}

constexpr auto base64_values =
    table_of("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/");

constexpr std::array<std::uint8_t, 256> make_hex_values() {
  auto values = table_of("0123456789abcdef");
  for (std::uint8_t i = 10; i < 16; ++i)
    values['A' + i - 10] = i;
  return values;
}
constexpr auto hex_values = make_hex_values();

std::uint8_t value_in(const std::array<std::uint8_t, 256>& table, char c) {
  return table[static_cast<unsigned char>(c)];
}

// The characters of the text, one at a time, without their percent signs.
class characters {
 public:
  explicit characters(std::string_view text) : at_(text.data()), end_(at_ + text.size()) {}

  bool next(char& c) {
    if (at_ == end_) return false;
    c = *at_++;
    return c != '%' || escaped(c);
  }
  bool broken() const { return broken_; }  // a percent sign without two digits ended them

 private:
  bool escaped(char& c) {
    const auto high = end_ - at_ < 2 ? no_digit : value_in(hex_values, at_[0]);
    const auto low = end_ - at_ < 2 ? no_digit : value_in(hex_values, at_[1]);
    broken_ = high == no_digit || low == no_digit;
    c = static_cast<char>(high << 4 | low);
    at_ += broken_ ? 0 : 2;
    return !broken_;
  }

  const char* at_;
  const char* end_;
  bool broken_ = false;
};

}  // namespace

decoded_path decode_path(std::string_view encoded, std::span<std::uint8_t> room) {
  characters text(encoded);
  path_flaw flaw = path_flaw::none;
  std::size_t size = 0, digits = 0, padding = 0;
  std::uint32_t bits = 0;
  char c = 0;
  while (text.next(c)) {  // to the end, since a flaw of the percent signs is told first
    const auto value = value_in(base64_values, c);
    if (value == no_digit) {
      if (c != '=') flaw = path_flaw::base64;
      ++padding;
      continue;
    }
    if (padding > 0) flaw = path_flaw::base64;
    bits = bits << 6 | value;
    const auto held =
        ++digits % 4;  // of the four in a group; each but the first completes an octet
    if (held == 1) continue;
    if (size == room.size()) return {path_flaw::too_long};
    room[size++] = static_cast<std::uint8_t>(bits >> ((4 - held) % 4 * 2));
  }
  if (text.broken()) return {path_flaw::percent};
  if (digits % 4 == 1 || padding > 2) flaw = path_flaw::base64;
  if (padding > 0 && (digits + padding) % 4 != 0) flaw = path_flaw::base64;
  if (flaw != path_flaw::none) return {flaw};
  return {path_flaw::none, size};
}

}  // namespace staplelab::responder
