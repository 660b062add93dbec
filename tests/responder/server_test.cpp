#include "responder/server.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "pki/errors.hpp"
#include "world.hpp"

namespace staplelab::responder {
namespace {

using namespace test;
using pki::ocsp_verdict;
using runtime::exchange_failure;
using testing::ElementsAre;
using testing::IsEmpty;

std::size_t occurrences(std::string_view text, std::string_view what) {
  std::size_t count = 0;
  for (auto at = text.find(what); at != text.npos; at = text.find(what, at + 1))
    ++count;
  return count;
}

TEST(Server, AnswersGetAndPostWithEveryStatus) {
  world w;
  for (const auto& [leaf, verdict] :
       {std::pair{"good", ocsp_verdict::good}, std::pair{"revoked", ocsp_verdict::revoked},
        std::pair{"held", ocsp_verdict::revoked}}) {
    EXPECT_EQ(w.verdict(w.get(leaf), leaf), verdict) << leaf;
    EXPECT_EQ(w.verdict(w.post(leaf), leaf), verdict) << leaf;
  }
}

TEST(Server, RecordsWhatItWasAskedAndWhatItSaid) {
  world w;
  w.sleep(90s);
  w.post("revoked", nonce_of(16));
  ASSERT_EQ(w.answered().size(), 1u);
  const auto record = w.answered().front();
  EXPECT_EQ(record.at, start + 90s);
  EXPECT_EQ(record.method, "POST");
  EXPECT_EQ(record.http_version, 11);
  EXPECT_THAT(record.serials, ElementsAre(w.lab.cert("revoked").serial()));
  EXPECT_TRUE(record.nonce);
  EXPECT_EQ(record.hash, pki::hash_algorithm::sha1);
  EXPECT_EQ(record.status, pki::response_status::successful);
  ASSERT_EQ(record.said.size(), 1u);
  EXPECT_TRUE(std::holds_alternative<pki::revoked_status>(record.said[0].status));
  EXPECT_EQ(record.this_update, start + 90s);
  EXPECT_EQ(record.next_update, start + 90s + w.server.policy().validity);
  EXPECT_EQ(record.http_status, 200);
  EXPECT_GT(record.octets, 100u);
  EXPECT_EQ(record.fault, "");
}

TEST(Server, RecordsRequestsThatAreNone) {
  world w;
  runtime::http_request request;
  request.method = "GET";
  request.target = "/favicon.ico";
  EXPECT_EQ(w.exchange(request)->status, 400);
  const auto record = w.answered().front();
  EXPECT_EQ(record.target, "/favicon.ico");
  EXPECT_THAT(record.serials, IsEmpty());
  EXPECT_EQ(record.status, std::nullopt);
  EXPECT_EQ(record.http_status, 400);
}

TEST(Server, SpeaksHttp10AndClosesThen) {
  world w;
  const auto heard = w.talk("GET " + w.get_request("good").target + " HTTP/1.0\r\n\r\n");
  EXPECT_TRUE(heard.starts_with("HTTP/1.0 200 ")) << heard.substr(0, 40);
  const auto body = heard.substr(heard.find("\r\n\r\n") + 4);
  EXPECT_EQ(
      pki::verify_ocsp(as_octets(body), w.lab.cert("good"), w.lab.issuer(), {}, start).verdict,
      ocsp_verdict::good);
  EXPECT_EQ(w.answered().front().http_version, 10);
}

TEST(Server, R77KeepsTheConnectionAndAnswersPipelinedRequestsInOrder) {
  world w;
  const auto line = [&](std::string_view leaf) {
    return "GET " + w.get_request(leaf).target + " HTTP/1.1\r\nHost: x\r\n";
  };
  const auto heard = w.talk(line("good") + "\r\n" + line("revoked") + "\r\n" + line("held") +
                            "Connection: close\r\n\r\n");
  EXPECT_EQ(occurrences(heard, "HTTP/1.1 200 OK\r\n"), 3u);
  const auto answered = w.answered();
  ASSERT_EQ(answered.size(), 3u);
  EXPECT_THAT(answered[0].serials, ElementsAre(w.lab.cert("good").serial()));
  EXPECT_THAT(answered[1].serials, ElementsAre(w.lab.cert("revoked").serial()));
  EXPECT_THAT(answered[2].serials, ElementsAre(w.lab.cert("held").serial()));
  EXPECT_EQ(answered[0].client_port, answered[2].client_port);
}

TEST(Server, R77ExpectContinueAndChunkedPosts) {
  world w;
  const auto body = w.post_request("good").body;
  const auto size = [](std::size_t octets) {
    std::string hex = pki::to_hex(pki::bytes{static_cast<std::uint8_t>(octets)});
    return hex;
  };
  ASSERT_LT(body.size(), 200u);
  const auto heard = w.talk(
      "POST / HTTP/1.1\r\nHost: x\r\nExpect: 100-continue\r\nTransfer-Encoding: chunked\r\n"
      "Connection: close\r\n\r\n" +
      size(10) + "\r\n" + body.substr(0, 10) + "\r\n" + size(body.size() - 10) + "\r\n" +
      body.substr(10) + "\r\n0\r\n\r\n");
  EXPECT_NE(heard.find("HTTP/1.1 200 OK\r\n"), std::string::npos) << heard.substr(0, 200);
  EXPECT_EQ(w.answered().front().status, pki::response_status::successful);
}

TEST(Server, R68_R77HeadIsGetWithoutABodyAndOthersAreNotAllowed) {
  world w;
  auto head = w.get_request("good");
  head.method = "HEAD";
  const auto bodiless = w.exchange(head);
  ASSERT_TRUE(bodiless);
  EXPECT_EQ(bodiless->body, "");
  EXPECT_GT(std::stoi(std::string(*bodiless->fields.find("Content-Length"))), 100);
  EXPECT_EQ(w.answered().front().octets, 0u);

  auto put = w.get_request("good");
  put.method = "PUT";
  const auto refused = w.exchange(put);
  ASSERT_TRUE(refused);
  EXPECT_EQ(refused->status, 405);
  EXPECT_EQ(refused->fields.find("Allow"), "GET, HEAD, POST");
}

TEST(Server, R66DoubleSlashesInARawTargetReachTheDecoder) {
  server_config config;
  config.policy.profile = profile::rfc6960;  // says unknown of serials that were never issued
  world w(config);
  std::string target;
  pki::serial_number serial;
  for (std::uint8_t i = 1; target.find("//") == std::string::npos; ++i) {
    const std::uint8_t magnitude[] = {0x7f, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, i};
    serial = pki::serial_number::from_magnitude(magnitude);
    const auto id = pki::cert_id::of(serial, w.lab.issuer(), pki::hash_algorithm::sha1);
    target = base64(pki::build_ocsp_request(id, std::nullopt));
  }
  runtime::http_request request;
  request.method = "GET";
  request.target = "/" + target;
  ASSERT_TRUE(w.exchange(request));
  EXPECT_THAT(w.answered().front().serials, ElementsAre(serial));
  EXPECT_THAT(w.answered().front().said, ElementsAre(said_status{serial, pki::unknown_status{}}));
}

TEST(Server, R76AnUnchangedAnswerIsNotSentAgain) {
  world w;
  const auto first = w.get("good");
  auto again = w.get_request("good");
  again.fields.set("If-None-Match", *first->fields.find("ETag"));
  EXPECT_EQ(w.exchange(again)->status, 304);
  w.lab.ca().revoke("good", std::nullopt, start);
  EXPECT_EQ(w.exchange(again)->status, 200);
}

TEST(Server, ServesBelowAPathPrefixOnly) {
  server_config config;
  config.path_prefixes = {"/ocsp"};
  world w(config);
  auto request = w.get_request("good");
  EXPECT_EQ(w.exchange(request)->status, 404);
  request.target = "/ocsp" + request.target;
  EXPECT_EQ(w.verdict(w.exchange(request), "good"), ocsp_verdict::good);
}

TEST(Server, ServesBelowTheLongestPrefixThatFits) {
  server_config config;
  config.path_prefixes = {"", "/ocsp", "/ocsp/new"};
  world w(config);
  const auto plain = w.get_request("good");
  for (const std::string prefix : {"", "/ocsp", "/ocsp/new"}) {
    auto request = plain;
    request.target = prefix + plain.target;
    EXPECT_EQ(w.verdict(w.exchange(request), "good"), ocsp_verdict::good) << prefix;
    auto post = w.post_request("good");
    post.target = prefix.empty() ? "/" : prefix;
    EXPECT_EQ(w.verdict(w.exchange(post), "good"), ocsp_verdict::good) << prefix;
  }
}

TEST(Server, AnswersByItsOwnClock) {
  world w({}, 1h);
  const auto result = w.get("good");
  EXPECT_EQ(w.verdict(result, "good"), ocsp_verdict::not_yet_valid);
  EXPECT_EQ(result->fields.find("Date"), "Sun, 01 Mar 2026 01:00:00 GMT");
}

TEST(Server, R48AnswersWithoutWaitingForAnything) {
  world w;
  auto request = w.post_request("good");
  const std::vector<pki::cert_id> ids(answer_policy().max_certificates, w.lab.id("revoked"));
  request.body = as_text(encoded(request_for(ids).get()));
  ASSERT_TRUE(w.exchange(request));
  EXPECT_EQ(w.answered().front().said.size(), ids.size());
  EXPECT_EQ(w.clock.now(), start);
}

// -- limits (R20) --------------------------------------------------------------------------------

TEST(ServerLimits, R20BodyHeaderAndTarget) {
  world w;
  auto request = w.post_request("good");
  request.body = std::string(64 * 1024, '0');
  EXPECT_EQ(w.exchange(request)->status, 200);
  EXPECT_EQ(w.answered().back().status, pki::response_status::malformed_request);
  request.body += '0';
  EXPECT_EQ(w.exchange(request)->status, 413);

  auto get = w.get_request("good");
  get.target = "/" + std::string(8 * 1024, 'A');
  EXPECT_EQ(w.exchange(get)->status, 414);
  get.target = "/" + std::string(20 * 1024, 'A');
  EXPECT_EQ(w.exchange(get)->status, 431);
}

// A connection that the server has not accepted cannot be idle to the clock, so the second client
// asks without holding it.
runtime::awaitable<void> ask_without_hold(world& in, runtime::time_point& answered) {
  using namespace runtime;
  tcp_socket socket(co_await asio::this_coro::executor);
  const tcp::endpoint there(asio::ip::address_v4::loopback(), in.server.port());
  co_await in.clock.sleep_until(start + 1s);
  co_await socket.async_connect(there, use_awaitable);
  const auto octets = runtime::serialise(in.get_request("good"));
  co_await asio::async_write(socket, asio::buffer(octets), use_awaitable);
  char room[16];
  co_await socket.async_read_some(asio::buffer(room), use_awaitable);
  answered = in.clock.now();
}

runtime::awaitable<void> ask_for_long(world& in) {
  runtime::http_url url;
  url.host = "127.0.0.1";
  url.port = in.server.port();
  auto asking = runtime::http_exchange(in.clock, url, in.post_request("good"), {}, start + 1h);
  EXPECT_TRUE(co_await std::move(asking));
}

TEST(ServerLimits, ConnectionsBeyondTheLimitWaitAndAreServedLater) {
  server_config config;
  config.limits.connections = 1;
  world w(config);
  fault_parameters ten_minutes;
  ten_minutes.by = 10min;
  auto once = w.rule("delay", ten_minutes);
  once.match.method = "POST";
  w.server.add_fault(once);
  const auto story = [](world& in, runtime::time_point& answered) -> runtime::awaitable<void> {
    using namespace runtime::asio::experimental::awaitable_operators;
    co_await (ask_for_long(in) && ask_without_hold(in, answered));
  };
  runtime::time_point answered;
  w.run(story(w, answered));
  EXPECT_GE(answered, start + 10min);
}

TEST(ServerLimits, ConnectionsUpToTheLimitAreServedAtOnce) {
  server_config config;
  config.limits.connections = 2;
  world w(config);
  auto hanging = w.rule("hang");
  hanging.match.method = "POST";
  w.server.add_fault(hanging);
  const auto story = [](world& in) -> runtime::awaitable<void> {
    using namespace runtime;
    tcp_socket silent(co_await asio::this_coro::executor);
    const tcp::endpoint there(asio::ip::address_v4::loopback(), in.server.port());
    co_await silent.async_connect(there, use_awaitable);
    http_url url;
    url.host = "127.0.0.1";
    url.port = in.server.port();
    auto asking = http_exchange(in.clock, url, in.get_request("good"), {}, start + 1h);
    EXPECT_TRUE(co_await std::move(asking));
    EXPECT_EQ(in.clock.now(), start);
  };
  w.run(story(w));
}

TEST(ServerLimits, R20ASlowRequestIsCutOff) {
  server_config config;
  config.limits.http.message_timeout = 5s;
  world w(config);
  runtime::duration took{};
  const auto story = [](world& in, runtime::duration& length) -> runtime::awaitable<void> {
    using namespace runtime;
    tcp_socket socket(co_await asio::this_coro::executor);
    const tcp::endpoint there(asio::ip::address_v4::loopback(), in.server.port());
    co_await socket.async_connect(there, use_awaitable);
    const std::string octets = "GET /";
    co_await asio::async_write(socket, asio::buffer(octets), use_awaitable);
    char room[16];
    error_code error;
    co_await socket.async_read_some(asio::buffer(room), asio::redirect_error(use_awaitable, error));
    length = in.clock.now() - start;
    EXPECT_EQ(error, asio::error::eof);
  };
  w.run(story(w, took));
  EXPECT_GE(took, 5s);
  EXPECT_LE(took, 60s);
}

// -- changes at run time -------------------------------------------------------------------------

TEST(ServerChanges, StopRefusesAndStartListensOnTheSamePort) {
  world w;
  const auto port = w.server.port();
  w.server.stop();
  EXPECT_FALSE(w.server.is_listening());
  EXPECT_EQ(w.get("good").error().failure, exchange_failure::refused);
  w.server.start();
  EXPECT_EQ(w.server.port(), port);
  EXPECT_EQ(w.verdict(w.get("good"), "good"), ocsp_verdict::good);
  std::vector<bool> listening;
  for (const auto& change : w.all<listening_changed>())
    listening.push_back(change.listening);
  EXPECT_THAT(listening, ElementsAre(true, false, true));
}

TEST(ServerChanges, StoppingEndsWhoeverHangs) {
  world w;
  w.add_fault("hang");
  const auto story = [](world& in, exchange_result& result) -> runtime::awaitable<void> {
    using namespace runtime::asio::experimental::awaitable_operators;
    const auto stop_later = [](world& at) -> runtime::awaitable<void> {
      co_await at.clock.sleep_until(at.clock.now() + 5s);
      at.server.stop();
    };
    runtime::http_url url;
    url.host = "127.0.0.1";
    url.port = in.server.port();
    auto asking = runtime::http_exchange(in.clock, url, in.get_request("good"), {}, start + 1h);
    result = co_await (std::move(asking) && stop_later(in));
  };
  exchange_result result = runtime::exchange_error{exchange_failure::bad_url};
  w.run(story(w, result));
  ASSERT_FALSE(result);
  EXPECT_EQ(result.error().failure, exchange_failure::closed_early);
  EXPECT_EQ(w.clock.now(), start + 5s);
}

TEST(ServerChanges, TheSignerCanBeSwappedForAFitOne) {
  world w;
  auto delegated = w.lab.direct();
  delegated.delegate = w.lab.issue("signer", "issuing", pki::certificate_role::ocsp_signer);
  const auto before = w.get("good");
  w.server.set_signer(delegated, signer_choice::fit_only);
  const auto after = w.get("good");
  EXPECT_EQ(w.verdict(after, "good"), ocsp_verdict::good);
  EXPECT_NE(before->body, after->body);
  ASSERT_EQ(w.all<signer_changed>().size(), 1u);

  delegated.delegate = w.lab.issue("a-server", "issuing");
  EXPECT_THROW(w.server.set_signer(delegated, signer_choice::fit_only), pki::input_error);
  EXPECT_EQ(w.verdict(w.get("good"), "good"), ocsp_verdict::good);
  w.server.set_signer(delegated, signer_choice::any);
  EXPECT_EQ(w.verdict(w.get("good"), "good"), ocsp_verdict::unauthorized_signer);
}

TEST(ServerChanges, R29AnUnfitSignerIsNoReasonToStart) {
  lab here;
  server_config config;
  config.authorities.push_back(here.direct());
  config.authorities[0].delegate = here.issue("a-server", "issuing");
  runtime::virtual_clock clock(start);
  runtime::asio::io_context io;
  const auto begin = [&] {
    server(io.get_executor(), clock, here.ca(), config, [](const event&) {});
  };
  EXPECT_THROW(begin(), pki::input_error);
  config.signers = signer_choice::any;
  EXPECT_NO_THROW(begin());
}

TEST(ServerChanges, TheValidityChangesTheNextAnswer) {
  world w;
  w.server.set_validity(4s);
  w.get("good");
  EXPECT_EQ(w.answered().back().next_update, start + 4s);
  EXPECT_THROW(w.server.set_validity(0s), pki::input_error);
  EXPECT_EQ(w.server.policy().validity, 4s);
}

}  // namespace
}  // namespace staplelab::responder
