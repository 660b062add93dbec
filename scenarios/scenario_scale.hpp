// A scenario in less time than it is written for, for servers that live in real time, and its
// results in the time of the scenario again. Pure.
//
// Everything that takes time or tells how long something holds is divided, but for what a fault
// says: how old an answer is, or how late it comes. The server's own timeouts are not divided
// either.
#pragma once

#include "scenarios/result.hpp"
#include "scenarios/scenario.hpp"

namespace staplelab::scenarios {

struct time_scale {
  double factor;
  time_point from;  // the start of the scenario as written
  time_point to;    // the start in real time
};

scenario scaled(scenario what, const time_scale& scale);

// As fast as the validity of its answers allows: they tell whole seconds, and a server needs some
// to do what it does. Never faster than 500, where seven days are twenty minutes.
double fitting_scale(const scenario& what);

// Times of steps and events, and the lengths told, as if it had not been scaled.
void restore(case_result& result, const time_scale& scale);

}  // namespace staplelab::scenarios
