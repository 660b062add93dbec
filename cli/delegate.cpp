#include "cli/delegate.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <string>
#include <variant>

#include "cli/issuing.hpp"
#include "responder/renewal.hpp"

namespace staplelab::cli {
namespace {

bool is_name_taken(const std::vector<pki::issued_certificate>& all, const std::string& name) {
  return std::any_of(all.begin(), all.end(), [&](const auto& each) { return each.name == name; });
}

}  // namespace

pki::credential delegate_of(pki::mini_ca& ca, std::string_view authority, pki::time_point now) {
  const auto all = ca.list();
  for (auto each = all.rbegin(); each != all.rend(); ++each) {
    const bool good = std::holds_alternative<pki::good_status>(each->status);
    if (each->issuer == authority && good && each->cert.may_sign_ocsp() &&
        each->cert.not_before() <= now && now < responder::renewal_time(each->cert)) {
      return ca.issued(each->name);
    }
  }
  std::size_t number = 1;
  const auto name = [&] { return fmt::format("{}-ocsp-{}", authority, number); };
  while (is_name_taken(all, name()))
    ++number;
  pki::issue_description what;
  what.name = name();
  what.issuer = authority;
  what.role = pki::certificate_role::ocsp_signer;
  what.not_before = now - issue_backdate;
  what.not_after = now + delegate_lifetime;
  return ca.issue(what, now);
}

}  // namespace staplelab::cli
