#include "pki/serial_number.hpp"

#include <openssl/crypto.h>

#include <algorithm>

#include "pki/errors.hpp"
#include "pki/handles.hpp"

namespace staplelab::pki {
namespace {

// Decimal conversion takes quadratic time; no serial number a person types is longer.
constexpr std::size_t max_decimal_digits = 1000;

struct free_openssl_text {
  void operator()(char* text) const noexcept { OPENSSL_free(text); }
};

bool take_sign(std::string_view& text) {
  if (!text.starts_with('-')) return false;
  text.remove_prefix(1);
  return true;
}

// "1f:2e:3d" without the colons; empty when a group has not exactly two characters.
std::optional<std::string> join_groups(std::string_view text) {
  if (text.size() % 3 != 2) return std::nullopt;
  std::string joined;
  for (std::size_t i = 0; i < text.size(); i += 3) {
    if (i + 2 < text.size() && text[i + 2] != ':') return std::nullopt;
    joined += text.substr(i, 2);
  }
  return joined;
}

}  // namespace

serial_number serial_number::from_magnitude(bytes_view magnitude, bool negative) {
  const auto first = std::ranges::find_if(magnitude, [](std::uint8_t octet) { return octet != 0; });
  serial_number serial;
  serial.magnitude_.assign(first, magnitude.end());
  serial.negative_ = negative && !serial.magnitude_.empty();
  return serial;
}

std::optional<serial_number> serial_number::from_hex(std::string_view text) {
  const bool negative = take_sign(text);
  if (text.starts_with("0x") || text.starts_with("0X")) text.remove_prefix(2);
  if (text.empty()) return std::nullopt;
  std::string digits{text};
  if (text.find(':') != std::string_view::npos) {
    const auto joined = join_groups(text);
    if (!joined) return std::nullopt;
    digits = *joined;
  }
  if (digits.size() % 2 != 0) digits.insert(0, 1, '0');
  const auto magnitude = pki::from_hex(digits);
  if (!magnitude) return std::nullopt;
  return from_magnitude(*magnitude, negative);
}

std::optional<serial_number> serial_number::from_decimal(std::string_view text) {
  const bool negative = take_sign(text);
  if (text.empty() || text.size() > max_decimal_digits) return std::nullopt;
  if (!std::ranges::all_of(text, [](char c) { return c >= '0' && c <= '9'; })) return std::nullopt;
  BIGNUM* parsed = nullptr;
  if (BN_dec2bn(&parsed, std::string{text}.c_str()) == 0) throw_openssl("reading a number");
  const bignum_handle number{parsed};
  bytes magnitude(static_cast<std::size_t>(BN_num_bytes(number.get())));
  BN_bn2bin(number.get(), magnitude.data());
  return from_magnitude(magnitude, negative);
}

std::string serial_number::hex() const {
  if (magnitude_.empty()) return "00";
  return (negative_ ? "-" : "") + to_hex(magnitude_);
}

std::string serial_number::decimal() const {
  const bignum_handle number{
      BN_bin2bn(magnitude_.data(), static_cast<int>(magnitude_.size()), nullptr)};
  if (!number) throw_openssl("writing a number");
  const std::unique_ptr<char, free_openssl_text> text{BN_bn2dec(number.get())};
  if (!text) throw_openssl("writing a number");
  return (negative_ ? "-" : "") + std::string{text.get()};
}

}  // namespace staplelab::pki
