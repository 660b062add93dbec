// Runs cases, several at a time, each in a world of its own.
#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <optional>
#include <vector>

#include "scenarios/result.hpp"
#include "scenarios/scenario.hpp"
#include "scenarios/step_watch.hpp"
#include "scenarios/world_time.hpp"

namespace staplelab::scenarios {

struct run_options {
  unsigned jobs = 1;
  std::optional<std::uint64_t> seed;  // instead of each file's own
  bool fail_fast = false;             // start no further case after the first that did not pass
  // Real time for one case, beyond what a scenario in real time lets pass.
  duration timeout{std::chrono::minutes(2)};
  bool traffic = false;  // keep what passes over the connections
  time_mode time = time_mode::virtual_;
  // Real time: durations of the scenario are divided by it. Empty: what suits the scenario.
  std::optional<double> time_scale = {};
  step_watch until = {};  // ends a case early, which is none the worse for it
};

// Called on the calling thread, in the order in which cases end.
using progress = std::function<void(const case_result&)>;

// A case with a target that it says nothing about is case_verdict::skip. `cancelled` is looked at
// between cases.
run_result run_cases(std::vector<scenario_case> cases, const run_options& options,
                     const progress& on_case, const std::atomic<bool>& cancelled);

// One case on the calling thread. Never throws for what a scenario does; a world that cannot be
// built is case_verdict::error.
case_result run_case(const scenario_case& what, const run_options& options);

}  // namespace staplelab::scenarios
