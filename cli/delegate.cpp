#include "cli/delegate.hpp"

#include <fmt/format.h>

#include <string>
#include <variant>

#include "cli/issuing.hpp"
#include "pki/key_match.hpp"
#include "responder/renewal.hpp"

namespace staplelab::cli {
namespace {

bool is_fit(const pki::issued_certificate& what, pki::time_point now) {
  return std::holds_alternative<pki::good_status>(what.status) && what.cert.may_sign_ocsp() &&
         what.cert.not_before() <= now && now < responder::renewal_time(what.cert);
}

}  // namespace

pki::credential delegate_of(pki::mini_ca& ca, std::string_view authority,
                            std::optional<pki::key_type> type, pki::time_point now) {
  const auto known = ca.ocsp_signers(authority);
  for (auto each = known.rbegin(); each != known.rend(); ++each) {
    if (!each->has_key || !is_fit(*each, now)) continue;
    auto found = ca.issued(each->name);
    if (!type || pki::is_of_type(found.key, *type)) return found;
  }
  std::size_t number = 1;
  const auto name = [&] { return fmt::format("{}-ocsp-{}", authority, number); };
  while (ca.find(name()))
    ++number;
  pki::issue_description what;
  what.name = name();
  what.issuer = authority;
  what.role = pki::certificate_role::ocsp_signer;
  what.type = type.value_or(pki::key_type::p256);
  what.not_before = now - issue_backdate;
  what.not_after = now + delegate_lifetime;
  return ca.issue(what, now);
}

}  // namespace staplelab::cli
