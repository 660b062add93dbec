#include "scenarios/timeline.hpp"

#include <variant>

namespace staplelab::scenarios {

time_point latest_end(const action& what, time_point at) {
  if (const auto* step = std::get_if<advance_step>(&what)) return at + step->by;
  if (const auto* step = std::get_if<advance_to_step>(&what)) return step->to;
  if (const auto* step = std::get_if<eventually_step>(&what)) return at + step->within;
  if (const auto* step = std::get_if<always_step>(&what)) return at + step->lasts;
  return at;
}

duration longest_course(const scenario& what) {
  auto at = what.start;
  for (const auto& step : what.steps)
    at = latest_end(step.what, at);
  return at - what.start;
}

}  // namespace staplelab::scenarios
