#include "tests/pki/run_program.hpp"

#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <fstream>
#include <iterator>
#include <stdexcept>
#include <system_error>
#include <utility>

extern char** environ;

namespace staplelab::tests {
namespace {

void require(int result, const char* what) {
  if (result != 0) throw std::system_error{result, std::generic_category(), what};
}

}  // namespace

temporary_directory::temporary_directory() {
  std::string pattern = (std::filesystem::temp_directory_path() / "staplelab-XXXXXX").string();
  if (::mkdtemp(pattern.data()) == nullptr) throw std::runtime_error{"mkdtemp failed"};
  path_ = pattern;
}

temporary_directory::~temporary_directory() {
  std::error_code ignored;
  std::filesystem::remove_all(path_, ignored);
}

std::string temporary_directory::file(std::string_view name, std::string_view text) const {
  const auto file = path_ / name;
  std::ofstream{file, std::ios::binary} << text;
  return file.string();
}

std::string temporary_directory::file(std::string_view name, pki::bytes_view octets) const {
  return file(name, std::string_view{reinterpret_cast<const char*>(octets.data()), octets.size()});
}

pki::bytes read_file(const std::filesystem::path& file) {
  std::ifstream in{file, std::ios::binary};
  return {std::istreambuf_iterator<char>{in}, std::istreambuf_iterator<char>{}};
}

child_process::child_process(const std::vector<std::string>& command) {
  std::array<int, 2> pipe_ends{};
  if (::pipe2(pipe_ends.data(), O_CLOEXEC) != 0) require(errno, "pipe2");
  posix_spawn_file_actions_t actions;
  require(::posix_spawn_file_actions_init(&actions), "posix_spawn");
  ::posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
  ::posix_spawn_file_actions_adddup2(&actions, pipe_ends[1], STDOUT_FILENO);
  ::posix_spawn_file_actions_adddup2(&actions, pipe_ends[1], STDERR_FILENO);
  std::vector<char*> arguments;
  for (const std::string& argument : command) {
    arguments.push_back(const_cast<char*>(argument.c_str()));
  }
  arguments.push_back(nullptr);
  const int failure =
      ::posix_spawnp(&pid_, arguments[0], &actions, nullptr, arguments.data(), environ);
  ::posix_spawn_file_actions_destroy(&actions);
  ::close(pipe_ends[1]);
  output_ = pipe_ends[0];
  if (failure != 0) {
    ::close(output_);
    require(failure, arguments[0]);
  }
}

child_process::~child_process() {
  if (pid_ > 0) {
    kill();
    wait();
  }
  ::close(output_);
}

std::optional<std::string> child_process::read_line() {
  std::array<char, 4096> chunk{};
  while (true) {
    if (const auto end = pending_.find('\n'); end != std::string::npos) {
      std::string line = pending_.substr(0, end);
      pending_.erase(0, end + 1);
      return line;
    }
    const ssize_t count = ::read(output_, chunk.data(), chunk.size());
    if (count < 0 && errno == EINTR) continue;
    if (count <= 0) break;
    pending_.append(chunk.data(), static_cast<std::size_t>(count));
  }
  if (pending_.empty()) return std::nullopt;
  return std::exchange(pending_, {});
}

void child_process::kill() {
  ::kill(pid_, SIGKILL);
}

int child_process::wait() {
  int status = 0;
  while (::waitpid(pid_, &status, 0) < 0 && errno == EINTR) {
  }
  pid_ = -1;
  return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

program_result run_program(const std::vector<std::string>& command) {
  child_process child{command};
  program_result result{};
  while (auto line = child.read_line())
    result.output += *line + "\n";
  result.exit_code = child.wait();
  return result;
}

bool is_installed(std::string_view program) {
  return run_program({"sh", "-c", "command -v " + std::string{program}}).exit_code == 0;
}

}  // namespace staplelab::tests
