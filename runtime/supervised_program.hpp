// What a forked child does to become the program. Same constraints as runtime/supervisor.hpp.
#pragma once

#include "runtime/supervisor.hpp"

namespace staplelab::runtime {

// What the child tells its supervisor through a pipe; the end of the pipe means that it has become
// the program.
struct birth_note {
  enum class kind : int { listener, failure };
  kind what;
  int number;  // the child's descriptor of the seccomp listener, or errno
  start_failure::stage at;
};

[[noreturn]] void become_program(const supervision& what, int notes, pid_t supervisor) noexcept;

}  // namespace staplelab::runtime
