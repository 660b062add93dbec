// Points in time as PKI sees them: UTC, whole milliseconds inside, whole seconds in every encoding.
//
// This folder never asks what time it is: whoever calls passes `now`.
#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>

namespace staplelab::pki {

using duration = std::chrono::milliseconds;
using time_point = std::chrono::sys_time<duration>;

// "2026-03-01T00:00:00Z", or with ".250" when the milliseconds are not zero.
std::string to_rfc3339(time_point t);

// RFC 3339 with `Z` or a numeric offset; fractions below a millisecond are cut off. Empty when the
// text is anything else, or names a day that does not exist.
std::optional<time_point> parse_rfc3339(std::string_view text);

}  // namespace staplelab::pki
