#include "tests/cli/process.hpp"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <poll.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <csignal>
#include <cstdlib>
#include <fstream>
#include <iterator>

extern char** environ;

namespace staplelab::cli {
namespace {

// Of silence, after which a program is ended by force.
constexpr int patience_ms = 60'000;

struct pipe_ends {
  int read, write;
  pipe_ends() {
    std::array<int, 2> ends{};
    if (::pipe2(ends.data(), O_CLOEXEC) != 0) std::abort();
    read = ends[0];
    write = ends[1];
  }
};

pid_t spawn(const std::vector<std::string>& arguments, const std::string& input_file, int out,
            int err) {
  posix_spawn_file_actions_t actions;
  ::posix_spawn_file_actions_init(&actions);
  ::posix_spawn_file_actions_addopen(&actions, 0, input_file.c_str(), O_RDONLY, 0);
  ::posix_spawn_file_actions_adddup2(&actions, out, 1);
  ::posix_spawn_file_actions_adddup2(&actions, err, 2);
  std::vector<char*> argv;
  for (const std::string& each : arguments)
    argv.push_back(const_cast<char*>(each.c_str()));
  argv.push_back(nullptr);
  pid_t pid = -1;
  const int error = ::posix_spawnp(&pid, argv[0], &actions, nullptr, argv.data(), environ);
  ::posix_spawn_file_actions_destroy(&actions);
  EXPECT_EQ(error, 0) << "cannot start " << arguments.front();
  return error == 0 ? pid : -1;
}

// False once the stream has ended; then it is closed.
bool take(int& stream, std::string& content) {
  char room[16 * 1024];
  const ssize_t got = ::read(stream, room, sizeof room);
  if (got > 0) {
    content.append(room, static_cast<std::size_t>(got));
    return true;
  }
  ::close(stream);
  stream = -1;
  return false;
}

}  // namespace

background_program::background_program(std::vector<std::string> arguments) {
  const std::string input = "/dev/null";
  const pipe_ends out, err;
  pid_ = spawn(arguments, input, out.write, err.write);
  ::close(out.write);
  ::close(err.write);
  out_ = out.read;
  err_ = err.read;
}

background_program::~background_program() {
  if (pid_ > 0) {
    ::kill(pid_, SIGKILL);
    ::waitpid(pid_, nullptr, 0);
  }
  if (out_ >= 0) ::close(out_);
  if (err_ >= 0) ::close(err_);
}

bool background_program::read_some() {
  if (out_ < 0 && err_ < 0) return false;
  std::array<pollfd, 2> streams{pollfd{out_, POLLIN, 0}, pollfd{err_, POLLIN, 0}};
  const int ready = ::poll(streams.data(), streams.size(), patience_ms);
  if (ready < 0 && errno == EINTR) return true;
  if (ready <= 0) {
    ADD_FAILURE() << "a program was silent for too long\n" << seen_.out << seen_.err;
    ::kill(pid_, SIGKILL);
    return false;
  }
  if (streams[0].revents != 0) take(out_, seen_.out);
  if (streams[1].revents != 0) take(err_, seen_.err);
  return true;
}

std::string background_program::wait_for_line(const std::string& prefix) {
  do {
    const auto begin = seen_.out.find(prefix);
    const auto end = begin == std::string::npos ? begin : seen_.out.find('\n', begin);
    if (end != std::string::npos) {
      return seen_.out.substr(begin + prefix.size(), end - begin - prefix.size());
    }
  } while (read_some());
  ADD_FAILURE() << "no line '" << prefix << "'\n" << seen_.out << seen_.err;
  return {};
}

bool background_program::wait_for_log(const std::string& text, std::size_t times) {
  do {
    std::size_t found = 0;
    for (auto at = seen_.err.find(text); at != std::string::npos;
         at = seen_.err.find(text, at + text.size())) {
      ++found;
    }
    if (found >= times) return true;
  } while (read_some());
  return false;
}

void background_program::send(int signal) {
  ::kill(pid_, signal);
}

ended_program background_program::wait() {
  while (read_some()) {
  }
  int status = 0;
  ::waitpid(pid_, &status, 0);
  pid_ = -1;
  seen_.exit_code = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
  return seen_;
}

ended_program run_program(const std::vector<std::string>& arguments, const std::string& input) {
  if (input.empty()) return background_program(arguments).wait();
  // The shell gives the input as a file: no pipe of ours can fill up and block.
  const scratch_folder folder;
  std::vector<std::string> with_input{"sh", "-c", "exec \"$@\" < \"$0\"",
                                      folder.write("input", input)};
  with_input.insert(with_input.end(), arguments.begin(), arguments.end());
  return background_program(with_input).wait();
}

ended_program staplelab(std::vector<std::string> arguments, const std::string& input) {
  arguments.insert(arguments.begin(), STAPLELAB_PROGRAM);
  return run_program(arguments, input);
}

scratch_folder::scratch_folder() {
  std::string name = (std::filesystem::temp_directory_path() / "staplelab-XXXXXX").string();
  if (::mkdtemp(name.data()) == nullptr) std::abort();
  path_ = name;
}

scratch_folder::~scratch_folder() {
  std::error_code ignored;
  std::filesystem::remove_all(path_, ignored);
}

std::string scratch_folder::write(const std::string& name, const std::string& content) const {
  std::filesystem::create_directories((path_ / name).parent_path());
  std::ofstream(path_ / name, std::ios::binary) << content;
  return *this / name;
}

std::string content_of(const std::filesystem::path& file) {
  std::ifstream stream(file, std::ios::binary);
  return {std::istreambuf_iterator<char>(stream), {}};
}

}  // namespace staplelab::cli
