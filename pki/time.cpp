#include "pki/time.hpp"

#include <fmt/format.h>

namespace staplelab::pki {
namespace {

// Reads a text from the left; every step either takes what it names or fails for good.
class scanner {
 public:
  explicit scanner(std::string_view text) : rest_(text) {}

  int number(std::size_t digits) {
    if (rest_.size() < digits) return fail();
    int value = 0;
    for (std::size_t i = 0; i < digits; ++i) {
      if (rest_[i] < '0' || rest_[i] > '9') return fail();
      value = value * 10 + (rest_[i] - '0');
    }
    rest_.remove_prefix(digits);
    return value;
  }

  void literal(char upper, char lower) {
    if (!next_is(upper) && !next_is(lower)) {
      fail();
      return;
    }
    rest_.remove_prefix(1);
  }
  void literal(char c) { literal(c, c); }

  bool next_is(char c) const { return !rest_.empty() && rest_.front() == c; }

  // The digits after the point, as milliseconds; at least one digit, any number of them.
  int fraction() {
    if (!next_is('.')) return 0;
    rest_.remove_prefix(1);
    int value = number(1) * 100;
    for (int weight = 10; !rest_.empty() && rest_[0] >= '0' && rest_[0] <= '9'; weight /= 10) {
      value += number(1) * weight;
    }
    return value;
  }

  // True when nothing failed and nothing is left.
  bool complete() const { return !failed_ && rest_.empty(); }

 private:
  int fail() {
    failed_ = true;
    return 0;
  }

  std::string_view rest_;
  bool failed_ = false;
};

// time-numoffset or "Z" (RFC 3339 5.6). Empty when it is out of range.
std::optional<std::chrono::minutes> scan_offset(scanner& in) {
  if (!in.next_is('+') && !in.next_is('-')) {
    in.literal('Z', 'z');
    return std::chrono::minutes{0};
  }
  const int sign = in.next_is('-') ? -1 : 1;
  in.literal('+', '-');
  const int hours = in.number(2);
  in.literal(':');
  const int minutes = in.number(2);
  if (hours > 23 || minutes > 59) return std::nullopt;
  return std::chrono::minutes{sign * (hours * 60 + minutes)};
}

}  // namespace

std::string to_rfc3339(time_point t) {
  const auto day = std::chrono::floor<std::chrono::days>(t);
  const std::chrono::year_month_day date{day};
  const std::chrono::hh_mm_ss clock{t - day};
  const auto fraction = clock.subseconds().count();
  return fmt::format("{:04}-{:02}-{:02}T{:02}:{:02}:{:02}{}Z", static_cast<int>(date.year()),
                     static_cast<unsigned>(date.month()), static_cast<unsigned>(date.day()),
                     clock.hours().count(), clock.minutes().count(), clock.seconds().count(),
                     fraction == 0 ? "" : fmt::format(".{:03}", fraction));
}

std::optional<time_point> parse_rfc3339(std::string_view text) {
  scanner in{text};
  const int year = in.number(4);
  in.literal('-');
  const int month = in.number(2);
  in.literal('-');
  const int day = in.number(2);
  in.literal('T', 't');
  const int hour = in.number(2);
  in.literal(':');
  const int minute = in.number(2);
  in.literal(':');
  const int second = in.number(2);
  const int millisecond = in.fraction();
  const auto offset = scan_offset(in);
  if (!in.complete() || !offset) return std::nullopt;

  const std::chrono::year_month_day date{std::chrono::year{year},
                                         std::chrono::month{static_cast<unsigned>(month)},
                                         std::chrono::day{static_cast<unsigned>(day)}};
  // A leap second (":60") has no place on this time scale.
  if (!date.ok() || hour > 23 || minute > 59 || second > 59) return std::nullopt;
  const time_point local = std::chrono::sys_days{date} + std::chrono::hours{hour} +
                           std::chrono::minutes{minute} + std::chrono::seconds{second} +
                           std::chrono::milliseconds{millisecond};
  const time_point utc = local - *offset;
  // The offset may have led out of the years that four digits hold.
  const time_point first = std::chrono::sys_days{std::chrono::year{0} / 1 / 1};
  const time_point end = std::chrono::sys_days{std::chrono::year{10000} / 1 / 1};
  if (utc < first || utc >= end) return std::nullopt;
  return utc;
}

}  // namespace staplelab::pki
