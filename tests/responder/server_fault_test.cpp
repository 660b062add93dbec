// Faults as a client meets them on the wire, in simulated time.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <ostream>

#include "responder/server.hpp"
#include "world.hpp"

namespace staplelab::responder {
namespace {

using namespace test;
using pki::ocsp_verdict;
using runtime::exchange_failure;
using testing::ElementsAre;

fault_parameters parameters_for(std::string_view name) {
  fault_parameters result;
  if (name == "http_status") result.code = 503;
  if (name == "delay") result.by = 10s;
  if (name == "slow_body") result.octets = 50;
  return result;
}

TEST(ServerFaults, EveryFaultIsSeenOnceAndRecordedByItsName) {
  for (const auto name : fault_names()) {
    if (name == "refuse_connections") continue;
    world w;
    auto once = w.rule(name, parameters_for(name));
    once.count = 1;
    once.name = "the rule";
    ASSERT_TRUE(w.server.add_fault(once));
    w.get("good", 120h);
    EXPECT_EQ(w.verdict(w.get("good"), "good"), ocsp_verdict::good) << name;
    const auto answered = w.answered();
    ASSERT_EQ(answered.size(), 2u) << name;
    EXPECT_EQ(answered[0].fault, name);
    EXPECT_EQ(answered[0].fault_rule, "the rule");
    EXPECT_EQ(answered[1].fault, "");
  }
}

struct failing {
  std::string name;
  exchange_failure failure;
};

TEST(ServerFaults, ExchangesThatFail) {
  const failing table[] = {
      {"hang", exchange_failure::timed_out},
      {"close", exchange_failure::closed_early},
      {"reset", exchange_failure::closed_early},
      {"truncated_body", exchange_failure::closed_early},
      {"oversized_body", exchange_failure::too_large},
      {"refuse_connections", exchange_failure::refused},
  };
  for (const auto& row : table) {
    world w;
    w.add_fault(row.name);
    const auto result = w.get("good");
    ASSERT_FALSE(result) << row.name;
    EXPECT_EQ(result.error().failure, row.failure)
        << row.name << ": " << runtime::to_string(result.error().failure);
  }
}

TEST(ServerFaults, ExchangesThatSucceedWithSomethingElse) {
  world w;
  w.add_fault("http_status", parameters_for("http_status"));
  EXPECT_EQ(w.get("good")->status, 503);
  w.server.clear_faults();
  w.add_fault("empty_body");
  EXPECT_EQ(w.get("good")->body, "");
  w.server.clear_faults();
  w.add_fault("short_body");
  EXPECT_EQ(w.get("good")->body, "0");
  w.server.clear_faults();
  w.add_fault("garbage_body");
  EXPECT_EQ(w.get("good")->body.size(), 1000u);
  EXPECT_EQ(w.verdict(w.get("good"), "good"), ocsp_verdict::malformed);
  w.server.clear_faults();
  w.add_fault("wrong_content_type");
  EXPECT_EQ(w.get("good")->fields.find("Content-Type"), "text/html");
}

TEST(ServerFaults, AHangLastsAsLongAsTheClientWaits) {
  world w;
  w.add_fault("hang");
  w.get("good", 7h);
  EXPECT_EQ(w.clock.now(), start + 7h);
}

TEST(ServerFaults, ADelayTakesSimulatedTime) {
  world w;
  w.add_fault("delay", parameters_for("delay"));
  EXPECT_EQ(w.verdict(w.get("good"), "good"), ocsp_verdict::good);
  EXPECT_EQ(w.clock.now(), start + 10s);
  EXPECT_EQ(w.get("good", 9s).error().failure, exchange_failure::timed_out);
  EXPECT_EQ(w.clock.now(), start + 19s);
}

TEST(ServerFaults, ASlowBodyTakesOnePauseBetweenPieces) {
  world w;
  const auto whole = w.get("good")->body.size();
  auto slowly = parameters_for("slow_body");
  slowly.every = 2s;
  w.add_fault("slow_body", slowly);
  EXPECT_EQ(w.verdict(w.get("good", 1h), "good"), ocsp_verdict::good);
  const auto pieces = (whole + 49) / 50;  // the size of an ECDSA signature varies by some octets
  EXPECT_GE(w.clock.now(), start + 2s * (pieces - 2));
  EXPECT_LE(w.clock.now(), start + 2s * pieces);
}

TEST(ServerFaults, WhoHangsHoldsNobodyElseUp) {
  world w;
  auto only_post = w.rule("hang");
  only_post.match.method = "POST";
  w.server.add_fault(only_post);
  const auto story = [](world& in, exchange_result& hung,
                        exchange_result& quick) -> runtime::awaitable<void> {
    using namespace runtime::asio::experimental::awaitable_operators;
    const auto ask = [](world& at, runtime::http_request request, runtime::time_point begin,
                        exchange_result& result) -> runtime::awaitable<void> {
      co_await at.clock.sleep_until(begin);
      runtime::http_url url;
      url.host = "127.0.0.1";
      url.port = at.server.port();
      const runtime::http_limits limits;
      result =
          co_await runtime::http_exchange(at.clock, url, std::move(request), limits, start + 60s);
      if (result) {
        EXPECT_EQ(at.clock.now(), begin);
      }
    };
    auto slow = ask(in, in.post_request("good"), start, hung);
    auto fast = ask(in, in.get_request("good"), start + 1s, quick);
    co_await (std::move(slow) && std::move(fast));
  };
  exchange_result hung = runtime::exchange_error{exchange_failure::bad_url};
  exchange_result quick = hung;
  w.run(story(w, hung, quick));
  EXPECT_EQ(hung.error().failure, exchange_failure::timed_out);
  EXPECT_EQ(w.verdict(quick, "good"), ocsp_verdict::good);
}

TEST(ServerFaults, ConnectionsAreRefusedExactlyInTheWindow) {
  world w;
  auto outage = w.rule("refuse_connections");
  outage.window = {start + 1h, start + 3h};
  ASSERT_TRUE(w.server.add_fault(outage));
  const auto up = [&] { return w.get("good").has_value(); };
  EXPECT_TRUE(up());
  w.sleep(1h - 1ms);
  EXPECT_TRUE(up());
  w.sleep(1ms);
  EXPECT_FALSE(up());
  w.sleep(2h - 1ms);
  EXPECT_FALSE(up());
  w.sleep(1ms);
  EXPECT_TRUE(up());

  std::vector<std::pair<pki::time_point, bool>> changes;
  for (const auto& change : w.all<listening_changed>()) {
    changes.emplace_back(change.at, change.listening);
  }
  EXPECT_THAT(changes, ElementsAre(std::pair(start, true), std::pair(start + 1h, false),
                                   std::pair(start + 3h, true)));
}

TEST(ServerFaults, ClearingARefusalEndsItAtOnceAndAStoppedServerStaysStopped) {
  world w;
  auto outage = w.rule("refuse_connections");
  outage.name = "outage";
  outage.window.until = start + 1h;
  w.server.add_fault(outage);
  EXPECT_FALSE(w.server.is_listening());
  EXPECT_TRUE(w.server.clear_fault("outage"));
  EXPECT_TRUE(w.server.is_listening());

  w.server.add_fault(outage);
  w.server.stop();
  w.sleep(2h);
  EXPECT_FALSE(w.server.is_listening());
  w.server.start();
  EXPECT_TRUE(w.server.is_listening());
}

TEST(ServerFaults, AConnectionKeptOpenIsNoWayAroundARefusal) {
  world w;
  const auto story = [](world& in) -> runtime::awaitable<void> {
    using namespace runtime;
    tcp_socket socket(co_await asio::this_coro::executor);
    const tcp::endpoint there(asio::ip::address_v4::loopback(), in.server.port());
    co_await socket.async_connect(there, use_awaitable);
    co_await in.clock.sleep_until(start + 1s);
    in.add_fault("refuse_connections");
    co_await in.clock.sleep_until(start + 2s);
    char room[16];
    error_code error;
    co_await socket.async_read_some(asio::buffer(room), asio::redirect_error(use_awaitable, error));
    EXPECT_TRUE(error == asio::error::eof || error == asio::error::connection_reset);
  };
  w.run(story(w));
}

TEST(ServerFaults, TheSameSeedGivesTheSameFaults) {
  const auto pattern = [](std::uint64_t seed) {
    server_config config;
    config.seed = seed;
    world w(config);
    auto sometimes = w.rule("try_later");
    sometimes.probability = 0.5;
    w.server.add_fault(sometimes);
    std::string result;
    for (int i = 0; i < 24; ++i) {
      w.get("good");
      result += w.answered().back().fault.empty() ? '.' : 'x';
    }
    return result;
  };
  const auto first = pattern(5);
  EXPECT_EQ(first, pattern(5));
  EXPECT_NE(first, pattern(6));
  EXPECT_NE(first.find('x'), std::string::npos);
  EXPECT_NE(first.find('.'), std::string::npos);
}

TEST(ServerFaults, AStaleReplayIsWhatWasServedFirst) {
  world w;
  const auto first = w.get("good");
  w.sleep(24h);
  w.lab.ca().revoke("good", std::nullopt, w.clock.now());
  EXPECT_EQ(w.verdict(w.get("good"), "good"), ocsp_verdict::revoked);
  w.add_fault("stale_replay");
  EXPECT_EQ(w.get("good")->body, first->body);
  EXPECT_EQ(w.answered().back().this_update, start);
}

TEST(ServerFaults, FrozenHoldsOnToTheMomentAtWhichItIsSet) {
  world w;
  w.sleep(1h);
  w.add_fault("frozen");
  w.sleep(24h);
  w.lab.ca().revoke("good", std::nullopt, w.clock.now());
  EXPECT_EQ(w.verdict(w.get("good"), "good"), ocsp_verdict::good);
  EXPECT_EQ(w.answered().back().this_update, start + 1h);
}

TEST(ServerCache, HandsOutTheSameUntilItIsTooOldOrPurged) {
  world w;
  w.server.set_cache(4h);
  const auto first = w.get("good");
  w.lab.ca().revoke("good", std::nullopt, w.clock.now());
  w.sleep(3h);
  EXPECT_EQ(w.get("good")->body, first->body);
  EXPECT_EQ(w.answered().back().cached_for, 3h);
  EXPECT_EQ(w.answered().back().this_update, start);
  w.server.purge_cache();
  EXPECT_EQ(w.verdict(w.get("good"), "good"), ocsp_verdict::revoked);
  EXPECT_EQ(w.answered().back().cached_for, std::nullopt);
}

TEST(ServerCache, KeepsWhatAFaultMadeAndSparesTheResponderTheRest) {
  world w;
  w.server.set_cache(4h);
  auto once = w.rule("empty_body");
  once.count = 1;
  w.server.add_fault(once);
  EXPECT_EQ(w.get("good")->body, "");
  w.sleep(1h);
  EXPECT_EQ(w.get("good")->body, "");
  EXPECT_EQ(w.answered().back().fault, "empty_body");
  w.sleep(3h);
  EXPECT_EQ(w.verdict(w.get("good"), "good"), ocsp_verdict::good);
}

TEST(ServerFaults, AResponderFrozenFromTheBeginningRepeatsItsFirstAnswer) {
  world w;
  w.add_fault("stale_replay");
  const auto first = w.get("good");
  w.sleep(24h);
  EXPECT_EQ(w.get("good")->body, first->body);
}

TEST(ServerFaults, MatchesACertificateAMethodAndAPath) {
  world w;
  auto one_leaf = w.rule("unauthorized");
  one_leaf.match.serial = w.lab.cert("revoked").serial();
  w.server.add_fault(one_leaf);
  auto slashes = w.rule("http_status", parameters_for("http_status"));
  slashes.match.path_prefix = "//";
  w.server.add_fault(slashes);
  EXPECT_EQ(w.verdict(w.get("good"), "good"), ocsp_verdict::good);
  EXPECT_EQ(w.verdict(w.get("revoked"), "revoked"), ocsp_verdict::error_status);
  auto doubled = w.get_request("good");
  doubled.target = "/" + doubled.target;
  EXPECT_EQ(w.exchange(doubled)->status, 503);
}

}  // namespace
}  // namespace staplelab::responder
