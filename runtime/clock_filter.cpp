#include "runtime/clock_filter.hpp"

#include <linux/audit.h>
#include <linux/futex.h>
#include <linux/seccomp.h>
#include <sys/syscall.h>
#include <sys/timerfd.h>
#include <time.h>

#include <cstddef>

namespace staplelab::runtime {

std::uint32_t clock_set(moved_clocks what) {
  const auto set = [](auto... clocks) { return ((1u << clocks) | ...); };
  const auto date = set(CLOCK_REALTIME, CLOCK_REALTIME_COARSE, CLOCK_REALTIME_ALARM, CLOCK_TAI);
  switch (what) {
    case moved_clocks::realtime:
      return date;
    case moved_clocks::realtime_and_monotonic:
      break;
  }
  return date | set(CLOCK_MONOTONIC, CLOCK_MONOTONIC_RAW, CLOCK_MONOTONIC_COARSE, CLOCK_BOOTTIME,
                    CLOCK_BOOTTIME_ALARM);
}

#ifdef __x86_64__
namespace {

using block = std::vector<sock_filter>;

constexpr std::uint32_t low_half(int argument) {
  return static_cast<std::uint32_t>(offsetof(seccomp_data, args) +
                                    sizeof(std::uint64_t) * argument);
}

sock_filter load(std::size_t offset) {
  return BPF_STMT(BPF_LD | BPF_W | BPF_ABS, static_cast<std::uint32_t>(offset));
}

sock_filter answer(std::uint32_t verdict) {
  return BPF_STMT(BPF_RET | BPF_K, verdict);
}

const sock_filter report = answer(SECCOMP_RET_USER_NOTIF);
const sock_filter allow = answer(SECCOMP_RET_ALLOW);

// Every block ends with an answer.
void on_call(block& all, std::uint32_t number, const block& then) {
  const auto length = static_cast<std::uint8_t>(then.size());
  all.push_back(BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, number, 0, length));
  all.insert(all.end(), then.begin(), then.end());
}

block if_clock_in(std::uint32_t set, int argument) {
  return {load(low_half(argument)),
          BPF_JUMP(BPF_JMP | BPF_JGT | BPF_K, 31, 5, 0),  // clocks of CPU time are large
          BPF_STMT(BPF_MISC | BPF_TAX, 0),
          BPF_STMT(BPF_LD | BPF_IMM, 1),
          BPF_STMT(BPF_ALU | BPF_LSH | BPF_X, 0),
          BPF_JUMP(BPF_JMP | BPF_JSET | BPF_K, set, 0, 1),
          report,
          allow};
}

block if_flag(std::uint32_t flag, int argument, const block& then) {
  block all{load(low_half(argument)), BPF_JUMP(BPF_JMP | BPF_JSET | BPF_K, flag, 1, 0), allow};
  all.insert(all.end(), then.begin(), then.end());
  return all;
}

block if_absolute_futex_wait() {
  const auto operation = ~static_cast<std::uint32_t>(FUTEX_PRIVATE_FLAG | FUTEX_CLOCK_REALTIME);
  const auto high_half = low_half(3) + sizeof(std::uint32_t);
  return {load(low_half(1)),
          BPF_STMT(BPF_ALU | BPF_AND | BPF_K, operation),
          BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, FUTEX_WAIT_BITSET, 1, 0),
          allow,
          load(low_half(3)),
          BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, 0, 0, 3),
          load(high_half),
          BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, 0, 0, 1),
          allow,  // no timeout
          report};
}

}  // namespace

std::vector<sock_filter> clock_filter(moved_clocks what) {
  const auto set = clock_set(what);
  block all{load(offsetof(seccomp_data, arch)),
            BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, AUDIT_ARCH_X86_64, 1, 0), allow,
            load(offsetof(seccomp_data, nr))};
  on_call(all, __NR_clock_gettime, if_clock_in(set, 0));
  on_call(all, __NR_futex, if_absolute_futex_wait());
  on_call(all, __NR_gettimeofday, {report});
  on_call(all, __NR_time, {report});
  on_call(all, __NR_clock_nanosleep, if_flag(TIMER_ABSTIME, 1, if_clock_in(set, 0)));
  on_call(all, __NR_timerfd_settime, if_flag(TFD_TIMER_ABSTIME, 1, {report}));
  on_call(all, __NR_execve, {report});
  on_call(all, __NR_execveat, {report});
  all.push_back(allow);
  return all;
}
#else
std::vector<sock_filter> clock_filter(moved_clocks) {
  return {};
}
#endif

}  // namespace staplelab::runtime
