#include "scenarios/world_time.hpp"

#include <algorithm>
#include <utility>

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

// A jump longer than all that a scenario lets pass would take too many turns.
constexpr int most_jumps = 200;

class real_time : public world_time {
 public:
  explicit real_time(outsiders who) : who_(std::move(who)), clock_(system_, duration(0)) {}
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
  runtime::system_clock system_;
  runtime::skewed_clock clock_;
};

class travel_time final : public real_time {
 public:
  travel_time(time_point start, outsiders who) : real_time(std::move(who)) {
    jump(start - system_.now());
  }
  awaitable<void> pass_until(time_point t) override {
    const auto step = std::max((t - clock_.now()) / most_jumps, who_.attentive());
    while (clock_.now() < t) {
      jump(std::min(step, duration(t - clock_.now())));
      who_.clock_moved();
      co_await notice();
      co_await settle();
    }
    co_await settle();
  }
  duration slack() const override { return who_.attentive() + std::chrono::seconds(10); }

 private:
  void jump(duration ahead) {
    offset_ += ahead;
    clock_.set_offset(offset_);
  }
  awaitable<void> notice() {
    const double began = runtime::real_milliseconds();
    while (!who_.have_noticed() && since(began) < longest_notice)
      co_await runtime::real_pause(look);
  }

  duration offset_{0};
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
