#include "responder/policy.hpp"

#include <algorithm>
#include <chrono>
#include <initializer_list>

#include "responder/refresh_rules.hpp"

namespace staplelab::responder {

namespace {

using namespace std::chrono_literals;

constexpr pki::duration longest_retention = std::chrono::days(36'500);

template <class Enum>
std::optional<Enum> named(std::string_view name, std::initializer_list<Enum> all) {
  const auto found = std::ranges::find_if(all, [&](Enum each) { return to_string(each) == name; });
  return found == all.end() ? std::nullopt : std::optional(*found);
}

std::optional<std::string> extension_flaw(const answer_policy& policy) {
  if (policy.archive_retention &&
      (*policy.archive_retention < 0s || *policy.archive_retention > longest_retention)) {
    return "the archive cutoff must lie between 0s and 36500d before the answer";
  }
  if (policy.crl && *policy.crl == pki::crl_reference{}) {
    return "a CrlID needs a URL, a number or a time";
  }
  if (policy.crl && policy.crl->url) {
    const auto ascii = [](char c) { return c > ' ' && c < '\x7f'; };
    if (!std::ranges::all_of(*policy.crl->url, ascii)) {
      return "the URL of a CRL must consist of printable ASCII";  // IA5String
    }
  }
  return std::nullopt;
}

// What the Baseline Requirements forbid.
std::optional<std::string> webpki_flaw(const answer_policy& policy) {
  if (policy.validity < 8h || policy.validity > std::chrono::days(10)) {
    return "validity must lie between 8h and 10d in the profile webpki (BR 4.9.9)";
  }
  for (const auto whom : {certified::subscriber, certified::authority}) {
    if (const auto flaw = breach_of(whom, policy.timing())) return flaw->why;
  }
  switch (non_issued_of(policy)) {
    case non_issued_answer::unknown:
    case non_issued_answer::unauthorized:
      break;
    case non_issued_answer::extended_revoke:
      return "non-issued 'extended-revoke' is not possible in the profile webpki: it needs the "
             "reason certificateHold, which BR 7.2.2 and 7.3 forbid; choose unauthorized or "
             "unknown, or the profile rfc6960";
    case non_issued_answer::good:
      return "non-issued 'good' is forbidden in the profile webpki (BR 4.9.9); choose "
             "unauthorized or unknown, or the profile rfc6960";
  }
  const auto is_reason = [](const scripted_extension& e) { return pki::is_reason_code(e.what); };
  if (std::ranges::any_of(policy.single_extensions, is_reason)) {
    return "the extension reasonCode is forbidden in the profile webpki (BR 7.3.2)";
  }
  return std::nullopt;
}

}  // namespace

std::string_view to_string(non_issued_answer which) {
  switch (which) {
    case non_issued_answer::unknown:
      return "unknown";
    case non_issued_answer::unauthorized:
      return "unauthorized";
    case non_issued_answer::extended_revoke:
      return "extended-revoke";
    case non_issued_answer::good:
      return "good";
  }
  return {};
}

std::optional<non_issued_answer> parse_non_issued(std::string_view name) {
  using enum non_issued_answer;
  return named(name, {unknown, unauthorized, extended_revoke, good});
}

std::string_view to_string(pki::responder_id_form form) {
  return form == pki::responder_id_form::by_key ? "by-key" : "by-name";
}

std::optional<pki::responder_id_form> parse_responder_id(std::string_view name) {
  using enum pki::responder_id_form;
  return named(name, {by_key, by_name});
}

std::optional<std::string> flaw_of(const answer_policy& policy) {
  if (policy.validity < 1s) return "validity must be at least one second";
  if (policy.backdate < 0s) return "backdate must not be negative";
  if (policy.backdate >= policy.validity) return "backdate must be shorter than the validity";
  if (policy.requests.required && policy.requests.trusted.empty()) {
    return "to require signed requests, somebody must be trusted to sign them";
  }
  if (policy.production) {
    if (auto flaw = flaw_of(*policy.production)) return flaw;
  }
  if (auto flaw = extension_flaw(policy)) return flaw;
  return policy.profile == profile::webpki ? webpki_flaw(policy) : std::nullopt;
}

non_issued_answer non_issued_of(const answer_policy& policy) {
  if (policy.non_issued) return *policy.non_issued;
  return policy.profile == profile::rfc6960 ? non_issued_answer::unknown
                                            : non_issued_answer::unauthorized;
}

std::size_t longest_nonce(profile which) {
  return which == profile::webpki ? 32 : 128;  // RFC 8954 2.1, RFC 9654 2.1
}

std::vector<pki::ocsp_extension> extensions_of(const answer_policy& policy,
                                               const pki::single_response& single, bool issued,
                                               pki::time_point produced_at) {
  std::vector<pki::ocsp_extension> result;
  if (policy.archive_retention) {
    result.push_back(pki::archive_cutoff(produced_at - *policy.archive_retention));
  }
  if (policy.crl && issued) result.push_back(pki::crl_id(*policy.crl));
  const bool revoked = std::holds_alternative<pki::revoked_status>(single.status);
  for (const auto& scripted : policy.single_extensions) {
    if (scripted.serial && *scripted.serial != single.id.serial) continue;
    if (pki::is_crl_entry_extension(scripted.what) && !(revoked && issued)) continue;
    result.push_back(scripted.what);
  }
  return result;
}

}  // namespace staplelab::responder
