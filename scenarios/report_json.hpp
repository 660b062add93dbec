// The report that scripts read; its keys are a contract. Octets that are no UTF-8 become U+FFFD.
#pragma once

#include <string>
#include <string_view>

#include "scenarios/result.hpp"

namespace staplelab::scenarios {

// Ends with a newline. `version` is the program's.
// `told`: each case has a "story" as well, the lines of report_explain.hpp, and the incident that
// it replays.
std::string json_report(const run_result& run, std::string_view version, bool told = false);

}  // namespace staplelab::scenarios
