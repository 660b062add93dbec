#include <fmt/format.h>

#include <array>
#include <charconv>

#include "scenarios/parse_sections.hpp"
#include "scenarios/parse_values.hpp"

namespace staplelab::scenarios {

namespace {

constexpr std::array<std::string_view, 5> story_keys{"date", "happened", "sources", "discriminates",
                                                     "good_server"};

// Digits only, so that " 7" and "+7" are no months.
std::optional<int> number_at(std::string_view text, std::size_t from, std::size_t length) {
  const auto digits = text.substr(from, length);
  const auto is_digit = [](char c) { return c >= '0' && c <= '9'; };
  if (!std::ranges::all_of(digits, is_digit)) return {};
  int number = 0;
  std::from_chars(digits.data(), digits.data() + digits.size(), number);
  return number;
}

std::optional<std::chrono::year_month_day> date_of(std::string_view text) {
  const bool whole = text.size() == 10;
  if (!(whole || text.size() == 7) || text[4] != '-' || (whole && text[7] != '-')) return {};
  const auto year = number_at(text, 0, 4);
  const auto month = number_at(text, 5, 2);
  const auto day = whole ? number_at(text, 8, 2) : 1;
  if (!year || !month || !day) return {};
  const std::chrono::year_month_day date(std::chrono::year(*year),
                                         std::chrono::month(static_cast<unsigned>(*month)),
                                         std::chrono::day(static_cast<unsigned>(*day)));
  if (!date.ok()) return {};
  return whole ? date : date.year() / date.month() / std::chrono::day(0);
}

std::optional<std::chrono::year_month_day> read_date(decoder& d, const json_value& value) {
  if (const std::string* text = value.string()) {
    if (const auto date = date_of(*text)) return date;
  }
  d.expected(value, "a date such as \"2017-05-18\", or \"2017-05\"");
  return {};
}

std::optional<std::string> read_source(decoder& d, const json_value& value) {
  auto address = read_text(d, value);
  if (!address) return {};
  const bool http = address->starts_with("https://") || address->starts_with("http://");
  if (http && address->find(' ') == std::string::npos) return address;
  d.expected(value, "an address such as \"https://example.org/report\"");
  return {};
}

std::optional<std::vector<std::string>> read_sources(decoder& d, const json_value& value) {
  auto sources = list_of<read_source>(d, value);
  if (sources && value.array()->empty()) {
    d.error(value.at, "an incident needs at least one source");
    return {};
  }
  return sources;
}

constexpr key_row<incident> rows[] = {
    {"date", into<&incident::date, read_date>},
    {"happened", into<&incident::happened, read_prose>},
    {"sources", into<&incident::sources, read_sources>},
    {"discriminates", into<&incident::discriminates, read_text>},
    {"good_server", into<&incident::good_server, read_text>},
};

}  // namespace

void read_incident(decoder& d, const json_value& root, std::optional<incident>& result) {
  const json_object* members = root.object();
  if (members == nullptr) return;
  incident story{};
  const json_member* first = nullptr;
  for (const auto& member : *members) {
    const auto row = std::ranges::find(rows, std::string_view(member.key), &key_row<incident>::key);
    if (row == std::end(rows)) continue;
    if (first == nullptr) first = &member;
    row->read(d, member.value, story);
  }
  if (first == nullptr) return;
  for (const auto key : story_keys) {
    if (root.find(key) != nullptr) continue;
    d.error(first->key_at, fmt::format("the story of an incident needs '{}'", key),
            "it is told whole: date, happened, sources, discriminates, good_server");
  }
  result = std::move(story);
}

}  // namespace staplelab::scenarios
