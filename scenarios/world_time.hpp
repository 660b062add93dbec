// How time passes in a world.
//
// In virtual time everybody lives in this process, and days take no time. With a server that is not
// ours the world lives in real time: either moved, with the server's clock moved alike (travel), or
// as it is (real). Only the first is exact; for the others slack() says how far what is seen may
// lie from what a scenario says.
#pragma once

#include <functional>
#include <memory>

#include "runtime/async.hpp"
#include "runtime/virtual_clock.hpp"

namespace staplelab::scenarios {

using runtime::duration;
using runtime::time_point;

enum class time_mode { virtual_, travel, real };

class world_time {
 public:
  using run_outcome = runtime::virtual_clock::outcome;

  virtual ~world_time() = default;
  virtual runtime::clock& clock() = 0;
  // Returns when it is `t`, and everybody has done what was due by then.
  virtual runtime::awaitable<void> pass_until(time_point t) = 0;
  // Returns when everybody has done what is due now.
  virtual runtime::awaitable<void> settle() = 0;
  // Beside somebody who waits for a server that is not ours: where its clock is moved, time passes
  // while nobody has anything to do, so that a wait of minutes takes seconds. Ends at once where
  // time passes by itself, and otherwise only by being cancelled.
  virtual runtime::awaitable<void> pass_idly() = 0;
  // Runs the world until `done()`; the limit is real time without anything happening.
  virtual run_outcome run(runtime::asio::io_context& io, const std::function<bool()>& done,
                          duration limit) = 0;
  virtual duration slack() const = 0;
};

std::unique_ptr<world_time> make_virtual_time(time_point start);

// Those outside this process.
struct outsiders {
  std::function<void()> clock_moved;    // the world's clock has jumped ahead
  std::function<bool()> have_noticed;   // since they were told so
  std::function<bool()> are_at_rest;    // nothing has happened since this was asked before
  std::function<duration()> attentive;  // at most this far in one jump
  // The end of each wait passes slowly, so that who looks at the clock only now and then has looked
  // when it is over.
  duration slowly{0};
};
std::unique_ptr<world_time> make_travel_time(time_point start, outsiders who);
std::unique_ptr<world_time> make_real_time(outsiders who);

}  // namespace staplelab::scenarios
