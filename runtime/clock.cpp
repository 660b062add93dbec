#include "runtime/clock.hpp"

#include <limits>
#include <utility>

namespace staplelab::runtime {

namespace {

using system_timer =
    asio::basic_waitable_timer<std::chrono::system_clock,
                               asio::wait_traits<std::chrono::system_clock>, executor>;

// The system clock counts nanoseconds and ends in 2262, long before our milliseconds do.
std::chrono::system_clock::time_point saturate(time_point t) {
  using system_time = std::chrono::system_clock::time_point;
  if (t >= std::chrono::floor<duration>(system_time::max())) return system_time::max();
  if (t <= std::chrono::ceil<duration>(system_time::min())) return system_time::min();
  return t;
}

// "Never" stays "never" on a clock that is wrong.
time_point moved(time_point t, duration by) {
  if (by > duration::zero() && t > time_point::max() - by) return time_point::max();
  if (by < duration::zero() && t < time_point::min() - by) return time_point::min();
  return t + by;
}

}  // namespace

clock::mark::mark(clock& owner, kind what, connection_id connection)
    : owner_(&owner), kind_(what), connection_(connection) {
  owner.add(what, connection);
}

clock::mark::mark(mark&& other) noexcept
    : owner_(std::exchange(other.owner_, nullptr)),
      kind_(other.kind_),
      connection_(other.connection_) {}

clock::mark& clock::mark::operator=(mark&& other) noexcept {
  if (this != &other) {
    release();
    owner_ = std::exchange(other.owner_, nullptr);
    kind_ = other.kind_;
    connection_ = other.connection_;
  }
  return *this;
}

void clock::mark::release() noexcept {
  if (auto* owner = std::exchange(owner_, nullptr)) owner->remove(kind_, connection_);
}

time_point system_clock::now() const {
  return std::chrono::floor<duration>(std::chrono::system_clock::now());
}

awaitable<void> system_clock::sleep_until(time_point t) {
  auto where = co_await asio::this_coro::executor;
  system_timer timer(where, saturate(t));
  co_await timer.async_wait(use_awaitable);
}

awaitable<void> skewed_clock::sleep_until(time_point t) {
  do {
    auto target = offset_ == duration::min() ? time_point::max() : moved(t, -offset_);
    co_await base_.sleep_until(target);
  } while (now() < t);
}

void skewed_clock::add(mark::kind what, connection_id connection) {
  base_.add(what, connection);
}

void skewed_clock::remove(mark::kind what, connection_id connection) noexcept {
  base_.remove(what, connection);
}

double real_milliseconds() {
  const auto since_start = std::chrono::steady_clock::now().time_since_epoch();
  return std::chrono::duration<double, std::milli>(since_start).count();
}

awaitable<void> real_pause(duration length) {
  auto where = co_await asio::this_coro::executor;
  steady_timer timer(where, length);
  co_await timer.async_wait(use_awaitable);
}

}  // namespace staplelab::runtime
