#include "stapler/endpoint.hpp"

#include <gtest/gtest.h>
#include <openssl/ssl.h>

#include <array>
#include <memory>

#include "tests/stapler/lab.hpp"

namespace staplelab::stapler::test {
namespace {

// ---- start

struct start_row {
  const char* name;
  responder_stub::answering (*answering)(lab&);
};
class bad_answers : public testing::TestWithParam<start_row> {};

const start_row bad_rows[] = {
    {"http_500", [](lab&) { return responder_stub::status(500); }},
    {"http_404", [](lab&) { return responder_stub::status(404); }},
    {"http_204", [](lab&) { return responder_stub::status(204); }},
    {"redirect", [](lab&) { return responder_stub::status(302); }},
    {"junk", [](lab&) { return responder_stub::body({1, 2, 3}); }},
    {"empty", [](lab&) { return responder_stub::body({}); }},
    {"try_later",
     [](lab&) {
       return responder_stub::body(pki::build_ocsp_error(pki::response_status::try_later));
     }},
    {"unauthorized",
     [](lab&) {
       return responder_stub::body(pki::build_ocsp_error(pki::response_status::unauthorized));
     }},
    {"expired",
     [](lab& l) {
       return l.responder.with_content([](pki::response_content& c) {
         c.singles[0].this_update -= 2h;
         c.singles[0].next_update = c.singles[0].this_update + 1h;
       });
     }},
    {"from_the_future",
     [](lab& l) {
       return l.responder.with_content(
           [](pki::response_content& c) { c.singles[0].this_update += 2h; });
     }},
};

awaitable<void> start_without_sound_answer(lab& l, responder_stub::answering how) {
  l.responder.answer_with(std::move(how));
  for (const profile p : all_profiles) {
    l.make_endpoint(l.config(mode::must, p));
    EXPECT_EQ(co_await l.start(), p == profile::nats ? "refused 1" : "refused 3");
  }
  EXPECT_LE(l.world.elapsed(), 5s);
  l.make_endpoint(l.config(mode::auto_, profile::nats));
  EXPECT_EQ(co_await l.start(), "refused 1");
  l.make_endpoint(l.config(mode::auto_, profile::resilient));
  EXPECT_EQ(co_await l.start(), "started");
  EXPECT_EQ(co_await l.verdict_now(), "none");
  l.responder.answer_with(l.responder.honest(1h));
  co_await l.sleep(6s);
  EXPECT_EQ(co_await l.verdict_now(), "good");
}

TEST_P(bad_answers, at_start) {
  lab l;
  l.run(start_without_sound_answer(l, GetParam().answering(l)));
}
INSTANTIATE_TEST_SUITE_P(endpoint, bad_answers, testing::ValuesIn(bad_rows),
                         [](const auto& info) { return info.param.name; });

struct unfit_row {
  const char* name;
  bool wrong_serial;  // else: a delegate without id-kp-OCSPSigning
};
class unfit_answers : public testing::TestWithParam<unfit_row> {};

awaitable<void> start_with_unfit_answer(lab& l) {
  l.make_endpoint(l.config(mode::must, profile::nats));
  EXPECT_EQ(co_await l.start(), "started");
  const std::string stapled = co_await l.verdict_now();
  EXPECT_TRUE(stapled == "wrong_cert" || stapled == "unauthorized_signer") << stapled;
  l.make_endpoint(l.config(mode::must, profile::resilient));
  EXPECT_EQ(co_await l.start(), "refused 3");
}

TEST_P(unfit_answers, nats_takes_them_and_resilient_does_not) {
  lab l;
  pki::issue_description what;
  what.name = "delegate";
  what.issuer = "issuing";
  what.role = pki::certificate_role::ocsp_signer;
  what.not_before = runtime::start - 1h;
  what.not_after = runtime::start + 24h;
  what.ocsp_signing_eku = false;
  const auto delegate = l.ca.issue(what, runtime::start);
  const auto id = pki::cert_id::of(l.ca.issued(GetParam().wrong_serial ? "other" : "site").cert,
                                   l.ca.authority("issuing").cert, pki::hash_algorithm::sha1);
  pki::response_content content;
  content.singles = {{id, pki::good_status{}, runtime::start, runtime::start + 1h}};
  content.produced_at = runtime::start;
  const pki::ocsp_signer signer = GetParam().wrong_serial
                                      ? pki::ocsp_signer{l.ca.authority("issuing"), false}
                                      : pki::ocsp_signer{delegate, true};
  l.responder.answer_with(responder_stub::body(pki::build_ocsp_response(content, signer)));
  l.run(start_with_unfit_answer(l));
}
const unfit_row unfit_rows[] = {{"wrong_serial", true}, {"delegate_without_eku", false}};
INSTANTIATE_TEST_SUITE_P(endpoint, unfit_answers, testing::ValuesIn(unfit_rows),
                         [](const auto& info) { return info.param.name; });

awaitable<void> start_with_silent_responder(lab& l, profile p) {
  l.responder.answer_with(responder_stub::silent());
  l.make_endpoint(l.config(mode::must, p));
  EXPECT_EQ(co_await l.start(), p == profile::nats ? "refused 1" : "refused 3");
}

TEST(endpoint, silent_responder_at_start_resilient) {
  lab l;
  l.run(start_with_silent_responder(l, profile::resilient));
  EXPECT_EQ(l.world.elapsed(), 5s);
}

TEST(endpoint, silent_responder_at_start_nats) {
  lab l;
  l.run(start_with_silent_responder(l, profile::nats));
  EXPECT_EQ(l.world.elapsed(), 30s);
}

TEST(endpoint, without_issuer_or_responder) {
  lab l;
  l.run([](lab& x) -> awaitable<void> {
    for (const bool issuer : {true, false}) {
      auto what = x.config(mode::always, profile::nats);
      if (issuer) what.certificates[0].issuer.reset();
      if (!issuer) what.certificates[0].responders.clear();
      x.make_endpoint(what);
      EXPECT_EQ(co_await x.start(), "refused 1");
      what.behaviour = profile::resilient;
      x.make_endpoint(what);
      EXPECT_EQ(co_await x.start(), "refused 3");
    }
  }(l));
  EXPECT_EQ(l.world.elapsed(), 0s);
  EXPECT_TRUE(l.responder.requests.empty());
}

}  // namespace
}  // namespace staplelab::stapler::test
