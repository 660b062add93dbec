// Durations as people write them: "7d", "90m", "36h", "1d12h", "1.5h", "250ms". Refuses what is not
// a whole number of milliseconds.
#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>

namespace staplelab::runtime {

// One or more numbers with a unit (d, h, m, s, ms), larger units first, each at most once; a minus
// sign in front makes the whole negative. Empty for anything else, and for what exceeds
// max_written_duration.
std::optional<std::chrono::milliseconds> parse_duration(std::string_view text);

// Whole numbers, no unit twice: "1d12h", "1m30s", "0s". parse_duration reads back what is within
// max_written_duration.
std::string to_text(std::chrono::milliseconds length);

inline constexpr std::chrono::milliseconds max_written_duration = std::chrono::days(36'500);

}  // namespace staplelab::runtime
