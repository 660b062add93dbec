// What a description lists as known to fail, and does not. Pure.
#pragma once

#include <string>

#include "scenarios/result.hpp"

namespace staplelab::cli {

// A line for each case that passed; empty when there is none.
std::string known_no_more(const scenarios::run_result& run);

}  // namespace staplelab::cli
