#include "runtime/clock_answers.hpp"

#include <linux/futex.h>
#include <sys/ioctl.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <sys/timerfd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>

#include "runtime/clock_filter.hpp"
#include "runtime/foreign_memory.hpp"
#include "runtime/proc_files.hpp"

namespace staplelab::runtime {

namespace {

constexpr std::int64_t second = 1'000'000'000;
constexpr std::int64_t look_again = 500'000;  // for a deadline that is lent

std::int64_t to_ns(const timespec& t) noexcept {
  // Far enough: a deadline that does not fit means "never".
  constexpr std::int64_t last = INT64_MAX / second - 1;
  return std::min<std::int64_t>(t.tv_sec, last) * second + t.tv_nsec;
}

timespec to_timespec(std::int64_t ns) noexcept {
  return {.tv_sec = ns / second, .tv_nsec = ns % second};
}

bool same(const timespec& a, const timespec& b) noexcept {
  return a.tv_sec == b.tv_sec && a.tv_nsec == b.tv_nsec;
}

std::uint64_t argument(const seccomp_notif& call, int number) noexcept {
  return call.data.args[number];
}

}  // namespace

std::int64_t real_nanoseconds(clockid_t clock) noexcept {
  timespec t{};
  clock_gettime(clock, &t);
  return to_ns(t);
}

clock_answers::clock_answers(shared_time& time, moved_clocks what) noexcept
    : time_(time), clocks_(clock_set(what)) {}

std::optional<seccomp_notif> clock_answers::answer_next(int listener) noexcept {
  seccomp_notif call;
  std::memset(&call, 0, sizeof call);
  // It fails when a signal has ended the call meanwhile.
  if (ioctl(listener, SECCOMP_IOCTL_NOTIF_RECV, &call) != 0) return {};
  switch (call.data.nr) {
    case SYS_clock_gettime:
      tell_time(listener, call);
      break;
    case SYS_gettimeofday:
      tell_time_of_day(listener, call);
      break;
#ifdef SYS_time
    case SYS_time:
      tell_seconds(listener, call);
      break;
#endif
    case SYS_clock_nanosleep:
      hold_sleep(listener, call);
      break;
    case SYS_futex:
      wait_on_futex(listener, call);
      break;
    case SYS_timerfd_settime:
      set_timer(listener, call);
      break;
    default:
      return call;
  }
  return {};
}

void clock_answers::tell_time(int listener, const seccomp_notif& call) noexcept {
  const auto clock = static_cast<clockid_t>(argument(call, 0));
  const timespec told = to_timespec(moved_now(clock));
  conclude(listener, call, write_value(static_cast<pid_t>(call.pid), argument(call, 1), told));
}

void clock_answers::tell_time_of_day(int listener, const seccomp_notif& call) noexcept {
  const auto told = moved_now(CLOCK_REALTIME);
  const timeval value{.tv_sec = told / second, .tv_usec = told % second / 1000};
  const struct timezone zone{};
  const auto task = static_cast<pid_t>(call.pid);
  bool written = argument(call, 0) == 0 || write_value(task, argument(call, 0), value);
  if (written && argument(call, 1) != 0) written = write_value(task, argument(call, 1), zone);
  conclude(listener, call, written);
}

void clock_answers::tell_seconds(int listener, const seccomp_notif& call) noexcept {
  const std::int64_t told = moved_now(CLOCK_REALTIME) / second;
  if (argument(call, 0) != 0 &&
      !write_value(static_cast<pid_t>(call.pid), argument(call, 0), told)) {
    conclude(listener, call, false);
    return;
  }
  time_.moved.fetch_add(1, std::memory_order_relaxed);
  finish(listener, call, told, 0);
}

void clock_answers::conclude(int listener, const seccomp_notif& call, bool written) noexcept {
  if (written) {
    time_.moved.fetch_add(1, std::memory_order_relaxed);
    finish(listener, call, 0, 0);
  } else if (errno == EFAULT) {
    finish(listener, call, 0, -EFAULT);
  } else {
    // Real time is better than none: a program whose clock fails may sign for the year 2106.
    count_unmoved();
    let_through(listener, call);
  }
}

void clock_answers::hold_sleep(int listener, const seccomp_notif& call) noexcept {
  timespec until;
  const bool known = read_value(static_cast<pid_t>(call.pid), argument(call, 2), until) &&
                     until.tv_sec >= 0 && until.tv_nsec >= 0 && until.tv_nsec < second;
  if (known && sleep_count_ == sleeps_.size()) {
    // Sleeps that a signal has ended are still here.
    const auto gone = [&](const sleep& one) {
      return ioctl(listener, SECCOMP_IOCTL_NOTIF_ID_VALID, &one.call.id) != 0;
    };
    const auto end = std::remove_if(sleeps_.begin(), sleeps_.end(), gone);
    sleep_count_ = static_cast<std::size_t>(end - sleeps_.begin());
  }
  if (!known || sleep_count_ == sleeps_.size()) {
    let_through(listener, call);
    return;
  }
  sleeps_[sleep_count_++] = {call, to_ns(until)};
}

void clock_answers::wait_on_futex(int listener, const seccomp_notif& call) noexcept {
  const auto clock =
      (argument(call, 1) & FUTEX_CLOCK_REALTIME) != 0 ? CLOCK_REALTIME : CLOCK_MONOTONIC;
  const auto task = static_cast<pid_t>(call.pid);
  give_back(task);
  timespec until;
  if (!moves(clock) || offset() == 0 || !read_value(task, argument(call, 3), until)) {
    let_through(listener, call);
  } else if (to_ns(until) <= moved_now(clock)) {
    finish(listener, call, 0, -ETIMEDOUT);
  } else {
    lend(listener, call, argument(call, 3), until);
  }
}

void clock_answers::set_timer(int listener, const seccomp_notif& call) noexcept {
  const auto task = static_cast<pid_t>(call.pid);
  give_back(task);
  const auto address = argument(call, 2) + offsetof(itimerspec, it_value);
  timespec until;
  const auto timer = settings_of_timer(task, static_cast<int>(argument(call, 0)));
  if (!timer || !moves(timer->clock) || offset() == 0 || !read_value(task, address, until) ||
      (until.tv_sec == 0 && until.tv_nsec == 0)) {  // disarms it
    let_through(listener, call);
    return;
  }
  lend(listener, call, address, until);
}

void clock_answers::lend(int listener, const seccomp_notif& call, std::uint64_t address,
                         const timespec& original) noexcept {
  const auto task = static_cast<pid_t>(call.pid);
  // Zero would disarm a timer; a moment long past does not.
  const auto real = std::max<std::int64_t>(to_ns(original) - offset(), 1);
  const loan made{task, address, to_timespec(real), original};
  if (loan_count_ == loans_.size() || !write_value(task, address, made.lent)) {
    count_unmoved();
    let_through(listener, call);
    return;
  }
  loans_[loan_count_++] = made;
  let_through(listener, call);
  give_back(0);
}

// The kernel has read a deadline when its thread sleeps, or does anything that we see.
void clock_answers::give_back(pid_t certainly_read) noexcept {
  const auto returned = [&](const loan& one) {
    if (one.task != certainly_read && state_of_task(one.task) == 'R') return false;
    timespec present;
    if (read_value(one.task, one.address, present) && same(present, one.lent)) {
      write_value(one.task, one.address, one.original);
    }
    return true;
  };
  const auto end = std::remove_if(
      loans_.begin(), loans_.begin() + static_cast<std::ptrdiff_t>(loan_count_), returned);
  loan_count_ = static_cast<std::size_t>(end - loans_.begin());
}

void clock_answers::attend(int listener) noexcept {
  give_back(0);
  const auto over = [&](const sleep& one) {
    const auto clock = static_cast<clockid_t>(argument(one.call, 0));
    if (moved_now(clock) < one.until_ns) return false;
    finish(listener, one.call, 0, 0);
    return true;
  };
  const auto end = std::remove_if(
      sleeps_.begin(), sleeps_.begin() + static_cast<std::ptrdiff_t>(sleep_count_), over);
  sleep_count_ = static_cast<std::size_t>(end - sleeps_.begin());
}

std::optional<std::int64_t> clock_answers::patience() const noexcept {
  std::optional<std::int64_t> least;
  if (loan_count_ > 0) least = look_again;
  for (std::size_t i = 0; i < sleep_count_; ++i) {
    const auto clock = static_cast<clockid_t>(argument(sleeps_[i].call, 0));
    const auto left = std::max<std::int64_t>(sleeps_[i].until_ns - moved_now(clock), 0);
    least = std::min(least.value_or(left), left);
  }
  return least;
}

bool clock_answers::moves(clockid_t clock) const noexcept {
  return clock >= 0 && clock < 32 && (clocks_ >> clock & 1u) != 0;
}

std::int64_t clock_answers::offset() const noexcept {
  return time_.offset_ns.load(std::memory_order_acquire);
}

std::int64_t clock_answers::moved_now(clockid_t clock) const noexcept {
  return real_nanoseconds(clock) + offset();
}

void clock_answers::finish(int listener, const seccomp_notif& call, std::int64_t value,
                           int error) noexcept {
  seccomp_notif_resp response{};
  response.id = call.id;
  response.val = value;
  response.error = error;
  // It fails when a signal has ended the call meanwhile: nobody waits for the answer then.
  ioctl(listener, SECCOMP_IOCTL_NOTIF_SEND, &response);
}

void clock_answers::let_through(int listener, const seccomp_notif& call) noexcept {
  seccomp_notif_resp response{};
  response.id = call.id;
  response.flags = SECCOMP_USER_NOTIF_FLAG_CONTINUE;
  ioctl(listener, SECCOMP_IOCTL_NOTIF_SEND, &response);
}

}  // namespace staplelab::runtime
