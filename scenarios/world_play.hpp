// Plays the steps of a case in a world, one after another, and judges each.
//
// What a step does goes through the world; what it is judged by is the world's record and nothing
// else. A step that cannot be done at all (pki::input_error and the like) ends the play; a step
// whose expectation does not hold does not.
#pragma once

#include <optional>
#include <random>
#include <vector>

#include "runtime/async.hpp"
#include "scenarios/result.hpp"
#include "scenarios/scenario.hpp"
#include "scenarios/step_watch.hpp"
#include "scenarios/world.hpp"

namespace staplelab::scenarios {

class world_play {
 public:
  world_play(world& stage, step_watch until);

  runtime::awaitable<void> play();
  // Ends what still runs.
  runtime::awaitable<void> clear_away();

  // The step under way, or the last one; null before the first.
  const step* current() const { return current_; }
  std::vector<step_result> take_results() { return std::move(results_); }

 private:
  struct judgement {
    std::vector<shortfall> shortfalls;
    std::string expected;
    std::string observed;
  };

  runtime::awaitable<void> play_step(const step& what);
  runtime::awaitable<judgement> outcome_of(const step& what);
  case_facts facts() const;
  judgement judge(const step& what) const;

  // world_steps.cpp: one function for each kind of step.
  runtime::awaitable<void> perform(const action& what);
  runtime::awaitable<void> perform(const start_step& what);
  runtime::awaitable<void> perform(const stop_step& what);
  runtime::awaitable<void> perform(const kill_step&);
  runtime::awaitable<void> perform(const restart_step&);
  runtime::awaitable<void> perform(const reload_step& what);
  runtime::awaitable<void> perform(const store_step& what);
  runtime::awaitable<void> perform(const issue_step& what);
  runtime::awaitable<void> perform(const revoke_step& what);
  runtime::awaitable<void> perform(const hold_step& what);
  runtime::awaitable<void> perform(const release_step& what);
  runtime::awaitable<void> perform(const fault_step& what);
  runtime::awaitable<void> perform(const clear_step& what);
  runtime::awaitable<void> perform(const signer_step& what);
  runtime::awaitable<void> perform(const publish_step& what);
  runtime::awaitable<void> perform(const responder_step& what);
  runtime::awaitable<void> perform(const purge_step& what);
  runtime::awaitable<void> perform(const advance_step& what);
  runtime::awaitable<void> perform(const advance_to_step& what);
  runtime::awaitable<void> perform(const skew_step& what);
  runtime::awaitable<void> perform(const mark_step& what);
  runtime::awaitable<void> perform(const note_step&);
  runtime::awaitable<void> perform(const check_step&);
  bool change_store(const store_step& what, const pki::certificate& leaf);
  runtime::awaitable<void> stop_endpoint();
  runtime::awaitable<void> advance_to(time_point t);
  runtime::awaitable<void> pass_time(time_point t);
  runtime::awaitable<void> settle();
  // Done while time passes, where that depends on us.
  runtime::awaitable<void> await_server(runtime::awaitable<void> what);
  void mind_floor(duration passing);
  void mind_drift();

  // world_probes.cpp
  runtime::awaitable<void> perform(const handshake_step& what);
  runtime::awaitable<void> perform(const query_step& what);
  runtime::awaitable<void> look_into_crl(const std::string& certificate);
  runtime::awaitable<judgement> eventually(const step& whole, const eventually_step& what);
  runtime::awaitable<judgement> always(const step& whole, const always_step& what);
  runtime::awaitable<void> probe_once(const handshake_step& handshake,
                                      const std::optional<query_step>& query);
  runtime::awaitable<void> shake_hands_once(const handshake_step& what);

  world& stage_;
  step_watch until_;
  std::mt19937_64 nonces_;
  const step* current_ = nullptr;
  std::vector<step_result> results_;
  time_point planned_;       // at which this would be, if nothing took time but what says so
  std::string meaningless_;  // why nothing can be judged any more; empty: it can
};

}  // namespace staplelab::scenarios
