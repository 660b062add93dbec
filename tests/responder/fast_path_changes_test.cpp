// What others do while the fast path answers: changes in the books, new signers, clocks that are
// set back, strangers who ask in unusual ways.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "fast_world.hpp"
#include "pki/errors.hpp"
#include "responder/answer_maker.hpp"
#include "responder/fast_path.hpp"
#include "responder/producer.hpp"
#include "runtime/task_group.hpp"

namespace staplelab::responder {
namespace {

using namespace test;
using pki::ocsp_verdict;
using testing::HasSubstr;
using testing::StartsWith;

// One page with the certificates of these names.
producer_config pages_of(const world& w, const std::vector<std::string>& leaves) {
  producer_config config;
  config.pages = [&w, leaves]() -> id_pages {
    return [&w, left = leaves]() mutable {
      std::vector<pki::bytes> page;
      for (const auto& leaf : std::exchange(left, {}))
        page.push_back(w.lab.id(leaf).der);
      return page;
    };
  };
  return config;
}

TEST_F(FastProduction, ForgetsARevocationInTheMiddleOfAProductionNever) {
  w->sleep(1min);
  const auto begun = w->clock.now();
  w->sleep(1s);
  revoke("good", w->clock.now());
  EXPECT_EQ(w->verdict(w->get("held"), "held"), ocsp_verdict::revoked);  // it is noticed
  const std::atomic<bool> stop{false};
  EXPECT_EQ(produce(fast, w->clock, pages_of(*w, {"good"}), begun, stop), 1u);
  EXPECT_EQ(w->verdict(w->get("good"), "good"), ocsp_verdict::revoked);
  EXPECT_EQ(fast.requests(), 2u);
}

TEST_F(FastProduction, KeepsNothingForAMomentBeforeAChange) {
  w->sleep(1min);
  const auto looked_at_the_clock = w->clock.now();
  w->sleep(2ms);
  revoke("good", w->clock.now());
  EXPECT_EQ(w->verdict(w->get("held"), "held"), ocsp_verdict::revoked);
  answer_maker held_up(fast);
  held_up.make_ready(w->lab.id("good").der, looked_at_the_clock);
  EXPECT_EQ(w->verdict(w->get("good"), "good"), ocsp_verdict::revoked);
}

TEST_F(FastProduction, IsRightAfterAClockThatWasSetBack) {
  w->sleep(1min);
  revoke("good", w->clock.now());
  EXPECT_EQ(w->verdict(w->get("good"), "good"), ocsp_verdict::revoked);
  w->responders_clock.set_offset(-10s);
  for (int second = 0; second < 12; ++second) {
    EXPECT_EQ(w->talk(get_text("good")), in_full(get_text("good"))) << second;
    w->sleep(1s);
  }
  EXPECT_EQ(w->verdict(w->get("good"), "good"), ocsp_verdict::revoked);
}

TEST_F(FastProduction, MakesWhatIsMissingNowBesideTheNextTurns) {
  const std::atomic<bool> stop{false};
  const auto turn = start + 1h;
  EXPECT_EQ(produce(fast, w->clock, pages_of(*w, {"good", "held"}), turn, stop), 2u);
  const auto first = w->talk(get_text("good"));
  EXPECT_EQ(w->talk(get_text("good")), first);
  EXPECT_EQ(fast.requests(), 2u);
  EXPECT_EQ(first, in_full(get_text("good")));
  w->sleep(1h);
  const auto second = w->talk(get_text("good"));
  EXPECT_EQ(fast.requests(), 3u);
  EXPECT_EQ(second, in_full(get_text("good")));
}

TEST_F(FastProduction, EndsWhenTheBooksCannotBeOpened) {
  fast_path unreadable(
      {.open_book = []() -> std::unique_ptr<pki::status_book> { throw pki::store_error("no"); },
       .changes = [] { return std::vector<outdated_answer>(); }});
  const std::atomic<bool> stop{false};
  EXPECT_EQ(produce(unreadable, w->clock, pages_of(*w, {"good"}), start, stop), 0u);
}

// Sent with other parameters of the hash than NULL; they are echoed.
TEST_F(FastPath, IsNotFilledByStrangers) {
  const auto id = w->lab.id("good").der;
  const pki::bytes null{0x05, 0x00};
  const auto at = std::search(id.begin(), id.end(), null.begin(), null.end()) - id.begin();
  for (std::uint8_t i = 0; i < 100; ++i) {
    auto other = id;
    const pki::bytes parameters{0x04, 0x01, i};
    other.erase(other.begin() + at, other.begin() + at + 2);
    other.insert(other.begin() + at, parameters.begin(), parameters.end());
    ++other[1], ++other[3];
    const auto body = as_text(plain_request(other));
    const auto octets = "POST / HTTP/1.1\r\nHost: a\r\nConnection: close\r\nContent-Length: " +
                        std::to_string(body.size()) + "\r\n\r\n" + body;
    ASSERT_THAT(w->talk(octets), HasSubstr("max-age=")) << int(i);
  }
  EXPECT_LE(fast.ready().size(), 4u);
}

// Somebody makes the answer that the new signer signs, while one with a nonce is under way.
TEST_F(FastPath, SignsWithWhoeverSignedWhatIsReady) {
  EXPECT_EQ(w->verdict(w->post("good", nonce_of(8)), "good"), ocsp_verdict::good);
  w->sleep(1s);
  auto who = w->lab.direct();
  who.delegate = w->lab.issue("delegate", "issuing", pki::certificate_role::ocsp_signer);
  answer_maker other(fast);
  bool is_done = false;
  before_look_up = [&] {
    if (std::exchange(is_done, true)) return;
    w->server.set_signer(who, signer_choice::fit_only);
    other.make_ready(w->lab.id("good").der, w->clock.now());
  };
  EXPECT_EQ(w->verdict(w->post("good", nonce_of(8)), "good"), ocsp_verdict::good);
}

runtime::tcp_socket connected_to(runtime::executor where, std::uint16_t port) {
  runtime::tcp_socket socket(where);
  socket.connect({runtime::asio::ip::address_v4::loopback(), port});
  return socket;
}

bool was_closed(runtime::tcp_socket& client) {
  client.non_blocking(true);
  char octet = 0;
  runtime::error_code error;
  client.read_some(runtime::asio::buffer(&octet, 1), error);
  return error == runtime::asio::error::eof;
}

TEST_F(FastPath, AdoptsNoConnectionsBeyondItsLimitsNorWhileItRefuses) {
  server_config config;
  config.limits.connections = 1;
  config.limits.adopted = 2;
  world narrow(std::move(config));
  const auto where = narrow.io.get_executor();
  runtime::tcp_acceptor door(where, {runtime::asio::ip::address_v4::loopback(), 0});
  const auto adopted = [&] {
    auto client = connected_to(where, door.local_endpoint().port());
    narrow.server.adopt(door.accept(), "");
    narrow.sleep(0ms);
    return client;
  };
  std::vector<runtime::tcp_socket> clients;
  for (int i = 0; i < 3; ++i) {
    clients.push_back(adopted());
    EXPECT_FALSE(was_closed(clients.back())) << i;
  }
  auto one_more = adopted();
  EXPECT_TRUE(was_closed(one_more));
  narrow.add_fault("refuse_connections");
  narrow.sleep(1ms);
  EXPECT_TRUE(was_closed(clients.front()));
  auto another = adopted();
  EXPECT_TRUE(was_closed(another));
}

TEST_F(FastPath, MayEndWhileConnectionsAreOpen) {
  runtime::virtual_clock clock(start);
  auto io = std::make_unique<runtime::asio::io_context>(1);
  server_config config;
  config.authorities.push_back(w->lab.direct());
  config.fast = &fast;
  auto ending =
      std::make_unique<server>(io->get_executor(), clock, w->lab.ca(), std::move(config), nullptr);
  auto client = connected_to(w->io.get_executor(), ending->port());
  runtime::asio::write(client, runtime::asio::buffer("GET /", 5));
  for (int i = 0; i < 100; ++i)
    io->poll();
  ending.reset();
  io.reset();  // ends what was being served
}

TEST_F(FastRsa, AnswersWhatCameJustBeforeTheTimeLimit) {
  auto client = connected_to(w->io.get_executor(), w->server.port());
  w->sleep(59s + 999ms);
  runtime::asio::write(client, runtime::asio::buffer(post_text("good", nonce_of(8))));
  w->sleep(2s);
  client.non_blocking(true);
  std::string heard(15, '\0');
  runtime::error_code error = runtime::asio::error::would_block;
  for (; error == runtime::asio::error::would_block; w->sleep(0s))
    client.read_some(runtime::asio::buffer(heard), error);
  EXPECT_FALSE(error) << error.message();
  EXPECT_THAT(heard, StartsWith("HTTP/1.1 200 OK"));
}

}  // namespace
}  // namespace staplelab::responder
