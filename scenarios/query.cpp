#include "scenarios/query.hpp"

#include <utility>

#include "pki/base64.hpp"
#include "pki/ocsp_message.hpp"
#include "runtime/http_client.hpp"
#include "scenarios/probe.hpp"

namespace staplelab::scenarios {

namespace {

// RFC 6960 A.1: the "url encoding of base-64 encoding".
std::string get_target(const std::string& path, pki::bytes_view request) {
  std::string target = path;
  if (!target.ends_with('/')) target += '/';
  for (const char c : pki::to_base64(request)) {
    switch (c) {
      case '+':
        target += "%2B";
        break;
      case '/':
        target += "%2F";
        break;
      case '=':
        target += "%3D";
        break;
      default:
        target += c;
    }
  }
  return target;
}

runtime::http_request as_http(const query_request& what, const pki::bytes& der) {
  runtime::http_request request;
  request.keep_alive = false;
  request.fields.set("Accept", "application/ocsp-response");
  if (what.post) {
    request.method = "POST";
    request.fields.set("Content-Type", "application/ocsp-request");
    request.body.assign(der.begin(), der.end());
  } else {
    request.method = "GET";
    request.target = get_target(what.responder.path, der);
  }
  return request;
}

probe_verdict without_answer(runtime::exchange_failure failure) {
  switch (failure) {
    case runtime::exchange_failure::bad_url:
    case runtime::exchange_failure::not_resolved:
    case runtime::exchange_failure::refused:
    case runtime::exchange_failure::unreachable:
      return probe_verdict::refused;
    case runtime::exchange_failure::timed_out:
    case runtime::exchange_failure::closed_early:
    case runtime::exchange_failure::malformed:
    case runtime::exchange_failure::too_large:
      break;
  }
  return probe_verdict::none;
}

void judge(query_result& result, const query_request& what, const std::string& body,
           runtime::time_point now) {
  result.der.assign(body.begin(), body.end());
  pki::client_knowledge knowledge;
  knowledge.nonce = what.nonce;
  result.answer = pki::verify_ocsp(result.der, what.leaf, what.issuer, what.rules, knowledge, now);
  result.verdict = verdict_of(*result.answer);
  result.why = result.answer->why;
}

probe_verdict verdict_of(pki::crl_verdict verdict) {
  switch (verdict) {
    case pki::crl_verdict::not_listed:
      return probe_verdict::good;
    case pki::crl_verdict::listed:
      return probe_verdict::revoked;
    case pki::crl_verdict::malformed:
      return probe_verdict::malformed;
    case pki::crl_verdict::other_issuer:
      return probe_verdict::unauthorized_signer;
    case pki::crl_verdict::bad_signature:
      return probe_verdict::bad_signature;
    case pki::crl_verdict::critical_extension:
      return probe_verdict::critical_extension;
    case pki::crl_verdict::not_yet_valid:
      return probe_verdict::not_yet_valid;
    case pki::crl_verdict::expired:
      return probe_verdict::expired;
  }
  return probe_verdict::malformed;
}

// CRLs grow with what was revoked; OCSP answers do not.
constexpr std::size_t longest_crl = 16 * 1024 * 1024;

}  // namespace

runtime::awaitable<query_result> query(runtime::clock& time, query_request request) {
  const auto id = pki::cert_id::of(request.leaf, request.issuer, request.hash);
  auto message = as_http(request, pki::build_ocsp_request(id, request.nonce));
  const auto deadline = time.now() + request.timeout;
  const double began = runtime::real_milliseconds();
  const auto exchanged = co_await runtime::http_exchange(
      time, request.responder, std::move(message), runtime::http_limits(), deadline);
  query_result result{probe_verdict::none, {}, runtime::real_milliseconds() - began, {}};
  if (!exchanged) {
    result.verdict = without_answer(exchanged.error().failure);
    result.why = to_string(exchanged.error().failure);
  } else if (exchanged->status != 200) {
    result.why = "HTTP status " + std::to_string(exchanged->status);
  } else {
    judge(result, request, exchanged->body, time.now());
  }
  co_return result;
}

runtime::awaitable<crl_result> query_crl(runtime::clock& time, crl_request request) {
  runtime::http_request message;
  message.keep_alive = false;
  message.method = "GET";
  message.target = request.url.path;
  message.fields.set("Accept", "application/pkix-crl");
  runtime::http_limits limits;
  limits.body_octets = longest_crl;
  const auto deadline = time.now() + request.timeout;
  const double began = runtime::real_milliseconds();
  const auto exchanged =
      co_await runtime::http_exchange(time, request.url, std::move(message), limits, deadline);
  crl_result result{.verdict = probe_verdict::none,
                    .latency_ms = runtime::real_milliseconds() - began};
  if (!exchanged) {
    result.verdict = without_answer(exchanged.error().failure);
  } else if (exchanged->status == 200) {
    const pki::bytes der(exchanged->body.begin(), exchanged->body.end());
    result.crl = pki::judge_crl(der, request.leaf, request.issuer, time.now());
    result.verdict = verdict_of(result.crl->verdict);
  }
  co_return result;
}

}  // namespace staplelab::scenarios
