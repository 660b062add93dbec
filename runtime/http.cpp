#include "runtime/http.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <chrono>

#include "runtime/http_syntax.hpp"

namespace staplelab::runtime {

namespace {

using http_syntax::equal_without_case;

// The framing is what serialise() says, whatever the fields claim; an octet-exact lie is
// raw_octets' business.
bool is_written_here(std::string_view name) {
  constexpr std::array<std::string_view, 3> ours = {"Content-Length", "Connection",
                                                    "Transfer-Encoding"};
  return std::any_of(ours.begin(), ours.end(),
                     [name](std::string_view own) { return equal_without_case(name, own); });
}

void write_fields(std::string& out, const http_fields& fields) {
  for (const auto& [name, value] : fields.list) {
    if (!is_written_here(name)) out.append(name).append(": ").append(value).append("\r\n");
  }
}

void write_framing(std::string& out, std::optional<std::size_t> length, int version,
                   bool keep_alive) {
  if (length) out += fmt::format("Content-Length: {}\r\n", *length);
  if (!keep_alive && version >= 11) out += "Connection: close\r\n";
  if (keep_alive && version < 11) out += "Connection: keep-alive\r\n";
  out += "\r\n";
}

std::string_view version_text(int version) {
  return version >= 11 ? "HTTP/1.1" : "HTTP/1.0";
}

std::optional<std::uint16_t> parse_port(std::string_view digits) {
  std::uint16_t port = 0;
  const auto* end = digits.data() + digits.size();
  const auto [rest, error] = std::from_chars(digits.data(), end, port);
  if (error != std::errc() || rest != end || port == 0) return std::nullopt;
  return port;
}

// reg-name, IPv4address, or what stands in the brackets of an IP-literal (RFC 3986 3.2.2).
bool is_host(std::string_view text, bool in_brackets) {
  constexpr std::string_view marks = "-._~%!$&'()*+,;=";
  return !text.empty() && std::all_of(text.begin(), text.end(), [&](char c) {
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
           marks.find(c) != std::string_view::npos || (in_brackets && c == ':');
  });
}

}  // namespace

std::optional<std::string_view> http_fields::find(std::string_view name) const {
  for (const auto& [field, value] : list) {
    if (equal_without_case(field, name)) return value;
  }
  return std::nullopt;
}

void http_fields::set(std::string_view name, std::string_view value) {
  const auto same = [name](const auto& field) { return equal_without_case(field.first, name); };
  const auto first = std::find_if(list.begin(), list.end(), same);
  if (first == list.end()) {
    list.emplace_back(name, value);
    return;
  }
  first->second = value;
  list.erase(std::remove_if(first + 1, list.end(), same), list.end());
}

int status_of(http_flaw flaw) {
  switch (flaw) {
    case http_flaw::malformed:
      return 400;
    case http_flaw::header_too_large:
      return 431;
    case http_flaw::body_too_large:
      return 413;
    case http_flaw::version_not_supported:
      return 505;
  }
  return 400;
}

std::string_view reason_phrase(int status) {
  struct known {
    int status;
    std::string_view phrase;
  };
  static constexpr std::array<known, 35> table = {{
      {100, "Continue"},
      {200, "OK"},
      {201, "Created"},
      {202, "Accepted"},
      {204, "No Content"},
      {206, "Partial Content"},
      {301, "Moved Permanently"},
      {302, "Found"},
      {303, "See Other"},
      {304, "Not Modified"},
      {307, "Temporary Redirect"},
      {308, "Permanent Redirect"},
      {400, "Bad Request"},
      {401, "Unauthorized"},
      {403, "Forbidden"},
      {404, "Not Found"},
      {405, "Method Not Allowed"},
      {406, "Not Acceptable"},
      {408, "Request Timeout"},
      {409, "Conflict"},
      {410, "Gone"},
      {411, "Length Required"},
      {413, "Content Too Large"},
      {414, "URI Too Long"},
      {415, "Unsupported Media Type"},
      {417, "Expectation Failed"},
      {422, "Unprocessable Content"},
      {429, "Too Many Requests"},
      {431, "Request Header Fields Too Large"},
      {500, "Internal Server Error"},
      {501, "Not Implemented"},
      {502, "Bad Gateway"},
      {503, "Service Unavailable"},
      {504, "Gateway Timeout"},
      {505, "HTTP Version Not Supported"},
  }};
  const auto* found = std::find_if(table.begin(), table.end(),
                                   [status](const known& row) { return row.status == status; });
  return found == table.end() ? "" : found->phrase;
}

std::string serialise(const http_request& request) {
  auto out =
      fmt::format("{} {} {}\r\n", request.method, request.target, version_text(request.version));
  write_fields(out, request.fields);
  // RFC 9110 8.6: a POST or PUT says so even when its body is empty.
  const bool sized = !request.body.empty() || request.method == "POST" || request.method == "PUT";
  const auto length = sized ? std::optional(request.body.size()) : std::nullopt;
  write_framing(out, length, request.version, request.keep_alive);
  return out += request.body;
}

std::string serialise(const http_response& response, bool head_only) {
  auto out = fmt::format("{} {} {}\r\n", version_text(response.version), response.status,
                         reason_phrase(response.status));
  write_fields(out, response.fields);
  // RFC 9110 8.6: these have no Content-Length; that of a 304 would be the 200's.
  const bool bodiless =
      response.status / 100 == 1 || response.status == 204 || response.status == 304;
  const auto length = bodiless ? std::nullopt : std::optional(response.body.size());
  write_framing(out, length, response.version, response.keep_alive);
  if (!head_only && !bodiless) out += response.body;
  return out;
}

std::optional<http_url> http_url::parse(std::string_view text) {
  constexpr std::string_view scheme = "http://";
  if (!equal_without_case(text.substr(0, scheme.size()), scheme)) return std::nullopt;
  text.remove_prefix(scheme.size());
  const auto printable = [](char c) { return c > ' ' && c < '\x7f'; };
  if (!std::all_of(text.begin(), text.end(), printable)) return std::nullopt;

  http_url url;
  const auto end = std::min(text.find_first_of("/?#"), text.size());
  auto authority = text.substr(0, end);
  const auto rest = text.substr(end);
  url.path = rest.substr(0, rest.find('#'));  // a fragment is never sent (RFC 9110 7.1)

  const bool bracketed = authority.starts_with('[');
  const auto host_end = bracketed ? authority.find(']') : std::min(authority.find(':'), end);
  if (host_end == std::string_view::npos) return std::nullopt;
  url.host = authority.substr(bracketed ? 1 : 0, host_end - (bracketed ? 1 : 0));
  if (!is_host(url.host, bracketed)) return std::nullopt;
  authority.remove_prefix(host_end + (bracketed ? 1 : 0));
  if (authority.empty() || authority == ":") return url;
  if (!authority.starts_with(':')) return std::nullopt;
  const auto port = parse_port(authority.substr(1));
  if (!port) return std::nullopt;
  url.port = *port;
  return url;
}

std::string http_url::host_field() const {
  auto field = host.find(':') == std::string::npos ? host : fmt::format("[{}]", host);
  if (port != 80) field += fmt::format(":{}", port);
  return field;
}

std::string http_date(std::int64_t unix_seconds) {
  static constexpr std::array<const char*, 7> days = {"Sun", "Mon", "Tue", "Wed",
                                                      "Thu", "Fri", "Sat"};
  static constexpr std::array<const char*, 12> months = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                                         "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
  // The format has four digits for the year.
  constexpr std::int64_t year_0 = -62167219200;
  constexpr std::int64_t end_of_9999 = 253402300799;
  const std::chrono::sys_seconds time{
      std::chrono::seconds(std::clamp(unix_seconds, year_0, end_of_9999))};
  const auto day = std::chrono::floor<std::chrono::days>(time);
  const std::chrono::year_month_day date{day};
  const std::chrono::hh_mm_ss clock_time{time - day};
  return fmt::format(
      "{}, {:02} {} {:04} {:02}:{:02}:{:02} GMT", days[std::chrono::weekday(day).c_encoding()],
      static_cast<unsigned>(date.day()), months[static_cast<unsigned>(date.month()) - 1],
      static_cast<int>(date.year()), clock_time.hours().count(), clock_time.minutes().count(),
      clock_time.seconds().count());
}

}  // namespace staplelab::runtime
