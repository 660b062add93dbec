// The probe against OpenSSL's own server, with every kind of staple; and against peers that are no
// TLS servers at all.
#include "scenarios/probe.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <functional>
#include <memory>
#include <optional>
#include <ostream>
#include <string>
#include <vector>

#include "lab.hpp"
#include "pki/errors.hpp"
#include "pki/ocsp_spoil.hpp"
#include "runtime/byte_stream.hpp"
#include "runtime/listener.hpp"
#include "tests/pki/run_program.hpp"
#include "tests/scenarios/openssl_server.hpp"

namespace staplelab::scenarios {
namespace {

using test::lab;
using test::openssl_server;
using test::quiet_place;
using test::run_probe;
using test::wall_time;
using tests::temporary_directory;
using namespace std::chrono_literals;

struct staple_case {
  std::string name;
  std::function<std::optional<pki::bytes>(const lab&)> staple;
  probe_verdict verdict;
};

void PrintTo(const staple_case& what, std::ostream* out) {
  *out << what.name;
}

class ProbedStaple : public testing::TestWithParam<staple_case> {};

TEST_P(ProbedStaple, IsJudged) {
  const lab here(wall_time());
  openssl_server server(here, "server", GetParam().staple(here));
  probe_request request;
  request.address = server.address();
  request.roots = {here.root().cert};
  const auto found = run_probe(std::move(request));
  EXPECT_EQ(found.verdict, GetParam().verdict) << found.why;
  ASSERT_EQ(found.chain.size(), 1U);
  EXPECT_EQ(found.chain.front(), here.leaf("server").cert);
  EXPECT_TRUE(is_trusted(found.chain, {here.root().cert}, wall_time()));
  EXPECT_TRUE(found.must_staple);
  EXPECT_EQ(found.tls, "TLSv1.3");
  EXPECT_EQ(found.alert, std::nullopt);
}

const pki::cert_status good = pki::good_status();

INSTANTIATE_TEST_SUITE_P(
    Staples, ProbedStaple,
    testing::Values(
        staple_case{"none", [](const lab&) { return std::nullopt; }, probe_verdict::none},
        staple_case{"good", [](const lab& l) { return l.answer("server", good, -1h, 1h); },
                    probe_verdict::good},
        staple_case{"revoked",
                    [](const lab& l) {
                      const pki::revoked_status revoked{wall_time() - 2h, std::nullopt};
                      return l.answer("server", revoked, -1h, 1h);
                    },
                    probe_verdict::revoked},
        staple_case{"unknown",
                    [](const lab& l) { return l.answer("server", pki::unknown_status(), -1h, 1h); },
                    probe_verdict::unknown},
        staple_case{"expired", [](const lab& l) { return l.answer("server", good, -2h, -1h); },
                    probe_verdict::expired},
        staple_case{"not_yet_valid", [](const lab& l) { return l.answer("server", good, 1h, 2h); },
                    probe_verdict::not_yet_valid},
        staple_case{"of_another_certificate",
                    [](const lab& l) { return l.answer("plain", good, -1h, 1h); },
                    probe_verdict::wrong_cert},
        staple_case{"by_a_stranger",
                    [](const lab& l) { return l.answer_by(l.stranger(), "server", good, -1h, 1h); },
                    probe_verdict::unauthorized_signer},
        staple_case{"bad_signature",
                    [](const lab& l) {
                      return pki::with_broken_signature(l.answer("server", good, -1h, 1h));
                    },
                    probe_verdict::bad_signature},
        staple_case{
            "error_status",
            [](const lab&) { return pki::build_ocsp_error(pki::response_status::try_later); },
            probe_verdict::error_status}),
    [](const auto& given) { return given.param.name; });

TEST(Probe, GetsNoStapleThatItDidNotAskFor) {
  const lab here(wall_time());
  openssl_server server(here, "plain", here.answer("plain", good, -1h, 1h));
  probe_request request;
  request.address = server.address();
  request.status_request = false;
  const auto found = run_probe(std::move(request));
  EXPECT_EQ(found.verdict, probe_verdict::none);
  EXPECT_FALSE(found.must_staple);
}

TEST(Probe, SpeaksTheVersionThatItIsTold) {
  const lab here(wall_time());
  openssl_server server(here, "plain", here.answer("plain", good, -1h, 1h));
  probe_request request;
  request.address = server.address();
  request.roots = {here.root().cert};
  request.tls = tls_version::tls12;
  const auto found = run_probe(std::move(request));
  EXPECT_EQ(found.verdict, probe_verdict::good);
  EXPECT_EQ(found.tls, "TLSv1.2");
}

TEST(Probe, TellsTheAlertOfAServerThatRefuses) {
  const lab here(wall_time());
  openssl_server server(here, "plain", std::nullopt, {"-tls1_3"});
  probe_request request;
  request.address = server.address();
  request.tls = tls_version::tls12;
  const auto found = run_probe(std::move(request));
  EXPECT_EQ(found.verdict, probe_verdict::handshake_failed);
  EXPECT_EQ(found.alert, 70);  // protocol_version
  EXPECT_EQ(found.tls, "");
}

TEST(Probe, SendsTheServerName) {
  const lab here(wall_time());
  const lab elsewhere(wall_time());
  const auto other = elsewhere.leaf("plain");
  const temporary_directory files;
  openssl_server server(
      here, "server", std::nullopt,
      {"-servername", "plain.example", "-cert2", files.file("other.pem", other.cert.to_pem()),
       "-key2", files.file("other.key", other.key.to_pem())});
  probe_request request;
  request.address = server.address();
  request.sni = "plain.example";
  const auto found = run_probe(std::move(request));
  ASSERT_FALSE(found.chain.empty());
  EXPECT_EQ(found.chain.front(), other.cert);
}

TEST(Probe, NeedsTheIssuerToJudge) {
  const lab here(wall_time());
  openssl_server server(here, "server", here.answer("server", good, -1h, 1h));
  probe_request request;
  request.address = server.address();
  request.roots = {here.stranger().cert};
  const auto found = run_probe(std::move(request));
  EXPECT_EQ(found.verdict, probe_verdict::unauthorized_signer);
  EXPECT_EQ(found.staple, std::nullopt);
}

TEST(Probe, TrustsAChainOnlyToItsOwnRootAndWithinItsValidity) {
  const lab here(wall_time());
  const std::vector chain{here.leaf("server").cert};
  const std::vector root{here.root().cert};
  EXPECT_TRUE(is_trusted(chain, root, wall_time()));
  EXPECT_FALSE(is_trusted(chain, {here.stranger().cert}, wall_time()));
  EXPECT_FALSE(is_trusted(chain, {}, wall_time()));
  EXPECT_FALSE(is_trusted({}, root, wall_time()));
  EXPECT_FALSE(is_trusted(chain, root, chain.front().not_after() + 1s));
}

TEST(Probe, RefusesANameThatTlsCannotCarry) {
  probe_request request;
  request.sni = std::string(256, 'a');
  EXPECT_THROW(run_probe(std::move(request)), pki::input_error);
}

// -- peers that are no TLS servers --------------------------------------------------------------

using behaviour = std::function<runtime::awaitable<void>(runtime::tcp_stream&, runtime::clock&)>;

runtime::awaitable<void> say_garbage(runtime::tcp_stream& client, runtime::clock&) {
  co_await client.write("HTTP/1.1 400 Bad Request\r\n\r\n");
  co_await client.finish();
}
runtime::awaitable<void> close_at_once(runtime::tcp_stream&, runtime::clock&) {
  co_return;
}
runtime::awaitable<void> reset_at_once(runtime::tcp_stream& client, runtime::clock&) {
  client.reset();
  co_return;
}
runtime::awaitable<void> say_nothing(runtime::tcp_stream& client, runtime::clock& time) {
  const auto idle = time.idle(client.connection());
  co_await time.sleep_until(time.now() + 24h);
}
runtime::awaitable<void> send_an_alert(runtime::tcp_stream& client, runtime::clock&) {
  const std::string internal_error("\x15\x03\x03\x00\x02\x02\x50", 7);
  co_await client.write(internal_error);
  co_await client.finish();
}
runtime::awaitable<void> send_half_a_record(runtime::tcp_stream& client, runtime::clock&) {
  const std::string half("\x16\x03\x03\x00\x7a\x02", 6);
  co_await client.write(half);
}

struct peer_case {
  std::string name;
  behaviour does;
  starttls entry;
  std::optional<int> alert;
};

void PrintTo(const peer_case& what, std::ostream* out) {
  *out << what.name;
}

class ProbedPeer : public testing::TestWithParam<peer_case> {};

TEST_P(ProbedPeer, FailsTheHandshake) {
  quiet_place place;
  const auto does = GetParam().does;
  auto& time = place.time;
  const auto serve = [&](runtime::tcp_socket socket,
                         runtime::connection_id port) -> runtime::awaitable<void> {
    runtime::tcp_stream client(std::move(socket), port);
    co_await does(client, time);
  };
  const runtime::tcp::endpoint any(runtime::asio::ip::address_v4::loopback(), 0);
  runtime::listener listener(place.where, any, serve, 4);
  probe_request request;
  request.address = listener.local_endpoint();
  request.entry = GetParam().entry;
  std::optional<probe_result> found;
  const auto ask = [](runtime::clock& clock, probe_request what,
                      std::optional<probe_result>& into) -> runtime::awaitable<void> {
    into = co_await probe(clock, std::move(what));
  };
  place.run(ask(time, std::move(request), found));
  ASSERT_TRUE(found);
  EXPECT_EQ(found->verdict, probe_verdict::handshake_failed);
  EXPECT_EQ(found->alert, GetParam().alert);
  EXPECT_THAT(found->chain, testing::IsEmpty());
  EXPECT_EQ(found->tls, "");
  EXPECT_NE(found->why, "");
}

INSTANTIATE_TEST_SUITE_P(
    Peers, ProbedPeer,
    testing::Values(peer_case{"garbage", say_garbage, starttls::none, {}},
                    peer_case{"closes", close_at_once, starttls::none, {}},
                    peer_case{"resets", reset_at_once, starttls::none, {}},
                    peer_case{"is_silent", say_nothing, starttls::none, {}},
                    peer_case{"sends_an_alert", send_an_alert, starttls::none, 80},
                    peer_case{"sends_half_a_record", send_half_a_record, starttls::none, {}},
                    peer_case{"is_silent_before_tls", say_nothing, starttls::smtp, {}},
                    peer_case{"closes_before_tls", close_at_once, starttls::nats, {}},
                    peer_case{"speaks_another_protocol", say_garbage, starttls::imap, {}}),
    [](const auto& given) { return given.param.name; });

TEST(Probe, IsRefusedWhereNobodyListens) {
  quiet_place place;
  runtime::tcp_acceptor bound(place.where);
  bound.open(runtime::tcp::v4());
  bound.bind({runtime::asio::ip::address_v4::loopback(), 0});
  probe_request request;
  request.address = bound.local_endpoint();
  std::optional<probe_result> found;
  const auto ask = [](runtime::clock& clock, probe_request what,
                      std::optional<probe_result>& into) -> runtime::awaitable<void> {
    into = co_await probe(clock, std::move(what));
  };
  place.run(ask(place.time, std::move(request), found));
  ASSERT_TRUE(found);
  EXPECT_EQ(found->verdict, probe_verdict::refused);
  EXPECT_EQ(place.time.now(), test::start);
}

}  // namespace
}  // namespace staplelab::scenarios
