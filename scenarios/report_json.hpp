// The report that scripts read; its keys are a contract. Octets that are no UTF-8 become U+FFFD.
#pragma once

#include <string>
#include <string_view>

#include "scenarios/result.hpp"

namespace staplelab::scenarios {

// Ends with a newline. `version` is the program's.
std::string json_report(const run_result& run, std::string_view version);

}  // namespace staplelab::scenarios
