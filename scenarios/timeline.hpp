// When a scenario is where, as it is written: what plans and limits are made from. Pure.
#pragma once

#include "scenarios/scenario.hpp"

namespace staplelab::scenarios {

// Simulated time after a step that begins at `at`. `eventually` ends when it holds, which only a
// run can tell: this is its latest end.
time_point latest_end(const action& what, time_point at);

// From the start to the end of the last step.
duration longest_course(const scenario& what);

}  // namespace staplelab::scenarios
