#include "cli/served_authorities.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <optional>
#include <utility>

#include "cli/ca_files.hpp"
#include "cli/delegate.hpp"
#include "cli/failure.hpp"
#include "responder/renewal.hpp"

namespace staplelab::cli {
namespace {

responder::authority authority_of(pki::mini_ca& ca, const std::string& name,
                                  const signer_plan& chosen, pki::time_point now) {
  responder::authority who{.issuer = ca.authority(name), .delegate = std::nullopt};
  if (chosen.kind == signer_kind::ca) return who;
  const auto& keys = chosen.delegate_keys;
  who.delegate = delegate_of(ca, name, keys.empty() ? std::nullopt : std::optional(keys[0]), now);
  for (std::size_t i = 1; i < keys.size(); ++i)
    who.alternates.push_back(delegate_of(ca, name, keys[i], now));
  return who;
}

pki::time_point renewal_time(const responder::authority& who) {
  auto next = pki::time_point::max();
  if (who.delegate) next = responder::renewal_time(who.delegate->cert);
  for (const auto& other : who.alternates)
    next = std::min(next, responder::renewal_time(other.cert));
  return next;
}

// The first answer of a book that knows the issuer.
template <class Answer, class Ask>
std::variant<Answer, pki::no_status> first_known(const std::vector<served_ca>& cas, Ask ask) {
  std::variant<Answer, pki::no_status> answer = pki::no_status::not_ours;
  for (const served_ca& each : cas) {
    answer = ask(each.ca);
    const auto* none = std::get_if<pki::no_status>(&answer);
    if (none == nullptr || *none != pki::no_status::not_ours) break;
  }
  return answer;
}

}  // namespace

std::vector<served_ca> open_cas(const std::vector<std::string>& directories) {
  std::vector<served_ca> cas;
  for (const std::string& directory : directories) {
    const auto path = std::filesystem::path(directory).lexically_normal();
    auto name = path.has_filename() ? path.filename() : path.parent_path().filename();
    cas.push_back({name.string(), open_ca(directory)});
    if (cas.back().ca.authority_names().empty()) {
      throw failure(exit_code::bad_input, fmt::format("the CA in {} has no authority", directory),
                    fmt::format("complete it with: staplelab ca init {}", directory));
    }
  }
  return cas;
}

std::vector<responder::authority> served_authorities::signing(const signer_plan& who,
                                                              pki::time_point now) {
  std::vector<responder::authority> all;
  for (served_ca& each : cas_) {
    for (const std::string& name : each.ca.authority_names())
      all.push_back(authority_of(each.ca, name, who, now));
  }
  return all;
}

responder::authority served_authorities::issuing(const signer_plan& who, pki::time_point now) {
  pki::mini_ca& first = cas_.front().ca;
  return authority_of(first, first.authority_names().back(), who, now);
}

void served_authorities::publish_crls(responder::crl_publisher& at) {
  for (served_ca& each : cas_) {
    for (const std::string& name : each.ca.authority_names()) {
      at.add(fmt::format("/crl/{}.crl", name), each.ca, name);
      at.add(fmt::format("/crl/{}/{}.crl", each.name, name), each.ca, name);
    }
  }
}

std::variant<pki::cert_status, pki::no_status> served_authorities::look_up(
    const pki::cert_id& id, pki::time_point now) const {
  return first_known<pki::cert_status>(cas_,
                                       [&](const pki::mini_ca& ca) { return ca.look_up(id, now); });
}

std::variant<pki::status_history, pki::no_status> served_authorities::history(
    const pki::cert_id& id, pki::time_point now) const {
  return first_known<pki::status_history>(
      cas_, [&](const pki::mini_ca& ca) { return ca.history(id, now); });
}

runtime::awaitable<void> renew_delegates(runtime::clock& time, served_authorities& from,
                                         signer_plan who, responder::server& to) {
  while (true) {
    auto next = runtime::time_point::max();
    for (const auto& each : to.signers().authorities())
      next = std::min(next, renewal_time(each));
    co_await time.sleep_until(next);
    for (auto& each : from.signing(who, time.now())) {
      to.set_signer(std::move(each), responder::signer_choice::fit_only);
    }
  }
}

}  // namespace staplelab::cli
