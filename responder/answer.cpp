#include "responder/answer.hpp"

#include <chrono>
#include <utility>

#include "pki/errors.hpp"
#include "pki/ocsp_spoil.hpp"
#include "responder/content_lie.hpp"

namespace staplelab::responder {

namespace {

constexpr std::size_t webpki_longest_nonce = 32;  // RFC 8954 2.1

// What a request comes to before anybody signs.
struct decision {
  const authority* who;
  pki::response_content content;
};
using decided = std::variant<decision, pki::response_status>;

ocsp_answer error_answer(pki::response_status status) {
  return {pki::build_ocsp_error(status), status, {}};
}

ocsp_answer signed_answer(const pki::response_content& content, const pki::bytes& der) {
  return {der, pki::response_status::successful, content};
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

std::variant<pki::cert_status, pki::response_status> status_of(
    const pki::cert_id& id, const answer_sources& from, const std::optional<content_fault>& lie,
    pki::time_point now) {
  if (lie) {
    if (auto said = status_under(*lie, now)) return *said;
  }
  auto found = from.book.look_up(id, now);
  if (const auto* none = std::get_if<pki::no_status>(&found)) {
    return *none == pki::no_status::not_ours ? pki::response_status::unauthorized
                                             : pki::response_status::try_later;
  }
  auto status = std::get<pki::cert_status>(std::move(found));
  if (std::holds_alternative<pki::unknown_status>(status) &&
      from.policy.profile != profile::rfc6960) {
    return pki::response_status::unauthorized;  // RFC 9919 3.2.3
  }
  return status;
}

decided decide(const pki::ocsp_request& request, const answer_sources& from,
               const std::optional<content_fault>& lie, pki::time_point now) {
  const auto* who = common_authority(request, from.signers);
  if (!who) return pki::response_status::unauthorized;

  decision result{who, {}};
  auto& content = result.content;
  content.produced_at = std::chrono::floor<std::chrono::seconds>(now);
  content.nonce = request.nonce;
  content.raw_nonce = request.raw_nonce;
  content.responder_id = from.policy.responder_id;
  const pki::time_point this_update =
      std::chrono::floor<std::chrono::seconds>(now - from.policy.backdate);
  for (const auto& id : request.certificates) {
    auto status = status_of(id, from, lie, now);
    if (const auto* error = std::get_if<pki::response_status>(&status)) return *error;
    content.singles.push_back({id, std::get<pki::cert_status>(std::move(status)), this_update,
                               this_update + from.policy.validity});
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
                    then_said.status == now_said.status &&
                    then_said.this_update == now_said.this_update &&
                    then_said.next_update == now_said.next_update;
  return same ? latest : nullptr;
}

ocsp_answer answer_request(const pki::ocsp_request& request, const answer_sources& from,
                           const std::optional<content_fault>& lie, pki::time_point now) {
  auto what = decide(request, from, lie, now);
  if (const auto* error = std::get_if<pki::response_status>(&what)) return error_answer(*error);
  auto& [who, content] = std::get<decision>(what);

  if (lie && std::holds_alternative<stale_replay>(*lie)) {
    if (const auto* old = from.remembered.earliest(content.singles.front().id)) {
      return signed_answer(old->content, old->der);
    }
  }
  if (!lie) {
    if (const auto* same = still_right(content, from.remembered)) {
      return signed_answer(same->content, same->der);
    }
    return signed_answer(content, pki::build_ocsp_response(content, who->signer()));
  }
  bend(content, *lie, *who, from.policy.validity, now);
  auto der = pki::build_ocsp_response(content, signer_under(*lie, *who, from.signers, now));
  if (std::holds_alternative<bad_signature>(*lie)) der = pki::with_broken_signature(der);
  return signed_answer(content, der);
}

}  // namespace

std::string_view to_string(profile which) {
  switch (which) {
    case profile::rfc6960:
      return "rfc6960";
    case profile::rfc9919:
      return "rfc9919";
    case profile::webpki:
      return "webpki";
  }
  return {};
}

std::optional<profile> parse_profile(std::string_view name) {
  for (const auto which : {profile::rfc6960, profile::rfc9919, profile::webpki}) {
    if (to_string(which) == name) return which;
  }
  return std::nullopt;
}

std::optional<std::string> flaw_of(const answer_policy& policy) {
  using namespace std::chrono_literals;
  if (policy.validity < 1s) return "validity must be at least one second";
  if (policy.backdate < 0s) return "backdate must not be negative";
  if (policy.backdate >= policy.validity) return "backdate must be shorter than the validity";
  if (policy.profile == profile::webpki &&
      (policy.validity < 8h || policy.validity > std::chrono::days(10))) {
    return "validity must lie between 8h and 10d in the profile webpki";
  }
  return std::nullopt;
}

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

question read_question(pki::bytes_view request, const answer_policy& policy) {
  auto parsed = pki::parse_ocsp_request(request);
  if (!parsed) return {pki::response_status::malformed_request};
  const bool nonce_too_long = policy.profile == profile::webpki && parsed->nonce &&
                              parsed->nonce->size() > webpki_longest_nonce;
  if (nonce_too_long || parsed->unknown_critical_extension ||
      parsed->certificates.size() > policy.max_certificates) {
    return {pki::response_status::malformed_request};
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
  try {
    return answer_request(std::get<pki::ocsp_request>(asked.read), from, lie, now);
  } catch (const pki::store_error&) {
    return error_answer(pki::response_status::try_later);
  } catch (const pki::crypto_error&) {
    return error_answer(pki::response_status::internal_error);
  }
}

}  // namespace staplelab::responder
