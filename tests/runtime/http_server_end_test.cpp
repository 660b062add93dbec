// How connections end: by time, by order, by failure.
#include <gtest/gtest.h>

#include <stdexcept>
#include <string>

#include "tests/runtime/served.hpp"

namespace staplelab::runtime {
namespace {

using namespace std::chrono_literals;

TEST(serve_http, does_not_wait_for_ever_for_a_client_to_close) {
  served s;
  s.client.connect(s.server.local_endpoint());
  s.send(request("GET / HTTP/1.1", "Connection: close\r\n"));
  EXPECT_EQ(s.w.run_until([&] { return s.w.elapsed() > 0s && s.server.session_count() == 0; }),
            virtual_clock::outcome::finished);
  EXPECT_EQ(s.w.elapsed(), s.limits.linger_timeout);
}

TEST(serve_http, ends_an_idle_connection) {
  served s;
  s.connect();
  EXPECT_EQ(s.run_until_ended(), virtual_clock::outcome::finished);
  EXPECT_EQ(s.ended, asio::error::eof);
  EXPECT_EQ(s.received, "");
  EXPECT_EQ(s.w.elapsed(), s.limits.idle_timeout);
}

TEST(serve_http, counts_idle_time_from_the_last_message) {
  served s;
  s.connect();
  s.w.tasks.spawn([](served& self) -> awaitable<void> {
    co_await self.w.time.sleep_until(start + 59s);
    self.send(request("GET / HTTP/1.1"));
  }(s));
  EXPECT_EQ(s.run_until_ended(), virtual_clock::outcome::finished);
  EXPECT_EQ(s.received, answer("GET/"));
  EXPECT_EQ(s.w.elapsed(), 59s + s.limits.idle_timeout);
}

awaitable<void> trickle(served& s, std::string octets, duration interval) {
  error_code error;
  for (const char octet : octets) {
    co_await s.w.time.sleep_until(s.w.time.now() + interval);
    asio::write(s.client, asio::buffer(&octet, 1), error);
    if (error) co_return;
  }
}

TEST(serve_http, ends_a_message_that_takes_too_long_however_busy_it_is) {
  served s;
  s.connect();
  s.w.tasks.spawn(trickle(s, std::string(1000, 'x'), 1s));
  EXPECT_EQ(s.run_until_ended(), virtual_clock::outcome::finished);
  EXPECT_EQ(s.w.elapsed(), 1s + s.limits.message_timeout);
}

TEST(serve_http, takes_a_message_that_is_slow_but_in_time) {
  const auto octets = request("GET / HTTP/1.1");
  served s;
  s.connect();
  s.w.tasks.spawn(trickle(s, octets, 500ms));
  s.run_until_received(answer("GET/"));
  EXPECT_EQ(s.w.elapsed(), octets.size() * 500ms);
}

// The handler's own time is no silence of the client's.
awaitable<http_action> answer_late(clock& time, connection_id id) {
  const auto mark = time.idle(id);
  co_await time.sleep_until(start + 1h);
  co_return http_response{};
}

TEST(serve_http, leaves_a_handler_all_the_time_it_wants) {
  served s;
  s.handler = [&](http_request, connection_id id) { return answer_late(s.w.time, id); };
  s.connect();
  s.send(request("GET / HTTP/1.1"));
  s.run_until_received(answer(""));
  EXPECT_EQ(s.w.elapsed(), 1h);
}

struct action_row {
  const char* name;
  http_action action;
  const char* received;
  error_code ended;
};

class actions : public testing::TestWithParam<action_row> {};

TEST_P(actions, end_the_connection_in_their_way) {
  served s;
  s.handler = [](http_request, connection_id) -> awaitable<http_action> {
    co_return GetParam().action;
  };
  s.connect();
  s.send(request("GET / HTTP/1.1") + request("GET / HTTP/1.1"));
  EXPECT_EQ(s.run_until_ended(), virtual_clock::outcome::finished);
  EXPECT_EQ(s.received, GetParam().received);
  EXPECT_EQ(s.ended, GetParam().ended);
  EXPECT_EQ(s.w.elapsed(), 0s);
}

INSTANTIATE_TEST_SUITE_P(
    table, actions,
    testing::Values(action_row{"octets", raw_octets{"HTTP/1.1 2"}, "HTTP/1.1 2", asio::error::eof},
                    action_row{"no_octets", raw_octets{""}, "", asio::error::eof},
                    action_row{"close", close_connection{}, "", asio::error::eof},
                    action_row{"reset", reset_connection{}, "", asio::error::connection_reset}),
    [](const testing::TestParamInfo<action_row>& tested) { return tested.param.name; });

awaitable<http_action> silence(http_request, connection_id) {
  co_return keep_silent{};
}

TEST(serve_http, keeps_silent_until_the_client_leaves) {
  served s;
  s.handler = silence;
  s.connect();
  s.send(request("GET / HTTP/1.1"));
  // Neither idle nor message timeout ends it, and it leaves no sleeper behind.
  s.run_until_quiet();
  EXPECT_FALSE(s.ended);
  EXPECT_EQ(s.server.session_count(), 1u);
  s.client.close();
  EXPECT_EQ(s.w.run_until([&] { return s.server.session_count() == 0; }),
            virtual_clock::outcome::finished);
}

TEST(serve_http, keeps_silent_until_it_is_cancelled) {
  served s;
  s.handler = silence;
  s.connect();
  s.send(request("GET / HTTP/1.1"));
  s.run_until_quiet();
  s.server.close_sessions();
  EXPECT_EQ(s.run_until_ended(), virtual_clock::outcome::finished);
  EXPECT_EQ(s.server.session_count(), 0u);
}

TEST(serve_http, lifts_the_hold_of_the_connection_it_keeps_silent) {
  served s;
  s.handler = silence;
  s.connect();
  const auto hold = s.w.time.hold(s.client.local_endpoint().port());
  s.send(request("GET / HTTP/1.1"));
  bool woken = false;
  s.w.tasks.spawn([](clock& time, bool& done) -> awaitable<void> {
    co_await time.sleep_until(start + 1h);
    done = true;
  }(s.w.time, woken));
  EXPECT_EQ(s.w.run_until([&] { return woken; }), virtual_clock::outcome::finished);
}

TEST(serve_http, ends_when_the_client_leaves_in_the_middle) {
  for (const auto& octets : {std::string(), std::string("GET / HT"),
                             request("POST / HTTP/1.1", "Content-Length: 3\r\n", "a")}) {
    served s;
    s.client.connect(s.server.local_endpoint());
    s.send(octets);
    EXPECT_EQ(s.w.run_until([&] { return s.server.session_count() == 1; }),
              virtual_clock::outcome::finished);
    s.client.close();
    EXPECT_EQ(s.w.run_until([&] { return s.server.session_count() == 0; }),
              virtual_clock::outcome::finished);
    EXPECT_EQ(s.w.elapsed(), 0s);
  }
}

TEST(serve_http, can_be_cancelled_at_every_turn) {
  for (int turns = 0; turns < 30; ++turns) {
    served s;
    s.handler = [&](http_request, connection_id id) { return answer_late(s.w.time, id); };
    s.client.connect(s.server.local_endpoint());
    s.send("GET ");
    for (int turn = 0; turn < turns / 2; ++turn)
      s.w.io.poll_one();
    s.send("/ HTTP/1.1\r\nHost: a\r\n\r\n");
    for (int turn = turns / 2; turn < turns; ++turn)
      s.w.io.poll_one();
    s.server.close();
    s.server.close_sessions();
    EXPECT_EQ(s.w.run_until([&] { return s.server.session_count() == 0; }),
              virtual_clock::outcome::finished);
    EXPECT_EQ(s.w.elapsed(), 0s);
  }
}

// A writer nobody reads from.
TEST(serve_http, ends_a_connection_whose_client_does_not_read) {
  served s;
  s.handler = [](http_request, connection_id) -> awaitable<http_action> {
    http_response response;
    response.body = std::string(20'000'000, 'x');
    co_return response;
  };
  s.client.connect(s.server.local_endpoint());
  s.send(request("GET / HTTP/1.1"));
  EXPECT_EQ(s.w.run_until([&] { return s.w.elapsed() > 0s && s.server.session_count() == 0; }),
            virtual_clock::outcome::finished);
  EXPECT_EQ(s.w.elapsed(), s.limits.idle_timeout + s.limits.linger_timeout);
}

// A stream that fails each of its steps in turn.
class failing_stream final : public byte_stream {
 public:
  explicit failing_stream(int steps) : steps_left_(steps) {}
  awaitable<boost::system::result<std::size_t>> read_some(std::span<char> room) override {
    if (steps_left_-- == 0) co_return error_code(asio::error::connection_reset);
    static constexpr std::string_view octets = "GET / HTTP/1.1\r\nHost: a\r\n\r\n";
    octets.copy(room.data(), room.size());
    co_return octets.size();
  }
  awaitable<error_code> write(std::string_view) override {
    if (steps_left_-- == 0) co_return asio::error::broken_pipe;
    ++written;
    co_return error_code();
  }
  awaitable<void> finish() override {
    finished = true;
    co_return;
  }
  void reset() noexcept override {}
  connection_id connection() const noexcept override { return 7; }

