#include "cli/openssl_index.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <map>
#include <utility>

namespace staplelab::cli {
namespace {

constexpr std::size_t field_count = 6;
constexpr std::string_view times_hint =
    "times are YYMMDDHHMMSSZ, or YYYYMMDDHHMMSSZ from the year 2050 on";

// A piece of the text, which knows where it begins.
struct field {
  std::string_view text;
  std::size_t at;
};

// Thrown inside this file only; the reader turns it into a value.
struct mistake {
  std::size_t at;
  std::string what;
  std::string hint;
};

// At the first separator that is not escaped.
std::vector<field> split(const field& whole, char separator) {
  std::vector<field> parts;
  std::size_t begin = 0;
  for (std::size_t i = 0; i <= whole.text.size(); ++i) {
    if (i < whole.text.size() && whole.text[i] == '\\') {
      ++i;
      continue;
    }
    if (i < whole.text.size() && whole.text[i] != separator) continue;
    parts.push_back({whole.text.substr(begin, i - begin), whole.at + begin});
    begin = i + 1;
  }
  return parts;
}

std::string unescaped(std::string_view text) {
  std::string plain;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '\\' && i + 1 < text.size()) ++i;
    plain += text[i];
  }
  return plain;
}

pki::time_point read_time(const field& from) {
  const std::string_view text = from.text;
  const bool is_short = text.size() == 13;
  const bool fits = (is_short || text.size() == 15) && text.back() == 'Z' &&
                    text.find_first_not_of("0123456789") == text.size() - 1;
  if (fits) {
    // RFC 5280 4.1.2.5.1: two digits below 50 are of this century.
    const std::string full =
        is_short ? fmt::format("{}{}", text[0] < '5' ? "20" : "19", text) : std::string(text);
    const std::string_view f = full;
    const auto time = pki::parse_rfc3339(fmt::format("{}-{}-{}T{}:{}:{}Z", f.substr(0, 4),
                                                     f.substr(4, 2), f.substr(6, 2), f.substr(8, 2),
                                                     f.substr(10, 2), f.substr(12, 2)));
    if (time) return *time;
  }
  throw mistake{from.at, fmt::format("'{}' is no time", text), std::string(times_hint)};
}

bool same_word(std::string_view a, std::string_view b) {
  const auto lower = [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; };
  return std::ranges::equal(a, b, {}, lower, lower);
}

// OpenSSL's own words: three of them carry a detail (openssl-ca, -crl_hold, -crl_compromise,
// -crl_CA_compromise).
void read_reason(const std::vector<field>& parts, pki::revocation& into) {
  using enum pki::crl_reason;
  const field& word = parts[1];
  const auto needs_time = [&](pki::crl_reason reason) {
    if (parts.size() < 3) {
      throw mistake{word.at, fmt::format("'{}' needs a time behind it", word.text),
                    std::string(times_hint)};
    }
    into.reason = reason;
    into.invalid_since = read_time(parts[2]);
  };
  if (same_word(word.text, "holdInstruction")) {
    into.reason = certificate_hold;
  } else if (same_word(word.text, "keyTime")) {
    needs_time(key_compromise);
  } else if (same_word(word.text, "CAkeyTime")) {
    needs_time(ca_compromise);
  } else {
    static constexpr std::array known{unspecified,         key_compromise,  ca_compromise,
                                      affiliation_changed, superseded,      cessation_of_operation,
                                      certificate_hold,    remove_from_crl, privilege_withdrawn,
                                      aa_compromise};
    const auto* found = std::ranges::find_if(
        known, [&](pki::crl_reason reason) { return same_word(word.text, to_string(reason)); });
    if (found == known.end()) {
      std::string names;
      for (const auto reason : known)
        names += fmt::format("{}, ", to_string(reason));
      throw mistake{word.at, fmt::format("'{}' is no reason for a revocation", word.text),
                    fmt::format("there are {}holdInstruction, keyTime, CAkeyTime", names)};
    }
    into.reason = *found;
  }
}

std::optional<pki::revocation> read_revocation(const field& from) {
  const auto parts = split(from, ',');
  pki::revocation what{.reason = std::nullopt, .at = read_time(parts[0])};
  if (parts.size() > 1) read_reason(parts, what);
  if (what.reason == pki::crl_reason::remove_from_crl) return std::nullopt;
  return what;
}

index_entry read_line(const field& line) {
  const auto fields = split(line, '\t');
  if (fields.size() != field_count) {
    throw mistake{
        line.at,
        fmt::format("expected {} fields separated by tabs, found {}", field_count, fields.size()),
        "status, expiry, revocation, serial number, file name, subject"};
  }
  const auto& [status, expiry, revocation, serial, file, subject] =
      std::array{fields[0], fields[1], fields[2], fields[3], fields[4], fields[5]};
  if (status.text != "V" && status.text != "R" && status.text != "E") {
    throw mistake{status.at, fmt::format("'{}' is no status", status.text),
                  "V is valid, R revoked, E expired"};
  }
  index_entry entry;
  entry.not_after = read_time(expiry);
  if (status.text == "R") {
    if (revocation.text.empty()) {
      throw mistake{revocation.at, "a revoked certificate needs the time of its revocation",
                    std::string(times_hint)};
    }
    entry.revoked = read_revocation(revocation);
  } else if (!revocation.text.empty()) {
    throw mistake{revocation.at,
                  fmt::format("a certificate with the status {} has no revocation", status.text),
                  "R is the status of revoked ones"};
  }
  const auto number = pki::serial_number::from_hex(serial.text);
  if (!number) {
    throw mistake{serial.at, fmt::format("'{}' is no serial number", serial.text),
                  "serial numbers are hexadecimal, as in 1F2E3D"};
  }
  entry.serial = *number;
  entry.serial_text = std::string(serial.text);
  entry.file = unescaped(file.text);
  entry.subject = unescaped(subject.text);
  return entry;
}

}  // namespace

std::variant<std::vector<index_entry>, runtime::source_error> read_openssl_index(
    std::string_view file, std::string_view text) {
  std::vector<index_entry> entries;
  std::map<pki::serial_number, std::size_t> seen;  // and its line
  std::size_t begin = 0;
  try {
    for (std::size_t number = 1; begin < text.size(); ++number) {
      const auto end = std::min(text.find('\n', begin), text.size());
      auto line = text.substr(begin, end - begin);
      if (line.ends_with('\r')) line.remove_suffix(1);
      const field whole{line, begin};
      begin = end + 1;
      if (line.empty() || line.front() == '#') continue;
      entries.push_back(read_line(whole));
      const auto [earlier, is_new] = seen.emplace(entries.back().serial, number);
      if (is_new) continue;
      const auto at = split(whole, '\t')[3].at;
      throw mistake{at,
                    fmt::format("the serial number {} stands in line {} already",
                                entries.back().serial_text, earlier->second),
                    "a CA gives each serial number once"};
    }
  } catch (const mistake& made) {
    return runtime::error_at(file, text, made.at, made.what, made.hint);
  }
  return entries;
}

std::string common_name_of(std::string_view subject) {
  constexpr std::string_view key = "/CN=";
  const auto at = subject.rfind(key);
  if (at == std::string_view::npos) return {};
  const auto value = subject.substr(at + key.size());
  return std::string(value.substr(0, value.find('/')));
}

}  // namespace staplelab::cli
