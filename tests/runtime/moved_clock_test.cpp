#include "runtime/moved_clock.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <signal.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>

#include "tests/runtime/ran.hpp"

namespace staplelab::runtime {
namespace {

using std::chrono::days;
using std::chrono::hours;
using std::chrono::seconds;

const std::string static_program = TEST_PROGRAMS "/time_teller_static";
const std::string dynamic_program = TEST_PROGRAMS "/time_teller_dynamic";

long long real_seconds() {
  return std::chrono::floor<seconds>(system_clock().now()).time_since_epoch().count();
}

command travelling(std::vector<std::string> arguments, duration offset,
                   moved_clocks what = moved_clocks::realtime_and_monotonic) {
  auto all = run_of(std::move(arguments));
  all.clock = moved_clock{what, offset, sleepers::are_woken};
  return all;
}

// A time that the program told is by `offset` ahead of ours, give or take how long it all took.
void expect_ahead(const std::optional<long long>& told, duration offset) {
  ASSERT_TRUE(told);
  const auto expected = real_seconds() + std::chrono::floor<seconds>(offset).count();
  EXPECT_NEAR(static_cast<double>(*told), static_cast<double>(expected), 120);
}

class moving : public testing::Test {
 protected:
  void SetUp() override {
    ran it;
    if (it.start(travelling({"true"}, days(1)))) return;
    if (!it.failure || it.failure->at != start_failure::stage::clock) return;
    GTEST_SKIP() << to_string(*it.failure, run_of({"true"}));
  }
};

TEST_F(moving, moves_every_clock_but_cpu_time) {
  for (const auto& program : {static_program, dynamic_program}) {
    SCOPED_TRACE(program);
    ran plain, moved;
    ASSERT_TRUE(plain.start(run_of({program})));
    ASSERT_EQ(plain.end(), process_end(exited{0}));
    ASSERT_TRUE(moved.start(travelling({program}, days(4))));
    ASSERT_EQ(moved.end(), process_end(exited{0}));
    for (const auto* name : {"time", "gettimeofday", "realtime", "realtime_coarse"}) {
      SCOPED_TRACE(name);
      expect_ahead(plain.number(name), days(0));
      expect_ahead(moved.number(name), days(4));
    }
    for (const auto* name : {"monotonic", "boottime"}) {
      const auto difference = moved.number(name).value() - plain.number(name).value();
      EXPECT_NEAR(static_cast<double>(difference), 4 * 86400, 120) << name;
    }
    EXPECT_LT(moved.number("process_cpu"), 100);
    EXPECT_LT(moved.number("thread_cpu"), 100);
    EXPECT_GE(moved.started->readings().moved, 6u);
    EXPECT_EQ(moved.started->readings().unmoved, 0u);
  }
}

TEST_F(moving, may_leave_the_monotonic_clock_alone) {
  ran plain, moved;
  ASSERT_TRUE(plain.start(run_of({static_program})));
  ASSERT_EQ(plain.end(), process_end(exited{0}));
  ASSERT_TRUE(moved.start(travelling({static_program}, days(-400), moved_clocks::realtime)));
  ASSERT_EQ(moved.end(), process_end(exited{0}));
  expect_ahead(moved.number("realtime"), days(-400));
  EXPECT_NEAR(static_cast<double>(moved.number("monotonic").value()),
              static_cast<double>(plain.number("monotonic").value()), 120);
}

TEST_F(moving, follows_children_and_what_they_execute) {
  ran it;
  ASSERT_TRUE(it.start(travelling(
      {"sh", "-c", "sh -c 'no_such_program; exec date +first\\ %s' 2>/dev/null; date +second\\ %s"},
      days(30))));
  ASSERT_EQ(it.end(), process_end(exited{0}));
  expect_ahead(it.number("first"), days(30));
  expect_ahead(it.number("second"), days(30));
  EXPECT_EQ(it.started->readings().unmoved, 0u);
}

TEST_F(moving, works_for_a_user_without_rights) {
  if (getuid() != 0) GTEST_SKIP() << "the other tests are run without rights already";
  ran it;
  auto what =
      travelling({"sh", "-c", "date +now\\ %s; grep NoNewPrivs /proc/self/status"}, days(9));
  what.user = find_user("nobody");
  ASSERT_TRUE(it.start(what));
  ASSERT_EQ(it.end(), process_end(exited{0}));
  expect_ahead(it.number("now"), days(9));
  EXPECT_TRUE(it.has_line("NoNewPrivs:\t1"));
}

TEST_F(moving, reaches_processes_that_change_their_user) {
  if (getuid() != 0) GTEST_SKIP() << "only root can become another user";
  ran it;
  ASSERT_TRUE(it.start(travelling(
      {"setpriv", "--reuid=65534", "--clear-groups", "sh", "-c", "date +now\\ %s"}, days(9))));
  ASSERT_EQ(it.end(), process_end(exited{0}));
  expect_ahead(it.number("now"), days(9));
}

TEST_F(moving, counts_no_reading_of_a_program_that_reads_no_clock) {
  ran it;
  ASSERT_TRUE(it.start(travelling({"true"}, days(1))));
  ASSERT_EQ(it.end(), process_end(exited{0}));
  EXPECT_EQ(it.started->readings().moved, 0u);
}

constexpr const char* python_script = R"(
import os, sys, threading, time
def tell(name): print(name, int(time.time()), flush=True)
begin = time.monotonic()
tell('before')
sys.stdin.read()
while time.monotonic() - begin < 5 * 86400: time.sleep(0.01)
tell('after')
thread = threading.Thread(target=tell, args=('thread',)); thread.start(); thread.join()
child = os.fork()
if child == 0: tell('child'); os._exit(0)
os.waitpid(child, 0)
threading.Event().wait(0.05)
tell('waited')
)";

TEST_F(moving, takes_python_its_threads_and_its_children_along) {
  if (!find_program("/usr/bin/python3")) GTEST_SKIP() << "/usr/bin/python3 is not installed";
  ran it;
  ASSERT_TRUE(it.start(travelling({"/usr/bin/python3", "-c", python_script}, days(1))));
  ASSERT_TRUE(it.run_until([&] { return it.number("before").has_value(); }));
  expect_ahead(it.number("before"), days(1));
  it.started->set_offset(days(2));
  it.started->set_offset(days(8));
  ASSERT_EQ(it.end(), process_end(exited{0}));
  for (const auto* name : {"after", "thread", "child", "waited"}) {
    SCOPED_TRACE(name);
    expect_ahead(it.number(name), days(8));
  }
}

struct sleeping : moving, testing::WithParamInterface<const char*> {};

TEST_P(sleeping, wakes_when_its_time_has_come_by_a_jump) {
  for (const auto& program : {static_program, dynamic_program}) {
    SCOPED_TRACE(program);
    ran it;
    ASSERT_TRUE(it.start(travelling({program, GetParam(), "3600"}, hours(5))));
    ASSERT_TRUE(it.run_until([&] { return it.has_line("waiting"); }));
    for (int minutes = 30; !it.started->ended() && minutes < 600; minutes += 75) {
      it.started->set_offset(hours(5) + std::chrono::minutes(minutes));
      it.run_until([&, limit = real_milliseconds() + 400] {
        return it.started->ended() || real_milliseconds() > limit;
      });
      if (minutes == 30) EXPECT_FALSE(it.has_line("woke"));
    }
    ASSERT_EQ(it.end(), process_end(exited{0}));
    EXPECT_TRUE(it.has_line("woke"));
  }
}

TEST_P(sleeping, wakes_when_its_time_has_come_by_many_jumps) {
  ran it;
  ASSERT_TRUE(it.start(travelling({static_program, GetParam(), "3600"}, hours(5))));
  ASSERT_TRUE(it.run_until([&] { return it.has_line("waiting"); }));
  for (int minutes = 20; !it.started->ended() && minutes < 600; minutes += 20) {
    it.started->set_offset(hours(5) + std::chrono::minutes(minutes));
    it.run_until([&, limit = real_milliseconds() + 400] {
      return it.started->ended() || real_milliseconds() > limit;
    });
    if (minutes <= 40) EXPECT_FALSE(it.has_line("woke"));
  }
  ASSERT_EQ(it.end(), process_end(exited{0}));
  EXPECT_TRUE(it.has_line("woke"));
}

// A wait until an absolute time must not become one until that time on our clock, days away.
TEST_P(sleeping, ends_in_real_time_too) {
  ran it;
  ASSERT_TRUE(it.start(travelling({static_program, GetParam(), "1"}, days(4))));
  ASSERT_EQ(it.end(), process_end(exited{0}));
  EXPECT_TRUE(it.has_line("woke"));
}

INSTANTIATE_TEST_SUITE_P(in, sleeping,
                         testing::Values("nanosleep", "sleep_until", "poll", "select", "epoll",
                                         "condition_realtime", "condition_monotonic", "timer",
                                         "timer_until"),
                         [](const auto& given) { return std::string(given.param); });

// "[1234] 2026/03/01 12:00:00.000000 [INF] ..." as nats-server logs; seconds since 1970.
std::optional<long long> time_in_log(const std::string& line) {
  int y = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0;
  if (std::sscanf(line.c_str(), "[%*d] %d/%d/%d %d:%d:%d", &y, &month, &day, &hour, &minute,
                  &second) != 6) {
    return {};
  }
  const auto date = std::chrono::year(y) / month / day;
  const auto since = std::chrono::sys_days(date).time_since_epoch();
  return seconds(since).count() + hour * 3600 + minute * 60 + second;
}

TEST_F(moving, takes_a_go_server_along) {
  if (!find_program("nats-server")) GTEST_SKIP() << "nats-server is not installed";
  ran it;
  auto what = travelling({"nats-server", "-a", "127.0.0.1", "-p", "-1"}, days(100));
  what.environment.push_back("TZ=UTC");
  ASSERT_TRUE(it.start(what));
  const auto ready = [&] {
    return !it.lines.empty() && it.lines.back().ends_with("Server is ready");
  };
  ASSERT_TRUE(it.run_until(ready));
  expect_ahead(time_in_log(it.lines.back()), days(100));
  it.started->set_offset(days(500));
  const auto before = it.lines.size();
  it.started->send_signal(SIGHUP);  // it logs that it has no file to read again
  ASSERT_TRUE(it.run_until([&] { return it.lines.size() > before; }));
  expect_ahead(time_in_log(it.lines.back()), days(500));
  it.started->send_signal(SIGINT);
  EXPECT_EQ(it.end(), process_end(exited{0}));
  EXPECT_EQ(it.started->readings().unmoved, 0u);
}

TEST_F(moving, lets_sleepers_be_when_told_so) {
  ran it;
  auto what = travelling({static_program, "poll", "3600"}, hours(0));
  what.clock->at_jumps = sleepers::are_left_be;
  ASSERT_TRUE(it.start(what));
  ASSERT_TRUE(it.run_until([&] { return it.has_line("waiting"); }));
  it.started->set_offset(days(3));
  it.run_until([limit = real_milliseconds() + 300] { return real_milliseconds() > limit; });
  EXPECT_FALSE(it.has_line("woke"));
}

TEST_F(moving, starts_fifty_times_and_leaves_nothing) {
  for (int i = 0; i < 50; ++i) {
    ran it;
    ASSERT_TRUE(it.start(travelling({static_program}, days(i)))) << i;
    const auto program = it.started->id();
    ASSERT_EQ(it.end(), process_end(exited{0})) << i;
    expect_ahead(it.number("realtime"), days(i));
    EXPECT_FALSE(is_alive(program));
  }
}

TEST_F(moving, tells_what_a_reading_costs) {
  ran plain, moved;
  ASSERT_TRUE(plain.start(run_of({static_program, "measure"})));
  ASSERT_EQ(plain.end(), process_end(exited{0}));
  ASSERT_TRUE(moved.start(travelling({static_program, "measure"}, days(1))));
  ASSERT_EQ(moved.end(), process_end(exited{0}));
  std::printf("a reading of the clock: %lld ns, moved: %lld ns\n",
              plain.number("nanoseconds").value(), moved.number("nanoseconds").value());
  EXPECT_GE(moved.started->readings().moved, 2000u);
}

}  // namespace
}  // namespace staplelab::runtime
