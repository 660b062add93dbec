#include "scenarios/incident.hpp"

#include <fmt/format.h>

#include <array>
#include <string_view>

namespace staplelab::scenarios {

std::string iso_date(std::chrono::year_month_day date) {
  const unsigned day{date.day()};
  return fmt::format("{:04}-{:02}{}", int{date.year()}, unsigned{date.month()},
                     day == 0 ? "" : fmt::format("-{:02}", day));
}

std::string spoken_date(std::chrono::year_month_day date) {
  static constexpr std::array<std::string_view, 12> months{
      "January", "February", "March",     "April",   "May",      "June",
      "July",    "August",   "September", "October", "November", "December"};
  const unsigned day{date.day()};
  return fmt::format("{}{} {}", day == 0 ? "" : fmt::format("{} ", day),
                     months[unsigned{date.month()} - 1], int{date.year()});
}

}  // namespace staplelab::scenarios
