#include "runtime/supervised_program.hpp"

#include <fcntl.h>
#include <grp.h>
#include <linux/seccomp.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cerrno>

namespace staplelab::runtime {

namespace {

void tell(int notes, birth_note note) noexcept {
  // A note is smaller than PIPE_BUF: it goes whole or not at all.
  [[maybe_unused]] const auto sent = write(notes, &note, sizeof note);
}

[[noreturn]] void give_up(int notes, start_failure::stage at) noexcept {
  tell(notes, {birth_note::kind::failure, errno, at});
  _exit(127);
}

bool redirect(int output) noexcept {
  const int nothing = open("/dev/null", O_RDWR);
  if (nothing < 0 || dup2(nothing, STDIN_FILENO) < 0) return false;
  if (nothing > STDERR_FILENO) close(nothing);
  return dup2(output, STDOUT_FILENO) >= 0 && dup2(output, STDERR_FILENO) >= 0;
}

// By system calls: the C library's own versions would first ask threads that are not here.
bool change_to(const user_ids& to) noexcept {
  return syscall(SYS_setgroups, 0, nullptr) == 0 &&
         syscall(SYS_setresgid, to.group, to.group, to.group) == 0 &&
         syscall(SYS_setresuid, to.user, to.user, to.user) == 0;
}

int listen_for_calls(const sock_fprog& filter) noexcept {
  const auto install = [&] {
    return static_cast<int>(
        syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, SECCOMP_FILTER_FLAG_NEW_LISTENER, &filter));
  };
  const int listener = install();
  if (listener >= 0 || errno != EACCES) return listener;
  // Not root: the price of a filter is that set-user-id programs get no more rights.
  if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0) return -1;
  return install();
}

}  // namespace

void become_program(const supervision& what, int notes, pid_t supervisor) noexcept {
  using stage = start_failure::stage;
  setsid();
  if (!redirect(what.output)) give_up(notes, stage::resources);
  if (what.user != nullptr && !change_to(*what.user)) give_up(notes, stage::user);
  if (what.folder != nullptr && chdir(what.folder) != 0) give_up(notes, stage::folder);
  // A change of user clears it, so it comes after. It makes up for a supervisor that is killed.
  prctl(PR_SET_PDEATHSIG, SIGKILL);
  if (getppid() != supervisor) _exit(127);
  sigset_t none;
  sigemptyset(&none);
  sigprocmask(SIG_SETMASK, &none, nullptr);
  if (what.filter != nullptr) {
    const int listener = listen_for_calls(*what.filter);
    if (listener < 0) give_up(notes, stage::clock);
    tell(notes, {birth_note::kind::listener, listener, stage::clock});
  }
  execve(what.file, what.arguments, what.environment);
  give_up(notes, stage::execution);
}

}  // namespace staplelab::runtime
