// Examinations of servers that behave as badly as they can.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <array>
#include <boost/asio/socket_base.hpp>

#include "runtime/listener.hpp"
#include "world.hpp"

namespace staplelab::conform::test {
namespace {

using testing::HasSubstr;

using session = awaitable<void> (*)(runtime::clock& time, runtime::tcp_socket socket,
                                    runtime::connection_id port);

awaitable<void> read_away(runtime::tcp_socket& socket) {
  std::array<char, 4096> room;
  runtime::error_code error;
  while (!error) {
    co_await socket.async_read_some(runtime::asio::buffer(room),
                                    runtime::asio::redirect_error(runtime::use_awaitable, error));
  }
}

awaitable<void> hang(runtime::clock& time, runtime::tcp_socket socket,
                     runtime::connection_id port) {
  const auto idle = time.idle(port);
  co_await read_away(socket);
}

awaitable<void> close(runtime::clock&, runtime::tcp_socket, runtime::connection_id) {
  co_return;
}

awaitable<void> reset(runtime::clock&, runtime::tcp_socket socket, runtime::connection_id) {
  runtime::error_code ignored;
  socket.set_option(runtime::asio::socket_base::linger(true, 0), ignored);
  co_return;
}

awaitable<void> write_after_reading(runtime::tcp_socket& socket, std::string octets) {
  std::array<char, 4096> room;
  runtime::error_code error;
  co_await socket.async_read_some(runtime::asio::buffer(room),
                                  runtime::asio::redirect_error(runtime::use_awaitable, error));
  co_await runtime::asio::async_write(socket, runtime::asio::buffer(octets),
                                      runtime::asio::redirect_error(runtime::use_awaitable, error));
}

awaitable<void> garbage(runtime::clock&, runtime::tcp_socket socket, runtime::connection_id) {
  std::string octets = "220 mail.example ESMTP\r\n\x01\xff\r\n\r\n";
  co_await write_after_reading(socket, std::move(octets));
}

awaitable<void> endless(runtime::clock&, runtime::tcp_socket socket, runtime::connection_id) {
  std::string head = "HTTP/1.1 200 OK\r\n\r\n";
  co_await write_after_reading(socket, std::move(head));
  const std::string more(65536, 'x');
  runtime::error_code error;
  while (!error) {
    co_await runtime::asio::async_write(
        socket, runtime::asio::buffer(more),
        runtime::asio::redirect_error(runtime::use_awaitable, error));
  }
}

awaitable<void> short_of_its_length(runtime::clock&, runtime::tcp_socket socket,
                                    runtime::connection_id) {
  std::string octets = "HTTP/1.1 200 OK\r\nContent-Length: 500\r\n\r\n0";
  co_await write_after_reading(socket, std::move(octets));
}

awaitable<void> empty_answers(runtime::clock&, runtime::tcp_socket socket, runtime::connection_id) {
  std::string octets = "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n";
  co_await write_after_reading(socket, std::move(octets));
}

struct misbehaviour {
  std::string name;
  session serve;
  std::string seen;
};

class Misbehaving : public testing::TestWithParam<misbehaviour> {};

TEST_P(Misbehaving, IsExaminedToTheEnd) {
  world w;
  const session serve = GetParam().serve;
  runtime::listener server(
      w.io.get_executor(), {runtime::asio::ip::address_v4::loopback(), 0},
      [&w, serve](runtime::tcp_socket socket, runtime::connection_id port) {
        return serve(w.clock, std::move(socket), port);
      },
      64);
  const auto done = w.examine(target_of(profile::rfc6960), server.local_endpoint());
  EXPECT_TRUE(done.reached);
  EXPECT_LT(done.took, 60s);
  EXPECT_EQ(done.checks.size(), all_checks().size());
  EXPECT_EQ(find(done, 64).found.verdict, verdict::fail);
  EXPECT_THAT(find(done, 64).found.why, HasSubstr(GetParam().seen));
  EXPECT_EQ(find(done, 65).found.verdict, verdict::fail);
  EXPECT_EQ(find(done, 21).found.verdict, verdict::skip);
  EXPECT_GE(count(done).must_failed, 2u);
  server.close();
  server.close_sessions();
  w.run(server.join());
}

INSTANTIATE_TEST_SUITE_P(
    Servers, Misbehaving,
    testing::Values(misbehaviour{"hangs", hang, "no answer in time"},
                    misbehaviour{"closes", close, "connection"},
                    misbehaviour{"resets", reset, "connection reset"},
                    misbehaviour{"garbage", garbage, "no HTTP response"},
                    misbehaviour{"endless", endless, "an answer without end"},
                    misbehaviour{"short_of_its_length", short_of_its_length, "connection closed"},
                    misbehaviour{"empty_answers", empty_answers, "the body is empty"}),
    [](const auto& info) { return info.param.name; });

}  // namespace
}  // namespace staplelab::conform::test
