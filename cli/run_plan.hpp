// What would be run, without running it: lists of cases and timelines of steps. Pure.
#pragma once

#include <string>
#include <vector>

#include "scenarios/scenario.hpp"

namespace staplelab::cli {

// One id a line.
std::string case_list(const std::vector<scenarios::scenario_case>& cases);
// An array of objects with the keys that cases have in the report.
std::string case_list_json(const std::vector<scenarios::scenario_case>& cases);

// The steps of each scenario that has a case, with the simulated time at which each begins.
std::string timeline(const std::vector<scenarios::scenario_case>& cases);

}  // namespace staplelab::cli
