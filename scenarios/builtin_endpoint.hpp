// Our own endpoint, in this process. What it does is told by its own events.
#pragma once

#include <cstdint>
#include <memory>

#include "scenarios/world_endpoint.hpp"
#include "stapler/endpoint.hpp"

namespace staplelab::scenarios {

class builtin_endpoint final : public world_endpoint {
 public:
  // Throws pki::input_error for a profile that does not exist.
  builtin_endpoint(const scenario_case& what, surroundings around, std::uint64_t seed,
                   stapler::event_sink tell);

  runtime::awaitable<void> start() override;
  runtime::awaitable<std::optional<int>> stop() override;
  runtime::awaitable<std::optional<int>> kill() override;
  runtime::awaitable<void> reload(const reload_step& what) override;
  bool is_running() const override { return process_ && !process_->exited(); }

 private:
  stapler::loaded_config load(const configuration& what) const;

  std::uint64_t seed_;
  stapler::event_sink tell_;
  stapler::profile profile_;
  bool has_store_;
  bool has_issuer_;
  std::uint64_t processes_ = 0;
  std::unique_ptr<stapler::endpoint> process_;
};

}  // namespace staplelab::scenarios
