#include "runtime/listener.hpp"

#include <gtest/gtest.h>
#include <sys/resource.h>
#include <unistd.h>

#include <optional>
#include <vector>

#include "tests/runtime/world.hpp"

namespace staplelab::runtime {
namespace {

using namespace std::chrono_literals;

const tcp::endpoint any_port(asio::ip::address_v4::loopback(), 0);

// A session that stays until its peer leaves.
awaitable<void> stay(tcp_socket socket, connection_id, std::vector<connection_id>&) {
  char octet = 0;
  error_code error;
  while (!error) {
    co_await socket.async_read_some(asio::buffer(&octet, 1),
                                    asio::redirect_error(use_awaitable, error));
  }
}

awaitable<void> note(tcp_socket socket, connection_id id, std::vector<connection_id>& seen) {
  seen.push_back(id);
  return stay(std::move(socket), id, seen);
}

struct listening {
  world w;
  std::vector<connection_id> seen;
  listener server;

  explicit listening(std::size_t max_sessions = 100)
      : server(
            w.where, any_port,
            [this](tcp_socket socket, connection_id id) {
              return note(std::move(socket), id, seen);
            },
            max_sessions) {}

  tcp_socket connect() {
    tcp_socket socket(w.where);
    socket.connect(server.local_endpoint());
    return socket;
  }
  error_code try_to_connect() {
    tcp_socket socket(w.where);
    error_code error;
    socket.connect(server.local_endpoint(), error);
    return error;
  }
  void expect_sessions(std::size_t count) {
    EXPECT_EQ(w.run_until([&] { return server.session_count() == count; }),
              virtual_clock::outcome::finished);
  }
};

TEST(listener, names_connections_by_the_port_of_the_client) {
  listening l;
  const auto first = l.connect();
  const auto second = l.connect();
  l.expect_sessions(2);
  EXPECT_EQ(l.seen, (std::vector<connection_id>{first.local_endpoint().port(),
                                                second.local_endpoint().port()}));
}

TEST(listener, ends_sessions_whose_peer_left) {
  listening l;
  auto first = l.connect();
  const auto second = l.connect();
  l.expect_sessions(2);
  first.close();
  l.expect_sessions(1);
}

TEST(listener, refuses_while_closed_and_comes_back_on_the_same_port) {
  listening l;
  const auto address = l.server.local_endpoint();
  for (int round = 0; round < 3; ++round) {
    EXPECT_TRUE(l.server.is_open());
    const auto client = l.connect();
    l.expect_sessions(1);
    l.server.close();
    EXPECT_FALSE(l.server.is_open());
    EXPECT_EQ(l.try_to_connect(), asio::error::connection_refused);
    EXPECT_EQ(l.server.session_count(), 1u) << "closing ends no session";
    l.server.open();
    EXPECT_EQ(l.server.local_endpoint(), address);
    l.server.close_sessions();
    l.expect_sessions(0);
  }
  EXPECT_EQ(l.seen.size(), 3u);
}

TEST(listener, keeps_its_port_while_closed) {
  listening l;
  l.server.close();
  tcp_acceptor other(l.w.where);
  other.open(tcp::v4());
  error_code error;
  other.bind(l.server.local_endpoint(), error);
  EXPECT_EQ(error, asio::error::address_in_use);
}

TEST(listener, open_and_close_twice_are_the_same_as_once) {
  listening l;
  l.server.open();
  const auto client = l.connect();
  l.expect_sessions(1);
  l.server.close();
  l.server.close();
  EXPECT_EQ(l.try_to_connect(), asio::error::connection_refused);
}

// Two accept loops would serve more than the limit.
TEST(listener, closed_and_opened_in_one_turn_accepts_once) {
  listening l(1);
  l.server.close();
  l.server.open();
  const auto first = l.connect();
  const auto second = l.connect();
  l.expect_sessions(1);
  EXPECT_EQ(l.w.run_until([&] { return l.server.session_count() > 1; }),
            virtual_clock::outcome::stuck);
}

TEST(listener, lets_further_connections_wait) {
  listening l(2);
  auto first = l.connect();
  const auto second = l.connect();
  const auto third = l.connect();
  l.expect_sessions(2);
  EXPECT_EQ(l.w.run_until([&] { return l.seen.size() > 2; }), virtual_clock::outcome::stuck);
  first.close();
  EXPECT_EQ(l.w.run_until([&] { return l.seen.size() == 3; }), virtual_clock::outcome::finished);
  EXPECT_EQ(l.server.session_count(), 2u);
}

awaitable<void> close_when_told(tcp_socket socket, std::optional<listener>& server, int& sessions) {
  ++sessions;
  char octet = 0;
  co_await socket.async_read_some(asio::buffer(&octet, 1), use_awaitable);
  server->close();
}

// Both become ready in one turn: the order to close, and a connection to accept.
TEST(listener, serves_nobody_whom_it_accepted_while_closing) {
  world w;
  int sessions = 0;
  std::optional<listener> server;
  server.emplace(
      w.where, any_port,
      [&](tcp_socket socket, connection_id) {
        return close_when_told(std::move(socket), server, sessions);
      },
      10);
  tcp_socket first(w.where);
  tcp_socket second(w.where);
  first.connect(server->local_endpoint());
  EXPECT_EQ(w.run_until([&] { return sessions == 1; }), virtual_clock::outcome::finished);
  first.write_some(asio::buffer("x", 1));
  second.connect(server->local_endpoint());
  EXPECT_EQ(w.run_until([] { return false; }), virtual_clock::outcome::stuck);
  EXPECT_EQ(sessions, 1);
}

awaitable<void> join(listener& server, bool& joined) {
  co_await server.join();
  joined = true;
}

TEST(listener, join_waits_for_closing_and_for_the_last_session) {
  listening l;
  auto client = l.connect();
  l.expect_sessions(1);
  bool joined = false;
  l.w.tasks.spawn(join(l.server, joined));
  EXPECT_EQ(l.w.run_until([&] { return joined; }), virtual_clock::outcome::stuck);
  l.server.close();
  EXPECT_EQ(l.w.run_until([&] { return joined; }), virtual_clock::outcome::stuck);
  client.close();
  EXPECT_EQ(l.w.run_until([&] { return joined; }), virtual_clock::outcome::finished);
}

TEST(listener, may_be_destroyed_with_connections_on_their_way) {
  world w;
  std::vector<connection_id> seen;
  tcp_socket early(w.where);
  tcp_socket late(w.where);
  {
    listener server(
        w.where, any_port,
        [&](tcp_socket socket, connection_id id) { return note(std::move(socket), id, seen); }, 10);
    early.connect(server.local_endpoint());
    EXPECT_EQ(w.run_until([&] { return server.session_count() == 1; }),
              virtual_clock::outcome::finished);
    late.connect(server.local_endpoint());
  }
  EXPECT_EQ(w.run_until([] { return false; }), virtual_clock::outcome::stuck);
  EXPECT_EQ(seen.size(), 1u);
}

TEST(listener, throws_when_the_address_is_taken_or_not_ours) {
  listening l;
  const listener::session nobody = [](tcp_socket, connection_id) -> awaitable<void> { co_return; };
  EXPECT_THROW(listener(l.w.where, l.server.local_endpoint(), nobody, 1),
               boost::system::system_error);
  const tcp::endpoint elsewhere(asio::ip::make_address("192.0.2.1"), 0);
  EXPECT_THROW(listener(l.w.where, elsewhere, nobody, 1), boost::system::system_error);
}

// A machine without descriptors: the connection waits, the loop neither ends nor spins.
TEST(listener, outlives_a_lack_of_descriptors) {
  listening l;
  const auto client = l.connect();
  rlimit before{};
  ASSERT_EQ(::getrlimit(RLIMIT_NOFILE, &before), 0);
  const int next_free = ::dup(0);
  ::close(next_free);
  const rlimit none_left{static_cast<rlim_t>(next_free), before.rlim_max};
  ASSERT_EQ(::setrlimit(RLIMIT_NOFILE, &none_left), 0);
  std::size_t turns = 0;
  for (int i = 0; i < 1000; ++i)
    turns += l.w.io.poll();
  ASSERT_EQ(::setrlimit(RLIMIT_NOFILE, &before), 0);
  EXPECT_EQ(l.seen.size(), 0u);
  EXPECT_LT(turns, 100u);
  l.w.io.run_one();
  while (l.seen.empty())
    l.w.io.run_one();
  EXPECT_EQ(l.seen, std::vector<connection_id>{client.local_endpoint().port()});
}

struct endpoint_row {
  std::string_view text;
  const char* canonical;  // empty: refused
};

TEST(endpoints, are_read_and_written) {
  for (const auto& [text, canonical] :
       std::vector<endpoint_row>{{"127.0.0.1:8080", "127.0.0.1:8080"},
                                 {"0.0.0.0:0", "0.0.0.0:0"},
                                 {"[::1]:65535", "[::1]:65535"},
                                 {"[0:0::1]:1", "[::1]:1"},
                                 {"", ""},
                                 {"127.0.0.1", ""},
                                 {":80", ""},
                                 {"127.0.0.1:", ""},
                                 {"127.0.0.1:65536", ""},
                                 {"127.0.0.1:-1", ""},
                                 {"127.0.0.1:+1", ""},
                                 {"127.0.0.1:1x", ""},
                                 {"127.0.0.1: 1", ""},
                                 {"127.0.0.1:1:2", ""},
                                 {"localhost:80", ""},
                                 {"::1:80", ""},
                                 {"[::1]", ""},
                                 {"[::1]80", ""},
                                 {"[127.0.0.1]:80", ""},
                                 {"[::1:80", ""}}) {
    const auto endpoint = parse_endpoint(text);
    EXPECT_EQ(endpoint ? to_string(*endpoint) : "", canonical) << text;
  }
}

}  // namespace
}  // namespace staplelab::runtime
