// Threads that sleep through several jumps of the clock, and for how long each has by the moved
// one. Same constraints as runtime/supervisor.hpp.
#pragma once

#include <sys/types.h>

#include <array>
#include <cstddef>
#include <cstdint>

namespace staplelab::runtime {

class long_waits {
 public:
  // A jump ahead finds this thread asleep: nanoseconds since it was first found in this sleep, with
  // all jumps. What it slept before the first is not counted. With more threads than there is room
  // for, that of this jump alone.
  std::int64_t add(pid_t task, std::int64_t jump_ns) noexcept;
  // As of the last jump; `otherwise` for a thread that add() was not told of since.
  std::int64_t slept(pid_t task, std::int64_t otherwise) const noexcept;
  // Between all jumps: threads that were not added since the last call are forgotten.
  void begin_jump() noexcept;

 private:
  struct sleeper {
    pid_t task;
    std::uint64_t switches;  // how often it has given up its processor: the same in the same sleep
    std::int64_t since_ns;   // real
    std::int64_t jumped_ns;
    std::int64_t slept_ns;
    bool found;  // at this jump
  };
  sleeper* entry_of(pid_t task) noexcept;

  std::array<sleeper, 512> all_;
  std::size_t count_ = 0;
};

}  // namespace staplelab::runtime
