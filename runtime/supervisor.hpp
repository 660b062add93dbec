// The process between us and a program: starts it, answers for its clock, and ends all of it.
//
// It is forked from a program that may have threads and never executes another, so everything here
// and in what it calls does without allocation, locks and exceptions, by system calls alone. It is
// the subreaper of all descendants. It ends when the program has ended or `orders` has, whichever
// is first, after killing all that is left.
#pragma once

#include <linux/filter.h>
#include <sys/types.h>

#include <atomic>
#include <cstdint>

#include "runtime/moved_clock.hpp"
#include "runtime/process.hpp"

namespace staplelab::runtime {

// Lies in memory shared by us and the supervisor.
struct shared_time {
  std::atomic<std::int64_t> offset_ns{0};
  std::atomic<std::uint64_t> moved{0};
  std::atomic<std::uint64_t> unmoved{0};
};
static_assert(std::atomic<std::int64_t>::is_always_lock_free);

struct order {
  enum class kind : int { signal, jump, kill };
  kind what;
  int signal;
  std::int64_t jump_ns;  // how far ahead
};

struct report {
  enum class kind : int { started, failed, exited, killed };
  kind what;
  int number;  // the program's id, errno, exit code or signal
  start_failure::stage at;
};

struct supervision {
  int orders;  // a SOCK_SEQPACKET socket: orders come in, reports go out
  int output;  // for the program's stdout and stderr
  const char* file;
  char* const* arguments;    // ends with null
  char* const* environment;  // ends with null
  const char* folder;        // null: ours
  const user_ids* user;      // null: ours
  const sock_fprog* filter;  // null: everybody's clock
  shared_time* time;
  moved_clocks moved;
};

[[noreturn]] void supervise(const supervision& what) noexcept;

}  // namespace staplelab::runtime
