#include "runtime/http_syntax.hpp"

#include <algorithm>
#include <charconv>
#include <string>

namespace staplelab::runtime::http_syntax {

namespace {

constexpr std::string_view crlf = "\r\n";

char lower(char c) {
  return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
}

bool is_digit(char c) {
  return c >= '0' && c <= '9';
}

bool is_token_char(char c) {
  constexpr std::string_view marks = "!#$%&'*+-.^_`|~";
  return is_digit(c) || (lower(c) >= 'a' && lower(c) <= 'z') ||
         marks.find(c) != std::string_view::npos;
}

std::string_view trim(std::string_view text) {
  const auto first = text.find_first_not_of(" \t");
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(" \t") - first + 1);
}

bool is_folded(std::string_view line) {
  return line.starts_with(' ') || line.starts_with('\t');
}

std::size_t count_of(const http_fields& fields, std::string_view name) {
  return static_cast<std::size_t>(
      std::count_if(fields.list.begin(), fields.list.end(),
                    [name](const auto& field) { return equal_without_case(field.first, name); }));
}

// A repeated or listed length is refused, which RFC 9110 8.6 allows.
body_framing content_length(std::string_view value) {
  std::uint64_t octets = 0;
  const auto* end = value.data() + value.size();
  if (value.empty() || !std::all_of(value.begin(), value.end(), is_digit)) {
    return http_flaw::malformed;
  }
  if (std::from_chars(value.data(), end, octets).ec != std::errc()) {
    return http_flaw::body_too_large;
  }
  return sized_body{octets};
}

}  // namespace

bool is_token(std::string_view text) {
  return !text.empty() && std::all_of(text.begin(), text.end(), is_token_char);
}

bool is_field_value(std::string_view text) {
  return std::all_of(text.begin(), text.end(), [](char c) {
    const auto octet = static_cast<unsigned char>(c);
    return c == '\t' || (octet >= 0x20 && octet != 0x7f);
  });
}

bool equal_without_case(std::string_view a, std::string_view b) {
  return std::equal(a.begin(), a.end(), b.begin(), b.end(),
                    [](char x, char y) { return lower(x) == lower(y); });
}

bool lists(const http_fields& fields, std::string_view name, std::string_view token) {
  for (const auto& [field, value] : fields.list) {
    if (!equal_without_case(field, name)) continue;
    for (std::string_view rest = value; !rest.empty();) {
      const auto comma = std::min(rest.find(','), rest.size());
      if (equal_without_case(trim(rest.substr(0, comma)), token)) return true;
      rest.remove_prefix(std::min(comma + 1, rest.size()));
    }
  }
  return false;
}

std::string_view take_line(std::string_view& text) {
  const auto end = text.find(crlf);
  const auto line = text.substr(0, end);
  text.remove_prefix(end + crlf.size());
  return line;
}

std::variant<int, http_flaw> version(std::string_view text) {
  constexpr std::string_view name = "HTTP/";
  if (text.size() != name.size() + 3 || !text.starts_with(name)) return http_flaw::malformed;
  const char major = text[name.size()];
  const char minor = text[name.size() + 2];
  if (!is_digit(major) || text[name.size() + 1] != '.' || !is_digit(minor)) {
    return http_flaw::malformed;
  }
  if (major != '1') return http_flaw::version_not_supported;
  return minor == '0' ? 10 : 11;
}

std::optional<http_flaw> read_fields(std::string_view lines, bool unfold, http_fields& fields) {
  while (!lines.empty()) {
    const auto line = take_line(lines);
    if (!is_field_value(line)) return http_flaw::malformed;
    if (is_folded(line)) {
      if (!unfold || fields.list.empty()) return http_flaw::malformed;
      fields.list.back().second.append(1, ' ').append(trim(line));
      continue;
    }
    const auto colon = line.find(':');
    if (colon == std::string_view::npos || !is_token(line.substr(0, colon))) {
      return http_flaw::malformed;
    }
    fields.list.emplace_back(line.substr(0, colon), trim(line.substr(colon + 1)));
  }
  return std::nullopt;
}

body_framing framing(const http_fields& fields, int version) {
  const auto codings = count_of(fields, "Transfer-Encoding");
  const auto lengths = count_of(fields, "Content-Length");
  if (codings > 0) {
    // RFC 9112 6.1: beside a length, or in HTTP/1.0, the framing is faulty. The only coding known
    // here is "chunked".
    const bool chunked = equal_without_case(*fields.find("Transfer-Encoding"), "chunked");
    if (codings > 1 || lengths > 0 || version < 11 || !chunked) return http_flaw::malformed;
    return chunked_body{};
  }
  if (lengths > 1) return http_flaw::malformed;
  if (lengths == 1) return content_length(*fields.find("Content-Length"));
  return body_until_close{};
}

bool persists(const http_fields& fields, int version) {
  if (lists(fields, "Connection", "close")) return false;
  return version >= 11 || lists(fields, "Connection", "keep-alive");
}

}  // namespace staplelab::runtime::http_syntax
