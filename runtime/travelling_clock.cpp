#include "runtime/travelling_clock.hpp"

#include <algorithm>
#include <boost/system/system_error.hpp>
#include <chrono>

namespace staplelab::runtime {

namespace {

using timer_of_wall_time =
    asio::basic_waitable_timer<std::chrono::system_clock,
                               asio::wait_traits<std::chrono::system_clock>, executor>;

// Times far ahead are "never"; a timer need not count them out.
constexpr duration longest_nap = std::chrono::hours(24);

}  // namespace

struct travelling_clock::sleeper {
  sleeper(travelling_clock& owner, executor where, time_point t)
      : of(owner), until(t), timer(where) {
    self = of.sleepers_.insert(of.sleepers_.end(), this);
  }
  sleeper(const sleeper&) = delete;
  sleeper& operator=(const sleeper&) = delete;
  ~sleeper() { of.sleepers_.erase(self); }

  travelling_clock& of;
  time_point until;
  timer_of_wall_time timer;
  bool jumped = false;
  std::list<sleeper*>::iterator self;
};

awaitable<void> travelling_clock::sleep_until(time_point t) {
  const auto where = co_await asio::this_coro::executor;
  sleeper me(*this, where, t);
  do {
    const auto left = t > now() ? std::min(duration(t - now()), longest_nap) : duration(0);
    me.jumped = false;
    me.timer.expires_at(system_.now() + left);
    error_code error;
    co_await me.timer.async_wait(asio::redirect_error(use_awaitable, error));
    if (error && !me.jumped) throw boost::system::system_error(error);
  } while (now() < t);
}

void travelling_clock::jump(duration ahead) {
  offset_ += ahead;
  for (auto* each : sleepers_) {
    each->jumped = true;
    each->timer.cancel();
  }
}

std::optional<time_point> travelling_clock::next_to_wake() const {
  if (sleepers_.empty()) return std::nullopt;
  return (*std::ranges::min_element(sleepers_, {}, &sleeper::until))->until;
}

}  // namespace staplelab::runtime
