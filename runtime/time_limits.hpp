// Ends connections that take too long: any number of them, with one sleeper on the clock. A sleeper
// for each would have to be cancelled whenever nothing took too long, which costs more than the
// rest of a short connection.
//
// It looks at limits when the earliest that it knew has passed, so that an end comes on time and
// never early. What waits for something else than its stream is not woken by it.
#pragma once

#include <list>
#include <optional>

#include "runtime/async.hpp"
#include "runtime/byte_stream.hpp"
#include "runtime/clock.hpp"
#include "runtime/event.hpp"

namespace staplelab::runtime {

class time_limits {
 public:
  time_limits(clock& time, executor where) : time_(time), earlier_(where) {}
  time_limits(const time_limits&) = delete;
  time_limits& operator=(const time_limits&) = delete;

  // Runs until it is cancelled.
  awaitable<void> watch();

  // Of one stream, which is reset when the moment passes. Outlived by both.
  class limit {
   public:
    limit(time_limits& of, byte_stream& stream) : of_(of), stream_(stream) {
      self_ = of_.all_.insert(of_.all_.end(), this);
    }
    limit(const limit&) = delete;
    limit& operator=(const limit&) = delete;
    ~limit() { of_.all_.erase(self_); }

    void set(time_point t);
    void clear() { moment_.reset(); }
    bool has_passed() const { return passed_; }

   private:
    friend class time_limits;
    time_limits& of_;
    byte_stream& stream_;
    std::list<limit*>::iterator self_;
    std::optional<time_point> moment_;
    bool passed_ = false;
  };

 private:
  void end_late_ones(time_point now);
  time_point earliest() const;  // never: the end of time

  clock& time_;
  event earlier_;  // a limit was set before the one that is waited for
  std::list<limit*> all_;
  time_point watched_ = time_point::max();
};

}  // namespace staplelab::runtime
