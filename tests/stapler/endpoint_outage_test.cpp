#include "stapler/endpoint.hpp"

#include <gtest/gtest.h>
#include <openssl/ssl.h>

#include <array>
#include <memory>

#include "tests/stapler/lab.hpp"

namespace staplelab::stapler::test {
namespace {

// ---- outages while running

awaitable<void> live_through_outage(lab& l, mode m, profile p, std::string expired) {
  l.make_endpoint(l.config(m, p));
  EXPECT_EQ(co_await l.start(), "started");
  l.responder.listening().close();
  l.responder.listening().close_sessions();
  co_await l.sleep(7s);
  EXPECT_EQ(co_await l.verdict_now(), "good");
  co_await l.sleep(2s);
  EXPECT_EQ(co_await l.verdict_now(), expired);
  client_wish not_asking;
  not_asking.status = false;
  const sight unasked = co_await l.shake(not_asking);
  EXPECT_EQ(unasked.established, expired == "none");
  l.responder.listening().open();
  const duration until_back = p == profile::nats ? 0s : 11s;
  co_await l.sleep(until_back);
  EXPECT_EQ(co_await l.verdict_now(), "good");
  EXPECT_FALSE(l.server->exited());
}

TEST(outage, resilient_staple) {
  lab l;
  l.run(live_through_outage(l, mode::auto_, profile::resilient, "none"));
}
TEST(outage, resilient_enforce) {
  lab l;
  l.run(live_through_outage(l, mode::must, profile::resilient, "alert 80"));
}
TEST(outage, nats_soft) {
  lab l;
  l.run(live_through_outage(l, mode::auto_, profile::nats, "alert 80"));
}
TEST(outage, nats_hard) {
  lab l;
  l.run(live_through_outage(l, mode::must, profile::nats, "alert 80"));
}

// It gives up a staple for an answer that is none, and for nobody's answer makes one of its own.
TEST(outage, apache_like_tells_once_what_it_sends_instead) {
  lab l;
  l.run([](lab& x) -> awaitable<void> {
    x.responder.answer_with(x.responder.honest(7 * 24h));
    x.make_endpoint(x.config(mode::auto_, profile::apache_like));
    EXPECT_EQ(co_await x.start(), "started");
    EXPECT_EQ(co_await x.verdict_now(), "good");
    EXPECT_TRUE(x.told<staple_dropped>().empty());
    x.responder.answer_with(responder_stub::status(503));
    co_await x.sleep(61min);
    EXPECT_EQ(co_await x.verdict_now(), "error_status");
    co_await x.sleep(61min);
    EXPECT_EQ(co_await x.verdict_now(), "error_status");
    const auto dropped = x.told<staple_dropped>();
    EXPECT_EQ(dropped.size(), 1U);
    EXPECT_EQ(dropped.at(0).instead, pki::ocsp_verdict::error_status);
    EXPECT_NE(dropped.at(0).der, nullptr);
    x.responder.answer_with(x.responder.honest(7 * 24h));
    co_await x.sleep(61min);
    EXPECT_EQ(co_await x.verdict_now(), "good");
    EXPECT_EQ(x.told<staple_dropped>().size(), 1U);
  }(l));
}

TEST(outage, resilient_drops_nothing_while_it_is_valid) {
  lab l;
  l.run([](lab& x) -> awaitable<void> {
    x.make_endpoint(x.config(mode::auto_, profile::resilient));
    EXPECT_EQ(co_await x.start(), "started");
    x.responder.answer_with(responder_stub::status(503));
    co_await x.sleep(7s);
    EXPECT_EQ(co_await x.verdict_now(), "good");
    EXPECT_TRUE(x.told<staple_dropped>().empty());
  }(l));
}

TEST(outage, nats_fetches_once_for_many_handshakes) {
  lab l;
  l.run([](lab& x) -> awaitable<void> {
    x.make_endpoint(x.config(mode::auto_, profile::nats));
    EXPECT_EQ(co_await x.start(), "started");
    x.responder.listening().close();
    co_await x.sleep(9s);
    x.responder.listening().open();
    const auto before = x.responder.requests.size();
    auto good = std::make_shared<int>(0);
    runtime::task_group clients(x.world.where);
    for (int i = 0; i < 20; ++i) {
      clients.spawn([](lab& y, std::shared_ptr<int> count) -> awaitable<void> {
        if (co_await y.verdict_now() == "good") ++*count;
      }(x, good));
    }
    co_await clients.join();
    EXPECT_EQ(*good, 20);
    EXPECT_EQ(x.responder.requests.size(), before + 1);
  }(l));
}

TEST(outage, nats_handshake_waits_for_a_silent_responder_until_its_own_timeout) {
  lab l;
  l.run([](lab& x) -> awaitable<void> {
    x.make_endpoint(x.config(mode::auto_, profile::nats));
    EXPECT_EQ(co_await x.start(), "started");
    x.responder.listening().close();
    co_await x.sleep(9s);
    x.responder.answer_with(responder_stub::silent());
    x.responder.listening().open();
    const auto begun = x.world.time.now();
    EXPECT_EQ(co_await x.verdict_now(), "no connection");
    EXPECT_EQ(x.world.time.now() - begun, 5s);
  }(l));
}

// A fetch that hangs must not delay a single handshake: simulated time stands still for all of
// them.
awaitable<void> shake_during_hanging_fetch(lab& l, std::string expected) {
  constexpr int clients = 500;
  l.make_endpoint(l.config(mode::auto_, profile::resilient));
  EXPECT_EQ(co_await l.start(), "started");
  l.responder.answer_with(responder_stub::silent());
  const duration until_fetch = expected == "good" ? 5s : 9s;
  co_await l.sleep(until_fetch);
  while (l.told<fetch_started>().size() == l.told<fetch_ended>().size())
    co_await l.sleep(100ms);
  const auto begun = l.world.time.now();
  auto seen = std::make_shared<int>(0);
  runtime::task_group all(l.world.where);
  for (int i = 0; i < clients; ++i) {
    all.spawn([](lab& x, std::string wanted, std::shared_ptr<int> count) -> awaitable<void> {
      if (co_await x.verdict_now() == wanted) ++*count;
    }(l, expected, seen));
  }
  co_await all.join();
  EXPECT_EQ(*seen, clients);
  EXPECT_EQ(l.world.time.now(), begun);
  EXPECT_GT(l.told<fetch_started>().size(), l.told<fetch_ended>().size());
}

TEST(hanging_fetch, delays_no_handshake_while_a_staple_is_held) {
  lab l;
  l.run(shake_during_hanging_fetch(l, "good"));
}
TEST(hanging_fetch, delays_no_handshake_without_a_staple) {
  lab l;
  l.run(shake_during_hanging_fetch(l, "none"));
}

}  // namespace
}  // namespace staplelab::stapler::test
