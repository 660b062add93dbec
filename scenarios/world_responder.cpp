#include "scenarios/world_responder.hpp"

#include <algorithm>
#include <utility>

#include "pki/errors.hpp"

namespace staplelab::scenarios {

using runtime::awaitable;

namespace {

responder::server_config configured(const world_pki& pki, const responder_spec& spec,
                                    const runtime::tcp::endpoint& listen, std::uint64_t seed,
                                    runtime::traffic_log& traffic, time_point start,
                                    responder::crl_publisher& crls) {
  responder::server_config config;
  config.listen = listen;
  config.authorities = pki.authorities();
  config.signers = responder::signer_choice::any;  // a scenario may choose unfit ones
  config.policy = policy_of(spec);
  if (config.policy.production) config.policy.production->origin = start;
  config.path_prefixes = pki.responder_paths();
  config.cache = spec.cache;
  config.seed = seed;
  config.traffic = &traffic;
  config.beside = [&crls](const runtime::http_request& request, time_point now) {
    return crls.answer(request, now);
  };
  return config;
}

std::string path_of_crl(std::string_view authority) {
  return "/crl/" + std::string(authority) + ".crl";
}

}  // namespace

world_responder::world_responder(runtime::executor where, runtime::clock& time, world_pki& pki,
                                 const responder_spec& spec, const runtime::tcp::endpoint& listen,
                                 std::uint64_t seed, runtime::traffic_log& traffic,
                                 responder::event_sink tell)
    : time_(time),
      pki_(pki),
      announcing_(spec.up),
      start_(time.now()),
      crls_({.every = spec.crl_every, .validity = spec.crl_validity, .origin = start_}),
      server_(where, time, pki.ca(), configured(pki, spec, listen, seed, traffic, start_, crls_),
              [this, tell = std::move(tell)](const responder::event& e) {
                if (announcing_) tell(e);
              }),
      renewing_(where) {
  for (const auto& name : pki.ca().authority_names())
    crls_.add(path_of_crl(name), pki.ca(), name);
  announcing_ = false;  // a scenario begins with the signer and the port as they are
  choose_signer(spec.signer);
  if (!spec.up) server_.stop();
  announcing_ = true;
}

awaitable<void> world_responder::join() {
  renewing_.cancel();
  co_await renewing_.join();
  co_await server_.join();
}

void world_responder::choose_signer(std::string_view name) {
  renewing_.cancel();
  install_signer(name);
  if (pki_.signer_renewal(name)) renewing_.spawn(renew(std::string(name)));
}

awaitable<void> world_responder::renew(std::string name) {
  while (const auto due = pki_.signer_renewal(name)) {
    co_await time_.sleep_until(*due);
    pki_.renew_signer(name, time_.now());
    install_signer(name);
  }
}

void world_responder::install_signer(std::string_view name) {
  for (auto& authority : pki_.authorities_with(name)) {
    server_.set_signer(std::move(authority), responder::signer_choice::any);
  }
}

void world_responder::publish_crl(std::string_view authority) {
  crls_.publish(path_of_crl(authority), time_.now());
}

void world_responder::change(const responder_step& what) {
  auto policy = server_.policy();
  if (what.validity) policy.validity = *what.validity;
  if (what.backdate) policy.backdate = *what.backdate;
  if (what.produce_every && *what.produce_every == duration::zero()) policy.production.reset();
  if (what.produce_every && *what.produce_every > duration::zero()) {
    if (!policy.production) {
      policy.production = responder::production_schedule{.every = duration(0), .origin = start_};
    }
    policy.production->every = *what.produce_every;
  }
  const bool of_production = what.publication_lag || what.produce_on_change;
  if (of_production && !policy.production) {
    throw pki::input_error("the responder makes its answers when asked for; 'produce_every' first");
  }
  if (what.publication_lag) policy.production->lag = *what.publication_lag;
  if (what.produce_on_change) policy.production->on_change = *what.produce_on_change;
  server_.set_policy(policy);
  if (what.cache) {
    const bool none = *what.cache == duration::zero();
    server_.set_cache(none ? std::nullopt : what.cache);
  }
}

void world_responder::add_fault(const fault_step& what) {
  const auto kind = std::string(responder::to_string(what.what));
  responder::fault_rule rule;
  rule.what = what.what;
  if (what.count) rule.count = *what.count;
  rule.probability = what.probability;
  if (what.from != duration::zero()) rule.window.from = time_.now() + what.from;
  if (what.lasts) rule.window.until = time_.now() + what.from + *what.lasts;
  if (!what.certificate.empty()) rule.match.serial = pki_.leaf(what.certificate).serial();
  if (!what.method.empty()) rule.match.method = what.method;
  if (!what.path.empty()) rule.match.path_prefix = what.path;
  const auto added = server_.add_fault(std::move(rule));
  if (!added) throw pki::input_error("fault '" + what.name + "': " + added.error().what);
  faults_.push_back({what.name.empty() ? kind : what.name, kind, *added});
}

std::vector<std::string> world_responder::clear_faults(std::string_view name) {
  std::vector<std::string> cleared;
  std::erase_if(faults_, [&](const standing_fault& fault) {
    if (!name.empty() && name != fault.name && name != fault.kind) return false;
    server_.clear_fault(fault.rule);
    cleared.push_back(fault.name);
    return true;
  });
  return cleared;
}

}  // namespace staplelab::scenarios
