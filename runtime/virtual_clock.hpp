// Simulated time: days pass in milliseconds, and always in the same order.
//
// Sleepers wake first by time, then in the order in which they began to sleep, one at a time, and
// each runs until the world is quiet again before the next one wakes.
#pragma once

#include <map>
#include <optional>
#include <set>

#include "runtime/clock.hpp"

namespace staplelab::runtime {

class virtual_clock final : public clock {
 public:
  explicit virtual_clock(time_point start) : now_(start) {}
  virtual_clock(const virtual_clock&) = delete;
  virtual_clock& operator=(const virtual_clock&) = delete;

  time_point now() const override { return now_; }
  awaitable<void> sleep_until(time_point t) override;

  enum class outcome {
    finished,  // `done` became true
    stuck,     // nobody sleeps, nothing is ready, and `done` is false: nothing can ever happen
    stalled,   // real I/O held the clock for longer than the limit of real time
  };
  // Runs the world until `done()`; `stall_limit` is real time.
  template <class Done>
  outcome run(asio::io_context& io, Done done, duration stall_limit) {
    while (!done()) {
      if (auto ended = step(io, stall_limit)) return *ended;
    }
    return outcome::finished;
  }

 protected:
  void add(mark::kind what, connection_id connection) override;
  void remove(mark::kind what, connection_id connection) noexcept override;

 private:
  struct sleeper;
  bool held() const;
  std::optional<outcome> step(asio::io_context& io, duration stall_limit);

  time_point now_;
  std::multimap<time_point, sleeper*> sleepers_;
  std::multiset<connection_id> holds_;
  std::multiset<connection_id> idles_;
};

}  // namespace staplelab::runtime
