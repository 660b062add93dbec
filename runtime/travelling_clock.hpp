// Real time with jumps ahead. Whoever sleeps past a jump wakes when the time has come by this
// clock, unlike on a clock that is merely wrong (skewed_clock), where a jump wakes nobody.
#pragma once

#include <list>
#include <optional>

#include "runtime/clock.hpp"

namespace staplelab::runtime {

class travelling_clock final : public clock {
 public:
  travelling_clock() = default;
  travelling_clock(const travelling_clock&) = delete;
  travelling_clock& operator=(const travelling_clock&) = delete;

  time_point now() const override { return system_.now() + offset_; }
  awaitable<void> sleep_until(time_point t) override;

  // From now on it is so much later (or, with a negative length, earlier).
  void jump(duration ahead);
  // When the first of those who sleep will wake; empty when nobody does.
  std::optional<time_point> next_to_wake() const;

 private:
  struct sleeper;
  system_clock system_;
  duration offset_{0};
  std::list<sleeper*> sleepers_;
};

}  // namespace staplelab::runtime
