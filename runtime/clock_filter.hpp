// The seccomp filter that sends a program's questions about time to its supervisor.
#pragma once

#include <linux/filter.h>

#include <cstdint>
#include <vector>

#include "runtime/moved_clock.hpp"

namespace staplelab::runtime {

// A set of clockid_t, one bit each.
std::uint32_t clock_set(moved_clocks what);

// Reported are readings of a clock in the set, waits until an absolute time, which would be real
// time for the kernel, and execve, after which the vDSO has to be hidden anew. Empty on a machine
// whose system calls are not known here.
std::vector<sock_filter> clock_filter(moved_clocks what);

}  // namespace staplelab::runtime
