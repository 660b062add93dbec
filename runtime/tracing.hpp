// The short times in which a supervisor traces a thread of its program: across an execve, to hide
// the vDSO from the new program, and after a jump of the clock, to end the wait it is asleep in.
// Same constraints as runtime/supervisor.hpp.
#pragma once

#include <sys/types.h>

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>

#include "runtime/clock_answers.hpp"
#include "runtime/long_waits.hpp"
#include "runtime/proc_files.hpp"

namespace staplelab::runtime {

class tracing {
 public:
  explicit tracing(clock_answers& answers) noexcept : answers_(answers) {}

  // For a task that is about to call execve: its new program will be met. False, with errno, if it
  // cannot be traced.
  bool follow(pid_t task) noexcept;
  // The clock has jumped ahead: wakes who sleeps among all our descendants.
  void wake_sleepers(std::int64_t jump_ns) noexcept;
  // For every stop and end that waitpid tells.
  void stopped(pid_t task, int status) noexcept;
  void ended(pid_t task) noexcept { forget(task); }

  // Threads that ran during the jump may have gone to sleep with a timeout counted from before it:
  // they are looked at once more, a moment later.
  void attend() noexcept;
  std::optional<std::int64_t> patience() const noexcept;

 private:
  bool ends_with(std::int64_t jump_ns, pid_t task, const blocked_call& call) noexcept;
  void wake(pid_t task) noexcept;
  void forget(pid_t task) noexcept;

  clock_answers& answers_;
  std::array<pid_t, 1024> traced_;
  std::size_t traced_count_ = 0;
  std::array<pid_t, 1024> ran_;
  std::size_t ran_count_ = 0;
  long_waits waits_;
  std::int64_t jump_ns_ = 0;
  std::int64_t second_look_ns_ = 0;
};

}  // namespace staplelab::runtime
