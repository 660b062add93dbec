#include "runtime/signals.hpp"

#include <gtest/gtest.h>

#include <csignal>
#include <vector>

#include "tests/runtime/world.hpp"

namespace staplelab::runtime {
namespace {

awaitable<void> take(signals& source, std::size_t count, std::vector<int>& seen) {
  while (seen.size() < count)
    seen.push_back(co_await source.next());
}

TEST(signals, come_one_by_one) {
  asio::io_context io;
  signals source(io.get_executor());
  for (const int number : {SIGTERM, SIGINT, SIGHUP}) {
    std::vector<int> seen;
    asio::co_spawn(io, take(source, 1, seen), [](std::exception_ptr) {});
    std::raise(number);
    io.restart();
    io.run();
    EXPECT_EQ(seen, std::vector<int>{number});
  }
}

TEST(signals, that_come_while_nobody_waits_are_kept) {
  asio::io_context io;
  signals source(io.get_executor());
  std::raise(SIGHUP);
  io.poll();
  io.restart();
  std::vector<int> seen;
  asio::co_spawn(io, take(source, 1, seen), [](std::exception_ptr) {});
  io.run();
  EXPECT_EQ(seen, std::vector<int>{SIGHUP});
}

TEST(signals, can_be_waited_for_no_longer) {
  asio::io_context io;
  signals source(io.get_executor());
  task_group tasks(io.get_executor());
  std::vector<int> seen;
  tasks.spawn(take(source, 1, seen));
  io.poll();
  tasks.cancel();
  io.run();
  EXPECT_EQ(tasks.size(), 0u);
  EXPECT_TRUE(seen.empty());
}

}  // namespace
}  // namespace staplelab::runtime
