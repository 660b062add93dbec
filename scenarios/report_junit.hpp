// The report as JUnit XML, as the Ant task's schema has it: a suite for each scenario, a test case
// for each cell of its matrix. What XML 1.0 cannot hold becomes U+FFFD.
#pragma once

#include <string>
#include <string_view>

#include "scenarios/result.hpp"

namespace staplelab::scenarios {

std::string junit_report(const run_result& run, std::string_view version);

}  // namespace staplelab::scenarios
