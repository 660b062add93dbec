// Looks at a play from outside, after each of its steps, and can end it before the last.
#pragma once

#include <functional>
#include <span>

#include "scenarios/result.hpp"

namespace staplelab::scenarios {

// Called with a step and what happened in it; true: the rest is not played. Times are those of the
// world, which result.hpp gives in the time of the scenario.
using step_watch = std::function<bool(const step_result& done, std::span<const event> happened)>;

}  // namespace staplelab::scenarios
