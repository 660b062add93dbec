#include "conform/http_judging.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <vector>

#include "conform/evidence.hpp"

namespace staplelab::conform {
namespace {

constexpr std::array<std::string_view, 12> months{"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                                  "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};

std::string lower(std::string_view text) {
  std::string result;
  for (const char c : text)
    result += c >= 'A' && c <= 'Z' ? static_cast<char>(c + ('a' - 'A')) : c;
  return result;
}

std::string_view trimmed(std::string_view text) {
  const auto begin = text.find_first_not_of(" \t");
  if (begin == std::string_view::npos) return {};
  return text.substr(begin, text.find_last_not_of(" \t") - begin + 1);
}

// The members of a comma-separated field, in lower case.
std::vector<std::string> members(const runtime::http_response& response, std::string_view name) {
  std::vector<std::string> all;
  for (const auto& [field, value] : response.fields.list) {
    if (lower(field) != lower(name)) continue;
    std::string_view rest = value;
    while (!rest.empty()) {
      const auto comma = rest.find(',');
      all.push_back(lower(trimmed(rest.substr(0, comma))));
      rest = comma == std::string_view::npos ? "" : rest.substr(comma + 1);
    }
  }
  return all;
}

}  // namespace

std::string http_date(pki::time_point t) {
  return runtime::http_date(std::chrono::floor<std::chrono::seconds>(t).time_since_epoch().count());
}

std::optional<pki::time_point> read_http_date(std::string_view text) {
  constexpr std::string_view form = "Sun, 06 Nov 1994 08:49:37 GMT";
  if (text.size() != form.size()) return std::nullopt;
  const auto month = std::ranges::find(months, text.substr(8, 3));
  if (month == months.end()) return std::nullopt;
  const auto time = pki::parse_rfc3339(fmt::format("{}-{:02}-{}T{}Z", text.substr(12, 4),
                                                   month - months.begin() + 1, text.substr(5, 2),
                                                   text.substr(17, 8)));
  if (!time || http_date(*time) != text) return std::nullopt;
  return time;
}

bool cache_control_has(const runtime::http_response& response, std::string_view directive) {
  const auto all = members(response, "Cache-Control");
  return std::ranges::any_of(all, [&](const std::string& member) {
    return member.substr(0, member.find('=')) == directive;
  });
}

std::optional<std::int64_t> max_age_of(const runtime::http_response& response) {
  constexpr std::string_view name = "max-age=";
  for (const std::string& member : members(response, "Cache-Control")) {
    if (!member.starts_with(name)) continue;
    std::int64_t seconds = 0;
    const char* end = member.data() + member.size();
    const auto read = std::from_chars(member.data() + name.size(), end, seconds);
    if (read.ec == std::errc() && read.ptr == end) return seconds;
  }
  return std::nullopt;
}

bool forbids_caching(const runtime::http_response& response) {
  const auto pragmas = members(response, "Pragma");
  return cache_control_has(response, "no-cache") || cache_control_has(response, "no-store") ||
         std::ranges::find(pragmas, "no-cache") != pragmas.end();
}

std::string media_type(const runtime::http_response& response) {
  const auto value = response.fields.find("Content-Type");
  return value ? lower(trimmed(value->substr(0, value->find(';')))) : std::string();
}

std::string field_text(const runtime::http_response& response, std::string_view name) {
  const auto value = response.fields.find(name);
  return value ? fmt::format("{}: {}", name, printable(*value)) : fmt::format("no {}", name);
}

}  // namespace staplelab::conform
