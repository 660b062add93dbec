// What every certificate made from the command line has in common.
#pragma once

#include "pki/time.hpp"

namespace staplelab::cli {

// Clients whose clocks run behind shall accept what was issued a moment ago.
inline constexpr pki::duration issue_backdate = std::chrono::hours(1);

}  // namespace staplelab::cli
