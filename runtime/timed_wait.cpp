#include "runtime/timed_wait.hpp"

#include <elf.h>
#include <linux/futex.h>
#include <sys/ptrace.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <sys/user.h>
#include <time.h>

#include <algorithm>
#include <array>
#include <cerrno>

#include "runtime/foreign_memory.hpp"

namespace staplelab::runtime {

#ifdef __x86_64__
namespace {

using manner = timed_wait::manner;

std::optional<timed_wait> in_milliseconds(std::uint64_t argument, manner how) noexcept {
  const auto timeout = static_cast<int>(argument);
  if (timeout < 0) return {};
  return timed_wait{timeout * std::int64_t{1'000'000}, 0, how};
}

// The second member of timespec and timeval differs in its unit only.
std::optional<timed_wait> in_seconds(pid_t task, std::uint64_t address, std::int64_t unit,
                                     std::int64_t expired, manner how) noexcept {
  std::array<std::int64_t, 2> timeout;
  if (address == 0 || !read_value(task, address, timeout)) return {};
  constexpr std::int64_t longest = INT64_MAX / 1'000'000'000 - 1;
  const auto seconds = std::clamp<std::int64_t>(timeout[0], 0, longest);
  return timed_wait{seconds * 1'000'000'000 + timeout[1] * unit, expired, how};
}

std::optional<timed_wait> futex_wait(pid_t task, const blocked_call& call) noexcept {
  const auto operation = call.arguments[1] & static_cast<unsigned>(FUTEX_CMD_MASK);
  if (call.arguments[3] == 0) return {};
  if (operation == FUTEX_WAIT) {
    return in_seconds(task, call.arguments[3], 1, -ETIMEDOUT, manner::may_wake);
  }
  // Until an absolute time: once awake the program asks again, and is told that it is over.
  if (operation == FUTEX_WAIT_BITSET) return timed_wait{INT64_MAX, 0, manner::may_wake};
  return {};
}

// The descriptors that are ready: none.
void empty_select_sets(pid_t task, const blocked_call& call) noexcept {
  static constexpr std::array<std::uint64_t, 16> none{};
  const auto words = (std::min<std::uint64_t>(call.arguments[0], 1024) + 63) / 64;
  for (const auto set : {call.arguments[1], call.arguments[2], call.arguments[3]}) {
    if (set != 0) write_memory(task, set, none.data(), words * sizeof none[0]);
  }
}

// What the kernel holds for the program of a call that a stop has interrupted; see signal(7).
bool was_interrupted(std::int64_t result) noexcept {
  constexpr std::int64_t restart_sys = -512, restart_no_handler = -514, restart_block = -516;
  return result == -EINTR || result == restart_sys || result == restart_no_handler ||
         result == restart_block;
}

}  // namespace

std::optional<timed_wait> timed_wait_of(pid_t task, const blocked_call& call) noexcept {
  constexpr std::int64_t microsecond = 1000;
  const auto& argument = call.arguments;
  switch (call.number) {
    case SYS_epoll_wait:
    case SYS_epoll_pwait:
      return in_milliseconds(argument[3], manner::may_wake);
    case SYS_epoll_pwait2:
      return in_seconds(task, argument[3], 1, 0, manner::may_wake);
    case SYS_poll:
      return in_milliseconds(argument[2], manner::strict);
    case SYS_ppoll:
      return in_seconds(task, argument[2], 1, 0, manner::strict);
    case SYS_select:
      return in_seconds(task, argument[4], microsecond, 0, manner::strict);
    case SYS_pselect6:
      return in_seconds(task, argument[4], 1, 0, manner::strict);
    case SYS_nanosleep:
      return in_seconds(task, argument[0], 1, 0, manner::strict);
    case SYS_clock_nanosleep:
      if (argument[1] & TIMER_ABSTIME) return {};
      return in_seconds(task, argument[2], 1, 0, manner::strict);
    case SYS_rt_sigtimedwait:
      return in_seconds(task, argument[2], 1, -EAGAIN, manner::strict);
    case SYS_futex:
      return futex_wait(task, call);
    default:
      return {};
  }
}

void end_timed_wait(pid_t task, std::int64_t slept_ns) noexcept {
  user_regs_struct registers;
  if (ptrace(PTRACE_GETREGS, task, nullptr, &registers) != 0) return;
  if (!was_interrupted(static_cast<std::int64_t>(registers.rax))) return;  // it has just ended
  const blocked_call call{
      static_cast<int>(registers.orig_rax),
      {registers.rdi, registers.rsi, registers.rdx, registers.r10, registers.r8, registers.r9}};
  const auto wait = timed_wait_of(task, call);
  if (!wait) return;
  if (wait->timeout_ns <= slept_ns) {
    if (call.number == SYS_select || call.number == SYS_pselect6) empty_select_sets(task, call);
    registers.rax = static_cast<std::uint64_t>(wait->expired);
  } else if (call.number == SYS_futex) {
    registers.rax = 0;  // woken, as far as it can tell
  } else {
    return;  // epoll_wait gives EINTR by itself, the others go on
  }
  ptrace(PTRACE_SETREGS, task, nullptr, &registers);
}

bool hide_vdso(pid_t task) noexcept {
  constexpr std::uint64_t code_segment_64 = 0x33;
  user_regs_struct registers;
  if (ptrace(PTRACE_GETREGS, task, nullptr, &registers) != 0) return false;
  if (registers.cs != code_segment_64) return false;
  // The new stack: argc, argv, null, envp, null, pairs of the auxiliary vector.
  auto address = registers.rsp + sizeof(std::uint64_t);
  std::uint64_t word = 0;
  for (int nulls = 0; nulls < 2; address += sizeof word) {
    if (!read_value(task, address, word)) return false;
    if (word == 0) ++nulls;
  }
  for (Elf64_auxv_t entry;; address += sizeof entry) {
    if (!read_value(task, address, entry)) return false;
    if (entry.a_type == AT_NULL) return true;  // a kernel without one
    if (entry.a_type == AT_SYSINFO_EHDR) {
      return write_value(task, address, std::uint64_t{AT_IGNORE});
    }
  }
}
#else
std::optional<timed_wait> timed_wait_of(pid_t, const blocked_call&) noexcept {
  return {};
}
void end_timed_wait(pid_t, std::int64_t) noexcept {}
bool hide_vdso(pid_t) noexcept {
  return false;
}
#endif

}  // namespace staplelab::runtime
