#include "stapler/fetcher.hpp"

#include <gtest/gtest.h>

#include "tests/stapler/lab.hpp"

namespace staplelab::stapler::test {
namespace {

// ---- the target of a GET

runtime::http_url url(const std::string& text) {
  return *runtime::http_url::parse(text);
}

const pki::bytes with_plus_and_slash{0xfb, 0xff, 0xbf, 0xfb};  // +/+/+w==

TEST(get_target, has_exactly_one_slash) {
  for (const std::string base : {"http://h", "http://h/"}) {
    EXPECT_EQ(get_target(url(base), pki::bytes{1, 2, 3}, true), "/AQID");
  }
  for (const std::string base : {"http://h/ocsp", "http://h/ocsp/", "http://h/ocsp//"}) {
    EXPECT_EQ(get_target(url(base), pki::bytes{1, 2, 3}, true), "/ocsp/AQID");
  }
}

TEST(get_target, escapes_what_base64_shares_with_paths) {
  EXPECT_EQ(get_target(url("http://h"), with_plus_and_slash, true), "/%2B%2F%2B%2F%2Bw%3D%3D");
}

TEST(get_target, unescaped_as_nats_sends_it) {
  EXPECT_EQ(get_target(url("http://h"), with_plus_and_slash, false), "/+/+/+w==");
}

// ---- a fetch

struct fetched {
  std::string verdict;  // or the failure
  duration took{};
};

awaitable<void> fetch_into(lab& l, policy rules, std::vector<std::string> urls, fetched& out) {
  const auto served = l.certificate("site");
  fetch_subject subject{served.leaf, served.issuer, {}};
  for (const auto& text : urls)
    subject.responders.push_back(url(text));
  const event_sink sink = [&l](const event& one) { l.events.push_back(one); };
  const auto begun = l.world.time.now();
  const auto outcome =
      co_await fetch(l.world.time, subject, rules, sink, begun + rules.fetch_deadline);
  out.took = l.world.time.now() - begun;
  if (const auto* answer = std::get_if<fetched_answer>(&outcome)) {
    out.verdict = pki::to_string(answer->judgement.verdict);
  } else {
    out.verdict = to_string(std::get<fetch_failure>(outcome));
  }
}

fetched run_fetch(lab& l, policy rules, std::vector<std::string> urls) {
  fetched out;
  l.run(fetch_into(l, rules, std::move(urls), out));
  return out;
}

std::vector<std::string> methods(const lab& l) {
  std::vector<std::string> all;
  for (const auto& request : l.responder.requests)
    all.push_back(request.method);
  return all;
}

using words = std::vector<std::string>;

TEST(fetch, gets_first) {
  lab l;
  EXPECT_EQ(run_fetch(l, resilient(), {l.responder.url()}).verdict, "good");
  EXPECT_EQ(methods(l), words{"GET"});
  EXPECT_EQ(l.responder.requests[0].target.find_first_of("+="), std::string::npos);
  EXPECT_EQ(l.responder.requests[0].target.rfind('/'), 0U);
}

TEST(fetch, nats_gets_unescaped) {
  lab l;
  EXPECT_EQ(run_fetch(l, nats(), {l.responder.url()}).verdict, "good");
  EXPECT_EQ(methods(l), words{"GET"});
  EXPECT_EQ(l.responder.requests[0].target.find('%'), std::string::npos);
}

// RFC 6960 A.1: GET when the encoded request is less than 255 octets. The path makes it longer.
TEST(fetch, posts_beyond_255_octets) {
  lab l;
  const std::string base = l.responder.url() + "/";
  const auto served = l.certificate("site");
  const auto id = pki::cert_id::of(served.leaf, *served.issuer, pki::hash_algorithm::sha1);
  const auto request = pki::build_ocsp_request(id, {});
  const std::size_t bare = (l.responder.url() + get_target(url(base), request, true)).size();
  ASSERT_LT(bare, 250U);
  const auto padded = [&](std::size_t whole) { return base + std::string(whole - bare - 1, 'x'); };

  // The stub takes the whole path for the request, so what counts is only how it was asked.
  policy once = resilient();
  l.responder.answer_with(l.responder.honest(1h));
  EXPECT_EQ(run_fetch(l, once, {padded(256)}).verdict, "good");
  EXPECT_EQ(methods(l), words{"POST"});
  EXPECT_EQ(l.responder.requests[0].content_type, "application/ocsp-request");
  const auto begun = l.told<fetch_started>();
  ASSERT_EQ(begun.size(), 1U);
  EXPECT_EQ(begun[0].method, "POST");
}

TEST(fetch, posts_when_get_brings_nothing_sound) {
  lab l;
  l.responder.answer_with(responder_stub::status(500));
  EXPECT_EQ(run_fetch(l, resilient(), {l.responder.url()}).verdict, "HTTP status 500");
  EXPECT_EQ(methods(l), (words{"GET", "POST"}));
}

TEST(fetch, nats_never_posts) {
  lab l;
  l.responder.answer_with(responder_stub::status(500));
  EXPECT_EQ(run_fetch(l, nats(), {l.responder.url()}).verdict, "HTTP status 500");
  EXPECT_EQ(methods(l), words{"GET"});
}

TEST(fetch, goes_on_to_the_next_address) {
  lab l;
  EXPECT_EQ(run_fetch(l, resilient(), {"http://127.0.0.1:1", l.responder.url()}).verdict, "good");
  const auto ended = l.told<fetch_ended>();
  ASSERT_EQ(ended.size(), 2U);
  EXPECT_EQ(ended[0].url, "http://127.0.0.1:1");
  EXPECT_FALSE(ended[0].verdict);
  EXPECT_EQ(ended[1].verdict, pki::ocsp_verdict::good);
}

// nats-server goes on after no answer, and stops after a bad one.
TEST(fetch, a_bad_answer_ends_that_of_nats) {
  lab l;
  l.responder.answer_with(responder_stub::body(pki::bytes{0x30, 0x00}));
  const auto urls = std::vector<std::string>{l.responder.url(), l.responder.url() + "/second"};
  run_fetch(l, nats(), urls);
  EXPECT_EQ(methods(l), words{"GET"});
  EXPECT_EQ(run_fetch(l, nats(), {"http://127.0.0.1:1", l.responder.url()}).verdict.substr(0, 9),
            "malformed");
}

TEST(fetch, a_bad_answer_does_not_end_a_resilient_one) {
  lab l;
  responder_stub second(l.world, l.ca);
  l.responder.answer_with(responder_stub::body(pki::bytes{0x30, 0x00}));
  const auto out = run_fetch(l, resilient(), {l.responder.url(), second.url()});
  EXPECT_EQ(methods(l), (words{"GET", "POST"}));
  EXPECT_EQ(second.requests.size(), 1U);
  EXPECT_EQ(out.verdict, "good");
}

TEST(fetch, a_silent_first_address_leaves_time_for_the_second) {
  lab l;
  responder_stub second(l.world, l.ca);
  l.responder.answer_with(responder_stub::silent());
  const auto out = run_fetch(l, resilient(), {l.responder.url(), second.url()});
  EXPECT_EQ(out.verdict, "good");
  EXPECT_EQ(out.took, 3s);
}

TEST(fetch, all_attempts_share_a_deadline) {
  lab l;
  l.responder.answer_with(responder_stub::silent());
  const auto out =
      run_fetch(l, resilient(), {l.responder.url(), l.responder.url(), l.responder.url()});
  EXPECT_EQ(out.verdict, "timed out");
  EXPECT_EQ(out.took, 5s);
}

TEST(fetch, redirects_are_not_followed) {
  lab l;
  l.responder.answer_with([&l](const pki::ocsp_request&) -> runtime::http_action {
    runtime::http_response response;
    response.status = 302;
    response.fields.set("Location", l.responder.url());
    return response;
  });
  EXPECT_EQ(run_fetch(l, nats(), {l.responder.url()}).verdict, "HTTP status 302");
  EXPECT_EQ(l.responder.requests.size(), 1U);
}

TEST(fetch, bodies_have_a_limit) {
  lab l;
  const runtime::http_limits limits;
  l.responder.answer_with(responder_stub::body(pki::bytes(limits.body_octets + 1, 0x30)));
  EXPECT_EQ(run_fetch(l, nats(), {l.responder.url()}).verdict, "response too large");
}

// ---- the rules for clients of RFC 6960, RFC 9654 and RFC 9919

responder_stub::answering error(pki::response_status status) {
  return responder_stub::body(pki::build_ocsp_error(status));
}

TEST(fetch, C12_asks_with_one_request_without_extensions) {
  lab l;
  EXPECT_EQ(run_fetch(l, resilient(), {l.responder.url()}).verdict, "good");
  ASSERT_EQ(l.responder.requests.size(), 1U);
  const auto& asked = l.responder.requests[0].asked;
  ASSERT_TRUE(asked);
  EXPECT_EQ(asked->certificates.size(), 1U);
  EXPECT_FALSE(asked->nonce);
  EXPECT_FALSE(asked->is_signed);
  EXPECT_EQ(l.responder.requests[0].cache_control, "");
}

TEST(fetch, C13_asks_with_the_other_digest_when_unauthorized) {
  lab l;
  const auto honest = l.responder.honest(1h);
  l.responder.answer_with([&](const pki::ocsp_request& request) -> runtime::http_action {
    const bool known = request.certificates.front().hash == pki::hash_algorithm::sha256;
    return known ? honest(request) : error(pki::response_status::unauthorized)(request);
  });
  EXPECT_EQ(run_fetch(l, resilient(), {l.responder.url()}).verdict, "good");
  EXPECT_EQ(methods(l), (words{"GET", "GET"}));
  l.responder.requests.clear();
  EXPECT_EQ(run_fetch(l, nats(), {l.responder.url()}).verdict.find("unauthorized"), 0U);
  EXPECT_EQ(methods(l), words{"GET"});
}

TEST(fetch, C21_does_not_hammer) {
  const std::pair<pki::response_status, words> rows[]{
      {pki::response_status::try_later, {"GET"}},
      {pki::response_status::internal_error, {"GET"}},
      {pki::response_status::sig_required, {"GET"}},
      {pki::response_status::unauthorized, {"GET", "GET"}},
      {pki::response_status::malformed_request, {"GET", "POST"}}};
  for (const auto& [status, expected] : rows) {
    lab l;
    l.responder.answer_with(error(status));
    run_fetch(l, resilient(), {l.responder.url()});
    EXPECT_EQ(methods(l), expected) << pki::to_string(status);
  }
}

TEST(fetch, C19_bypasses_caches_once_and_only_after_a_stale_answer) {
  lab l;
  l.responder.answer_with(l.responder.with_content([&l](pki::response_content& content) {
    content.singles[0].this_update = l.world.time.now() - 2h;
    content.singles[0].next_update = l.world.time.now() - 1h;
  }));
  run_fetch(l, resilient(), {l.responder.url()});
  ASSERT_EQ(l.responder.requests.size(), 2U);
  EXPECT_EQ(l.responder.requests[0].cache_control, "");
  EXPECT_EQ(l.responder.requests[1].cache_control, "no-cache");
}

awaitable<void> fetch_of(lab& l, fetch_subject subject, policy rules, std::string& out) {
  const event_sink sink = [](const event&) {};
  const auto deadline = l.world.time.now() + rules.fetch_deadline;
  const auto outcome = co_await fetch(l.world.time, subject, rules, sink, deadline);
  const auto* failure = std::get_if<fetch_failure>(&outcome);
  out = failure ? to_string(*failure) : "an answer";
}

TEST(fetch, C20_asks_nobody_about_a_certificate_that_has_expired) {
  lab l;
  const auto served = l.certificate("site");
  const fetch_subject subject{served.leaf, served.issuer, {url(l.responder.url())}};
  std::string out;
  const auto story = [](lab& where, fetch_subject what, std::string& into) -> awaitable<void> {
    co_await where.world.time.sleep_until(what.leaf.not_after() + 1s);
    co_await fetch_of(where, what, resilient(), into);
  };
  l.run(story(l, subject, out));
  EXPECT_EQ(out, "the certificate has expired");
  EXPECT_TRUE(l.responder.requests.empty());
}

TEST(fetch, C20_asks_nobody_about_a_certificate_its_issuer_did_not_sign) {
  lab l;
  const auto served = l.certificate("site");
  const fetch_subject subject{served.leaf, served.leaf, {url(l.responder.url())}};
  std::string out;
  l.run(fetch_of(l, subject, resilient(), out));
  EXPECT_EQ(out, "the certificate is not signed by its issuer");
  EXPECT_TRUE(l.responder.requests.empty());
}

// Only what is signed counts.
TEST(fetch, C18_C22_takes_no_notice_of_content_type_and_cache_headers) {
  lab l;
  const auto honest = l.responder.honest(1h);
  l.responder.answer_with([&](const pki::ocsp_request& request) -> runtime::http_action {
    auto action = honest(request);
    auto& response = std::get<runtime::http_response>(action);
    response.fields.set("Content-Type", "text/html");
    response.fields.set("Cache-Control", "max-age=999999999, no-store");
    response.fields.set("Expires", "Thu, 01 Jan 1970 00:00:00 GMT");
    return action;
  });
  EXPECT_EQ(run_fetch(l, resilient(), {l.responder.url()}).verdict, "good");
}

TEST(fetch, C22_headers_have_a_limit) {
  lab l;
  const runtime::http_limits limits;
  l.responder.answer_with([&](const pki::ocsp_request&) -> runtime::http_action {
    runtime::http_response response;
    response.fields.set("X-Long", std::string(limits.header_octets, 'x'));
    return response;
  });
  EXPECT_EQ(run_fetch(l, nats(), {l.responder.url()}).verdict, "response too large");
}

TEST(fetch, C22_https_is_never_asked) {
  EXPECT_FALSE(runtime::http_url::parse("https://ocsp.example/"));
}

}  // namespace
}  // namespace staplelab::stapler::test