  int written = 0;
  bool finished = false;

 private:
  int steps_left_;
};

TEST(serve_http, ends_when_any_step_of_the_stream_fails) {
  const http_handler handler = echo;
  for (int steps = 0; steps < 6; ++steps) {
    world w;
    failing_stream stream(steps);
    w.run(serve_http(stream, w.time, {}, handler));
    EXPECT_EQ(stream.written, steps / 2);
    EXPECT_TRUE(stream.finished);
    EXPECT_EQ(w.elapsed(), 0s);
  }
}

// What a stream throws is neither swallowed nor waited upon.
class throwing_stream final : public byte_stream {
 public:
  awaitable<boost::system::result<std::size_t>> read_some(std::span<char>) override {
    throw std::runtime_error("a bug in the stream");
    co_return 0u;
  }
  awaitable<error_code> write(std::string_view) override { co_return error_code(); }
  awaitable<void> finish() override { co_return; }
  void reset() noexcept override {}
  connection_id connection() const noexcept override { return 7; }
};

TEST(serve_http, passes_on_what_a_stream_throws) {
  world w;
  const http_handler handler = echo;
  throwing_stream stream;
  EXPECT_THROW(w.run(serve_http(stream, w.time, {}, handler)), std::runtime_error);
  EXPECT_EQ(w.elapsed(), 0s);
}

}  // namespace
}  // namespace staplelab::runtime
