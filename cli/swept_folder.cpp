#include "cli/swept_folder.hpp"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstdint>
#include <string>

#include "cli/failure.hpp"

namespace staplelab::cli {
namespace {

namespace fs = std::filesystem;

// Servers are being ended at the same time and may still write: it is tried until it is gone.
constexpr int most_tries = 100;
constexpr int between_tries_ms = 50;

constexpr const char* memory = "/dev/shm";
constexpr std::uintmax_t enough_memory = 16U << 20;

bool has_memory() {
  std::error_code error;
  return ::access(memory, W_OK | X_OK) == 0 &&
         fs::space(memory, error).available >= enough_memory && !error;
}

fs::path parent_of(swept_folder::place where) {
  const bool chosen = ::getenv("TMPDIR") != nullptr;
  return where == swept_folder::place::memory && !chosen && has_memory()
             ? fs::path(memory)
             : fs::temp_directory_path();
}

fs::path make_folder(swept_folder::place where) {
  std::string pattern = (parent_of(where) / "staplelab-run-XXXXXX").string();
  if (!::mkdtemp(pattern.data())) {
    throw failure(exit_code::missing, "cannot make a folder for temporary files: " + pattern);
  }
  fs::permissions(pattern, fs::perms(0711));  // servers with users of their own live below it
  return pattern;
}

[[noreturn]] void sweep(const fs::path& folder, int alive) {
  ::setsid();  // what is sent to our terminal's processes is not for this one
  for (const int each : {SIGINT, SIGTERM, SIGHUP, SIGQUIT})
    ::signal(each, SIG_IGN);
  ::close(STDIN_FILENO);
  ::close(STDOUT_FILENO);  // who reads our output shall see its end
  ::close(STDERR_FILENO);
  char nothing;
  while (::read(alive, &nothing, 1) < 0 && errno == EINTR) {
  }
  std::error_code error;
  for (int tries = 0; tries < most_tries; ++tries) {
    fs::remove_all(folder, error);
    if (!fs::exists(folder, error)) break;
    ::poll(nullptr, 0, between_tries_ms);
  }
  ::_exit(0);
}

}  // namespace

swept_folder::swept_folder(place where) : path_(make_folder(where)) {
  std::array<int, 2> ends{};
  if (::pipe2(ends.data(), O_CLOEXEC) != 0) {
    throw failure(exit_code::missing, "cannot make a pipe");
  }
  sweeper_ = ::fork();
  if (sweeper_ == 0) {
    ::close(ends[1]);
    sweep(path_, ends[0]);
  }
  ::close(ends[0]);
  alive_ = ends[1];
  if (sweeper_ < 0) throw failure(exit_code::missing, "cannot start a process");
  ::setenv("TMPDIR", path_.c_str(), 1);
}

swept_folder::~swept_folder() {
  ::close(alive_);
  ::waitpid(sweeper_, nullptr, 0);
}

}  // namespace staplelab::cli
