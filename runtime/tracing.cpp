#include "runtime/tracing.hpp"

#include <sys/ptrace.h>
#include <sys/syscall.h>
#include <sys/timerfd.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <span>

#include "runtime/proc_files.hpp"
#include "runtime/timed_wait.hpp"

namespace staplelab::runtime {

namespace {

constexpr std::int64_t a_moment = 30'000'000;

// Timers that processes share by inheritance are advanced once for each of them.
void advance_timers(const clock_answers& answers, pid_t process, std::int64_t jump_ns) noexcept {
  static std::array<int, 4096> descriptors;
  const auto count = descriptors_of(process, descriptors);
  for (const int number : std::span(descriptors).first(count)) {
    const auto timer = settings_of_timer(process, number);
    // A timer that a change of the date cancels is there to notice one.
    if (!timer || !answers.moves(timer->clock) || timer->flags & TFD_TIMER_CANCEL_ON_SET) continue;
    const auto handle = static_cast<int>(syscall(SYS_pidfd_open, process, 0));
    const auto ours = static_cast<int>(syscall(SYS_pidfd_getfd, handle, number, 0));
    itimerspec left;
    if (timerfd_gettime(ours, &left) == 0 && (left.it_value.tv_sec | left.it_value.tv_nsec) != 0) {
      constexpr std::int64_t second = 1'000'000'000;
      const auto value = left.it_value.tv_sec * second + left.it_value.tv_nsec - jump_ns;
      const auto soon = std::max<std::int64_t>(value, 1);
      left.it_value = {.tv_sec = soon / second, .tv_nsec = soon % second};
      timerfd_settime(ours, 0, &left, nullptr);
    }
    if (ours >= 0) close(ours);
    if (handle >= 0) close(handle);
  }
}

// Calls `visit(process, thread)` for every thread of every descendant of ours.
template <class Visit>
void for_each_descendant(Visit visit) noexcept {
  static std::array<pid_t, 4096> processes;
  static std::array<pid_t, 4096> threads;
  std::size_t count = children_of_thread(getpid(), getpid(), processes);
  for (std::size_t at = 0; at < count; ++at) {
    const auto running = threads_of(processes[at], threads);
    for (const pid_t thread : std::span(threads).first(running)) {
      const auto room = std::span(processes).subspan(count);
      count += children_of_thread(processes[at], thread, room);
      visit(processes[at], thread);
    }
  }
}

}  // namespace

bool tracing::follow(pid_t task) noexcept {
  const auto end = traced_.begin() + static_cast<std::ptrdiff_t>(traced_count_);
  if (std::find(traced_.begin(), end, task) != end) return true;
  if (traced_count_ == traced_.size()) {
    errno = ENOMEM;
    return false;
  }
  if (ptrace(PTRACE_SEIZE, task, nullptr, PTRACE_O_TRACEEXEC) != 0) return false;
  traced_[traced_count_++] = task;
  return true;
}

// A strict wait that goes on is not interrupted at all: it would go on as restart_syscall, from
// which nobody could tell any longer what it waits for.
bool tracing::ends_with(std::int64_t jump_ns, pid_t task, const blocked_call& call) noexcept {
  const auto wait = timed_wait_of(task, call);
  if (!wait) return false;
  if (wait->how == timed_wait::manner::may_wake || wait->timeout_ns <= jump_ns) return true;
  return wait->timeout_ns <= waits_.add(task, jump_ns);
}

void tracing::wake_sleepers(std::int64_t jump_ns) noexcept {
  jump_ns_ = jump_ns;
  waits_.begin_jump();
  ran_count_ = 0;
  for_each_descendant([&](pid_t process, pid_t task) {
    if (task == process) advance_timers(answers_, process, jump_ns);
    blocked_call call;
    switch (look_at_task(task, call)) {
      case activity::running:
        if (ran_count_ < ran_.size()) ran_[ran_count_++] = task;
        break;
      case activity::blocked:
        if (ends_with(jump_ns, task, call)) wake(task);
        break;
      case activity::unknown:
        break;
    }
  });
  second_look_ns_ = real_nanoseconds(CLOCK_MONOTONIC) + a_moment;
}

void tracing::attend() noexcept {
  if (ran_count_ == 0 || real_nanoseconds(CLOCK_MONOTONIC) < second_look_ns_) return;
  jump_ns_ = -1;  // a wait that was begun after the jump has not expired
  for (const pid_t task : std::span(ran_).first(ran_count_)) {
    blocked_call call;
    if (look_at_task(task, call) != activity::blocked) continue;
    const auto wait = timed_wait_of(task, call);
    if (wait && wait->how == timed_wait::manner::may_wake) wake(task);
  }
  ran_count_ = 0;
}

std::optional<std::int64_t> tracing::patience() const noexcept {
  if (ran_count_ == 0) return {};
  return std::max<std::int64_t>(second_look_ns_ - real_nanoseconds(CLOCK_MONOTONIC), 0);
}

// It stops soon, which ends its wait; stopped() does the rest.
void tracing::wake(pid_t task) noexcept {
  if (follow(task)) ptrace(PTRACE_INTERRUPT, task, nullptr, nullptr);
}

void tracing::stopped(pid_t task, int status) noexcept {
  const int signal = WSTOPSIG(status);
  switch (status >> 16) {
    case PTRACE_EVENT_EXEC: {
      unsigned long former = 0;  // a thread that executes takes over the id of its process
      ptrace(PTRACE_GETEVENTMSG, task, nullptr, &former);
      forget(static_cast<pid_t>(former));
      forget(task);
      if (!hide_vdso(task)) answers_.count_unmoved();
      ptrace(PTRACE_DETACH, task, nullptr, nullptr);
      break;
    }
    case PTRACE_EVENT_STOP:
      end_timed_wait(task, waits_.slept(task, jump_ns_));
      forget(task);
      ptrace(PTRACE_DETACH, task, nullptr, nullptr);
      break;
    default:
      ptrace(PTRACE_CONT, task, nullptr, static_cast<long>(signal));
      break;
  }
}

void tracing::forget(pid_t task) noexcept {
  const auto end = traced_.begin() + static_cast<std::ptrdiff_t>(traced_count_);
  traced_count_ =
      static_cast<std::size_t>(std::remove(traced_.begin(), end, task) - traced_.begin());
}

}  // namespace staplelab::runtime
