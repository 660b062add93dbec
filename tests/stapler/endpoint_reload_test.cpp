#include "stapler/endpoint.hpp"

#include <gtest/gtest.h>
#include <openssl/ssl.h>

#include <array>
#include <memory>
#include <optional>
#include <utility>

#include "tests/stapler/lab.hpp"

namespace staplelab::stapler::test {
namespace {

using namespace runtime::asio::experimental::awaitable_operators;

// ---- reload

struct reload_row {
  const char* name;
  profile p;
  mode to;
  bool down;
  bool applied;
  const char* stapled;
};
class reloads : public testing::TestWithParam<reload_row> {};

awaitable<void> reload_once(lab& l, const reload_row& row) {
  l.make_endpoint(l.config(mode::auto_, row.p, {"site"}));
  EXPECT_EQ(co_await l.start(), "started");
  const auto asked = l.responder.requests.size();
  if (row.down) l.responder.listening().close();
  auto next = l.config(row.to, row.p, {"other"});
  const auto outcome = co_await l.server->reload(next);
  EXPECT_EQ(std::holds_alternative<reloaded>(outcome), row.applied);
  client_wish wish;
  const sight seen = co_await l.shake(wish);
  const bool replaced = row.applied || row.p == profile::nats;
  EXPECT_EQ(seen.leaf, replaced ? "CN=other" : "CN=site");
  EXPECT_EQ(l.verdict(seen, replaced ? "other" : "site"), row.stapled);
  if (row.applied && !row.down && row.to != mode::never) {
    EXPECT_EQ(l.responder.requests.size(), asked + 1);
  }
}

TEST_P(reloads, cell) {
  lab l;
  l.run(reload_once(l, GetParam()));
}

const reload_row reload_rows[] = {
    {"resilient_to_must", profile::resilient, mode::must, false, true, "good"},
    {"resilient_to_never", profile::resilient, mode::never, false, true, "none"},
    {"resilient_to_must_down", profile::resilient, mode::must, true, false, "good"},
    {"resilient_to_auto_down", profile::resilient, mode::auto_, true, true, "none"},
    {"nats_to_must", profile::nats, mode::must, false, true, "good"},
    {"nats_to_never", profile::nats, mode::never, false, true, "none"},
    {"nats_to_must_down", profile::nats, mode::must, true, false, "none"},
    {"nats_to_auto_down", profile::nats, mode::auto_, true, false, "none"},
};
INSTANTIATE_TEST_SUITE_P(endpoint, reloads, testing::ValuesIn(reload_rows),
                         [](const auto& info) { return info.param.name; });

TEST(reload, keeps_the_staple_of_an_unchanged_certificate) {
  lab l;
  l.run([](lab& x) -> awaitable<void> {
    x.make_endpoint(x.config(mode::auto_, profile::resilient));
    EXPECT_EQ(co_await x.start(), "started");
    x.responder.listening().close();
    auto next = x.config(mode::must, profile::resilient);
    const auto outcome = co_await x.server->reload(std::move(next));
    EXPECT_TRUE(std::holds_alternative<reloaded>(outcome));
    EXPECT_EQ(co_await x.verdict_now(), "good");
  }(l));
  EXPECT_EQ(l.responder.requests.size(), 1U);
}

TEST(reload, the_new_mode_holds_from_then_on) {
  lab l;
  l.run([](lab& x) -> awaitable<void> {
    x.make_endpoint(x.config(mode::auto_, profile::nats));
    EXPECT_EQ(co_await x.start(), "started");
    auto next = x.config(mode::must, profile::nats);
    co_await x.server->reload(std::move(next));
    x.ca.revoke("site", std::nullopt, x.world.time.now());
    const exit_outcome how = co_await x.server->wait_for_exit();
    EXPECT_EQ(how.exit_code, 0);
  }(l));
}

// What one set of rules took need not be sound under another.
awaitable<void> reload_to_stricter_rules(lab& l, bool down) {
  const auto id = pki::cert_id::of(l.ca.issued("other").cert, l.ca.authority("issuing").cert,
                                   pki::hash_algorithm::sha1);
  l.responder.answer_with(
      l.responder.with_content([id](pki::response_content& c) { c.singles[0].id = id; }));
  l.make_endpoint(l.config(mode::must, profile::nats));
  EXPECT_EQ(co_await l.start(), "started");
  EXPECT_EQ(co_await l.verdict_now(), "wrong_cert");
  l.responder.answer_with(l.responder.honest(8s));
  if (down) l.responder.listening().close();
  auto next = l.config(mode::must, profile::resilient);
  const auto outcome = co_await l.server->reload(std::move(next));
  EXPECT_EQ(std::holds_alternative<reload_failed>(outcome), down);
  EXPECT_EQ(co_await l.verdict_now(), down ? "wrong_cert" : "good");
}

TEST(reload, verifies_what_it_carries_over) {
  lab l;
  l.run(reload_to_stricter_rules(l, false));
}

TEST(reload, refuses_when_what_it_carries_over_is_unsound_and_nothing_else_can_be_had) {
  lab l;
  l.run(reload_to_stricter_rules(l, true));
}

// ---- while the old configuration fetches

awaitable<void> look_in_a_second(lab& l) {
  co_await l.sleep(1s);
  EXPECT_EQ(l.responder.listening().session_count(), 1U);
  EXPECT_EQ(l.responder.requests.size(), 3U);
  l.responder.answer_with(l.responder.honest(8s));
}

awaitable<void> reload_during_a_fetch(lab& l, profile p) {
  l.make_endpoint(l.config(mode::must, p));
  EXPECT_EQ(co_await l.start(), "started");
  l.responder.answer_with(responder_stub::silent());
  co_await l.sleep(5s);
  EXPECT_EQ(l.responder.requests.size(), 2U);
  EXPECT_EQ(l.responder.listening().session_count(), 1U);
  auto next = l.config(mode::must, p);
  auto both = l.server->reload(std::move(next)) && look_in_a_second(l);
  co_await std::move(both);
}

TEST(reload, fetches_once_at_a_time) {
  lab l;
  l.run(reload_during_a_fetch(l, profile::nats));
}

awaitable<void> end_in_a_second(lab& l) {
  co_await l.sleep(1s);
  co_await l.server->stop();
}

awaitable<void> stop_during_a_reload(lab& l, profile p) {
  l.make_endpoint(l.config(mode::must, p));
  EXPECT_EQ(co_await l.start(), "started");
  l.responder.answer_with(responder_stub::silent());
  auto next = l.config(mode::must, p, {"other"});
  auto both = l.server->reload(std::move(next)) && end_in_a_second(l);
  const auto outcome = co_await std::move(both);
  EXPECT_TRUE(std::holds_alternative<reload_failed>(outcome));
  EXPECT_EQ(l.world.elapsed(), 1s);
  co_await l.sleep(10min);
  EXPECT_EQ(l.responder.requests.size(), 2U);
}

TEST(reload, does_not_hold_up_the_end) {
  for (const profile p : {profile::nats, profile::resilient}) {
    lab l;
    l.run(stop_during_a_reload(l, p));
  }
}

awaitable<void> fail_to_reload_and_see_the_revocation(lab& l) {
  l.make_endpoint(l.config(mode::must, profile::resilient));
  EXPECT_EQ(co_await l.start(), "started");
  auto next = l.config(mode::must, profile::resilient, {"other"});
  l.responder.listening().close();
  const auto outcome = co_await l.server->reload(std::move(next));
  EXPECT_TRUE(std::holds_alternative<reload_failed>(outcome));
  l.responder.listening().open();
  l.ca.revoke("site", std::nullopt, l.world.time.now());
  const exit_outcome how = co_await l.server->wait_for_exit();
  EXPECT_EQ(how.exit_code, 3);
}

TEST(reload, that_fails_leaves_the_old_renewal_running) {
  lab l;
  l.run(fail_to_reload_and_see_the_revocation(l));
  EXPECT_LT(l.world.elapsed(), 15s);
}

TEST(reload, repeated_failures_hang_nothing) {
  lab l;
  l.run([](lab& x) -> awaitable<void> {
    x.make_endpoint(x.config(mode::must, profile::nats));
    EXPECT_EQ(co_await x.start(), "started");
    x.responder.listening().close();
    for (int i = 0; i < 5; ++i) {
      auto next = x.config(mode::must, profile::nats);
      const auto outcome = co_await x.server->reload(std::move(next));
      EXPECT_TRUE(std::holds_alternative<reload_failed>(outcome));
    }
    x.responder.listening().open();
    auto next = x.config(mode::must, profile::nats);
    const auto outcome = co_await x.server->reload(std::move(next));
    EXPECT_TRUE(std::holds_alternative<reloaded>(outcome));
    EXPECT_EQ(co_await x.verdict_now(), "good");
    co_await x.server->stop();
  }(l));
}

}  // namespace
}  // namespace staplelab::stapler::test
