// The only seam for time: what time it is, and waiting until a time.
//
// A virtual clock advances only when nothing in its world is ready to run and nobody holds it. Real
// socket I/O takes place on no clock at all, so whoever waits for a peer holds the clock, and a
// peer that makes others wait on purpose (a responder told to hang, a server that fetches inside a
// handshake) declares the connection idle, which lifts the hold on that one connection. Connections
// are named by the client's port, which both ends know.
//
// sleep_until may be cancelled like any Asio operation; it then throws system_error
// (operation_aborted). Clocks are declared before the io_context whose coroutines refer to them.
#pragma once

#include <chrono>
#include <cstdint>

#include "runtime/async.hpp"

namespace staplelab::runtime {

using duration = std::chrono::milliseconds;
using time_point = std::chrono::sys_time<duration>;
using connection_id = std::uint16_t;  // the client's port; 0 before it is known

class clock {
 public:
  // Keeps a mark on the clock while it lives; movable, and may outlive its use with release().
  class mark {
   public:
    enum class kind { hold, idle };
    mark() = default;
    mark(clock& owner, kind what, connection_id connection);
    mark(mark&& other) noexcept;
    mark& operator=(mark&& other) noexcept;
    ~mark() { release(); }
    void release() noexcept;

   private:
    clock* owner_ = nullptr;
    kind kind_ = kind::hold;
    connection_id connection_ = 0;
  };

  virtual ~clock() = default;
  virtual time_point now() const = 0;
  virtual awaitable<void> sleep_until(time_point t) = 0;

  // Time stands still until the peer of this connection has answered.
  [[nodiscard]] mark hold(connection_id connection) {
    return {*this, mark::kind::hold, connection};
  }
  // This end keeps the connection waiting on purpose: its hold does not count.
  [[nodiscard]] mark idle(connection_id connection) {
    return {*this, mark::kind::idle, connection};
  }

 protected:
  virtual void add(mark::kind, connection_id) {}
  virtual void remove(mark::kind, connection_id) noexcept {}
  friend class mark;
  friend class skewed_clock;  // passes marks on to the clock below it
};

// Wall time.
class system_clock final : public clock {
 public:
  time_point now() const override;
  awaitable<void> sleep_until(time_point t) override;
};

// A party whose clock is wrong: `base`, moved by an offset that may change while it runs. A sleeper
// never wakes before its time by this clock; one that a jump ahead made late wakes when it would
// have without the jump, as monotonic timers do.
class skewed_clock final : public clock {
 public:
  skewed_clock(clock& base, duration offset) : base_(base), offset_(offset) {}
  void set_offset(duration offset) { offset_ = offset; }
  time_point now() const override { return base_.now() + offset_; }
  awaitable<void> sleep_until(time_point t) override;

 protected:
  void add(mark::kind what, connection_id connection) override;
  void remove(mark::kind what, connection_id connection) noexcept override;

 private:
  clock& base_;
  duration offset_;
};

// Milliseconds of real time since some moment, for latency figures and watchdogs only: never for a
// decision, never in a transcript.
double real_milliseconds();

// Waits in real time, whatever the clock: for a machine that is out of descriptors or memory.
awaitable<void> real_pause(duration length);

}  // namespace staplelab::runtime
