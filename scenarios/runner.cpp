#include "scenarios/runner.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <condition_variable>
#include <exception>
#include <mutex>
#include <thread>
#include <utility>

#include "runtime/duration_text.hpp"
#include "scenarios/step_text.hpp"
#include "scenarios/world.hpp"
#include "scenarios/world_play.hpp"

namespace staplelab::scenarios {

namespace {

namespace asio = runtime::asio;

// Loopback peers in one thread answer at once; one that holds the clock this long (real time) never
// will.
constexpr duration longest_stall{std::chrono::seconds(10)};

struct play_ending {
  std::optional<runtime::virtual_clock::outcome> world;  // empty: out of real time
  std::exception_ptr failure;
};

// Runs one coroutine in the world until it ends, or cannot.
class performance {
 public:
  performance(world& stage, runtime::awaitable<void> story) : stage_(stage) {
    asio::co_spawn(stage.io.get_executor(), std::move(story),
                   asio::bind_cancellation_slot(stop_.slot(), [this](std::exception_ptr failure) {
                     ended_ = true;
                     failure_ = std::move(failure);
                   }));
  }

  play_ending run(double deadline_ms) {
    const auto over = [&] { return ended_ || runtime::real_milliseconds() > deadline_ms; };
    const auto outcome = stage_.time.run(stage_.io, over, longest_stall);
    if (outcome == runtime::virtual_clock::outcome::finished && !ended_) return {{}, nullptr};
    return {outcome, failure_};
  }

  // The story's coroutines are unwound before what they refer to ends.
  void abandon() {
    if (ended_) return;
    stop_.emit(asio::cancellation_type::terminal);
    stage_.time.run(stage_.io, [this] { return ended_; }, duration(100));
  }

 private:
  world& stage_;
  asio::cancellation_signal stop_;
  bool ended_ = false;
  std::exception_ptr failure_;
};

std::string text_of(const std::exception_ptr& failure) {
  try {
    std::rethrow_exception(failure);
  } catch (const std::exception& error) {
    return error.what();
  }
}

std::string why(const play_ending& ending, const world& stage, const step* current,
                duration limit) {
  using outcome = runtime::virtual_clock::outcome;
  const auto where = current
                         ? fmt::format("line {}, {} {}, at +{}", current->where.line,
                                       kind_of(current->what), describe(current->what),
                                       runtime::to_text(stage.time.now() - stage.what.of->start))
                         : std::string("before the first step");
  if (ending.failure) return fmt::format("{}: {}", where, text_of(ending.failure));
  if (!ending.world) {
    return fmt::format("{}: the case took longer than {} of real time", where,
                       runtime::to_text(limit));
  }
  if (*ending.world == outcome::stuck) {
    return fmt::format("{}: stuck: the step waits, nobody else does, nothing can ever happen",
                       where);
  }
  return fmt::format("{}: stalled: a connection has held the clock for {} of real time", where,
                     runtime::to_text(longest_stall));
}

void run_in(world& stage, case_result& result, duration limit) {
  world_play play(stage);
  const double deadline = runtime::real_milliseconds() + static_cast<double>(limit.count());
  performance main(stage, play.play());
  const auto ending = main.run(deadline);
  const bool finished = ending.world == runtime::virtual_clock::outcome::finished;
  result.simulated = stage.time.now() - stage.what.of->start;
  result.steps = play.take_results();
  if (!finished || ending.failure) {
    result.verdict = case_verdict::error;
    result.reason = why(ending, stage, play.current(), limit);
    if (!result.steps.empty()) result.steps.back().verdict = case_verdict::error;
  }
  stage.record.close();
  result.events = stage.record.take();
  main.abandon();
  performance clearing(stage, play.clear_away());
  clearing.run(runtime::real_milliseconds() + 1000);
  clearing.abandon();
}

void conclude(case_result& result) {
  if (result.verdict == case_verdict::error) return;
  const auto failed = std::ranges::find(result.steps, case_verdict::fail, &step_result::verdict);
  if (failed == result.steps.end()) return;
  result.verdict = case_verdict::fail;
  const auto& first = failed->shortfalls.front();
  result.reason = fmt::format("line {}, {}: {}: expected {}, seen {}", failed->where.line,
                              failed->kind, first.field, first.expected, first.observed);
}

}  // namespace

case_result run_case(const scenario_case& what, const run_options& options) {
  const double began = runtime::real_milliseconds();
  case_result result;
  result.what = what;
  try {
    world stage(what, options.seed.value_or(what.of->seed));
    run_in(stage, result, options.timeout);
    conclude(result);
  } catch (const std::exception& error) {
    result.verdict = case_verdict::error;
    result.reason = error.what();
  }
  result.wall_ms = runtime::real_milliseconds() - began;
  return result;
}

namespace {

// Hands out cases to threads and takes their results back.
class case_queue {
 public:
  case_queue(std::vector<scenario_case> cases, const run_options& options,
             const std::atomic<bool>& cancelled)
      : cases_(std::move(cases)),
        options_(options),
        cancelled_(cancelled),
        results_(cases_.size()) {}

