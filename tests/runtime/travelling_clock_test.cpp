#include "runtime/travelling_clock.hpp"

#include <gtest/gtest.h>

#include <vector>

#include "runtime/task_group.hpp"

namespace staplelab::runtime {
namespace {

using namespace std::chrono_literals;

struct travelling : testing::Test {
  awaitable<void> sleep_until(time_point t) {
    co_await time.sleep_until(t);
    woken.push_back(t - began);
  }
  // Turns of the io_context in real time, until then or until the patience ends.
  template <class Done>
  bool run_until(Done done) {
    for (int turns = 0; turns < 3000 && !done(); ++turns) {
      io.restart();
      io.run_one_for(10ms);
    }
    return done();
  }

  travelling_clock time;
  const time_point began = time.now();
  asio::io_context io;
  task_group tasks{io.get_executor()};
  std::vector<duration> woken;
};

TEST_F(travelling, wakes_those_whom_a_jump_has_passed_and_nobody_else) {
  tasks.spawn(sleep_until(began + 24h));
  tasks.spawn(sleep_until(began + 48h));
  EXPECT_FALSE(time.next_to_wake());
  ASSERT_TRUE(run_until([&] { return time.next_to_wake().has_value(); }));
  io.poll();
  EXPECT_EQ(time.next_to_wake(), began + 24h);
  time.jump(25h);
  EXPECT_GE(time.now(), began + 25h);
  ASSERT_TRUE(run_until([&] { return !woken.empty(); }));
  io.poll();
  EXPECT_EQ(woken, std::vector<duration>{24h});
  EXPECT_EQ(time.next_to_wake(), began + 48h);
  time.jump(24h);
  EXPECT_TRUE(run_until([&] { return tasks.size() == 0; }));
  EXPECT_EQ(woken, (std::vector<duration>{24h, 48h}));
  EXPECT_FALSE(time.next_to_wake());
}

TEST_F(travelling, passes_like_real_time_between_jumps) {
  time.jump(24h * 365);
  const auto from = time.now();
  tasks.spawn(sleep_until(from + 30ms));
  EXPECT_TRUE(run_until([&] { return tasks.size() == 0; }));
  EXPECT_GE(time.now(), from + 30ms);
}

TEST_F(travelling, lets_sleepers_be_cancelled) {
  tasks.spawn(sleep_until(time_point::max()));
  ASSERT_TRUE(run_until([&] { return time.next_to_wake().has_value(); }));
  time.jump(1h);
  tasks.cancel();
  EXPECT_TRUE(run_until([&] { return tasks.size() == 0; }));
  EXPECT_TRUE(woken.empty());
  EXPECT_FALSE(time.next_to_wake());
}

}  // namespace
}  // namespace staplelab::runtime
