// How a staple is won, kept and lost under profile resilient: checks T9 to T12 of docs/endpoint.md.
#include <gmock/gmock.h>

#include "tests/stapler/lab.hpp"

namespace staplelab::stapler::test {
namespace {

using testing::HasSubstr;

// ---- T9: what is never stapled

struct bad_row {
  const char* name;
  responder_stub::answering (*answering)(lab&);
};
class T9 : public testing::TestWithParam<bad_row> {};

responder_stub::answering error_answer(pki::response_status status) {
  return responder_stub::body(pki::build_ocsp_error(status));
}

responder_stub::answering damaged(lab& l, std::size_t from_the_end) {
  return [honest = l.responder.honest(8s), from_the_end](const pki::ocsp_request& request) {
    auto action = honest(request);
    auto& body = std::get<runtime::http_response>(action).body;
    body[body.size() - from_the_end] ^= 1;
    return action;
  };
}

const bad_row bad_rows[] = {
    {"expired",
     [](lab& l) {
       return l.responder.with_content([](pki::response_content& content) {
         content.singles[0].this_update -= 2h;
         content.singles[0].next_update = content.singles[0].this_update + 1h;
       });
     }},
    {"not_yet_valid",
     [](lab& l) {
       return l.responder.with_content([](pki::response_content& content) {
         content.singles[0].this_update += 1h;
         content.singles[0].next_update = content.singles[0].this_update + 1h;
       });
     }},
    {"bad_signature", [](lab& l) { return damaged(l, 1); }},
    {"wrong_cert_id",
     [](lab& l) {
       return l.responder.with_content([&l](pki::response_content& content) {
         content.singles[0].id = pki::cert_id::of(
             l.ca.issued("other").cert, l.ca.authority("issuing").cert, pki::hash_algorithm::sha1);
       });
     }},
    {"unknown",
     [](lab& l) {
       return l.responder.with_content([](pki::response_content& content) {
         content.singles[0].status = pki::unknown_status{};
       });
     }},
    {"try_later", [](lab&) { return error_answer(pki::response_status::try_later); }},
    {"unauthorized", [](lab&) { return error_answer(pki::response_status::unauthorized); }},
    {"internal_error", [](lab&) { return error_answer(pki::response_status::internal_error); }},
    {"no_ocsp_at_all", [](lab&) { return responder_stub::body({0x30, 0x00}); }},
    {"http_500", [](lab&) { return responder_stub::status(500); }},
};

awaitable<void> live_with_bad_answers(lab& l, responder_stub::answering bad) {
  l.responder.answer_with(bad);
  l.make_endpoint(l.config(mode::auto_, profile::resilient));
  EXPECT_EQ(co_await l.start(), "started");
  EXPECT_EQ(co_await l.verdict_now(), "none");
  l.responder.answer_with(l.responder.honest(8s));
  co_await l.sleep(6s);
  EXPECT_EQ(co_await l.verdict_now(), "good");
  const auto held = l.server->certificates().at(0).held;
  EXPECT_TRUE(held);
  if (!held) co_return;
  l.responder.answer_with(bad);
  const time_point end = *held->judgement.next_update;
  while (l.world.time.now() + 500ms <= end) {
    EXPECT_EQ(co_await l.verdict_now(), "good");
    co_await l.sleep(500ms);
  }
  co_await l.world.time.sleep_until(end + 1s);
  EXPECT_EQ(co_await l.verdict_now(), "none");
  EXPECT_EQ(l.told<staple_changed>().size(), 1U);
}

TEST_P(T9, T9_is_never_stapled_and_the_good_one_stays_until_its_next_update) {
  lab l;
  l.run(live_with_bad_answers(l, GetParam().answering(l)));
}
INSTANTIATE_TEST_SUITE_P(endpoint, T9, testing::ValuesIn(bad_rows),
                         [](const auto& info) { return info.param.name; });

// ---- T10: before it is needed

TEST(T10, T10_the_first_handshake_after_start_has_the_staple) {
  lab l;
  l.run([](lab& x) -> awaitable<void> {
    x.make_endpoint(x.config(mode::auto_, profile::resilient));
    EXPECT_EQ(co_await x.start(), "started");
    x.responder.listening().close();
    EXPECT_EQ(co_await x.verdict_now(), "good");
  }(l));
  EXPECT_EQ(l.responder.requests.size(), 1U);
}

TEST(T10, T10_staples_are_renewed_from_half_of_their_life_and_no_handshake_lacks_one) {
  lab l;
  l.run([](lab& x) -> awaitable<void> {
    x.make_endpoint(x.config(mode::auto_, profile::resilient));
    EXPECT_EQ(co_await x.start(), "started");
    for (int i = 0; i < 120; ++i) {
      EXPECT_EQ(co_await x.verdict_now(), "good");
      co_await x.sleep(500ms);
    }
  }(l));
  const auto& asked = l.responder.requests;
  ASSERT_GT(asked.size(), 10U);
  bool differ = false;
  for (std::size_t i = 1; i < asked.size(); ++i) {
    const duration gap = asked[i].at - asked[i - 1].at;
    EXPECT_GE(gap, 3s);      // answers count whole seconds, and live for 8
    EXPECT_LE(gap, 4400ms);  // half, and a tenth of it for jitter
    differ = differ || (i > 1 && gap != asked[i - 1].at - asked[i - 2].at);
  }
  EXPECT_TRUE(differ);
}

TEST(T10, T10_a_responder_that_fails_is_asked_less_and_less_often) {
  lab l;
  l.run([](lab& x) -> awaitable<void> {
    x.responder.answer_with(responder_stub::status(503));
    x.make_endpoint(x.config(mode::auto_, profile::resilient));
    EXPECT_EQ(co_await x.start(), "started");
    co_await x.sleep(24h);
  }(l));
  std::vector<time_point> attempts;  // each is a GET and a POST
  for (const auto& request : l.responder.requests) {
    if (request.method == "GET") attempts.push_back(request.at);
  }
  ASSERT_GT(attempts.size(), 20U);
  EXPECT_LT(attempts.size(), 50U);
  for (std::size_t i = 1; i < attempts.size(); ++i) {
    EXPECT_LE(attempts[i] - attempts[i - 1], 66min);
  }
  EXPECT_GE(attempts.back() - attempts[attempts.size() - 2], 60min);
}

TEST(T10, T10_a_staple_survives_a_restart_without_the_responder) {
  lab l;
  l.run([](lab& x) -> awaitable<void> {
    x.responder.answer_with(x.responder.honest(1h));
    auto what = x.config(mode::must, profile::resilient);
    what.store_dir = x.directory.path();
    x.make_endpoint(what);
    EXPECT_EQ(co_await x.start(), "started");
    x.server->kill();
    x.responder.listening().close();
    x.make_endpoint(what);
    EXPECT_EQ(co_await x.start(), "started");
    EXPECT_EQ(co_await x.verdict_now(), "good");
  }(l));
  EXPECT_EQ(l.responder.requests.size(), 1U);
}

// ---- T11: must-staple, and nothing to staple

TEST(T11, T11_enforce_refuses_to_start_and_says_why) {
  lab l;
  l.run([](lab& x) -> awaitable<void> {
    x.responder.listening().close();
    x.make_endpoint(x.config(mode::must, profile::resilient));
    EXPECT_EQ(co_await x.start(), "refused 3");
  }(l));
  const auto refused = l.told<endpoint_refused>();
  ASSERT_EQ(refused.size(), 1U);
  EXPECT_EQ(refused[0].certificate, "CN=site");
  EXPECT_THAT(refused[0].why, HasSubstr("no valid staple: "));
}

// "certificate: message" of every alarm.
std::vector<std::string> alarms(const lab& l) {
  std::vector<std::string> all;
  for (const auto& each : l.told<warned>())
    all.push_back(each.certificate + ": " + each.message);
  return all;
}

TEST(T11, T11_staple_raises_an_alarm_when_it_starts_without) {
  lab l;
  l.run([](lab& x) -> awaitable<void> {
    x.responder.listening().close();
    x.make_endpoint(x.config(mode::auto_, profile::resilient));
    EXPECT_EQ(co_await x.start(), "started");
    co_await x.sleep(1h);
  }(l));
  EXPECT_THAT(alarms(l), testing::ElementsAre(HasSubstr("CN=site: starts without a staple: ")));
}

TEST(T11, T11_one_alarm_for_each_time_that_the_last_staple_runs_out) {
  lab l;
  l.run([](lab& x) -> awaitable<void> {
    x.make_endpoint(x.config(mode::auto_, profile::resilient));
    EXPECT_EQ(co_await x.start(), "started");
    for (std::size_t outage = 1; outage <= 2; ++outage) {
      x.responder.listening().close();
      co_await x.sleep(3s);  // less than half of a life of 8
      EXPECT_EQ(alarms(x).size(), outage - 1);
      co_await x.sleep(1min);
      EXPECT_EQ(alarms(x).size(), outage);
      x.responder.listening().open();
      co_await x.sleep(2min);
      EXPECT_EQ(co_await x.verdict_now(), "good");
    }
  }(l));
  EXPECT_THAT(alarms(l), testing::Each(HasSubstr("CN=site: has no valid staple to send: ")));
}

TEST(T11, T11_a_plain_certificate_under_auto_raises_none) {
  lab l;
  l.run([](lab& x) -> awaitable<void> {
    x.responder.listening().close();
    x.make_endpoint(x.config(mode::auto_, profile::resilient, {"plain"}));
    EXPECT_EQ(co_await x.start(), "started");
    co_await x.sleep(1h);
  }(l));
  EXPECT_TRUE(alarms(l).empty());
}

// ---- T12: revoked

TEST(T12, T12_staple_delivers_the_revoked_answer_and_tells) {
  lab l;
  l.run([](lab& x) -> awaitable<void> {
    x.make_endpoint(x.config(mode::auto_, profile::resilient));
    EXPECT_EQ(co_await x.start(), "started");
    x.ca.revoke("site", pki::crl_reason::key_compromise, x.world.time.now());
    co_await x.sleep(9s);
    EXPECT_EQ(co_await x.verdict_now(), "revoked");
  }(l));
  const auto changes = l.told<staple_changed>();
  ASSERT_GE(changes.size(), 2U);
  EXPECT_EQ(changes[1].status, pki::ocsp_verdict::revoked);
  EXPECT_TRUE(l.told<endpoint_shut_down>().empty());
}

TEST(T12, T12_enforce_withholds_it_by_ending_and_tells) {
  lab l;
  l.run([](lab& x) -> awaitable<void> {
    x.make_endpoint(x.config(mode::must, profile::resilient));
    EXPECT_EQ(co_await x.start(), "started");
    x.ca.revoke("site", pki::crl_reason::key_compromise, x.world.time.now());
    const exit_outcome how = co_await x.server->wait_for_exit();
    EXPECT_EQ(how.exit_code, 3);
    EXPECT_EQ(co_await x.verdict_now(), "no connection");
  }(l));
  const auto ends = l.told<endpoint_shut_down>();
  ASSERT_EQ(ends.size(), 1U);
  EXPECT_EQ(ends[0].why, end_reason::revoked);
}

}  // namespace
}  // namespace staplelab::stapler::test
