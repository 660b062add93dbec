// The report as TAP version 13, which TAP 14 readers and `prove` take as well: one test point for
// each case, skips as directives, failures with a YAML block.
#pragma once

#include <string>

#include "scenarios/result.hpp"

namespace staplelab::scenarios {

std::string tap_report(const run_result& run);

}  // namespace staplelab::scenarios
