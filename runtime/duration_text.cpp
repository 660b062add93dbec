#include "runtime/duration_text.hpp"

#include <array>
#include <charconv>
#include <cstdint>

namespace staplelab::runtime {

namespace {

using std::chrono::milliseconds;

struct unit {
  std::string_view name;
  std::uint64_t length;  // in milliseconds
};
constexpr std::array<unit, 5> units = {
    {{"d", 86'400'000}, {"h", 3'600'000}, {"m", 60'000}, {"s", 1'000}, {"ms", 1}}};

constexpr auto most = static_cast<std::uint64_t>(max_written_duration.count());

// No longer fraction of a unit is a whole number of milliseconds: a day of them divides by 2^10,
// and by no higher power of two.
constexpr std::size_t longest_fraction = 10;

std::string_view take_digits(std::string_view& text) {
  const auto digits = text.substr(0, text.find_first_not_of("0123456789"));
  text.remove_prefix(digits.size());
  return digits;
}

std::optional<std::uint64_t> number(std::string_view digits) {
  std::uint64_t value = 0;
  const auto* end = digits.data() + digits.size();
  if (std::from_chars(digits.data(), end, value).ec != std::errc()) return std::nullopt;
  return value;
}

// "0.digits" of a unit, in milliseconds.
std::optional<std::uint64_t> fraction_of(std::string_view digits, std::uint64_t length) {
  if (digits.empty()) return std::nullopt;
  digits = digits.substr(0, digits.find_last_not_of('0') + 1);
  if (digits.empty()) return 0;
  if (digits.size() > longest_fraction) return std::nullopt;
  std::uint64_t scale = 1;
  for (std::size_t i = 0; i < digits.size(); ++i)
    scale *= 10;
  const auto scaled = *number(digits) * length;
  return scaled % scale == 0 ? std::optional(scaled / scale) : std::nullopt;
}

// Takes "1.5h" off the front of `text`; its unit is not larger than units[largest_allowed].
std::optional<std::uint64_t> take_term(std::string_view& text, std::size_t& largest_allowed) {
  const auto count = number(take_digits(text));
  std::optional<std::string_view> fraction;
  if (text.starts_with('.')) {
    text.remove_prefix(1);
    fraction = take_digits(text);
  }
  const auto name = text.substr(0, text.find_first_of("0123456789"));
  text.remove_prefix(name.size());
  while (largest_allowed < units.size() && units[largest_allowed].name != name)
    ++largest_allowed;
  if (largest_allowed == units.size()) return std::nullopt;
  const auto length = units[largest_allowed++].length;
  if (!count || *count > most / length) return std::nullopt;
  const auto part = fraction ? fraction_of(*fraction, length) : 0;
  return part ? std::optional(*count * length + *part) : std::nullopt;
}

}  // namespace

std::optional<milliseconds> parse_duration(std::string_view text) {
  const bool negative = text.starts_with('-');
  if (negative) text.remove_prefix(1);
  if (text.empty()) return std::nullopt;
  std::uint64_t total = 0;
  for (std::size_t largest_allowed = 0; !text.empty();) {
    const auto term = take_term(text, largest_allowed);
    if (!term) return std::nullopt;
    total += *term;
    if (total > most) return std::nullopt;
  }
  const auto length = milliseconds(static_cast<milliseconds::rep>(total));
  return negative ? -length : length;
}

std::string to_text(milliseconds length) {
  const bool negative = length < milliseconds(0);
  // The smallest value has no negation that is signed.
  const auto count = static_cast<std::uint64_t>(length.count());
  auto left = negative ? 0 - count : count;
  if (left == 0) return "0s";
  std::string text = negative ? "-" : "";
  for (const auto& [name, unit_length] : units) {
    if (left < unit_length) continue;
    text.append(std::to_string(left / unit_length)).append(name);
    left %= unit_length;
  }
  return text;
}

}  // namespace staplelab::runtime
