#include "runtime/time_limits.hpp"

#include <algorithm>

namespace staplelab::runtime {

void time_limits::limit::set(time_point t) {
  moment_ = t;
  if (t < of_.watched_) of_.earlier_.notify();
}

awaitable<void> time_limits::watch() {
  using namespace asio::experimental::awaitable_operators;
  for (;;) {
    end_late_ones(time_.now());
    watched_ = earliest();
    if (watched_ == time_point::max()) {
      co_await earlier_.wait();
    } else {
      co_await (time_.sleep_until(watched_) || earlier_.wait());
    }
  }
}

void time_limits::end_late_ones(time_point now) {
  for (limit* each : all_) {
    if (!each->moment_ || *each->moment_ > now) continue;
    each->moment_.reset();
    each->passed_ = true;
    each->stream_.reset();
  }
}

time_point time_limits::earliest() const {
  auto found = time_point::max();
  for (const limit* each : all_) {
    if (each->moment_) found = std::min(found, *each->moment_);
  }
  return found;
}

}  // namespace staplelab::runtime
