// Durations as people write them: "7d", "90m", "36h", "1d12h", "250ms".
#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>

namespace staplelab::runtime {

// One or more whole numbers with a unit (d, h, m, s, ms), larger units first, each at most once; a
// minus sign in front makes the whole negative. Empty for anything else, and for what exceeds
// max_written_duration.
std::optional<std::chrono::milliseconds> parse_duration(std::string_view text);

// The shortest text that parse_duration reads back: "1d12h", "0s".
std::string to_text(std::chrono::milliseconds length);

inline constexpr std::chrono::milliseconds max_written_duration = std::chrono::days(36'500);

}  // namespace staplelab::runtime
