// Whole examinations over loopback in simulated time, mostly of our own responder.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "world.hpp"

namespace staplelab::conform::test {
namespace {

using testing::HasSubstr;

class OurResponder : public testing::TestWithParam<std::tuple<profile, bool>> {};

TEST_P(OurResponder, BreaksNoMust) {
  const auto [held_to, delegated] = GetParam();
  world w;
  our_responder ours(w, held_to, delegated);
  const auto done = w.examine(target_of(held_to), ours.server.local_endpoint());
  EXPECT_TRUE(done.reached);
  EXPECT_EQ(done.checks.size(), all_checks().size());
  for (const checked& each : done.checks) {
    EXPECT_FALSE(each.found.verdict == verdict::fail && each.at == level::must)
        << each.what->id() << " " << each.what->title << ": " << each.found.why;
    if (each.found.verdict == verdict::skip) {
      EXPECT_THAT(each.found.why, testing::Not(HasSubstr("stopped"))) << each.what->id();
    }
  }
  EXPECT_GE(count(done).passed, 45u);
  EXPECT_LT(done.exchanges, examination_limits().exchanges);
}

INSTANTIATE_TEST_SUITE_P(Profiles, OurResponder,
                         testing::Combine(testing::Values(profile::rfc6960, profile::rfc9919,
                                                          profile::webpki),
                                          testing::Bool()),
                         [](const auto& info) {
                           return std::string(to_string(std::get<0>(info.param))) +
                                  (std::get<1>(info.param) ? "_delegate" : "_issuer");
                         });

// Under a CA whose key is longer than P-256, R49 forbids what R61 would ask for first: the check
// has to ask for something that a sound responder may grant.
class SizeOfKey : public testing::TestWithParam<std::tuple<pki::key_type, const char*>> {};

TEST_P(SizeOfKey, R61AsksForNothingThatR49Forbids) {
  const auto [type, other] = GetParam();
  auto ca = pki::mini_ca::in_memory(pki::mini_ca::random_serials());
  ca.add_authority({"ca", "", type, start - 24h, start + 24h * 3650});
  pki::issue_description leaf;
  leaf.name = "leaf";
  leaf.issuer = "ca";
  leaf.not_before = start - 24h;
  leaf.not_after = start + 24h * 90;
  const auto cert = ca.issue(leaf, start).cert;
  responder::server_config config;
  config.policy.profile = responder::profile::rfc6960;
  config.policy.validity = 96h;
  config.authorities.push_back({.issuer = ca.authority("ca"), .delegate = std::nullopt});
  world w;
  responder::server server(w.io.get_executor(), w.clock, ca, std::move(config),
                           [](const responder::event&) {});
  target what = target_of(profile::rfc6960);
  what.issuer = ca.authority("ca").cert;
  what.leaf = cert;
  what.revoked.reset();
  const auto done = w.examine(what, server.local_endpoint(), {.left_out = {20, 48}});
  server.stop();
  w.run(server.join());
  for (const int number : {49, 61})
    EXPECT_EQ(find(done, number).found.verdict, verdict::pass) << find(done, number).found.why;
  EXPECT_THAT(find(done, 61).found.why, HasSubstr(other));
}

INSTANTIATE_TEST_SUITE_P(
    Keys, SizeOfKey,
    testing::Values(std::tuple{pki::key_type::p256, "ecdsa-with-SHA384"},
                    std::tuple{pki::key_type::p384, "ecdsa-with-SHA512"},
                    std::tuple{pki::key_type::rsa3072, "sha384WithRSAEncryption"}),
    [](const auto& info) { return std::string(pki::to_string(std::get<0>(info.param))); });

TEST(Examination, NothingListens) {
  world w;
  std::optional<runtime::tcp::endpoint> address;
  {
    our_responder gone(w, profile::rfc6960, false);
    address = gone.server.local_endpoint();
  }
  const auto done = w.examine(target_of(profile::rfc6960), *address);
  EXPECT_FALSE(done.reached);
  EXPECT_EQ(done.exchanges, 1u);
  EXPECT_THAT(find(done, 64).found.why, HasSubstr("no connection"));
}

TEST(Examination, AnotherAddressIsTriedWhereNothingListens) {
  world w;
  std::optional<runtime::tcp::endpoint> nobody;
  {
    our_responder gone(w, profile::rfc6960, false);
    nobody = gone.server.local_endpoint();
  }
  our_responder ours(w, profile::rfc6960, false);
  const auto done =
      w.examine(target_of(profile::rfc6960), std::vector{*nobody, ours.server.local_endpoint()});
  EXPECT_TRUE(done.reached);
  EXPECT_EQ(find(done, 21).found.verdict, verdict::pass);
}

// A backlog that is full leaves a connection unfinished, as a firewall does that drops packets.
TEST(Examination, WhoNeverTakesAConnectionIsNotReached) {
  world w;
  runtime::tcp_acceptor deaf(w.io);
  deaf.open(runtime::tcp::v4());
  deaf.bind({runtime::asio::ip::address_v4::loopback(), 0});
  deaf.listen(0);
  std::vector<runtime::tcp_socket> waiting;
  waiting.reserve(8);
  for (int i = 0; i < 8; ++i) {
    auto& socket = waiting.emplace_back(w.io.get_executor());
    socket.async_connect(deaf.local_endpoint(), [](runtime::error_code) {});
  }
  const auto done = w.examine(target_of(profile::rfc6960), deaf.local_endpoint());
  EXPECT_FALSE(done.reached);
  EXPECT_EQ(done.took, 5s);
  EXPECT_THAT(find(done, 64).found.why, HasSubstr("no connection"));
}

TEST(Examination, R20TellsOfAResponderThatGoesAway) {
  world w;
  our_responder ours(w, profile::rfc6960, false);
  auto outage = rule("refuse_connections");
  outage.window = {start + 5s, std::nullopt};  // while the slow body drips
  ASSERT_TRUE(ours.server.add_fault(outage));
  const auto done = w.examine(target_of(profile::rfc6960), ours.server.local_endpoint());
  EXPECT_EQ(find(done, 20).found.verdict, verdict::fail);
  EXPECT_THAT(find(done, 20).found.why, HasSubstr("stopped answering after check R20"));
  EXPECT_EQ(find(done, 1).found.verdict, verdict::skip);
  EXPECT_THAT(find(done, 1).found.why, HasSubstr("stopped answering after check R20"));
  EXPECT_EQ(find(done, 21).found.verdict, verdict::pass);
}

TEST(Examination, R65FailsAloneWhereOnlyGetHangs) {
  world w;
  our_responder ours(w, profile::rfc6960, false);
  auto hanging = rule("hang");
  hanging.match.method = "GET";
  ASSERT_TRUE(ours.server.add_fault(hanging));
  const auto done = w.examine(target_of(profile::rfc6960), ours.server.local_endpoint());
  EXPECT_EQ(find(done, 65).found.verdict, verdict::fail);
  EXPECT_EQ(find(done, 66).found.verdict, verdict::skip);
  EXPECT_EQ(find(done, 21).found.verdict, verdict::pass);
  EXPECT_EQ(find(done, 1).found.verdict, verdict::pass) << find(done, 1).found.why;
  EXPECT_LT(done.took, 60s);
}

TEST(Examination, R21FailsForABadSignature) {
  world w;
  our_responder ours(w, profile::rfc6960, false);
  ASSERT_TRUE(ours.server.add_fault(rule("bad_signature")));
  const auto done = w.examine(target_of(profile::rfc6960), ours.server.local_endpoint());
  EXPECT_EQ(find(done, 21).found.verdict, verdict::fail);
  EXPECT_EQ(find(done, 22).found.verdict, verdict::pass);
}

TEST(Examination, TheNumberOfExchangesIsLimited) {
  for (const std::size_t limit : {5u, 6u}) {
    world w;
    our_responder ours(w, profile::rfc6960, false);
    const auto done =
        w.examine(target_of(profile::rfc6960), ours.server.local_endpoint(), {.exchanges = limit});
    EXPECT_EQ(done.exchanges, limit);
    EXPECT_THAT(find(done, 1).found.why, HasSubstr("exchanges were used up"));
  }
}

TEST(Examination, TheTimeIsLimited) {
  world w;
  our_responder ours(w, profile::rfc6960, false);
  const auto done =
      w.examine(target_of(profile::rfc6960), ours.server.local_endpoint(), {.whole = 3s});
  EXPECT_LE(done.took, 3s);
  EXPECT_EQ(find(done, 21).found.verdict, verdict::pass);
  EXPECT_THAT(find(done, 1).found.why, HasSubstr("the time for the whole run, 3 s"));
}

TEST(Examination, WhatIsLeftOutIsSkipped) {
  world w;
  our_responder ours(w, profile::rfc6960, false);
  const auto done =
      w.examine(target_of(profile::rfc6960), ours.server.local_endpoint(), {.left_out = {20, 48}});
  EXPECT_EQ(find(done, 20).found.verdict, verdict::skip);
  EXPECT_LT(done.took, 10s);
}

}  // namespace
}  // namespace staplelab::conform::test
