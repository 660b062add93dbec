#include "scenarios/world_time.hpp"

#include <algorithm>
#include <utility>

#include "runtime/travelling_clock.hpp"

namespace staplelab::scenarios {

namespace asio = runtime::asio;
using runtime::awaitable;

namespace {

class virtual_time final : public world_time {
 public:
  explicit virtual_time(time_point start) : clock_(start) {}
  runtime::clock& clock() override { return clock_; }
  awaitable<void> pass_until(time_point t) override {
    co_await clock_.sleep_until(t);
    co_await settle();  // what others have to do at that very time comes first
  }
  awaitable<void> settle() override { co_await clock_.sleep_until(clock_.now()); }
  awaitable<void> pass_idly() override { co_return; }
  run_outcome run(asio::io_context& io, const std::function<bool()>& done,
                  duration limit) override {
    return clock_.run(io, done, limit);
  }
  duration slack() const override { return duration(0); }

 private:
  runtime::virtual_clock clock_;
};

// All of these are real time.
constexpr duration look{10};            // how often a server is looked at
constexpr int restful_looks = 2;        // in a row
constexpr duration longest_notice{80};  // for a server to wake after a jump, if it does
constexpr duration longest_look_away{200};
constexpr duration longest_rest{3000};  // a server that is never at rest is not waited for
constexpr int idle_looks = 25;          // in a row: whoever waits then, waits for time to pass

// A jump longer than all that a scenario lets pass would take too many turns.
constexpr int most_jumps = 200;

// How far time jumps at once while somebody waits for a server: what takes seconds is told apart.
constexpr duration idle_jump = std::chrono::seconds(1);

// The slow end of a wait.
constexpr int slow_jumps = 10;
constexpr duration least_jump{1};

// A jump ends where somebody of ours wakes, unless that is too near.
constexpr int least_jump_part = 8;

class real_time : public world_time {
 public:
  explicit real_time(outsiders who) : who_(std::move(who)) {}
  runtime::clock& clock() override { return clock_; }
  awaitable<void> pass_until(time_point t) override {
    co_await clock_.sleep_until(t);
    co_await settle();
  }
  awaitable<void> settle() override {
    const double began = runtime::real_milliseconds();
    for (int quiet = 0; quiet < restful_looks && since(began) < longest_rest;) {
      co_await runtime::real_pause(look);
      quiet = who_.are_at_rest() ? quiet + 1 : 0;
    }
  }
  awaitable<void> pass_idly() override { co_return; }
  run_outcome run(asio::io_context& io, const std::function<bool()>& done,
                  duration limit) override {
    while (!done()) {
      if (io.stopped()) io.restart();
      if (io.run_one_for(std::min(limit, longest_look_away)) == 0 && io.stopped()) {
        return run_outcome::stuck;
      }
    }
    return run_outcome::finished;
  }
  duration slack() const override { return std::chrono::seconds(2); }

 protected:
  static duration since(double began) {
    return duration(static_cast<duration::rep>(runtime::real_milliseconds() - began));
  }

  outsiders who_;
  runtime::travelling_clock clock_;
};

class travel_time final : public real_time {
 public:
  travel_time(time_point start, outsiders who) : real_time(std::move(who)) {
    clock_.jump(start - clock_.now());
  }
  awaitable<void> pass_until(time_point t) override {
    const auto slow = t - who_.slowly;
    const auto step = std::max((slow - clock_.now()) / most_jumps, who_.attentive());
    co_await pass_in_jumps(slow, step);
    co_await pass_in_jumps(t, std::max(who_.slowly / slow_jumps, least_jump));
    co_await settle();
  }
  awaitable<void> pass_idly() override {
    while (true) {
      co_await rest(idle_looks);
      do {
        co_await jump(std::min(idle_jump, who_.attentive()));
      } while (co_await rests(restful_looks));
    }
  }
  duration slack() const override { return who_.attentive() + std::chrono::seconds(10); }

 private:
  awaitable<void> pass_in_jumps(time_point t, duration step) {
    while (clock_.now() < t) {
      co_await jump(std::min(length_of_jump(step), duration(t - clock_.now())));
      co_await settle();
    }
  }
  duration length_of_jump(duration step) const {
    const auto next = clock_.next_to_wake();
    if (!next) return step;
    return std::clamp(duration(*next - clock_.now()), step / least_jump_part, step);
  }
  awaitable<void> jump(duration ahead) {
    clock_.jump(ahead);
    who_.clock_moved();
    const double began = runtime::real_milliseconds();
    while (!who_.have_noticed() && since(began) < longest_notice)
      co_await runtime::real_pause(look);
  }
  awaitable<bool> rests(int looks) {
    for (int quiet = 0; quiet < looks; ++quiet) {
      co_await runtime::real_pause(look);
      if (!who_.are_at_rest()) co_return false;
    }
    co_return true;
  }
  awaitable<void> rest(int looks) {
    while (!co_await rests(looks)) {
    }
  }
};

}  // namespace

std::unique_ptr<world_time> make_virtual_time(time_point start) {
  return std::make_unique<virtual_time>(start);
}

std::unique_ptr<world_time> make_travel_time(time_point start, outsiders who) {
  return std::make_unique<travel_time>(start, std::move(who));
}

std::unique_ptr<world_time> make_real_time(outsiders who) {
  return std::make_unique<real_time>(std::move(who));
}

}  // namespace staplelab::scenarios