  // What each thread does.
  void work() {
    while (const auto index = begin_next())
      end(*index, run_case(cases_[*index], options_));
  }

  // In the order in which cases end; empty when no more will.
  const case_result* wait_for_next() {
    std::unique_lock lock(mutex_);
    changed_.wait(lock,
                  [this] { return reported_ < ended_.size() || (closed() && running_ == 0); });
    return reported_ < ended_.size() ? &*results_[ended_[reported_++]] : nullptr;
  }

  void stop() {
    const std::lock_guard lock(mutex_);
    stopped_ = true;
  }

  // In the order of the plan. Once all threads have ended.
  std::vector<case_result> take() {
    std::vector<case_result> all;
    for (std::size_t i = 0; i < cases_.size(); ++i) {
      all.push_back(results_[i] ? std::move(*results_[i]) : not_started(i));
    }
    return all;
  }

 private:
  bool closed() const { return stopped_ || cancelled_ || next_ == cases_.size(); }

  std::optional<std::size_t> begin_next() {
    const std::lock_guard lock(mutex_);
    if (closed()) {
      changed_.notify_all();
      return {};
    }
    ++running_;
    return next_++;
  }

  void end(std::size_t index, case_result result) {
    const std::lock_guard lock(mutex_);
    if (options_.fail_fast && result.verdict != case_verdict::pass) stopped_ = true;
    results_[index] = std::move(result);
    ended_.push_back(index);
    --running_;
    changed_.notify_all();
  }

  case_result not_started(std::size_t index) const {
    case_result result;
    result.what = cases_[index];
    result.verdict = case_verdict::skip;
    result.reason = cancelled_ ? "not started: the run was cancelled"
                               : "not started: an earlier case did not pass";
    return result;
  }

  const std::vector<scenario_case> cases_;
  const run_options& options_;
  const std::atomic<bool>& cancelled_;
  std::mutex mutex_;  // of everything below
  std::condition_variable changed_;
  std::size_t next_ = 0;
  std::size_t running_ = 0;
  bool stopped_ = false;
  std::vector<std::optional<case_result>> results_;
  std::vector<std::size_t> ended_;
  std::size_t reported_ = 0;
};

// Should a progress report throw, threads end after the case they are at.
class stop_at_end {
 public:
  explicit stop_at_end(case_queue& queue) : queue_(queue) {}
  stop_at_end(const stop_at_end&) = delete;
  stop_at_end& operator=(const stop_at_end&) = delete;
  ~stop_at_end() { queue_.stop(); }

 private:
  case_queue& queue_;
};

}  // namespace

run_result run_cases(std::vector<scenario_case> cases, const run_options& options,
                     const progress& on_case, const std::atomic<bool>& cancelled) {
  const double began = runtime::real_milliseconds();
  run_result result;
  result.seed = options.seed.value_or(0);
  result.started = runtime::system_clock().now();
  const auto jobs =
      std::clamp<std::size_t>(options.jobs, 1, std::max<std::size_t>(cases.size(), 1));
  case_queue queue(std::move(cases), options, cancelled);
  {
    std::vector<std::jthread> threads;
    const stop_at_end no_further(queue);
    for (std::size_t i = 0; i < jobs; ++i)
      threads.emplace_back([&queue] { queue.work(); });
    while (const auto* ended = queue.wait_for_next()) {
      if (on_case) on_case(*ended);
    }
  }
  result.cases = queue.take();
  result.wall_ms = runtime::real_milliseconds() - began;
  return result;
}

}  // namespace staplelab::scenarios
