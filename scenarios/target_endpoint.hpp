// A server that is not ours, as the endpoint of a world: a process of its own, as its description
// says.
//
// What it does is seen from outside: whether it runs, what it prints, what it asks the responder.
// Its folder is removed with the value, its processes are ended.
#pragma once

#include <deque>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <regex>
#include <string>

#include "runtime/process.hpp"
#include "runtime/task_group.hpp"
#include "scenarios/event.hpp"
#include "scenarios/target.hpp"
#include "scenarios/target_folder.hpp"
#include "scenarios/world_endpoint.hpp"
#include "scenarios/world_port.hpp"

namespace staplelab::scenarios {

class target_endpoint final : public world_endpoint {
 public:
  struct settings {
    world_addresses addresses;
    runtime::clock& clients;  // whose time it is when we ask for a staple in its place
    bool moves;               // its clock is that of the world
    std::function<void(happening)> tell;
  };
  // `what.on` is what it is.
  target_endpoint(const scenario_case& what, surroundings around, settings own);
  ~target_endpoint() override;

  // Throws pki::input_error when it is running, or cannot be started on this machine at all.
  runtime::awaitable<void> start() override;
  runtime::awaitable<std::optional<int>> stop() override;
  runtime::awaitable<std::optional<int>> kill() override;
  runtime::awaitable<void> reload(const reload_step& what) override;
  bool is_running() const override { return process_ && !process_->ended(); }
  starttls entry() const override { return of_.entry; }
  void clock_moved() override;
  bool has_noticed() override;
  bool is_at_rest() override;

 private:
  struct life {                // of one process, as its watchers know it
    bool ready_told = false;   // by a line of its log
    bool reload_told = false;  // likewise, since it was told to
    bool told_up = false;
    bool ending = false;  // by our hand
    std::deque<std::string> last_lines;
  };
  target_situation situation() const;
  duration offset() const;
  runtime::command command(const target_command& words) const;
  runtime::awaitable<void> lay_out();
  runtime::awaitable<std::string> fetch_staple();
  runtime::awaitable<void> hand_over();
  runtime::awaitable<void> keep_handing_over(std::shared_ptr<life> of);
  runtime::awaitable<bool> become_ready();
  std::string why_not_ready(bool ended, int code) const;
  runtime::awaitable<bool> is_ready() const;
  // target_reload.cpp
  runtime::awaitable<void> signal(int number);
  runtime::awaitable<std::string> run_command(const target_command& words);
  runtime::awaitable<std::string> take_effect(bool other_certificate);
  runtime::awaitable<bool> shows(const pki::certificate& leaf);
  runtime::awaitable<bool> end_within(duration limit);
  runtime::awaitable<int> end();
  runtime::awaitable<void> watch(std::shared_ptr<life> of);
  void take_line(life& of, std::string_view line);

  const target& of_;
  settings own_;
  bool has_store_;
  world_port control_port_;
  target_folder folder_;
  std::optional<std::regex> warning_, reload_sign_;
  std::shared_ptr<life> life_;
  std::optional<runtime::process> process_;
  std::uint64_t readings_ = 0;
  bool starting_ = false;
  bool handing_over_ = false;  // a staple, at this very time
  runtime::task_group watchers_;
};

}  // namespace staplelab::scenarios
