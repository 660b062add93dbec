// The clock of a program that runs beside us, moved from outside.
//
// The program is not changed and not told. What moves, how it can fail and what it costs is written
// in docs/time-travel.md.
#pragma once

#include <cstdint>

#include "runtime/clock.hpp"

namespace staplelab::runtime {

// CPU-time clocks are never moved.
enum class moved_clocks {
  realtime,                // what the date is; timers go on as they were
  realtime_and_monotonic,  // timers too: an hour's wait is over after a jump of an hour
};

// What happens at a jump ahead to threads that are asleep in a system call with a timeout.
enum class sleepers {
  are_woken,    // those whose timeout is not longer than the jump find it expired
  are_left_be,  // until their real timeout, a signal or input
};

struct moved_clock {
  moved_clocks what = moved_clocks::realtime_and_monotonic;
  duration offset{};  // at the start
  sleepers at_jumps = sleepers::are_woken;
};

// How often the program asked for the time, and what came of it.
struct clock_readings {
  std::uint64_t moved = 0;
  // Readings that got real time, and programs that were started with real time, since the system
  // does not let us reach the memory of the process: not movable.
  std::uint64_t unmoved = 0;
};

}  // namespace staplelab::runtime
