// Runs one coroutine in a world until it ends, or until it is clear that it never will.
//
// When the value dies it asks the coroutine to end, and gives it a moment. A coroutine that does
// not heed that ends with the io_context, as do its services.
#pragma once

#include <exception>
#include <memory>
#include <variant>

#include "runtime/async.hpp"
#include "runtime/clock.hpp"
#include "scenarios/world.hpp"

namespace staplelab::scenarios {

class world_run {
 public:
  // Loopback peers in one thread answer at once; whoever holds the clock this long (real time)
  // never will.
  static constexpr duration longest_stall{std::chrono::seconds(10)};

  world_run(world& stage, runtime::awaitable<void> what);
  world_run(const world_run&) = delete;
  world_run& operator=(const world_run&) = delete;
  ~world_run();

  struct ended {};
  struct threw {
    std::exception_ptr what;
  };
  struct stuck {};        // the story waits, nobody sleeps, nothing can ever happen
  struct stalled {};      // a connection held the clock for too long
  struct out_of_time {};  // of real time
  using outcome = std::variant<ended, threw, stuck, stalled, out_of_time>;
  // `limit` is real time.
  outcome run(duration limit);

 private:
  struct story;
  world& stage_;
  std::shared_ptr<story> story_;  // shared with the coroutine, which may live longer
};

}  // namespace staplelab::scenarios
