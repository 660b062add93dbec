// Wakes coroutines of the same io_context. It remembers nothing: a waiter looks at its own
// condition in a loop, and a notification without a waiter is lost.
#pragma once

#include "runtime/async.hpp"

namespace staplelab::runtime {

class event {
 public:
  explicit event(executor where) : timer_(where, steady_timer::time_point::max()) {}
  // Returns after notify(), and when it is cancelled: the waiter's next co_await throws then.
  awaitable<void> wait();
  // Every present waiter returns on a later turn.
  void notify() { timer_.cancel(); }

 private:
  steady_timer timer_;  // never expires
};

}  // namespace staplelab::runtime
