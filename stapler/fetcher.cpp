#include "stapler/fetcher.hpp"

#include <openssl/evp.h>

#include <algorithm>
#include <utility>

#include "pki/cert_status.hpp"
#include "pki/ocsp_message.hpp"

namespace staplelab::stapler {
namespace {

using runtime::awaitable;
using runtime::http_request;
using runtime::http_url;

constexpr std::size_t longest_get_url = 255;  // RFC 6960 A.1
constexpr std::string_view request_type = "application/ocsp-request";
constexpr std::string_view response_type = "application/ocsp-response";

std::string base64(pki::bytes_view octets) {
  std::string text(4 * ((octets.size() + 2) / 3) + 1, '\0');  // EncodeBlock ends it with a zero
  const int length = EVP_EncodeBlock(reinterpret_cast<unsigned char*>(text.data()), octets.data(),
                                     static_cast<int>(octets.size()));
  text.resize(static_cast<std::size_t>(length));
  return text;
}

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

http_request get_request(std::string target) {
  http_request request{.method = "GET", .target = std::move(target), .fields = {}, .body = {}};
  request.fields.set("Accept", response_type);
  return request;
}

http_request post_request(const http_url& url, pki::bytes_view der) {
  http_request request{.method = "POST", .target = url.path, .fields = {}, .body = {}};
  if (request.target.empty()) request.target = "/";
  request.fields.set("Content-Type", request_type);
  request.fields.set("Accept", response_type);
  request.body.assign(der.begin(), der.end());
  return request;
}

// What to send to one responder, in order.
std::vector<http_request> requests_for(const http_url& url, pki::bytes_view der,
                                       const policy& rules) {
  std::string target = get_target(url, der, rules.escape_base64);
  switch (rules.method) {
    case request_method::get_only:
      return {get_request(std::move(target))};
    case request_method::get_then_post:
      break;
  }
  const std::size_t whole =
      std::string_view("http://").size() + url.host_field().size() + target.size();
  std::vector<http_request> requests;
  if (whole <= longest_get_url) requests.push_back(get_request(std::move(target)));
  requests.push_back(post_request(url, der));
  return requests;
}

// Whether the same responder may do better when it is asked in another way. One that cannot be
// reached, or hangs, costs time that the next address could use.
bool worth_another_method(const fetch_failure& failure) {
  const auto* exchange = std::get_if<no_exchange>(&failure);
  if (!exchange) return true;
  return exchange->failure == runtime::exchange_failure::closed_early ||
         exchange->failure == runtime::exchange_failure::malformed ||
         exchange->failure == runtime::exchange_failure::too_large;
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
      return fetched_answer{std::move(der), std::move(judgement)};
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
  const std::string text = base64(request);
  return path + "/" + (escape ? percent_encoded(text) : text);
}

std::string to_string(const fetch_failure& failure) {
  struct {
    std::string operator()(const no_responder&) const { return "no responder address is known"; }
    std::string operator()(const no_issuer&) const {
      return "the issuer's certificate is neither in the chain nor in ca_file";
    }
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
  const auto id = pki::cert_id::of(subject.leaf, *subject.issuer, pki::hash_algorithm::sha1);
  const pki::bytes der = pki::build_ocsp_request(id, {});
  const std::string name = subject.leaf.subject();

  const runtime::http_limits limits;
  fetch_failure last = no_exchange{runtime::exchange_failure::timed_out};
  for (const http_url& url : subject.responders) {
    for (http_request& request : requests_for(url, der, rules)) {
      if (time.now() >= deadline) co_return last;
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
      if (!worth_another_method(last)) break;
    }
  }
  co_return last;
}

}  // namespace staplelab::stapler
