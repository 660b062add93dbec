// Readers of single values: texts, names, numbers, durations, times, addresses and the words of
// other folders.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "scenarios/parse_decoder.hpp"

namespace staplelab::scenarios {

std::optional<bool> read_bool(decoder& d, const json_value& value);
std::optional<std::int64_t> read_integer(decoder& d, const json_value& value);
std::optional<double> read_number(decoder& d, const json_value& value);

// One line; `read_prose` may have several. Neither is empty, nor holds control characters.
std::optional<std::string> read_text(decoder& d, const json_value& value);
std::optional<std::string> read_prose(decoder& d, const json_value& value);
// A name to be given: letters, digits, '.', '_' and '-', at most max_name_length.
bool check_new_name(decoder& d, const std::string& name, const json_place& at);
// A subjectAltName: a host name, a wildcard or an IP address.
std::optional<std::string> read_host_name(decoder& d, const json_value& value);

std::optional<duration> read_any_duration(decoder& d, const json_value& value);
std::optional<duration> read_duration(decoder& d, const json_value& value);           // >= 0
std::optional<duration> read_positive_duration(decoder& d, const json_value& value);  // > 0
std::optional<duration> read_interval(decoder& d, const json_value& value);           // >= 1s
std::optional<time_point> read_time(decoder& d, const json_value& value);
// From the first to the last, both included; at most that of the type.
std::optional<std::int64_t> read_integer_between(decoder& d, const json_value& value,
                                                 std::int64_t least, std::int64_t most);

// At least 1.
template <std::size_t Most>
std::optional<unsigned> read_up_to(decoder& d, const json_value& value) {
  const auto count = read_integer_between(d, value, 1, static_cast<std::int64_t>(Most));
  return count ? std::optional(static_cast<unsigned>(*count)) : std::nullopt;
}

std::optional<responder_address> read_address(decoder& d, const json_value& value);

std::optional<pki::key_type> read_key_type(decoder& d, const json_value& value);
std::optional<pki::crl_reason> read_crl_reason(decoder& d, const json_value& value);
std::optional<pki::hash_algorithm> read_hash(decoder& d, const json_value& value);
std::optional<stapler::mode> read_mode(decoder& d, const json_value& value);
std::optional<std::string> read_profile(decoder& d, const json_value& value);
std::optional<responder::profile> read_response_profile(decoder& d, const json_value& value);
std::optional<responder::non_issued_answer> read_non_issued(decoder& d, const json_value& value);
std::optional<pki::responder_id_form> read_responder_id(decoder& d, const json_value& value);

// References to what was declared.
std::optional<std::string> read_authority(decoder& d, const json_value& value);
std::optional<std::string> read_certificate(decoder& d, const json_value& value);
// What a CA can revoke, and be asked about: a certificate, or an authority that another one issued.
std::optional<std::string> read_revocable(decoder& d, const json_value& value);
// The signer of responses: an authority, or a signer.
std::optional<std::string> read_response_signer(decoder& d, const json_value& value);

}  // namespace staplelab::scenarios
