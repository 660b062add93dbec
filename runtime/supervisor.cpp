#include "runtime/supervisor.hpp"

#include <fcntl.h>
#include <linux/seccomp.h>
#include <poll.h>
#include <signal.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <optional>
#include <span>

#include "runtime/clock_answers.hpp"
#include "runtime/proc_files.hpp"
#include "runtime/supervised_program.hpp"
#include "runtime/tracing.hpp"

namespace staplelab::runtime {

namespace {

class supervisor {
 public:
  explicit supervisor(const supervision& what) noexcept
      : what_(what), answers_(*what.time, what.moved), tracing_(answers_) {}
  [[noreturn]] void run() noexcept;

 private:
  void begin() noexcept;
  void wait() noexcept;
  void take_note() noexcept;
  void take_listener(int childs_descriptor) noexcept;
  void take_call() noexcept;
  void take_order() noexcept;
  void take_ends() noexcept;
  void take_end(pid_t task, int status) noexcept;
  void kill_all() noexcept;
  void send(report::kind kind, int number,
            start_failure::stage at = start_failure::stage::resources) noexcept;
  [[noreturn]] void finish() noexcept;
  [[noreturn]] void fail(start_failure::stage at, int error) noexcept;

  const supervision& what_;
  clock_answers answers_;
  tracing tracing_;
  pid_t program_ = -1;
  bool started_ = false;
  std::optional<int> status_;  // of the program, as waitpid tells it
  int notes_ = -1;
  int listener_ = -1;
  int ends_ = -1;  // readable when a child has ended or stopped
};

// What we have from the process that we are a copy of: its signal handlers would write to its
// descriptors, and its connections would stay open as long as we do.
void leave_parent(const supervision& what) noexcept {
  sigset_t all;
  sigfillset(&all);
  sigprocmask(SIG_BLOCK, &all, nullptr);
  struct sigaction standard{};
  standard.sa_handler = SIG_DFL;
  for (int number = 1; number < NSIG; ++number)
    sigaction(number, &standard, nullptr);
  const int nothing = open("/dev/null", O_RDWR | O_CLOEXEC);
  dup2(nothing, STDIN_FILENO);
  dup2(nothing, STDOUT_FILENO);
  std::array<int, 3> kept{STDERR_FILENO, what.orders, what.output};
  std::sort(kept.begin(), kept.end());
  for (std::size_t i = 0; i < kept.size(); ++i) {
    const auto last = i + 1 < kept.size() ? static_cast<unsigned>(kept[i + 1]) - 1 : ~0u;
    const auto first = static_cast<unsigned>(kept[i]) + 1;
    if (first <= last) close_range(first, last, 0);
  }
  prctl(PR_SET_NAME, "supervisor");
  prctl(PR_SET_CHILD_SUBREAPER, 1);
  setsid();
}

void supervisor::run() noexcept {
  begin();
  for (;;)
    wait();
}

void supervisor::begin() noexcept {
  leave_parent(what_);
  std::array<int, 2> notes;
  sigset_t child_ends;
  sigemptyset(&child_ends);
  sigaddset(&child_ends, SIGCHLD);
  ends_ = signalfd(-1, &child_ends, SFD_CLOEXEC | SFD_NONBLOCK);
  if (ends_ < 0 || pipe2(notes.data(), O_CLOEXEC) != 0)
    fail(start_failure::stage::resources, errno);
  notes_ = notes[0];
  const pid_t self = getpid();
  program_ = _Fork();
  if (program_ == 0) become_program(what_, notes[1], self);
  if (program_ < 0) fail(start_failure::stage::resources, errno);
  close(notes[1]);
  close(what_.output);
}

void supervisor::wait() noexcept {
  std::optional<std::int64_t> patience = answers_.patience();
  if (const auto other = tracing_.patience())
    patience = std::min(patience.value_or(*other), *other);
  timespec limit{};
  if (patience) limit = {.tv_sec = *patience / 1'000'000'000, .tv_nsec = *patience % 1'000'000'000};
  std::array<pollfd, 4> sources{
      {{listener_, POLLIN, 0}, {what_.orders, POLLIN, 0}, {ends_, POLLIN, 0}, {notes_, POLLIN, 0}}};
  if (ppoll(sources.data(), sources.size(), patience ? &limit : nullptr, nullptr) < 0) return;
  if (sources[0].revents & POLLIN)
    take_call();
  else if (sources[0].revents != 0)
    close(std::exchange(listener_, -1));
  // The note that says why comes before the end of who wrote it.
  if (sources[3].revents != 0) take_note();
  if (sources[1].revents != 0) take_order();
  if (sources[2].revents != 0) take_ends();
  if (patience) {
    answers_.attend(listener_);
    tracing_.attend();
  }
}

void supervisor::take_note() noexcept {
  birth_note note;
  const auto octets = read(notes_, &note, sizeof note);
  if (octets == static_cast<ssize_t>(sizeof note)) {
    switch (note.what) {
      case birth_note::kind::listener:
        take_listener(note.number);
        return;
      case birth_note::kind::failure:
        fail(note.at, note.number);
    }
  }
  close(std::exchange(notes_, -1));
  started_ = true;
  send(report::kind::started, program_);
}

void supervisor::take_listener(int childs_descriptor) noexcept {
  const int child = static_cast<int>(syscall(SYS_pidfd_open, program_, 0));
  listener_ =
      child < 0 ? -1 : static_cast<int>(syscall(SYS_pidfd_getfd, child, childs_descriptor, 0));
  if (listener_ < 0) fail(start_failure::stage::clock, errno);
  close(child);
}

void supervisor::take_call() noexcept {
  const auto execve = answers_.answer_next(listener_);
  if (!execve) return;
  if (!tracing_.follow(static_cast<pid_t>(execve->pid))) {
    if (!started_) fail(start_failure::stage::clock, errno);
    answers_.count_unmoved();
  }
  answers_.let_through(listener_, *execve);
}

void supervisor::take_order() noexcept {
  order given;
  const auto octets = recv(what_.orders, &given, sizeof given, 0);
  if (octets != static_cast<ssize_t>(sizeof given)) {  // whoever gave orders is gone
    kill_all();
    _exit(0);
  }
  switch (given.what) {
    case order::kind::signal:
      // Unreaped, so its id is still its own.
      if (!status_) kill(program_, given.signal);
      break;
    case order::kind::jump:
      answers_.attend(listener_);
      if (given.jump_ns > 0) tracing_.wake_sleepers(given.jump_ns);
      break;
    case order::kind::kill:
      kill_all();
      finish();
  }
}

void supervisor::take_ends() noexcept {
  std::array<signalfd_siginfo, 8> signals;
  while (read(ends_, signals.data(), sizeof signals) > 0) {
  }
  int status = 0;
  for (pid_t task; (task = waitpid(-1, &status, WNOHANG | __WALL)) > 0;)
    take_end(task, status);
  if (!status_) return;
  if (notes_ >= 0) take_note();  // it ended at once
  kill_all();
  finish();
}

void supervisor::take_end(pid_t task, int status) noexcept {
  if (WIFSTOPPED(status)) {
    tracing_.stopped(task, status);
    return;
  }
  tracing_.ended(task);
  if (task == program_) status_ = status;
}

// Orphans become our children when their parent ends, before we hear of that: whoever is left after
// a wait is found by the next turn.
void supervisor::kill_all() noexcept {
  static std::array<pid_t, 4096> children;
  int status = 0;
  pid_t task = 0;
  while (task >= 0 || errno != ECHILD) {
    const auto count = children_of_thread(getpid(), getpid(), children);
    for (const pid_t child : std::span(children).first(count))
      kill(child, SIGKILL);
    task = waitpid(-1, &status, __WALL);
    if (task == program_ && !WIFSTOPPED(status)) status_ = status;
  }
}

void supervisor::send(report::kind kind, int number, start_failure::stage at) noexcept {
  const report told{kind, number, at};
  ::send(what_.orders, &told, sizeof told, MSG_NOSIGNAL);
}

void supervisor::finish() noexcept {
  const int status = status_.value_or(SIGKILL);
  if (WIFEXITED(status)) {
    send(report::kind::exited, WEXITSTATUS(status));
  } else {
    send(report::kind::killed, WTERMSIG(status));
  }
  _exit(0);
}

void supervisor::fail(start_failure::stage at, int error) noexcept {
  kill_all();
  send(report::kind::failed, error, at);
  _exit(0);
}

}  // namespace

void supervise(const supervision& what) noexcept {
  // Too large for the stack of a thread to be sure of.
  alignas(supervisor) static std::array<std::byte, sizeof(supervisor)> room;
  (new (room.data()) supervisor(what))->run();
}

}  // namespace staplelab::runtime
