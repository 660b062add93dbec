// The probe against servers that want words before TLS: a script says the words, and OpenSSL's own
// server behind it does the rest.
#include <gtest/gtest.h>

#include <array>
#include <boost/asio/read.hpp>
#include <boost/asio/write.hpp>
#include <exception>
#include <ostream>

#include "runtime/clock.hpp"
#include "scenarios/probe_starttls.hpp"
#include "tests/scenarios/openssl_server.hpp"

namespace staplelab::scenarios {
namespace {

using runtime::awaitable;
using test::lab;
using test::openssl_server;
using test::wall_time;
using namespace std::chrono_literals;
namespace asio = runtime::asio;

struct turn {
  std::string server;  // says
  std::string client;  // answers
};
struct spoken_case {
  starttls protocol;
  std::vector<turn> turns;
};

void PrintTo(const spoken_case& what, std::ostream* out) {
  *out << to_string(what.protocol);
}

awaitable<void> pass_on(runtime::tcp_socket& from, runtime::tcp_socket& to) {
  std::array<char, 4096> room;
  runtime::error_code error;
  while (true) {
    const auto size = co_await from.async_read_some(
        asio::buffer(room), asio::redirect_error(runtime::use_awaitable, error));
    if (error) break;
    co_await asio::async_write(to, asio::buffer(room, size),
                               asio::redirect_error(runtime::use_awaitable, error));
  }
  to.shutdown(runtime::tcp::socket::shutdown_send, error);
}

awaitable<void> serve_once(runtime::tcp_acceptor& door, const spoken_case& what,
                           runtime::tcp::endpoint behind) {
  auto client = co_await door.async_accept(runtime::use_awaitable);
  for (const turn& each : what.turns) {
    co_await asio::async_write(client, asio::buffer(each.server), runtime::use_awaitable);
    std::string answer(each.client.size(), '\0');
    co_await asio::async_read(client, asio::buffer(answer), runtime::use_awaitable);
    EXPECT_EQ(answer, each.client);
  }
  runtime::tcp_socket server(client.get_executor());
  co_await server.async_connect(behind, runtime::use_awaitable);
  using asio::experimental::awaitable_operators::operator&&;
  co_await (pass_on(client, server) && pass_on(server, client));
}

awaitable<void> ask(runtime::clock& time, probe_request request,
                    std::optional<probe_result>& into) {
  into = co_await probe(time, std::move(request));
}

class SpokenTo : public testing::TestWithParam<spoken_case> {};

TEST_P(SpokenTo, StaplesBehindItsWords) {
  const lab here(wall_time());
  openssl_server behind(here, "server", here.answer("server", pki::good_status(), -1h, 1h));
  runtime::system_clock time;
  asio::io_context io;
  runtime::tcp_acceptor door(io.get_executor(), {asio::ip::address_v4::loopback(), 0});
  probe_request request;
  request.address = door.local_endpoint();
  request.entry = GetParam().protocol;
  request.roots = {here.root().cert};
  std::optional<probe_result> found;
  std::exception_ptr failure;
  const auto note = [&failure](std::exception_ptr thrown) {
    if (thrown) failure = thrown;
  };
  asio::co_spawn(io.get_executor(), serve_once(door, GetParam(), behind.address()), note);
  asio::co_spawn(io.get_executor(), ask(time, request, found), note);
  io.run();
  EXPECT_FALSE(failure);
  ASSERT_TRUE(found);
  EXPECT_EQ(found->verdict, probe_verdict::good) << found->why;
  EXPECT_TRUE(is_trusted(found->chain, {here.root().cert}, wall_time()));
}

const std::string mysql_greeting = std::string(
                                       "\x2a\x00\x00\x00\x0a"
                                       "8.0.36\x00\x08\x00\x00\x00saltsalt\x00\xff\xff",
                                       27) +
                                   std::string("\xff\x02\x00\xff\xdf\x15", 6) +
                                   std::string(13, '\0');
const std::string mysql_request =
    std::string("\x20\x00\x00\x01\x01\x8a\x00\x00\x00\x00\x00\x01\x21", 13) + std::string(23, '\0');
const std::string postgres_request("\x00\x00\x00\x08\x04\xd2\x16\x2f", 8);

INSTANTIATE_TEST_SUITE_P(
    Protocols, SpokenTo,
    testing::Values(
        spoken_case{starttls::none, {}},
        spoken_case{starttls::smtp,
                    {{"220 mx.example ESMTP\r\n", "EHLO probe.invalid\r\n"},
                     {"250-mx.example\r\n250 STARTTLS\r\n", "STARTTLS\r\n"},
                     {"220 go ahead\r\n", ""}}},
        spoken_case{starttls::imap,
                    {{"* OK ready\r\n", "a1 STARTTLS\r\n"}, {"a1 OK begin\r\n", ""}}},
        spoken_case{starttls::pop3, {{"+OK ready\r\n", "STLS\r\n"}, {"+OK begin\r\n", ""}}},
        spoken_case{starttls::ftp, {{"220 ready\r\n", "AUTH TLS\r\n"}, {"234 AUTH TLS\r\n", ""}}},
        spoken_case{starttls::postgres, {{"", postgres_request}, {"S", ""}}},
        spoken_case{starttls::mysql, {{mysql_greeting, mysql_request}}},
        spoken_case{starttls::nats, {{"INFO {\"tls_required\":true} \r\n", ""}}}),
    [](const auto& given) { return std::string(to_string(given.param.protocol)); });

TEST(Starttls, HasANameForEachProtocol) {
  for (const auto protocol : all_starttls)
    EXPECT_EQ(parse_starttls(to_string(protocol)), protocol);
  EXPECT_EQ(parse_starttls("gopher"), std::nullopt);
}

}  // namespace
}  // namespace staplelab::scenarios
