#include "stapler/fetcher.hpp"

#include <algorithm>
#include <utility>

#include "pki/base64.hpp"
#include "pki/cert_status.hpp"
#include "pki/ocsp_message.hpp"
#include "stapler/question.hpp"

namespace staplelab::stapler {
namespace {

using runtime::awaitable;
using runtime::http_request;
using runtime::http_url;

std::string percent_encoded(std::string_view base64_text) {
  std::string out;
  for (const char c : base64_text) {
    switch (c) {
      case '+':
        out += "%2B";
        break;
      case '/':
        out += "%2F";
        break;
      case '=':
        out += "%3D";
        break;
      default:
        out += c;
    }
  }
  return out;
}

std::size_t length_of_get(const http_url& url, const fetch_subject& subject, const policy& rules) {
  const question get{.post = false, .hash = first_question(rules, 0).hash};
  const auto target = write_question(get, url, subject, rules).target;
  return std::string_view("http://").size() + url.host_field().size() + target.size();
}

// Empty when the responders may be asked.
std::optional<not_worth_asking> reason_not_to_ask(const fetch_subject& subject, const policy& rules,
                                                  time_point now) {
  if (!rules.check_before_asking) return std::nullopt;
  if (subject.leaf.not_after() < now) return not_worth_asking{"the certificate has expired"};
  if (!subject.leaf.signed_by(*subject.issuer)) {
    return not_worth_asking{"the certificate is not signed by its issuer"};
  }
  return std::nullopt;
}

// An answer whose last day lies behind that of its certificate.
bool outlives(const pki::ocsp_judgement& judgement, const pki::certificate& leaf) {
  return judgement.next_update && leaf.not_after() < *judgement.next_update;
}

fetch_outcome judge(const runtime::http_response& response, const fetch_subject& subject,
                    const policy& rules, time_point now) {
  if (response.status != 200) return bad_http_status{response.status};
  pki::bytes der(response.body.begin(), response.body.end());
  auto judgement = pki::verify_ocsp(der, subject.leaf, *subject.issuer, rules.verify, now);
  switch (judgement.verdict) {
    case pki::ocsp_verdict::good:
    case pki::ocsp_verdict::revoked:
    case pki::ocsp_verdict::unknown:
      if (rules.outlives_certificate || !outlives(judgement, subject.leaf)) {
        return fetched_answer{std::move(der), std::move(judgement)};
      }
      judgement.why = "it is valid for longer than the certificate";
      break;
    case pki::ocsp_verdict::malformed:
    case pki::ocsp_verdict::error_status:
    case pki::ocsp_verdict::wrong_cert:
    case pki::ocsp_verdict::unauthorized_signer:
    case pki::ocsp_verdict::bad_signature:
    case pki::ocsp_verdict::critical_extension:
    case pki::ocsp_verdict::not_yet_valid:
    case pki::ocsp_verdict::expired:
      break;
  }
  return fetch_failure(answer_rejected{std::move(judgement), std::move(der)});
}

fetch_ended describe(fetch_started begun, const fetch_outcome& outcome) {
  fetch_ended ended{
      std::move(begun.certificate), std::move(begun.url), std::move(begun.method), "accepted", {}};
  if (const auto* answer = std::get_if<fetched_answer>(&outcome)) {
    ended.verdict = answer->judgement.verdict;
    return ended;
  }
  const auto& failure = std::get<fetch_failure>(outcome);
  ended.outcome = to_string(failure);
  if (const auto* rejected = std::get_if<answer_rejected>(&failure)) {
    ended.verdict = rejected->judgement.verdict;
  }
  return ended;
}

}  // namespace

std::string get_target(const http_url& url, pki::bytes_view request, bool escape) {
  std::string path = url.path;
  while (path.ends_with('/'))
    path.pop_back();
  const std::string text = pki::to_base64(request);
  return path + "/" + (escape ? percent_encoded(text) : text);
}

std::string to_string(const fetch_failure& failure) {
  struct {
    std::string operator()(const no_responder&) const { return "no responder address is known"; }
    std::string operator()(const no_issuer&) const {
      return "the issuer's certificate is neither in the chain nor in ca_file";
    }
    std::string operator()(const not_worth_asking& e) const { return e.why; }
    std::string operator()(const no_exchange& e) const {
      return std::string(runtime::to_string(e.failure));
    }
    std::string operator()(const bad_http_status& e) const {
      return "HTTP status " + std::to_string(e.status);
    }
    std::string operator()(const answer_rejected& e) const {
      std::string text(pki::to_string(e.judgement.verdict));
      if (e.judgement.error) text = pki::to_string(*e.judgement.error);
      return e.judgement.why.empty() ? text : text + ": " + e.judgement.why;
    }
  } text;
  return std::visit(text, failure);
}

awaitable<fetch_outcome> fetch(runtime::clock& time, fetch_subject subject, policy rules,
                               event_sink tell, time_point deadline) {
  if (!subject.issuer) co_return fetch_failure(no_issuer{});
  if (subject.responders.empty()) co_return fetch_failure(no_responder{});
  if (auto reason = reason_not_to_ask(subject, rules, time.now())) {
    co_return fetch_failure(*std::move(reason));
  }
  const std::string name = subject.leaf.subject();

  const runtime::http_limits limits;
  fetch_failure last = no_exchange{runtime::exchange_failure::timed_out};
  for (const http_url& url : subject.responders) {
    std::optional<question> ask = first_question(rules, length_of_get(url, subject, rules));
    while (ask) {
      if (time.now() >= deadline) co_return last;
      http_request request = write_question(*ask, url, subject, rules);
      fetch_started begun{name, "http://" + url.host_field() + url.path, request.method};
      tell(begun);
      const time_point until = std::min(deadline, time.now() + rules.attempt_deadline);
      const auto response =
          co_await runtime::http_exchange(time, url, std::move(request), limits, until);
      fetch_outcome outcome =
          response ? judge(*response, subject, rules, time.now())
                   : fetch_outcome(fetch_failure(no_exchange{response.error().failure}));
      tell(describe(std::move(begun), outcome));
      if (std::holds_alternative<fetched_answer>(outcome)) co_return outcome;
      last = std::get<fetch_failure>(std::move(outcome));
      if (rules.bad_answer_ends_fetch && std::holds_alternative<answer_rejected>(last)) {
        co_return last;
      }
      ask = next_question(*ask, last, rules);
    }
  }
  co_return last;
}

}  // namespace staplelab::stapler
