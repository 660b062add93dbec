#include "runtime/task_group.hpp"

#include <gtest/gtest.h>

#include <boost/asio/post.hpp>
#include <stdexcept>

#include "runtime/event.hpp"
#include "tests/runtime/world.hpp"

namespace staplelab::runtime {
namespace {

using namespace std::chrono_literals;
using namespace asio::experimental::awaitable_operators;
using outcome = virtual_clock::outcome;

awaitable<void> sleep_then_count(clock& time, duration after, int& count) {
  co_await time.sleep_until(start + after);
  ++count;
}

awaitable<void> count_now(int& count) {
  ++count;
  co_return;
}

awaitable<void> sleep_then_throw(clock& time, duration after, const char* what) {
  co_await time.sleep_until(start + after);
  throw std::runtime_error(what);
}

awaitable<void> spawn_and_look(task_group& group, int& count) {
  group.spawn(count_now(count));
  EXPECT_EQ(count, 0);
  EXPECT_EQ(group.size(), 1u);
  co_await group.join();
  EXPECT_EQ(count, 1);
}

TEST(task_group, begins_a_task_on_a_later_turn) {
  world w;
  task_group group(w.where);
  int count = 0;
  w.run(spawn_and_look(group, count));
  EXPECT_EQ(group.size(), 0u);
}

TEST(task_group, join_waits_for_all) {
  world w;
  task_group group(w.where);
  int count = 0;
  for (const duration after : {1s, 3s, 2s})
    group.spawn(sleep_then_count(w.time, after, count));
  w.run(group.join());
  EXPECT_EQ(count, 3);
  EXPECT_EQ(w.elapsed(), 3s);
}

TEST(task_group, join_of_an_empty_group_returns) {
  world w;
  task_group group(w.where);
  w.run(group.join());
}

TEST(task_group, join_below_waits_for_enough) {
  world w;
  task_group group(w.where);
  int count = 0;
  for (const duration after : {1s, 2s, 3s})
    group.spawn(sleep_then_count(w.time, after, count));
  w.run(group.join_below(4));
  EXPECT_EQ(count, 0);
  w.run(group.join_below(2));
  EXPECT_EQ(count, 2);
  EXPECT_EQ(w.elapsed(), 2s);
}

TEST(task_group, join_rethrows_the_first_exception_after_all_have_ended_and_only_once) {
  world w;
  task_group group(w.where);
  int count = 0;
  group.spawn(sleep_then_throw(w.time, 2s, "second"));
  group.spawn(sleep_then_throw(w.time, 1s, "first"));
  group.spawn(sleep_then_count(w.time, 3s, count));
  try {
    w.run(group.join());
    FAIL() << "nothing was thrown";
  } catch (const std::runtime_error& thrown) {
    EXPECT_STREQ(thrown.what(), "first");
  }
  EXPECT_EQ(count, 1);
  w.run(group.join());
}

TEST(task_group, cancel_ends_all_and_is_no_exception) {
  world w;
  task_group group(w.where);
  int count = 0;
  for (int i = 0; i < 10; ++i)
    group.spawn(sleep_then_count(w.time, 1h, count));
  w.io.poll();
  group.cancel();
  w.run(group.join());
  EXPECT_EQ(count, 0);
  EXPECT_EQ(w.elapsed(), 0s);
}

awaitable<void> either(clock& time) {
  co_await (time.sleep_until(start + 1h) || time.sleep_until(start + 2h));
}

TEST(task_group, cancelling_both_branches_of_a_race_is_no_exception) {
  world w;
  task_group group(w.where);
  group.spawn(either(w.time));
  w.io.poll();
  group.cancel();
  w.run(group.join());
  EXPECT_EQ(w.elapsed(), 0s);
}

TEST(task_group, cancel_ends_a_task_that_has_not_begun) {
  world w;
  task_group group(w.where);
  int count = 0;
  group.spawn(count_now(count));
  group.cancel();
  w.run(group.join());
  EXPECT_EQ(count, 0);
}

// Cancelled on the io_context, by who was there before the task's first turn.
TEST(task_group, cancel_ends_a_task_whose_first_turn_is_due) {
  world w;
  task_group group(w.where);
  int count = 0;
  asio::post(w.where, [&] { group.cancel(); });
  group.spawn(count_now(count));
  w.run(group.join());
  EXPECT_EQ(count, 0);
}

TEST(task_group, can_be_used_again_after_cancel) {
  world w;
  task_group group(w.where);
  int count = 0;
  group.spawn(sleep_then_count(w.time, 1h, count));
  group.cancel();
  group.spawn(sleep_then_count(w.time, 1s, count));
  w.run(group.join());
  EXPECT_EQ(count, 1);
  EXPECT_EQ(w.elapsed(), 1s);
}

TEST(task_group, destroying_it_cancels) {
  world w;
  int count = 0;
  {
    task_group group(w.where);
    group.spawn(sleep_then_count(w.time, 1h, count));
    w.io.poll();
  }
  EXPECT_EQ(w.run_until([] { return false; }), outcome::stuck);
  EXPECT_EQ(w.elapsed(), 0s);
  EXPECT_EQ(count, 0);
}

TEST(task_group, tasks_may_end_with_the_io_context) {
  virtual_clock time(start);
  int count = 0;
  asio::io_context io;
  task_group group(io.get_executor());
  group.spawn(sleep_then_count(time, 1h, count));
  io.poll();
  group.spawn(sleep_then_count(time, 1h, count));
}

TEST(task_group, a_cancelled_join_leaves_the_tasks_alone) {
  world w;
  task_group group(w.where);
  task_group waiting(w.where);
  int count = 0;
  group.spawn(sleep_then_count(w.time, 1s, count));
  waiting.spawn(group.join());
  w.io.poll();
  waiting.cancel();
  w.run(waiting.join());
  EXPECT_EQ(group.size(), 1u);
  w.run(group.join());
  EXPECT_EQ(count, 1);
}

awaitable<void> wait_for(event& changed, const bool& condition, int& count) {
  while (!condition)
    co_await changed.wait();
  ++count;
}

TEST(event, wakes_all_who_wait_and_ends_the_cancelled) {
  world w;
  event changed(w.where);
  bool condition = false;
  int count = 0;
  for (int i = 0; i < 3; ++i)
    w.tasks.spawn(wait_for(changed, condition, count));
  w.io.poll();
  changed.notify();
  w.io.poll();
  EXPECT_EQ(count, 0);
  task_group cancelled(w.where);
  cancelled.spawn(wait_for(changed, condition, count));
  w.io.poll();
  cancelled.cancel();
  w.run(cancelled.join());
  EXPECT_EQ(count, 0);
  condition = true;
  changed.notify();
  w.run(w.tasks.join());
  EXPECT_EQ(count, 3);
}

TEST(means_cancelled, tells_being_cancelled_from_failing) {
  const auto as_thrown = [](const auto& exception) { return std::make_exception_ptr(exception); };
  const boost::system::system_error aborted(asio::error::operation_aborted);
  EXPECT_TRUE(means_cancelled(as_thrown(aborted)));
  EXPECT_TRUE(means_cancelled(as_thrown(asio::multiple_exceptions(as_thrown(aborted)))));
  const boost::system::system_error refused(asio::error::connection_refused);
  EXPECT_FALSE(means_cancelled(as_thrown(refused)));
  EXPECT_FALSE(means_cancelled(as_thrown(asio::multiple_exceptions(as_thrown(refused)))));
  EXPECT_FALSE(means_cancelled(as_thrown(std::runtime_error("x"))));
}

}  // namespace
}  // namespace staplelab::runtime
