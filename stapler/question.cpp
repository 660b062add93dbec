#include "stapler/question.hpp"

#include <cassert>
#include <string>
#include <utility>

#include "pki/ocsp_message.hpp"

namespace staplelab::stapler {
namespace {

using pki::hash_algorithm;
using runtime::exchange_failure;
using runtime::http_request;

constexpr std::string_view request_type = "application/ocsp-request";
constexpr std::string_view response_type = "application/ocsp-response";

std::optional<question> by_post(question last, const policy& rules) {
  if (last.post || rules.method != request_method::get_then_post) return std::nullopt;
  last.post = true;
  return last;
}

std::optional<question> with_other_hash(question last, const policy& rules) {
  if (last.hash_exchanged || rules.hash == certid_hash::sha1) return std::nullopt;
  last.hash = last.hash == hash_algorithm::sha1 ? hash_algorithm::sha256 : hash_algorithm::sha1;
  last.hash_exchanged = true;
  return last;
}

std::optional<question> past_caches(question last, const policy& rules) {
  if (last.past_caches || !rules.bypass_stale_caches) return by_post(last, rules);
  last.past_caches = true;
  last.post = last.post || rules.method != request_method::get_only;
  return last;
}

std::optional<question> after_error(const question& last, pki::response_status status,
                                    const policy& rules) {
  switch (status) {
    case pki::response_status::unauthorized:
      return with_other_hash(last, rules);
    case pki::response_status::malformed_request:  // some do not understand GET
      return by_post(last, rules);
    case pki::response_status::try_later:
    case pki::response_status::internal_error:
    case pki::response_status::sig_required:
    case pki::response_status::successful:
      break;
  }
  return std::nullopt;
}

std::optional<question> after_answer(const question& last, const pki::ocsp_judgement& judgement,
                                     const policy& rules) {
  if (judgement.error) return after_error(last, *judgement.error, rules);
  if (judgement.verdict == pki::ocsp_verdict::expired) return past_caches(last, rules);
  return by_post(last, rules);
}

// One that cannot be reached, or hangs, costs time that the next address could use.
std::optional<question> after_exchange(const question& last, exchange_failure failure,
                                       const policy& rules) {
  switch (failure) {
    case exchange_failure::closed_early:
    case exchange_failure::malformed:
    case exchange_failure::too_large:
      return by_post(last, rules);
    case exchange_failure::bad_url:
    case exchange_failure::not_resolved:
    case exchange_failure::refused:
    case exchange_failure::unreachable:
    case exchange_failure::timed_out:
      break;
  }
  return std::nullopt;
}

}  // namespace

question first_question(const policy& rules, std::size_t get_url) {
  const bool post = rules.method == request_method::post_only ||
                    (rules.method == request_method::get_then_post && get_url > longest_get_url);
  const bool sha256 = rules.hash == certid_hash::sha256_then_sha1;
  return {.post = post, .hash = sha256 ? hash_algorithm::sha256 : hash_algorithm::sha1};
}

std::optional<question> next_question(const question& last, const fetch_failure& why,
                                      const policy& rules) {
  struct {
    const question& last;
    const policy& rules;
    std::optional<question> operator()(const no_responder&) const { return std::nullopt; }
    std::optional<question> operator()(const no_issuer&) const { return std::nullopt; }
    std::optional<question> operator()(const not_worth_asking&) const { return std::nullopt; }
    std::optional<question> operator()(const no_exchange& e) const {
      return after_exchange(last, e.failure, rules);
    }
    std::optional<question> operator()(const bad_http_status&) const {
      return by_post(last, rules);
    }
    std::optional<question> operator()(const answer_rejected& e) const {
      return after_answer(last, e.judgement, rules);
    }
  } after{last, rules};
  return std::visit(after, why);
}

http_request write_question(const question& what, const runtime::http_url& url,
                            const fetch_subject& subject, const policy& rules) {
  const auto id = pki::cert_id::of(subject.leaf, *subject.issuer, what.hash);
  const pki::bytes der = pki::build_ocsp_request(id, {});
  http_request request;
  if (what.post) {
    request.method = "POST";
    request.target = url.path.empty() ? "/" : url.path;
    request.fields.set("Content-Type", request_type);
    request.body.assign(der.begin(), der.end());
  } else {
    request.method = "GET";
    request.target = get_target(url, der, rules.escape_base64);
  }
  request.fields.set("Accept", response_type);
  if (what.past_caches) request.fields.set("Cache-Control", "no-cache");
  return request;
}

}  // namespace staplelab::stapler
