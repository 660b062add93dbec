// The endpoint of one world, as a process that is started, stopped, killed and reloaded.
//
// What it does is told by the endpoint's own events; a start that is refused and a reload that
// fails are told like that too, and are nothing that throws.
#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "runtime/async.hpp"
#include "runtime/clock.hpp"
#include "scenarios/scenario.hpp"
#include "scenarios/world_pki.hpp"
#include "stapler/endpoint.hpp"

namespace staplelab::scenarios {

class world_endpoint {
 public:
  struct surroundings {
    runtime::executor where;
    runtime::clock& time;  // the endpoint's own
    const world_pki& pki;
    runtime::tcp::endpoint listen;
    std::filesystem::path store;
    std::uint64_t seed;
    stapler::event_sink tell;
  };
  // Everything referred to outlives the io_context. Throws pki::input_error for a profile that does
  // not exist.
  world_endpoint(const scenario_case& what, surroundings around);

  // A new process each time. Throws pki::input_error when one is running.
  runtime::awaitable<void> start();
  // Give the exit code; empty when none is running.
  runtime::awaitable<std::optional<int>> stop();
  std::optional<int> kill();
  // Throws pki::input_error when none is running.
  runtime::awaitable<void> reload(const reload_step& what);

  bool is_running() const { return process_ && !process_->exited(); }
  // Of the first certificate, under the configuration in force.
  stapler::staple_class class_now() const;

 private:
  struct configuration {
    stapler::mode mode;
    std::vector<std::string> certificates;
    std::optional<responder_address> url;
  };
  stapler::loaded_config load(const configuration& what) const;

  surroundings around_;
  stapler::profile profile_;
  bool has_store_;
  configuration written_;   // what the next process will read
  configuration in_force_;  // lags behind where a reload failed
  std::uint64_t processes_ = 0;
  std::unique_ptr<stapler::endpoint> process_;
};

}  // namespace staplelab::scenarios
