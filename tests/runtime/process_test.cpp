#include "runtime/process.hpp"

#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <filesystem>

#include "tests/runtime/ran.hpp"

namespace staplelab::runtime {
namespace {

using testing::ElementsAre;
using stage = start_failure::stage;

std::ptrdiff_t open_descriptors() {
  const std::filesystem::directory_iterator all("/proc/self/fd");
  return std::distance(begin(all), end(all));
}

pid_t number_in_last_line(const ran& of) {
  return of.lines.empty() ? 0 : static_cast<pid_t>(std::atoi(of.lines.back().c_str()));
}

TEST(process, gives_its_lines_in_order_and_its_exit_code) {
  ran it;
  ASSERT_TRUE(it.start(run_of({"sh", "-c", "echo one; echo two >&2; printf three; exit 7"})));
  EXPECT_EQ(it.end(), process_end(exited{7}));
  EXPECT_THAT(it.lines, ElementsAre("one", "two", "three"));
  EXPECT_EQ(it.started->ended(), process_end(exited{7}));
}

TEST(process, tells_the_signal_that_killed_it) {
  ran it;
  ASSERT_TRUE(it.start(run_of({"sh", "-c", "kill -TERM $$"})));
  EXPECT_EQ(it.end(), process_end(killed{SIGTERM}));
}

TEST(process, gets_signals) {
  ran it;
  ASSERT_TRUE(it.start(run_of(
      {"sh", "-c",
       "trap 'echo reload' HUP; trap 'exit 3' TERM; echo up; while :; do sleep 0.01; done"})));
  ASSERT_TRUE(it.run_until([&] { return it.has_line("up"); }));
  it.started->send_signal(SIGHUP);
  ASSERT_TRUE(it.run_until([&] { return it.has_line("reload"); }));
  it.started->send_signal(SIGTERM);
  EXPECT_EQ(it.end(), process_end(exited{3}));
}

TEST(process, has_the_folder_and_the_environment_that_were_asked_for_and_no_input) {
  ran it;
  auto what = run_of({"sh", "-c", "pwd; echo $GREETING; cat; env | wc -l"});
  what.folder = "/usr";
  what.environment.push_back("GREETING=hello there");
  ASSERT_TRUE(it.start(what));
  EXPECT_EQ(it.end(), process_end(exited{0}));
  EXPECT_THAT(it.lines, ElementsAre("/usr", "hello there", "3"));  // PATH, GREETING, PWD
}

TEST(process, has_no_descriptor_and_no_signal_setting_of_ours) {
  const int inheritable = open("/dev/null", O_RDONLY);
  const auto before = signal(SIGPIPE, SIG_IGN);
  ran it;
  ASSERT_TRUE(it.start(run_of({"sh", "-c", "ls /proc/self/fd; grep SigIgn /proc/self/status"})));
  EXPECT_EQ(it.end(), process_end(exited{0}));
  EXPECT_THAT(it.lines, ElementsAre("0", "1", "2", "3", "SigIgn:\t0000000000000000"));  // 3: by ls
  signal(SIGPIPE, before);
  close(inheritable);
}

TEST(process, gives_long_lines_in_pieces) {
  ran it;
  ASSERT_TRUE(it.start(run_of({"sh", "-c", "printf '%20000d\\n%16384d\\n' 1 2"})));
  EXPECT_EQ(it.end(), process_end(exited{0}));
  ASSERT_EQ(it.lines.size(), 3u);
  EXPECT_EQ(it.lines[0].size(), process::max_line);
  EXPECT_EQ(it.lines[1].size(), 20000 - process::max_line);
  EXPECT_EQ(it.lines[2].size(), process::max_line);
}

TEST(process, that_cannot_start_tells_why) {
  struct {
    const char* name;
    command what;
    stage at;
    int error;
  } cases[] = {
      {"no such name", run_of({"no-such-program-anywhere"}), stage::program_not_found, ENOENT},
      {"no such path", run_of({"/no/such/program"}), stage::program_not_found, ENOENT},
      {"a folder", run_of({"/usr"}), stage::execution, EACCES},
      {"no such folder", run_of({"true"}), stage::folder, ENOENT},
  };
  cases[3].what.folder = "/no/such/folder";
  for (auto& one : cases) {
    SCOPED_TRACE(one.name);
    ran it;
    EXPECT_FALSE(it.start(one.what));
    ASSERT_TRUE(it.failure);
    EXPECT_EQ(it.failure->at, one.at);
    EXPECT_EQ(it.failure->error, one.error);
    EXPECT_THAT(to_string(*it.failure, one.what),
                testing::StartsWith(one.what.arguments[0] + ": "));
  }
}

TEST(process, runs_as_another_user) {
  if (getuid() != 0) GTEST_SKIP() << "only root can become another user";
  ran it;
  auto what = run_of({"id", "-u"});
  what.user = find_user("nobody");
  ASSERT_TRUE(what.user);
  ASSERT_TRUE(it.start(what));
  EXPECT_EQ(it.end(), process_end(exited{0}));
  EXPECT_THAT(it.lines, ElementsAre(std::to_string(what.user->user)));
}

TEST(process, that_ends_takes_its_descendants_along) {
  ran it;
  ASSERT_TRUE(
      it.start(run_of({"sh", "-c", "setsid sh -c 'sleep 1000 & echo $!; wait' & sleep 0.3"})));
  EXPECT_EQ(it.end(), process_end(exited{0}));
  const auto orphan = number_in_last_line(it);
  ASSERT_GT(orphan, 0);
  EXPECT_FALSE(is_alive(orphan));
}

TEST(process, is_killed_with_its_descendants) {
  ran it;
  ASSERT_TRUE(it.start(run_of({"sh", "-c", "trap '' TERM HUP INT; sleep 1000 & echo $!; wait"})));
  ASSERT_TRUE(it.run_until([&] { return !it.lines.empty(); }));
  it.started->kill_tree();
  EXPECT_EQ(it.end(), process_end(killed{SIGKILL}));
  EXPECT_FALSE(is_alive(number_in_last_line(it)));
}

TEST(process, that_is_destroyed_leaves_nothing) {
  ran it;
  ASSERT_TRUE(it.start(run_of({"sh", "-c", "sleep 1000 & echo $!; wait"})));
  ASSERT_TRUE(it.run_until([&] { return !it.lines.empty(); }));
  const auto program = it.started->id();
  it.started.reset();
  EXPECT_FALSE(is_alive(program));
  EXPECT_FALSE(is_alive(number_in_last_line(it)));
}

TEST(process, starts_fifty_times_and_leaves_no_process_and_no_descriptor) {
  const auto before = open_descriptors();
  for (int i = 0; i < 50; ++i) {
    ran it;
    ASSERT_TRUE(it.start(run_of({"true"}))) << i;
    ASSERT_EQ(it.end(), process_end(exited{0})) << i;
  }
  EXPECT_EQ(open_descriptors(), before);
  EXPECT_EQ(waitpid(-1, nullptr, WNOHANG), -1);
  EXPECT_EQ(errno, ECHILD);
}

// A process of ours that runs a program with a descendant, and is then killed itself.
void run_until_killed(int ids) {
  ran it;
  it.start(run_of({"sh", "-c", "setsid sleep 1000 & echo $!; wait"}));
  it.run_until([&] { return !it.lines.empty(); });
  const pid_t started[] = {it.started ? it.started->id() : 0, number_in_last_line(it)};
  if (write(ids, started, sizeof started) == sizeof started) pause();
  _exit(1);
}

TEST(process, does_not_outlive_us_even_if_we_are_killed) {
  int ids[2];
  ASSERT_EQ(pipe(ids), 0);
  const pid_t runner = fork();
  ASSERT_GE(runner, 0);
  if (runner == 0) run_until_killed(ids[1]);
  pid_t started[2] = {};
  ASSERT_EQ(read(ids[0], started, sizeof started), static_cast<ssize_t>(sizeof started));
  close(ids[0]);
  close(ids[1]);
  EXPECT_TRUE(started[0] > 0 && is_alive(started[0]));
  EXPECT_TRUE(started[1] > 0 && is_alive(started[1]));
  kill(runner, SIGKILL);
  ASSERT_EQ(waitpid(runner, nullptr, 0), runner);
  ran waiting;
  EXPECT_TRUE(waiting.run_until([&] { return !is_alive(started[0]) && !is_alive(started[1]); }));
}

TEST(process, dies_with_a_supervisor_that_is_killed) {
  ran it;
  ASSERT_TRUE(it.start(run_of({"sh", "-c", "echo $PPID; exec sleep 1000"})));
  ASSERT_TRUE(it.run_until([&] { return !it.lines.empty(); }));
  const auto program = it.started->id();
  kill(number_in_last_line(it), SIGKILL);
  EXPECT_EQ(it.end(), process_end(killed{SIGKILL}));
  EXPECT_TRUE(it.run_until([&] { return !is_alive(program); }));
}

TEST(find_program, looks_in_the_folders_of_system_programs_too) {
  EXPECT_TRUE(find_program("sh"));
  EXPECT_EQ(find_program("/bin/sh"), "/bin/sh");
  EXPECT_FALSE(find_program("no-such-program-anywhere"));
  EXPECT_FALSE(find_program("/etc/passwd"));
  EXPECT_FALSE(find_program(""));
  EXPECT_FALSE(find_user("no-such-user"));
}

}  // namespace
}  // namespace staplelab::runtime
