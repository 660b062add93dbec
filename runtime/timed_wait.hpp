// System calls that wait for something, but not longer than a relative timeout. Same constraints as
// runtime/supervisor.hpp.
#pragma once

#include <sys/types.h>

#include <cstdint>
#include <optional>

#include "runtime/proc_files.hpp"

namespace staplelab::runtime {

struct timed_wait {
  enum class manner {
    strict,    // only an expired timeout may end it early
    may_wake,  // returning early is in its contract: who calls it looks again
  };
  std::int64_t timeout_ns;
  std::int64_t expired;  // what the call returns when the timeout is over
  manner how;
};

// Empty for calls without a timeout, and for those that wait until an absolute time.
std::optional<timed_wait> timed_wait_of(pid_t task, const blocked_call& call) noexcept;

// For a task in ptrace-stop: ends the timed wait that it was interrupted in, as if its timeout were
// over, if that is not longer than `slept_ns`. A longer one goes on, or is woken where that is in
// its contract.
void end_timed_wait(pid_t task, std::int64_t slept_ns) noexcept;

// For a task in ptrace-stop that has just executed a program: hides the kernel's clock page from
// it, so that it asks by system calls. False if it could not be done.
bool hide_vdso(pid_t task) noexcept;

}  // namespace staplelab::runtime
