// Answers a program's questions about time. Same constraints as runtime/supervisor.hpp.
//
// Sleeps until an absolute time are held here until that time has come on the moved clock. Other
// absolute waits must happen in the kernel, since what ends them is there: the program's deadline
// is replaced by the real one while the kernel reads it, and given back afterwards.
#pragma once

#include <linux/seccomp.h>
#include <sys/types.h>
#include <time.h>

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>

#include "runtime/supervisor.hpp"

namespace staplelab::runtime {

// Of a clock that nobody moves.
std::int64_t real_nanoseconds(clockid_t clock) noexcept;

class clock_answers {
 public:
  clock_answers(shared_time& time, moved_clocks what) noexcept;

  // Takes one call from the listener and answers it. An execve is returned unanswered instead.
  std::optional<seccomp_notif> answer_next(int listener) noexcept;
  // The call goes on to the kernel.
  void let_through(int listener, const seccomp_notif& call) noexcept;
  bool moves(clockid_t clock) const noexcept;
  // For a program that will see real time.
  void count_unmoved() noexcept { time_.unmoved.fetch_add(1, std::memory_order_relaxed); }

  // Ends the sleeps that are over by now and gives back deadlines that have been read.
  void attend(int listener) noexcept;
  // How long attend() has time, in real nanoseconds; empty: for ever.
  std::optional<std::int64_t> patience() const noexcept;

 private:
  struct sleep {
    seccomp_notif call;
    std::int64_t until_ns;
  };
  struct loan {
    pid_t task;
    std::uint64_t address;
    timespec lent;
    timespec original;
  };

  void tell_time(int listener, const seccomp_notif& call) noexcept;
  void tell_time_of_day(int listener, const seccomp_notif& call) noexcept;
  void tell_seconds(int listener, const seccomp_notif& call) noexcept;
  void hold_sleep(int listener, const seccomp_notif& call) noexcept;
  void wait_on_futex(int listener, const seccomp_notif& call) noexcept;
  void set_timer(int listener, const seccomp_notif& call) noexcept;

  std::int64_t offset() const noexcept;
  std::int64_t moved_now(clockid_t clock) const noexcept;
  // After an attempt to write into the program's memory.
  void conclude(int listener, const seccomp_notif& call, bool written) noexcept;
  void finish(int listener, const seccomp_notif& call, std::int64_t value, int error) noexcept;
  void lend(int listener, const seccomp_notif& call, std::uint64_t address,
            const timespec& original) noexcept;
  void give_back(pid_t certainly_read) noexcept;

  shared_time& time_;
  std::uint32_t clocks_;
  std::array<sleep, 512> sleeps_;
  std::size_t sleep_count_ = 0;
  std::array<loan, 64> loans_;
  std::size_t loan_count_ = 0;
};

}  // namespace staplelab::runtime
