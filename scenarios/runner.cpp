#include "scenarios/runner.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <condition_variable>
#include <exception>
#include <mutex>
#include <thread>
#include <utility>

#include "responder/overloaded.hpp"
#include "runtime/duration_text.hpp"
#include "scenarios/parity.hpp"
#include "scenarios/scenario_scale.hpp"
#include "scenarios/step_text.hpp"
#include "scenarios/target_fit.hpp"
#include "scenarios/timeline.hpp"
#include "scenarios/world.hpp"
#include "scenarios/world_play.hpp"
#include "scenarios/world_run.hpp"

namespace staplelab::scenarios {

using responder::overloaded;

namespace {

// A moved clock is moved ahead at first, by more than any later skew takes back: a program's
// monotonic clock must not become negative, which Go's timers do not survive.
constexpr duration least_ahead = std::chrono::days(400);

// Real time for what still runs after the last step to end.
constexpr duration clearing_limit{1000};

std::string text_of(const std::exception_ptr& failure) {
  try {
    std::rethrow_exception(failure);
  } catch (const std::exception& error) {
    return error.what();
  }
}

// Why a play did not come to its end; empty when it did.
std::string why(const world_run::outcome& outcome, duration limit) {
  return std::visit(
      overloaded{[](const world_run::ended&) { return std::string(); },
                 [](const world_run::threw& thrown) { return text_of(thrown.what); },
                 [](const world_run::stuck&) {
                   return std::string(
                       "stuck: it waits, nobody else does, and nothing can ever happen");
                 },
                 [&](const world_run::stalled&) {
                   const auto stall = std::min(limit, world_run::longest_stall);
                   return fmt::format(
                       "stalled: a peer has kept its connection waiting for {} of real time",
                       runtime::to_text(stall));
                 },
                 [&](const world_run::out_of_time&) {
                   return fmt::format("the case took longer than {} of real time",
                                      runtime::to_text(limit));
                 }},
      outcome);
}

std::string place_of(const step* current, duration simulated) {
  if (!current) return "before the first step";
  const auto detail = describe(current->what);
  return fmt::format("line {}, {}{}{}, at +{}", current->where.line, kind_of(current->what),
                     detail.empty() ? "" : " ", detail, runtime::to_text(simulated));
}

void run_in(world& stage, case_result& result, const run_options& options) {
  const bool real = options.time == time_mode::real;
  const duration limit = options.timeout + (real ? longest_course(*stage.what.of) : duration(0));
  if (options.traffic) stage.traffic.begin();
  world_play play(stage, options.until);
  {
    world_run main(stage, play.play());
    const auto reason = why(main.run(limit), limit);
    result.simulated = stage.time.now() - stage.what.of->start;
    result.steps = play.take_results();
    if (!reason.empty()) {
      result.verdict = case_verdict::error;
      result.reason = place_of(play.current(), result.simulated) + ": " + reason;
      if (!result.steps.empty()) result.steps.back().verdict = case_verdict::error;
    }
    stage.record.close();
    result.events = stage.record.take();
    result.tls_secrets = std::move(stage.tls_secrets);
  }
  world_run(stage, play.clear_away()).run(clearing_limit);
  result.traffic = stage.traffic.take();
}

void conclude(case_result& result) {
  if (result.verdict == case_verdict::error) return;
  const auto failed = std::ranges::find(result.steps, case_verdict::fail, &step_result::verdict);
  if (failed == result.steps.end()) {
    const auto left_out =
        std::ranges::find(result.steps, case_verdict::skip, &step_result::verdict);
    if (left_out == result.steps.end()) return;
    result.verdict = case_verdict::skip;
    result.reason = fmt::format("from line {} on: {}", left_out->where.line, left_out->observed);
    return;
  }
  result.verdict = case_verdict::fail;
  const auto& first = failed->shortfalls.front();
  result.reason = fmt::format("line {}, {}: {}: expected {}, seen {}", failed->where.line,
                              failed->kind, first.field, first.expected, first.observed) +
                  known_way(result);
}

}  // namespace

namespace {

void play_case(const scenario_case& what, const run_options& options, case_result& result) {
  if (options.time == time_mode::virtual_) {
    world stage(what, result.seed);
    return run_in(stage, result, options);
  }
  const auto now = runtime::system_clock().now();
  const bool real = options.time == time_mode::real;
  const double factor = real ? options.time_scale.value_or(fitting_scale(*what.of)) : 1;
  const time_scale scale{factor, what.of->start,
                         real ? now : std::max(what.of->start, now + least_ahead)};
  const auto faster = scaled(*what.of, scale);
  auto one = what;
  one.of = &faster;
  {
    world stage(one, result.seed, options.time);
    stage.scale = scale.factor;
    run_in(stage, result, options);
  }
  restore(result, scale);
}

}  // namespace

case_result run_case(const scenario_case& what, const run_options& options) {
  const double began = runtime::real_milliseconds();
  case_result result;
  result.what = what;
  result.seed = options.seed.value_or(what.of->seed);
  try {
    if (const auto unfit = why_unfit(what, options.time)) {
      result.verdict = case_verdict::skip;
      result.reason = *unfit;
      return result;
    }
    play_case(what, options, result);
    conclude(result);
    excuse_known(result);
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
    result.started = false;
    result.seed = options_.seed.value_or(result.what.of->seed);
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
  result.seed = options.seed;
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
