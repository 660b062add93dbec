#include "stapler/endpoint.hpp"

#include <gtest/gtest.h>
#include <openssl/ssl.h>

#include <array>
#include <memory>
#include <stdexcept>
#include <string>
#include <utility>
#include <variant>

#include "tests/stapler/lab.hpp"

namespace staplelab::stapler::test {
namespace {

using namespace runtime::asio::experimental::awaitable_operators;

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
  for (const profile p : {profile::nats, profile::resilient}) {
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

// ---- ended while it starts

struct early_end {
  const char* name;
  profile p;
  bool killed;
  const char* outcome;
};
class ended_early : public testing::TestWithParam<early_end> {};

awaitable<void> end_in_a_second(lab& l, bool killed) {
  co_await l.sleep(1s);
  if (killed) l.server->kill();
  if (!killed) co_await l.server->stop();
}

awaitable<void> end_while_it_starts(lab& l, const early_end& row) {
  l.responder.answer_with(responder_stub::silent());
  l.make_endpoint(l.config(mode::must, row.p));
  auto both = l.start() && end_in_a_second(l, row.killed);
  const std::string outcome = co_await std::move(both);
  EXPECT_EQ(outcome, row.outcome);
  EXPECT_EQ(l.world.elapsed(), 1s);
  co_await l.sleep(10min);
  EXPECT_EQ(l.responder.requests.size(), 1U);
}

TEST_P(ended_early, a_silent_responder_holds_nobody_up) {
  lab l;
  l.run(end_while_it_starts(l, GetParam()));
  EXPECT_TRUE(l.told<endpoint_refused>().empty());
}
const early_end early_ends[] = {
    {"resilient_stopped", profile::resilient, false, "refused 0"},
    {"resilient_killed", profile::resilient, true, "refused 137"},
    {"nats_stopped", profile::nats, false, "refused 0"},
    {"nats_killed", profile::nats, true, "refused 137"},
};
INSTANTIATE_TEST_SUITE_P(endpoint, ended_early, testing::ValuesIn(early_ends),
                         [](const auto& info) { return info.param.name; });

// ---- must-staple, and stapling is off

awaitable<void> start_without_stapling(lab& l, profile p) {
  l.make_endpoint(l.config(mode::never, p, {"site", "plain"}));
  EXPECT_EQ(co_await l.start(), "started");
}

TEST(endpoint, warns_once_of_must_staple_under_mode_never) {
  for (const profile p : {profile::nats, profile::resilient}) {
    lab l;
    l.run(start_without_stapling(l, p));
    const auto warnings = l.told<warned>();
    ASSERT_EQ(warnings.size(), 1U);
    EXPECT_TRUE(warnings[0].message.starts_with("CN=site")) << warnings[0].message;
  }
}

// ---- what cannot go on is told

// Throws when it is told of a fetch for the second time, and of a handshake for the first.
awaitable<void> live_with_a_sink_that_throws(lab& l) {
  int fetches = 0;
  int handshakes = 0;
  const auto sink = [&](const event& one) {
    if (std::holds_alternative<fetch_started>(one) && ++fetches == 2) {
      throw std::runtime_error("out of fetches");
    }
    if (std::holds_alternative<handshake_served>(one) && ++handshakes == 1) {
      throw std::runtime_error("out of handshakes");
    }
    l.events.push_back(one);
  };
  l.server.emplace(l.world.where, l.world.time, l.config(mode::auto_, profile::resilient), 1, sink);
  EXPECT_EQ(co_await l.start(), "started");
  co_await l.verdict_now();
  co_await l.sleep(100ms);
  EXPECT_EQ(l.told<warned>().size(), 1U);
  EXPECT_NE(l.told<warned>().at(0).message.find("out of handshakes"), std::string::npos);
  EXPECT_EQ(co_await l.verdict_now(), "good");
  const exit_outcome how = co_await l.server->wait_for_exit();
  EXPECT_EQ(how.cause, exit_cause::failed);
  EXPECT_EQ(how.exit_code, 3);
  EXPECT_EQ(l.told<warned>().size(), 2U);
  EXPECT_NE(l.told<warned>().at(1).message.find("out of fetches"), std::string::npos);
  EXPECT_EQ(l.told<endpoint_shut_down>().at(0).why, end_reason::internal_error);
  co_await l.server->stop();
  l.server.reset();
}

TEST(endpoint, tells_when_a_connection_fails_and_ends_when_renewal_does) {
  lab l;
  l.run(live_with_a_sink_that_throws(l));
  EXPECT_LT(l.world.elapsed(), 8s);
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
