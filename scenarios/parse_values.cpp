#include "scenarios/parse_values.hpp"

#include <fmt/format.h>

#include <cmath>

#include "runtime/did_you_mean.hpp"
#include "runtime/duration_text.hpp"
#include "scenarios/parse.hpp"
#include "scenarios/variables.hpp"
#include "stapler/policy.hpp"

namespace staplelab::scenarios {

void decoder::expected(const json_value& found, std::string_view what, std::string hint) {
  if (told(found)) return;
  error(found.at, fmt::format("expected {}, found {}", what, found.described()), std::move(hint));
}

void decoder::no_such(const json_value& found, std::string_view kind,
                      std::span<const std::string> known) {
  if (errors_->full()) return;
  const std::vector<std::string_view> views(known.begin(), known.end());
  error(found.at, fmt::format("there is no {} '{}'", kind, *found.string()),
        runtime::did_you_mean(*found.string(), views));
}

void decoder::unknown_key(const json_member& found, std::string_view where,
                          std::span<const std::string_view> known) {
  if (errors_->full()) return;
  error(found.key_at, fmt::format("unknown key '{}' in {}", found.key, where),
        runtime::did_you_mean(found.key, known));
}

std::string list_words(std::span<const std::string_view> words) {
  std::string text;
  for (std::size_t i = 0; i < words.size(); ++i) {
    if (i > 0) text += i + 1 == words.size() ? " or " : ", ";
    text += fmt::format("'{}'", words[i]);
  }
  return text;
}

void not_one_of(decoder& d, const json_value& value, std::span<const std::string_view> words) {
  const auto* text = value.string();
  const auto near = text == nullptr ? std::nullopt : runtime::nearest_word(*text, words);
  d.expected(value, list_words(words), near ? fmt::format("did you mean '{}'?", *near) : "");
}

namespace {

// Texts in which nothing is left to be replaced.
const std::string* plain_text(decoder& d, const json_value& value, std::string_view what) {
  const std::string* text = value.string();
  if (text == nullptr) {
    d.expected(value, what);
    return nullptr;
  }
  if (text->find("${") != std::string::npos) {
    if (d.told(value)) return nullptr;
    d.error(value.at, fmt::format("'{}' and '{}' can stand only where a responder's address is",
                                  responder_variable, nowhere_variable));
    return nullptr;
  }
  return text;
}

bool has_control_character(std::string_view text, std::string_view allowed) {
  return std::ranges::any_of(text, [&](char c) {
    const bool control = static_cast<unsigned char>(c) < 0x20 || c == 0x7f;
    return control && allowed.find(c) == std::string_view::npos;
  });
}

std::optional<std::string> checked_text(decoder& d, const json_value& value,
                                        std::string_view allowed_controls) {
  const std::string* text = plain_text(d, value, "a text");
  if (text == nullptr) return {};
  if (text->empty()) {
    d.error(value.at, "expected a text that is not empty");
    return {};
  }
  if (has_control_character(*text, allowed_controls)) {
    d.error(value.at, "a control character cannot stand here");
    return {};
  }
  return *text;
}

bool is_alphanumeric(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
}

// A word that another folder knows how to read.
template <class T>
std::optional<T> foreign_word(decoder& d, const json_value& value,
                              std::optional<T> (*parse)(std::string_view),
                              std::span<const std::string_view> known) {
  if (const std::string* text = value.string()) {
    if (const auto read = parse(*text)) return read;
  }
  not_one_of(d, value, known);
  return {};
}

// One of many that are issued together, too.
bool is_known_certificate(const decoder& d, const json_value& value) {
  return value.string() != nullptr && d.names.must_staple.contains(*value.string());
}

std::optional<std::string> reference(decoder& d, const json_value& value, std::string_view kind,
                                     std::span<const std::string> known) {
  const std::string* text = plain_text(d, value, fmt::format("the name of a {}", kind));
  if (text == nullptr) return {};
  if (std::ranges::find(known, *text) != known.end()) return *text;
  d.no_such(value, kind, known);
  return {};
}

}  // namespace

std::optional<bool> read_bool(decoder& d, const json_value& value) {
  if (const bool* flag = value.boolean()) return *flag;
  d.expected(value, "true or false");
  return {};
}

std::optional<std::int64_t> read_integer(decoder& d, const json_value& value) {
  if (const auto* number = std::get_if<std::int64_t>(&value.is)) return *number;
  d.expected(value, "a whole number");
  return {};
}

std::optional<std::int64_t> read_integer_between(decoder& d, const json_value& value,
                                                 std::int64_t least, std::int64_t most) {
  const auto number = read_integer(d, value);
  if (!number || (*number >= least && *number <= most)) return number;
  d.error(value.at, fmt::format("expected a number from {} to {}, found {}", least, most, *number));
  return {};
}

std::optional<double> read_number(decoder& d, const json_value& value) {
  if (const auto* number = std::get_if<double>(&value.is)) return *number;
  if (const auto* number = std::get_if<std::int64_t>(&value.is)) {
    return static_cast<double>(*number);
  }
  d.expected(value, "a number");
  return {};
}

std::optional<std::string> read_text(decoder& d, const json_value& value) {
  return checked_text(d, value, "");
}

std::optional<std::string> read_prose(decoder& d, const json_value& value) {
  return checked_text(d, value, "\n");
}

bool check_new_name(decoder& d, const std::string& name, const json_place& at) {
  const bool fits = !name.empty() && std::ranges::all_of(name, [](char c) {
    return is_alphanumeric(c) || c == '.' || c == '_' || c == '-';
  });
  if (!fits) {
    d.error(at, fmt::format("'{}' cannot be a name", name),
            "names are made of letters, digits, '.', '_' and '-'");
  } else if (name.size() > max_name_length) {
    d.error(at, fmt::format("the name is longer than {} characters", max_name_length));
  }
  return fits && name.size() <= max_name_length;
}

std::optional<std::string> read_host_name(decoder& d, const json_value& value) {
  constexpr std::size_t longest = 253;  // RFC 1035 2.3.4, as text
  const auto text = read_text(d, value);
  if (!text) return {};
  const bool fits = std::ranges::all_of(*text, [](char c) {
    return is_alphanumeric(c) || std::string_view(".-_*:").find(c) != std::string_view::npos;
  });
  if (fits && text->size() <= longest) return text;
  d.expected(value, "a host name or an IP address");
  return {};
}

std::optional<duration> read_any_duration(decoder& d, const json_value& value) {
  const std::string* text = plain_text(d, value, "a duration such as \"7d\" or \"1h30m\"");
  if (text == nullptr) return {};
  if (const auto length = runtime::parse_duration(*text)) return length;
  d.expected(value, "a duration such as \"7d\" or \"1h30m\"",
             "whole numbers with d, h, m, s or ms, the largest unit first, 36500d at most");
  return {};
}

std::optional<duration> read_duration(decoder& d, const json_value& value) {
  const auto length = read_any_duration(d, value);
  if (!length || *length >= duration(0)) return length;
  d.error(value.at, "a duration cannot be negative here");
  return {};
}

std::optional<duration> read_positive_duration(decoder& d, const json_value& value) {
  const auto length = read_duration(d, value);
  if (!length || *length > duration(0)) return length;
  d.error(value.at, "a duration of zero makes no sense here");
  return {};
}

std::optional<duration> read_interval(decoder& d, const json_value& value) {
  const auto length = read_duration(d, value);
  if (!length || *length >= std::chrono::seconds(1)) return length;
  d.error(value.at, "answers are produced at most once a second");
  return {};
}

std::optional<time_point> read_time(decoder& d, const json_value& value) {
  const std::string* text = plain_text(d, value, "a time such as \"2026-03-01T00:00:00Z\"");
  if (text == nullptr) return {};
  const auto time = pki::parse_rfc3339(*text);
  if (!time) {
    d.expected(value, "a time such as \"2026-03-01T00:00:00Z\" (RFC 3339)");
    return {};
  }
  if (*time < earliest_start || *time >= latest_time) {
    d.error(value.at, "expected a time from the year 2000 to the year 2199");
    return {};
  }
  return time;
}

std::optional<responder_address> read_address(decoder& d, const json_value& value) {
  using base = responder_address::base;
  constexpr std::string_view expected =
      "an address such as \"${responder}/\", \"${nowhere}/\" or \"http://host/path\"";
  const std::string* text = value.string();
  if (text == nullptr || has_control_character(*text, "") || text->find(' ') != std::string::npos) {
    d.expected(value, expected);
    return {};
  }
  responder_address address{.on = base::literal, .rest = *text};
  if (text->starts_with(responder_variable)) {
    address = {base::responder, text->substr(responder_variable.size())};
  } else if (text->starts_with(nowhere_variable)) {
    address = {base::nowhere, text->substr(nowhere_variable.size())};
  } else if (!text->starts_with("http://") || text->size() == std::string_view("http://").size()) {
    d.expected(value, expected);
    return {};
  }
  const bool path = address.on == base::literal || address.rest.empty() || address.rest[0] == '/';
  if (!path || address.rest.find("${") != std::string::npos) {
    d.expected(value, expected);
    return {};
  }
  return address;
}

std::optional<pki::key_type> read_key_type(decoder& d, const json_value& value) {
  std::vector<std::string_view> known;
  for (const auto type : pki::all_key_types)
    known.push_back(pki::to_string(type));
  return foreign_word(d, value, &pki::parse_key_type, known);
}

std::optional<pki::crl_reason> read_crl_reason(decoder& d, const json_value& value) {
  using enum pki::crl_reason;
  std::vector<std::string_view> known;
  for (const auto reason :
       {unspecified, key_compromise, ca_compromise, affiliation_changed, superseded,
        cessation_of_operation, privilege_withdrawn, aa_compromise}) {
    known.push_back(pki::to_string(reason));
  }
  const auto reason = foreign_word(d, value, &pki::parse_crl_reason, known);
  if (reason != certificate_hold && reason != remove_from_crl) return reason;
  d.error(value.at, fmt::format("'{}' is no reason to revoke", pki::to_string(*reason)),
          "a step {\"hold\": …} puts a certificate on hold, {\"release\": …} ends that");
  return {};
}

std::optional<pki::hash_algorithm> read_hash(decoder& d, const json_value& value) {
  using enum pki::hash_algorithm;
  static constexpr word<pki::hash_algorithm> words[] = {
      {"sha1", sha1}, {"sha256", sha256}, {"sha384", sha384}, {"sha512", sha512}};
  return read_word(d, value, words);
}

std::optional<stapler::mode> read_mode(decoder& d, const json_value& value) {
  using enum stapler::mode;
  static constexpr word<stapler::mode> words[] = {
      {"auto", auto_}, {"must", must}, {"always", always}, {"never", never}};
  return read_word(d, value, words);
}

std::optional<std::string> read_profile(decoder& d, const json_value& value) {
  std::vector<std::string_view> known;
  for (const auto profile : stapler::all_profiles)
    known.push_back(stapler::to_string(profile));
  const auto profile = foreign_word(d, value, &stapler::parse_profile, known);
  if (!profile) return {};
  return std::string(stapler::to_string(*profile));
}

std::optional<responder::profile> read_response_profile(decoder& d, const json_value& value) {
  static constexpr std::string_view known[] = {"rfc6960", "rfc9919", "webpki"};
  return foreign_word(d, value, &pki::parse_verify_profile, known);
}

std::optional<responder::non_issued_answer> read_non_issued(decoder& d, const json_value& value) {
  static constexpr std::string_view known[] = {"unknown", "unauthorized", "extended-revoke",
                                               "good"};
  return foreign_word(d, value, &responder::parse_non_issued, known);
}

std::optional<pki::responder_id_form> read_responder_id(decoder& d, const json_value& value) {
  static constexpr std::string_view known[] = {"by-key", "by-name"};
  return foreign_word(d, value, &responder::parse_responder_id, known);
}

std::optional<std::string> read_authority(decoder& d, const json_value& value) {
  return reference(d, value, "authority", d.names.authorities);
}

std::optional<std::string> read_certificate(decoder& d, const json_value& value) {
  if (is_known_certificate(d, value)) return *value.string();
  return reference(d, value, "certificate", d.names.certificates);
}

std::optional<std::string> read_revocable(decoder& d, const json_value& value) {
  if (is_known_certificate(d, value)) return *value.string();
  std::vector<std::string> known = d.names.certificates;
  known.insert(known.end(), d.names.intermediates.begin(), d.names.intermediates.end());
  return reference(d, value, "certificate", known);
}

std::optional<std::string> read_response_signer(decoder& d, const json_value& value) {
  std::vector<std::string> known = d.names.authorities;
  known.insert(known.end(), d.names.signers.begin(), d.names.signers.end());
  return reference(d, value, "authority or signer", known);
}

}  // namespace staplelab::scenarios
