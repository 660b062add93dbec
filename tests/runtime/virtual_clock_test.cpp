#include "runtime/virtual_clock.hpp"

#include <gtest/gtest.h>

#include <boost/asio/post.hpp>
#include <boost/system/system_error.hpp>
#include <string>
#include <thread>
#include <vector>

#include "tests/runtime/world.hpp"

namespace staplelab::runtime {
namespace {

using namespace std::chrono_literals;
using namespace asio::experimental::awaitable_operators;
using outcome = virtual_clock::outcome;
using journal = std::vector<std::string>;

bool never() {
  return false;
}

awaitable<void> note_at(clock& time, duration after, std::string what, journal& notes) {
  co_await time.sleep_until(start + after);
  notes.push_back(std::move(what));
}

awaitable<void> sleep(clock& time, time_point t) {
  co_await time.sleep_until(t);
}

TEST(virtual_clock, wakes_by_time_then_by_order_of_falling_asleep) {
  world w;
  journal notes;
  w.tasks.spawn(note_at(w.time, 2s, "b", notes));
  w.tasks.spawn(note_at(w.time, 1s, "a", notes));
  w.tasks.spawn(note_at(w.time, 2s, "c", notes));
  w.tasks.spawn(note_at(w.time, 3s, "e", notes));
  w.tasks.spawn(note_at(w.time, 2s, "d", notes));
  EXPECT_EQ(w.run_until([&] { return w.tasks.size() == 0; }), outcome::finished);
  EXPECT_EQ(notes, (journal{"a", "b", "c", "d", "e"}));
  EXPECT_EQ(w.elapsed(), 3s);
}

TEST(virtual_clock, wakes_the_past_in_order_of_falling_asleep_and_never_goes_back) {
  world w;
  journal notes;
  w.tasks.spawn(note_at(w.time, 0s, "a", notes));
  w.tasks.spawn(note_at(w.time, -1h, "b", notes));
  w.tasks.spawn(note_at(w.time, -2h, "c", notes));
  EXPECT_EQ(w.run_until([&] { return w.tasks.size() == 0; }), outcome::finished);
  EXPECT_EQ(notes, (journal{"a", "b", "c"}));
  EXPECT_EQ(w.elapsed(), 0s);
}

awaitable<void> note_with_turns(clock& time, duration after, int turns, std::string what,
                                journal& notes) {
  co_await time.sleep_until(start + after);
  for (int turn = 0; turn < turns; ++turn) {
    notes.push_back(what);
    co_await asio::post(co_await asio::this_coro::executor, use_awaitable);
  }
}

TEST(virtual_clock, lets_one_run_until_the_world_is_quiet_before_the_next_wakes) {
  world w;
  journal notes;
  w.tasks.spawn(note_with_turns(w.time, 1s, 3, "a", notes));
  w.tasks.spawn(note_with_turns(w.time, 1s, 3, "b", notes));
  EXPECT_EQ(w.run_until([&] { return w.tasks.size() == 0; }), outcome::finished);
  EXPECT_EQ(notes, (journal{"a", "a", "a", "b", "b", "b"}));
}

TEST(virtual_clock, stops_when_done_and_goes_on_later) {
  world w;
  journal notes;
  w.tasks.spawn(note_at(w.time, 1s, "a", notes));
  w.tasks.spawn(note_at(w.time, 2s, "b", notes));
  EXPECT_EQ(w.run_until([&] { return notes.size() == 1; }), outcome::finished);
  EXPECT_EQ(w.elapsed(), 1s);
  EXPECT_EQ(w.run_until([&] { return notes.size() == 2; }), outcome::finished);
  EXPECT_EQ(w.elapsed(), 2s);
}

TEST(virtual_clock, is_finished_without_a_turn_when_done_already) {
  world w;
  EXPECT_EQ(w.run_until([] { return true; }), outcome::finished);
}

awaitable<void> never_quiet(int& turns) {
  for (;; ++turns)
    co_await asio::post(co_await asio::this_coro::executor, use_awaitable);
}

TEST(virtual_clock, asks_whether_it_is_done_in_a_world_that_is_never_quiet) {
  world w;
  int turns = 0;
  w.tasks.spawn(never_quiet(turns));
  EXPECT_EQ(w.run_until([&] { return turns > 5000; }), outcome::finished);
  EXPECT_LT(turns, 10000);
}

TEST(virtual_clock, is_stuck_when_nobody_sleeps) {
  world w;
  EXPECT_EQ(w.run_until(never), outcome::stuck);
}

TEST(virtual_clock, is_stuck_when_all_wait_for_something_else) {
  world w;
  steady_timer other(w.where, steady_timer::time_point::max());
  bool called = false;
  other.async_wait([&](error_code) { called = true; });
  EXPECT_EQ(w.run_until(never), outcome::stuck);
  EXPECT_FALSE(called);
}

TEST(virtual_clock, is_stuck_after_the_last_sleeper) {
  world w;
  journal notes;
  w.tasks.spawn(note_at(w.time, 1s, "a", notes));
  EXPECT_EQ(w.run_until(never), outcome::stuck);
  EXPECT_EQ(notes, journal{"a"});
}

TEST(virtual_clock, a_cancelled_sleeper_throws_and_wakes_nobody_later) {
  world w;
  journal notes;
  task_group cancelled(w.where);
  cancelled.spawn(note_at(w.time, 1h, "cancelled", notes));
  w.tasks.spawn(note_at(w.time, 2h, "b", notes));
  w.io.poll();
  cancelled.cancel();
  EXPECT_EQ(w.run_until([&] { return cancelled.size() == 0; }), outcome::finished);
  EXPECT_EQ(w.elapsed(), 0s);
  EXPECT_EQ(w.run_until([&] { return w.tasks.size() == 0; }), outcome::finished);
  EXPECT_EQ(notes, journal{"b"});
}

awaitable<void> expect_aborted(clock& time) {
  error_code error;
  try {
    co_await time.sleep_until(start + 1h);
  } catch (const boost::system::system_error& thrown) {
    error = thrown.code();
  }
  EXPECT_EQ(error, asio::error::operation_aborted);
}

TEST(virtual_clock, a_cancelled_sleeper_throws_operation_aborted) {
  world w;
  w.tasks.spawn(expect_aborted(w.time));
  w.io.poll();
  w.tasks.cancel();
  EXPECT_EQ(w.run_until([&] { return w.tasks.size() == 0; }), outcome::finished);
}

awaitable<void> race(clock& time, journal& notes) {
  const auto ended = co_await (time.sleep_until(start + 1s) || time.sleep_until(start + 2s));
  notes.push_back(ended.index() == 0 ? "first" : "second");
}

TEST(virtual_clock, the_loser_of_a_race_leaves_no_sleeper) {
  world w;
  journal notes;
  w.run(race(w.time, notes));
  EXPECT_EQ(notes, journal{"first"});
  EXPECT_EQ(w.run_until(never), outcome::stuck);
  EXPECT_EQ(w.elapsed(), 1s);
}

TEST(virtual_clock, an_io_context_may_die_with_sleepers_in_it) {
  virtual_clock time(start);
  {
    asio::io_context io;
    asio::co_spawn(io, sleep(time, start + 1h), [](std::exception_ptr) {});
    asio::co_spawn(io, sleep(time, start + 1h), [](std::exception_ptr) {});
    EXPECT_EQ(time.run(io, [] { return false; }, 0ms), outcome::stuck);
    asio::co_spawn(io, sleep(time, start + 2h), [](std::exception_ptr) {});
    io.restart();
    io.poll();
  }
  // Nothing is left of them: a second world on the same clock has no sleeper.
  asio::io_context io;
  EXPECT_EQ(time.run(io, never, stall_limit), outcome::stuck);
}

awaitable<void> periodic(clock& time, duration interval, int times, int& count) {
  while (count < times) {
    co_await time.sleep_until(time.now() + interval);
    ++count;
  }
}

TEST(virtual_clock, wakes_8640_times_in_30_days) {
  world w;
  int count = 0;
  w.run(periodic(w.time, 5min, 8640, count));
  EXPECT_EQ(count, 8640);
  EXPECT_EQ(w.elapsed(), std::chrono::days(30));
}

// Holds. `wait_for_octet` stands for real I/O: its octet comes from another thread.

struct pipe {
  explicit pipe(executor where) : near(where), far(where) {
    tcp_acceptor acceptor(where, {asio::ip::address_v4::loopback(), 0});
    far.connect(acceptor.local_endpoint());
    near = acceptor.accept();
  }
  tcp_socket near;
  tcp_socket far;
};

awaitable<void> wait_for_octet(clock& time, tcp_socket& socket, connection_id id, journal& notes) {
  const auto mark = time.hold(id);
  char octet = 0;
  co_await socket.async_read_some(asio::buffer(&octet, 1), use_awaitable);
  notes.push_back("octet");
}

TEST(virtual_clock, stands_still_while_it_is_held) {
  world w;
  journal notes;
  pipe p(w.where);
  w.tasks.spawn(note_at(w.time, 1s, "woken", notes));
  w.tasks.spawn(wait_for_octet(w.time, p.near, 5, notes));
  w.io.poll();
  std::thread writer([&] { p.far.write_some(asio::buffer("x", 1)); });
  EXPECT_EQ(w.run_until([&] { return notes.size() == 2; }), outcome::finished);
  writer.join();
  EXPECT_EQ(notes, (journal{"octet", "woken"}));
}

struct marks_row {
  const char* name;
  std::vector<connection_id> holds;
  std::vector<connection_id> idles;
  bool held;
};

class marks : public testing::TestWithParam<marks_row> {};

TEST_P(marks, decide_whether_time_passes) {
  world w;
  journal notes;
  std::vector<clock::mark> kept;
  for (const auto id : GetParam().holds)
    kept.push_back(w.time.hold(id));
  for (const auto id : GetParam().idles)
    kept.push_back(w.time.idle(id));
  steady_timer other(w.where, steady_timer::time_point::max());
  other.async_wait([](error_code) {});
  w.tasks.spawn(note_at(w.time, 1s, "woken", notes));
  const auto ended = w.time.run(w.io, [&] { return !notes.empty(); }, 1ms);
  EXPECT_EQ(ended, GetParam().held ? outcome::stalled : outcome::finished);
}

INSTANTIATE_TEST_SUITE_P(
    table, marks,
    testing::Values(marks_row{"none", {}, {}, false}, marks_row{"a_hold", {5}, {}, true},
                    marks_row{"an_idle_mark", {}, {5}, false},
                    marks_row{"both_on_one_connection", {5}, {5}, false},
                    marks_row{"a_stale_idle_mark_elsewhere", {5}, {6}, true},
                    marks_row{"one_of_two_connections", {5, 6}, {6}, true},
                    marks_row{"both_connections", {5, 6}, {6, 5}, false},
                    marks_row{"two_holds_on_one_connection", {5, 5}, {5}, false},
                    marks_row{"two_stale_idle_marks", {5}, {6, 6}, true},
                    marks_row{"a_connection_without_a_name", {0}, {}, true},
                    marks_row{"an_idle_mark_without_a_name", {0}, {0}, true}),
    [](const testing::TestParamInfo<marks_row>& tested) { return tested.param.name; });

TEST(marks, count_each) {
  world w;
  auto first = w.time.hold(5);
  const auto second = w.time.hold(5);
  auto idle = w.time.idle(5);
  const auto run_on = [&] { return w.time.run(w.io, never, 1ms); };
  steady_timer other(w.where, steady_timer::time_point::max());
  other.async_wait([](error_code) {});
  EXPECT_EQ(run_on(), outcome::stuck);
  first.release();
  first.release();
  EXPECT_EQ(run_on(), outcome::stuck);
  idle.release();
  EXPECT_EQ(run_on(), outcome::stalled);
}

TEST(marks, move_with_their_owner) {
  world w;
  steady_timer other(w.where, steady_timer::time_point::max());
  other.async_wait([](error_code) {});
  const auto run_on = [&] { return w.time.run(w.io, never, 1ms); };
  clock::mark kept;
  {
    auto made = w.time.hold(0);
    kept = std::move(made);
  }
  EXPECT_EQ(run_on(), outcome::stalled);
  kept = w.time.hold(7);
  const auto idle = w.time.idle(7);
  EXPECT_EQ(run_on(), outcome::stuck);
}

TEST(virtual_clock, is_stuck_when_it_is_held_and_no_work_is_left) {
  world w;
  const auto mark = w.time.hold(5);
  EXPECT_EQ(w.run_until(never), outcome::stuck);
}

TEST(skewed_clock, is_off_by_its_offset) {
  world w;
  skewed_clock ahead(w.time, 1h);
  EXPECT_EQ(ahead.now(), start + 1h);
  w.run(sleep(ahead, start + 1h + 5s));
  EXPECT_EQ(w.elapsed(), 5s);
  EXPECT_EQ(ahead.now(), start + 1h + 5s);
}

awaitable<void> set_back(clock& time, skewed_clock& wrong) {
  co_await time.sleep_until(start + 5s);
  wrong.set_offset(-1min);
}

TEST(skewed_clock, wakes_nobody_before_their_time_when_it_is_set_back) {
  world w;
  skewed_clock wrong(w.time, 0s);
  w.tasks.spawn(set_back(w.time, wrong));
  w.run(sleep(wrong, start + 10s));
  EXPECT_EQ(wrong.now(), start + 10s);
  EXPECT_EQ(w.elapsed(), 70s);
}

TEST(skewed_clock, never_stays_never) {
  for (const duration offset : {duration(1h), duration(-1h), duration::min(), duration::max()}) {
    world w;
    skewed_clock wrong(w.time, 0s);
    w.tasks.spawn(sleep(wrong, time_point::max()));
    wrong.set_offset(offset == duration::min() || offset == duration::max() ? 0s : offset);
    w.io.poll();
    w.tasks.cancel();
    EXPECT_EQ(w.run_until([&] { return w.tasks.size() == 0; }), outcome::finished);
    EXPECT_EQ(w.elapsed(), 0s);
  }
}

TEST(skewed_clock, passes_marks_on) {
  world w;
  skewed_clock wrong(w.time, 1h);
  steady_timer other(w.where, steady_timer::time_point::max());
  other.async_wait([](error_code) {});
  const auto run_on = [&] { return w.time.run(w.io, never, 1ms); };
  const auto hold = wrong.hold(5);
  EXPECT_EQ(run_on(), outcome::stalled);
  const auto idle = wrong.idle(5);
  EXPECT_EQ(run_on(), outcome::stuck);
}

TEST(system_clock, sleeps_until_it_is_time) {
  asio::io_context io;
  system_clock time;
  const auto until = time.now() + 20ms;
  bool ended = false;
  asio::co_spawn(io, sleep(time, until), [&](std::exception_ptr) { ended = true; });
  io.run();
  EXPECT_TRUE(ended);
  EXPECT_GE(time.now(), until);
}

TEST(system_clock, wakes_the_past_at_once_and_never_cancels) {
  for (const auto t : {time_point::min(), time_point{}, time_point::max()}) {
    asio::io_context io;
    system_clock time;
    task_group tasks(io.get_executor());
    tasks.spawn(sleep(time, t));
    if (t == time_point::max()) {
      io.poll();
      EXPECT_EQ(tasks.size(), 1u);
      tasks.cancel();
    }
    io.run();
    EXPECT_EQ(tasks.size(), 0u);
  }
}

}  // namespace
}  // namespace staplelab::runtime
