#include "scenarios/world_endpoint.hpp"

#include <utility>

#include "pki/errors.hpp"

namespace staplelab::scenarios {

namespace {

stapler::profile profile_named(const std::string& name) {
  const auto found = stapler::parse_profile(name);
  if (!found) throw pki::input_error("there is no profile '" + name + "'");
  return *found;
}

}  // namespace

world_endpoint::world_endpoint(const scenario_case& what, surroundings around)
    : around_(std::move(around)),
      profile_(profile_named(what.profile)),
      has_store_(what.of->endpoint.store),
      written_{what.mode, what.of->endpoint.certificates, what.of->endpoint.url},
      in_force_(written_) {}

runtime::awaitable<void> world_endpoint::start() {
  if (is_running()) throw pki::input_error("the endpoint is already running");
  in_force_ = written_;
  process_ = std::make_unique<stapler::endpoint>(around_.where, around_.time, load(in_force_),
                                                 around_.seed + processes_++, around_.tell);
  co_await process_->start();
}

runtime::awaitable<std::optional<int>> world_endpoint::stop() {
  if (!is_running()) co_return std::nullopt;
  co_await process_->stop();
  co_return process_->exited()->exit_code;
}

std::optional<int> world_endpoint::kill() {
  if (!is_running()) return {};
  process_->kill();
  return process_->exited()->exit_code;
}

runtime::awaitable<void> world_endpoint::reload(const reload_step& what) {
  if (!is_running()) throw pki::input_error("an endpoint that is not running cannot be reloaded");
  if (what.mode) written_.mode = *what.mode;
  if (what.certificates) written_.certificates = *what.certificates;
  if (what.url) written_.url = *what.url;
  const auto outcome = co_await process_->reload(load(written_));
  const auto* failed = std::get_if<stapler::reload_failed>(&outcome);
  if (!failed || failed->serves_without_staple) in_force_ = written_;
}

stapler::staple_class world_endpoint::class_now() const {
  const auto leaf = around_.pki.leaf(in_force_.certificates.front());
  return stapler::classify(in_force_.mode, leaf.must_staple());
}

stapler::loaded_config world_endpoint::load(const configuration& what) const {
  stapler::loaded_config loaded;
  loaded.ocsp_mode = what.mode;
  loaded.behaviour = profile_;
  loaded.listen = around_.listen;
  if (has_store_) loaded.store_dir = around_.store;
  for (const auto& name : what.certificates) {
    loaded.certificates.push_back(around_.pki.served(name, what.url));
  }
  return loaded;
}

}  // namespace staplelab::scenarios
