#include "scenarios/world_play.hpp"

#include <utility>

#include "scenarios/step_text.hpp"
#include "scenarios/target_fit.hpp"

namespace staplelab::scenarios {

using runtime::awaitable;

namespace {

constexpr std::uint32_t nonce_stream = 100;

}  // namespace

world_play::world_play(world& stage, step_watch until)
    : stage_(stage),
      until_(std::move(until)),
      nonces_(stream_of(stage.seed, nonce_stream)),
      planned_(stage.what.of->start) {}

awaitable<void> world_play::play() {
  for (const auto& step : stage_.what.of->steps) {
    if (!selects(step.only, facts())) continue;
    co_await play_step(step);
    const auto& done = results_.back();
    if (done.verdict == case_verdict::skip) co_return;  // nothing after it can be judged either
    if (until_ && until_(done, stage_.record.since(done.first_event))) co_return;
  }
}

awaitable<void> world_play::clear_away() {
  if (stage_.what.on) {
    co_await stage_.endpoint->kill();
  } else {
    co_await stage_.endpoint->stop();
  }
  stage_.responder.stop();
  co_await stage_.responder.join();
}

awaitable<void> world_play::play_step(const step& what) {
  current_ = &what;
  step_result result;
  result.at = result.ended = stage_.time.now();
  result.kind = kind_of(what.what);
  result.detail = describe(what.what);
  result.where = what.where;
  result.first_event = stage_.record.size();
  results_.push_back(std::move(result));
  if (!what.note.empty()) stage_.record.add(note_made{what.note});
  stage_.record.begin_step();
  auto judged = co_await outcome_of(what);
  auto& told = results_.back();
  told.ended = stage_.time.now();
  told.verdict = judged.shortfalls.empty() ? case_verdict::pass : case_verdict::fail;
  told.shortfalls = std::move(judged.shortfalls);
  told.expected = std::move(judged.expected);
  told.observed = std::move(judged.observed);
  mind_drift();
  if (!meaningless_.empty() && !told.expected.empty()) {
    told.verdict = case_verdict::skip;
    told.shortfalls.clear();
    told.observed = meaningless_;
  }
}

awaitable<world_play::judgement> world_play::outcome_of(const step& what) {
  if (const auto* until = std::get_if<eventually_step>(&what.what)) {
    co_return co_await eventually(what, *until);
  }
  if (const auto* through = std::get_if<always_step>(&what.what)) {
    co_return co_await always(what, *through);
  }
  co_await perform(what.what);
  co_await settle();
  co_return judge(what);
}

case_facts world_play::facts() const {
  const auto& of = stage_.what;
  return {stage_.endpoint->class_now(), of.mode, of.must_staple, of.expectations()};
}

world_play::judgement world_play::judge(const step& what) const {
  const auto* expected = expected_for(what.expect, facts());
  if (!expected) return {};
  const auto judged = observable(*expected, stage_.what.on);
  const auto& seen = stage_.record.seen();
  return {compare(widened(judged, stage_.passing->slack()), seen, stage_.time.now()),
          describe(judged), describe_seen(judged, seen)};
}

}  // namespace staplelab::scenarios
