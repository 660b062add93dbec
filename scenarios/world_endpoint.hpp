// The endpoint of one world, as a process that is started, stopped, killed and reloaded.
//
// A start that is refused, a reload that fails and an end by itself are events, and nothing that
// throws.
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "runtime/async.hpp"
#include "runtime/clock.hpp"
#include "scenarios/probe.hpp"
#include "scenarios/scenario.hpp"
#include "scenarios/world_pki.hpp"

namespace staplelab::scenarios {

class world_endpoint {
 public:
  struct surroundings {
    runtime::executor where;
    runtime::clock& time;  // the endpoint's own
    const world_pki& pki;
    runtime::tcp::endpoint listen;
    std::filesystem::path store;
  };
  // Everything referred to outlives the io_context.
  world_endpoint(const scenario_case& what, surroundings around);
  virtual ~world_endpoint() = default;

  // A new process each time. Throws pki::input_error when one is running.
  virtual runtime::awaitable<void> start() = 0;
  // Give the exit code; empty when none is running.
  virtual runtime::awaitable<std::optional<int>> stop() = 0;
  virtual runtime::awaitable<std::optional<int>> kill() = 0;
  // One that has ended by itself, or refused to start, does not hear of it, but reads what is new
  // when it starts again. Throws pki::input_error when the scenario has not started it, or ended
  // it.
  virtual runtime::awaitable<void> reload(const reload_step& what) = 0;
  virtual bool is_running() const = 0;

  // How a client enters TLS.
  virtual starttls entry() const { return starttls::none; }

  // For processes outside ours: its clock has become another; has it looked at it since; has it
  // nothing to do at present.
  virtual void clock_moved() {}
  virtual bool has_noticed() { return true; }
  virtual bool is_at_rest() { return true; }

  // Of the first certificate, under the configuration in force.
  stapler::staple_class class_now() const;

 protected:
  struct configuration {
    stapler::mode mode;
    std::vector<std::string> certificates;
    std::optional<responder_address> url;
  };
  void write(const reload_step& what);
  bool must_run() const;  // to be told something; throws as reload() does

  surroundings around_;
  configuration written_;   // what the next process will read
  configuration in_force_;  // lags behind where a reload failed
  bool wanted_ = false;     // the scenario has started it, and not ended it
};

}  // namespace staplelab::scenarios
