#include "cli/served_authorities.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <utility>

#include "cli/delegate.hpp"
#include "responder/renewal.hpp"

namespace staplelab::cli {
namespace {

responder::authority authority_of(pki::mini_ca& ca, const std::string& name, signer_kind kind,
                                  pki::time_point now) {
  responder::authority who{.issuer = ca.authority(name), .delegate = std::nullopt};
  if (kind == signer_kind::delegate) who.delegate = delegate_of(ca, name, now);
  return who;
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

std::vector<responder::authority> served_authorities::signing(signer_kind kind,
                                                              pki::time_point now) {
  std::vector<responder::authority> all;
  for (served_ca& each : cas_) {
    for (const std::string& name : each.ca.authority_names())
      all.push_back(authority_of(each.ca, name, kind, now));
  }
  return all;
}

responder::authority served_authorities::issuing(signer_kind kind, pki::time_point now) {
  pki::mini_ca& first = cas_.front().ca;
  return authority_of(first, first.authority_names().back(), kind, now);
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
                                         responder::server& to) {
  while (true) {
    auto next = runtime::time_point::max();
    for (const auto& who : to.signers().authorities()) {
      if (who.delegate) next = std::min(next, responder::renewal_time(who.delegate->cert));
    }
    co_await time.sleep_until(next);
    for (auto& who : from.signing(signer_kind::delegate, time.now())) {
      to.set_signer(std::move(who), responder::signer_choice::fit_only);
    }
  }
}

}  // namespace staplelab::cli
