#include "runtime/duration_text.hpp"

#include <array>
#include <charconv>
#include <cstdint>

namespace staplelab::runtime {

namespace {

using std::chrono::milliseconds;

struct unit {
  std::string_view name;
  milliseconds length;
};
constexpr std::array units{unit{"d", std::chrono::days(1)}, unit{"h", std::chrono::hours(1)},
                           unit{"m", std::chrono::minutes(1)}, unit{"s", std::chrono::seconds(1)},
                           unit{"ms", milliseconds(1)}};

}  // namespace

std::optional<milliseconds> parse_duration(std::string_view text) {
  const bool negative = text.starts_with('-');
  if (negative) text.remove_prefix(1);
  if (text.empty()) return {};
  milliseconds total{0};
  std::size_t largest_allowed = 0;
  while (!text.empty()) {
    std::uint64_t count = 0;
    const auto [end, failed] = std::from_chars(text.data(), text.data() + text.size(), count);
    if (failed != std::errc()) return {};
    text.remove_prefix(static_cast<std::size_t>(end - text.data()));
    const std::string_view name = text.substr(0, text.find_first_of("0123456789"));
    std::size_t which = largest_allowed;
    while (which < units.size() && units[which].name != name)
      ++which;
    if (which == units.size()) return {};
    const auto most = static_cast<std::uint64_t>(max_written_duration / units[which].length);
    if (count > most) return {};
    total += static_cast<milliseconds::rep>(count) * units[which].length;
    if (total > max_written_duration) return {};
    text.remove_prefix(name.size());
    largest_allowed = which + 1;
  }
  return negative ? -total : total;
}

std::string to_text(milliseconds length) {
  if (length == milliseconds(0)) return "0s";
  std::string text = length < milliseconds(0) ? "-" : "";
  if (length < milliseconds(0)) length = -length;
  for (const unit& each : units) {
    const auto count = length / each.length;
    if (count == 0) continue;
    text += std::to_string(count);
    text += each.name;
    length -= count * each.length;
  }
  return text;
}

}  // namespace staplelab::runtime
