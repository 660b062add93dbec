#include "scenarios/builtin_endpoint.hpp"

#include <utility>

#include "pki/errors.hpp"

namespace staplelab::scenarios {

namespace {

// As the descriptions of other servers have it (targets/nats-server.json): nobody's patience ends
// before a fetch inside a handshake does.
constexpr runtime::duration handshake_patience = std::chrono::seconds(60);

stapler::profile profile_named(const std::string& name) {
  const auto found = stapler::parse_profile(name);
  if (!found) throw pki::input_error("there is no profile '" + name + "'");
  return *found;
}

}  // namespace

builtin_endpoint::builtin_endpoint(const scenario_case& what, surroundings around,
                                   std::uint64_t seed, stapler::event_sink tell)
    : world_endpoint(what, std::move(around)),
      seed_(seed),
      tell_(std::move(tell)),
      profile_(profile_named(what.profile)),
      has_store_(what.of->endpoint.store),
      has_issuer_(what.of->endpoint.issuer) {}

runtime::awaitable<void> builtin_endpoint::start() {
  if (is_running()) throw pki::input_error("the endpoint is already running");
  in_force_ = written_;
  wanted_ = true;
  process_ = std::make_unique<stapler::endpoint>(around_.where, around_.time, load(in_force_),
                                                 seed_ + processes_++, tell_);
  co_await process_->start();
}

runtime::awaitable<std::optional<int>> builtin_endpoint::stop() {
  wanted_ = false;
  if (!is_running()) co_return std::nullopt;
  co_await process_->stop();
  co_return process_->exited()->exit_code;
}

runtime::awaitable<std::optional<int>> builtin_endpoint::kill() {
  wanted_ = false;
  if (!is_running()) co_return std::nullopt;
  process_->kill();
  co_return process_->exited()->exit_code;
}

runtime::awaitable<void> builtin_endpoint::reload(const reload_step& what) {
  write(what);
  if (!must_run()) co_return;
  const auto outcome = co_await process_->reload(load(written_));
  const auto* failed = std::get_if<stapler::reload_failed>(&outcome);
  if (!failed || failed->serves_without_staple) in_force_ = written_;
}

stapler::loaded_config builtin_endpoint::load(const configuration& what) const {
  stapler::loaded_config loaded;
  loaded.ocsp_mode = what.mode;
  loaded.behaviour = profile_;
  loaded.listen = around_.listen;
  loaded.tls_timeout = handshake_patience;
  if (has_store_) loaded.store_dir = around_.store;
  for (const auto& name : what.certificates) {
    auto served = around_.pki.served(name, what.url);
    if (!has_issuer_) {
      served.chain.clear();
      served.issuer.reset();
    }
    loaded.certificates.push_back(std::move(served));
  }
  return loaded;
}

}  // namespace staplelab::scenarios
