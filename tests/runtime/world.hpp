// A world of one test: simulated time, real loopback sockets, a handful of tasks.
#pragma once

#include <gtest/gtest.h>

#include <utility>

#include "runtime/async.hpp"
#include "runtime/task_group.hpp"
#include "runtime/virtual_clock.hpp"

namespace staplelab::runtime {

inline constexpr time_point start = std::chrono::sys_days(std::chrono::year(2026) / 3 / 1);
inline constexpr duration stall_limit = std::chrono::seconds(5);

struct world {
  virtual_clock time{start};
  asio::io_context io;
  executor where = io.get_executor();
  task_group tasks{where};

  duration elapsed() const { return time.now() - start; }

  template <class Done>
  virtual_clock::outcome run_until(Done done) {
    return time.run(io, done, stall_limit);
  }

  // Runs one task to its end, and rethrows what it threw.
  void run(awaitable<void> task) {
    bool ended = false;
    std::exception_ptr failure;
    asio::co_spawn(where, std::move(task), [&](std::exception_ptr thrown) {
      ended = true;
      failure = std::move(thrown);
    });
    ASSERT_EQ(run_until([&] { return ended; }), virtual_clock::outcome::finished);
    if (failure) std::rethrow_exception(failure);
  }
};

}  // namespace staplelab::runtime
