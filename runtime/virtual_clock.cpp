#include "runtime/virtual_clock.hpp"

#include <algorithm>
#include <boost/system/system_error.hpp>

#include "runtime/event.hpp"

namespace staplelab::runtime {

namespace {

// The kernel may still be carrying octets that nobody holds the clock for (a peer's FIN). Real
// time, spent only before a world is declared stuck.
constexpr duration kernel_grace{20};

// A world that never becomes quiet shall not keep `done` from being asked.
constexpr std::size_t turns_at_once = 1000;

std::size_t run_what_is_ready(asio::io_context& io) {
  std::size_t turns = 0;
  while (turns < turns_at_once && io.poll_one() > 0)
    ++turns;
  return turns;
}

}  // namespace

// Lives in the frame of its coroutine, so that a frame destroyed while it sleeps leaves no trace.
struct virtual_clock::sleeper {
  sleeper(virtual_clock& clock, executor where, time_point t)
      : owner(clock), place(clock.sleepers_.emplace(std::max(t, clock.now_), this)), wake(where) {}
  sleeper(const sleeper&) = delete;
  sleeper& operator=(const sleeper&) = delete;
  ~sleeper() {
    if (!woken) owner.sleepers_.erase(place);
  }

  virtual_clock& owner;
  std::multimap<time_point, sleeper*>::iterator place;
  event wake;
  bool woken = false;
};

awaitable<void> virtual_clock::sleep_until(time_point t) {
  auto where = co_await asio::this_coro::executor;
  sleeper self(*this, where, t);
  co_await self.wake.wait();
  if (!self.woken) throw boost::system::system_error(asio::error::operation_aborted);
}

void virtual_clock::add(mark::kind what, connection_id connection) {
  (what == mark::kind::hold ? holds_ : idles_).insert(connection);
}

void virtual_clock::remove(mark::kind what, connection_id connection) noexcept {
  auto& marks = what == mark::kind::hold ? holds_ : idles_;
  marks.erase(marks.find(connection));
}

bool virtual_clock::held() const {
  return std::any_of(holds_.begin(), holds_.end(), [this](connection_id connection) {
    return connection == 0 || !idles_.contains(connection);
  });
}

std::optional<virtual_clock::outcome> virtual_clock::step(asio::io_context& io,
                                                          duration stall_limit) {
  if (io.stopped()) io.restart();
  if (run_what_is_ready(io) > 0) return std::nullopt;
  if (io.stopped()) io.restart();  // it ran out of work; those who sleep or hold may bring more
  if (held()) {
    if (io.run_one_for(stall_limit) > 0) return std::nullopt;
    return io.stopped() ? outcome::stuck : outcome::stalled;
  }
  if (sleepers_.empty()) {
    if (io.run_one_for(std::min(kernel_grace, stall_limit)) > 0) return std::nullopt;
    return outcome::stuck;
  }
  const auto earliest = sleepers_.begin();
  auto& next = *earliest->second;
  now_ = earliest->first;
  sleepers_.erase(earliest);
  next.woken = true;
  next.wake.notify();
  return std::nullopt;
}

}  // namespace staplelab::runtime
