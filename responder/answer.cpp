#include "responder/answer.hpp"

#include <algorithm>
#include <chrono>
#include <utility>

#include "pki/errors.hpp"
#include "pki/ocsp_spoil.hpp"
#include "responder/content_lie.hpp"
#include "responder/production.hpp"

namespace staplelab::responder {

namespace {

// What a request comes to before anybody signs.
struct decision {
  const authority* who;
  chosen_signer signs;
  pki::response_content content;
  bool about_issued = true;
};
using decided = std::variant<decision, pki::response_status>;

struct found_status {
  pki::cert_status status;
  bool issued = true;
  production from = {};
};

ocsp_answer error_answer(pki::response_status status) {
  return {pki::build_ocsp_error(status), status, {}};
}

ocsp_answer signed_answer(const pki::response_content& content, const pki::bytes& der,
                          bool about_issued) {
  return {der, pki::response_status::successful, content, about_issued};
}

// The one authority that all the identifiers name.
const authority* common_authority(const pki::ocsp_request& request, const signing& signers) {
  const authority* common = nullptr;
  for (const auto& id : request.certificates) {
    const auto* who = signers.find(id);
    if (!who || (common && common != who)) return nullptr;
    common = who;
  }
  return common;
}

std::variant<found_status, pki::response_status> of_non_issued(const answer_policy& policy) {
  switch (non_issued_of(policy)) {
    case non_issued_answer::unknown:
      return found_status{pki::unknown_status{}, false};
    case non_issued_answer::unauthorized:
      return pki::response_status::unauthorized;  // RFC 9919 3.2.3
    case non_issued_answer::extended_revoke:
      return found_status{pki::revoked_status{pki::time_point{}, pki::crl_reason::certificate_hold},
                          false};
    case non_issued_answer::good:
      return found_status{pki::good_status{}, false};
  }
  return pki::response_status::internal_error;
}

bool is_authority_below(const authority& who, const pki::serial_number& serial,
                        const signing& signers) {
  return std::ranges::any_of(signers.authorities(), [&](const authority& other) {
    const auto& cert = other.issuer.cert;
    return cert.serial() == serial && cert.issuer() == who.issuer.cert.subject();
  });
}

// BR 7.3: the answer about a revoked CA names a reason, and 7.2.2 forbids "unspecified". Where the
// CA's books name none, this one is true of every CA that was revoked.
void add_reason(pki::cert_status& status) {
  auto* revoked = std::get_if<pki::revoked_status>(&status);
  if (revoked &&
      revoked->reason.value_or(pki::crl_reason::unspecified) == pki::crl_reason::unspecified) {
    revoked->reason = pki::crl_reason::cessation_of_operation;
  }
}

bool is_frozen(const std::optional<content_fault>& lie) {
  return lie && std::holds_alternative<frozen>(*lie);
}

// When the book was last looked at.
pki::time_point last_look(const std::optional<content_fault>& lie, pki::time_point now) {
  const auto* behind = lie ? std::get_if<lagging>(&*lie) : nullptr;
  return behind ? now - behind->by : now;
}

// What was known at a moment that has passed: the book's memory tells, and not its present.
std::variant<dated_status, pki::no_status> remembered_at(const pki::status_book& book,
                                                         const pki::cert_id& id,
                                                         const answer_timing& timing,
                                                         pki::time_point then) {
  const auto history = book.history(id, then);
  if (const auto* none = std::get_if<pki::no_status>(&history)) return *none;
  return served_at(std::get<pki::status_history>(history), timing, then);
}

std::variant<found_status, pki::response_status> status_of(const pki::cert_id& id,
                                                           const authority& who,
                                                           const answer_sources& from,
                                                           const std::optional<content_fault>& lie,
                                                           pki::time_point now) {
  if (lie) {
    if (auto said = status_under(*lie, now)) {
      return found_status{*said, true, production_at(from.policy.timing(), now)};
    }
  }
  const auto known = last_look(lie, now);
  const bool past = known != now || is_frozen(lie);
  auto found = past ? remembered_at(from.book, id, from.policy.timing(), known)
                    : served_at(from.book, id, from.policy.timing(), now);
  if (const auto* none = std::get_if<pki::no_status>(&found)) {
    return *none == pki::no_status::not_ours ? pki::response_status::unauthorized
                                             : pki::response_status::try_later;
  }
  auto& [status, made] = std::get<dated_status>(found);
  if (known != now) made = production_at(from.policy.timing(), now);
  if (std::holds_alternative<pki::unknown_status>(status)) {
    auto answer = of_non_issued(from.policy);
    if (auto* said = std::get_if<found_status>(&answer)) said->from = made;
    return answer;
  }
  if (from.policy.profile == profile::webpki && is_authority_below(who, id.serial, from.signers)) {
    add_reason(status);
  }
  return found_status{std::move(status), true, made};
}

decided decide(const pki::ocsp_request& request, const answer_sources& from,
               const std::optional<content_fault>& lie, pki::time_point now) {
  const auto* who = common_authority(request, from.signers);
  if (!who) return pki::response_status::unauthorized;

  decision result{who, choose_signer(*who, request.preferred_signatures), {}};
  auto& content = result.content;
  if (!from.policy.production) {
    content.nonce = request.nonce;
    content.raw_nonce = request.raw_nonce;
  }
  content.responder_id = from.policy.responder_id;
  content.algorithm = result.signs.algorithm;
  for (const auto& id : request.certificates) {
    auto found = status_of(id, *who, from, lie, now);
    if (const auto* error = std::get_if<pki::response_status>(&found)) return *error;
    auto& [status, issued, made] = std::get<found_status>(found);
    content.produced_at = std::max(content.produced_at, made.produced_at);
    if (!issued) {
      result.about_issued = false;
      content.extended_revoke |= std::holds_alternative<pki::revoked_status>(status);
    }
    auto& single = content.singles.emplace_back(
        pki::single_response{id, std::move(status), made.this_update, made.next_update});
    single.extensions = extensions_of(from.policy, single, issued, made.produced_at);
  }
  return result;
}

// The remembered answer, when it says the same as this content would.
const remembered_answer* still_right(const pki::response_content& content,
                                     const remembered_answers& remembered) {
  if (content.nonce || content.singles.size() != 1) return nullptr;
  const auto& now_said = content.singles.front();
  const auto* latest = remembered.latest(now_said.id);
  if (!latest || latest->content.nonce) return nullptr;
  const auto& then_said = latest->content.singles.front();
  const bool same = latest->content.produced_at == content.produced_at &&
                    latest->content.responder_id == content.responder_id &&
                    latest->content.algorithm == content.algorithm &&
                    latest->content.extended_revoke == content.extended_revoke &&
                    then_said.extensions == now_said.extensions &&
                    then_said.status == now_said.status &&
                    then_said.this_update == now_said.this_update &&
                    then_said.next_update == now_said.next_update;
  return same ? latest : nullptr;
}

ocsp_answer answer_request(const pki::ocsp_request& request, const answer_sources& from,
                           const std::optional<content_fault>& lie, pki::time_point now) {
  auto what = decide(request, from, lie, now);
  if (const auto* error = std::get_if<pki::response_status>(&what)) return error_answer(*error);
  auto& [who, signs, content, about_issued] = std::get<decision>(what);

  if (lie && std::holds_alternative<stale_replay>(*lie)) {
    if (const auto* old = from.remembered.earliest(content.singles.front().id)) {
      return signed_answer(old->content, old->der, true);
    }
  }
  if (!lie) {
    if (const auto* same = still_right(content, from.remembered)) {
      return signed_answer(same->content, same->der, true);
    }
    return signed_answer(content, pki::build_ocsp_response(content, signs.signer), about_issued);
  }
  bend(content, *lie, *who, from.policy.validity, now);
  const auto signer = signer_under(*lie, signs.signer, *who, from.signers, now);
  if (content.algorithm && !pki::can_sign(signer.identity.key, *content.algorithm)) {
    content.algorithm.reset();
  }
  auto der = pki::build_ocsp_response(content, signer);
  if (std::holds_alternative<bad_signature>(*lie)) der = pki::with_broken_signature(der);
  return signed_answer(content, der, about_issued);
}

// Why a request that can be read is not answered all the same.
std::optional<pki::response_status> refusal_of(const pki::ocsp_request& request,
                                               const answer_policy& policy) {
  const bool nonce_too_long =
      request.nonce && request.nonce->size() > longest_nonce(policy.profile);
  if (nonce_too_long || request.unknown_critical_extension ||
      request.certificates.size() > policy.max_certificates) {
    return pki::response_status::malformed_request;
  }
  return std::nullopt;
}

std::optional<pki::response_status> signature_refusal(pki::bytes_view request,
                                                      const request_signing& policy,
                                                      pki::time_point now) {
  if (policy.trusted.empty()) return std::nullopt;
  switch (pki::check_request_signature(request, policy.trusted, now)) {
    case pki::request_signature::good:
      return std::nullopt;
    case pki::request_signature::absent:
      if (policy.required) return pki::response_status::sig_required;
      return std::nullopt;
    case pki::request_signature::nameless:
      return pki::response_status::malformed_request;  // RFC 6960 4.1.2
    case pki::request_signature::bad:
      return pki::response_status::unauthorized;
  }
  return pki::response_status::internal_error;
}

}  // namespace

std::vector<said_status> ocsp_answer::said() const {
  std::vector<said_status> result;
  for (const auto& single : content.singles)
    result.push_back({single.id.serial, single.status});
  return result;
}

std::optional<pki::time_point> ocsp_answer::this_update() const {
  if (content.singles.empty()) return std::nullopt;
  return content.singles.front().this_update;
}

std::optional<pki::time_point> ocsp_answer::next_update() const {
  if (content.singles.empty()) return std::nullopt;
  return content.singles.front().next_update;
}

const std::vector<pki::cert_id>& question::certificates() const {
  static const std::vector<pki::cert_id> none;
  const auto* request = std::get_if<pki::ocsp_request>(&read);
  return request ? request->certificates : none;
}

bool question::has_nonce() const {
  const auto* request = std::get_if<pki::ocsp_request>(&read);
  return request && request->nonce;
}

question read_question(pki::bytes_view request, const answer_policy& policy, pki::time_point now) {
  auto parsed = pki::parse_ocsp_request(request);
  if (!parsed) return {pki::response_status::malformed_request};
  if (const auto refusal = refusal_of(*parsed, policy)) return {*refusal};
  try {
    if (const auto refusal = signature_refusal(request, policy.requests, now)) return {*refusal};
  } catch (const pki::crypto_error&) {
    return {pki::response_status::internal_error};
  }
  return {*std::move(parsed)};
}

ocsp_answer answer(const question& asked, const answer_sources& from,
                   const std::optional<content_fault>& lie, pki::time_point now) {
  if (lie) {
    if (const auto* error = std::get_if<error_status>(&*lie)) return error_answer(error->status);
  }
  if (const auto* error = std::get_if<pki::response_status>(&asked.read)) {
    return error_answer(*error);
  }
  const auto* ice = lie ? std::get_if<frozen>(&*lie) : nullptr;
  const auto moment = ice ? ice->at.value_or(now) : now;
  try {
    return answer_request(std::get<pki::ocsp_request>(asked.read), from, lie, moment);
  } catch (const pki::store_error&) {
    return error_answer(pki::response_status::try_later);
  } catch (const pki::crypto_error&) {
    return error_answer(pki::response_status::internal_error);
  }
}

}  // namespace staplelab::responder
