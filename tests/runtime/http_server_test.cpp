#include "runtime/http_server.hpp"

#include <gtest/gtest.h>

#include <stdexcept>
#include <string>

#include "tests/runtime/served.hpp"

namespace staplelab::runtime {
namespace {

using namespace std::chrono_literals;

TEST(serve_http, keeps_a_connection_for_further_requests) {
  served s;
  s.connect();
  s.send(request("GET /1 HTTP/1.1"));
  s.run_until_received(answer("GET/1"));
  s.received.clear();
  s.send(request("POST /2 HTTP/1.1", "Content-Length: 1\r\n", "x"));
  s.run_until_received(answer("POST/2x"));
  EXPECT_EQ(s.w.elapsed(), 0s);
}

TEST(serve_http, answers_pipelined_requests_in_order) {
  served s;
  s.connect();
  s.send(request("GET /1 HTTP/1.1") + request("GET /2 HTTP/1.1") +
         request("GET /3 HTTP/1.1", "Connection: close\r\n") + request("GET /4 HTTP/1.1"));
  EXPECT_EQ(s.run_until_ended(), virtual_clock::outcome::finished);
  EXPECT_EQ(s.received,
            answer("GET/1") + answer("GET/2") + answer("GET/3", "Connection: close\r\n"));
  EXPECT_EQ(s.ended, asio::error::eof);
}

TEST(serve_http, closes_after_http_1_0_unless_asked_to_stay) {
  served s;
  s.connect();
  s.send("GET /1 HTTP/1.0\r\nConnection: keep-alive\r\n\r\nGET /2 HTTP/1.0\r\n\r\n");
  EXPECT_EQ(s.run_until_ended(), virtual_clock::outcome::finished);
  EXPECT_EQ(s.received,
            "HTTP/1.0 200 OK\r\nContent-Length: 5\r\nConnection: keep-alive\r\n\r\nGET/1"
            "HTTP/1.0 200 OK\r\nContent-Length: 5\r\n\r\nGET/2");
}

TEST(serve_http, writes_no_body_to_a_head_and_stays_in_step) {
  served s;
  s.connect();
  s.send(request("HEAD /1 HTTP/1.1") + request("GET /2 HTTP/1.1"));
  s.run_until_received("HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\n" + answer("GET/2"));
}

TEST(serve_http, says_continue_before_the_body) {
  served s;
  s.connect();
  s.send(request("POST / HTTP/1.1", "Content-Length: 3\r\nExpect: 100-continue\r\n"));
  s.run_until_received("HTTP/1.1 100 Continue\r\n\r\n");
  s.received.clear();
  s.send("abc");
  s.run_until_received(answer("POST/abc"));
}

TEST(serve_http, refuses_instead_of_continuing_when_the_body_is_too_large) {
  served s;
  s.limits.message.body_octets = 2;
  s.connect();
  s.send(request("POST / HTTP/1.1", "Content-Length: 3\r\nExpect: 100-continue\r\n"));
  EXPECT_EQ(s.run_until_ended(), virtual_clock::outcome::finished);
  EXPECT_EQ(s.received,
            "HTTP/1.1 413 Content Too Large\r\nContent-Length: 0\r\nConnection: close\r\n\r\n");
}

TEST(serve_http, answers_octets_that_are_no_request_and_closes) {
  served s;
  s.connect();
  s.send(request("GET / HTTP/1.1") + "nonsense\r\n\r\n" + request("GET /never HTTP/1.1"));
  EXPECT_EQ(s.run_until_ended(), virtual_clock::outcome::finished);
  EXPECT_EQ(s.received,
            answer("GET/") +
                "HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\nConnection: close\r\n\r\n");
  EXPECT_EQ(s.ended, asio::error::eof);
  EXPECT_EQ(s.w.elapsed(), 0s);
}

// Closing on top of unread octets would send a reset, and the answer would be lost.
TEST(serve_http, lets_a_client_read_the_refusal_of_what_it_still_sends) {
  served s;
  s.connect();
  s.w.tasks.spawn([](served& self) -> awaitable<void> {
    const auto octets =
        request("POST / HTTP/1.1", "Content-Length: 4000000\r\n", std::string(4000000, 'x'));
    co_await asio::async_write(self.client, asio::buffer(octets), use_awaitable);
  }(s));
  EXPECT_EQ(s.run_until_ended(), virtual_clock::outcome::finished);
  EXPECT_EQ(s.received,
            "HTTP/1.1 413 Content Too Large\r\nContent-Length: 0\r\nConnection: close\r\n\r\n");
  EXPECT_EQ(s.ended, asio::error::eof);
}

awaitable<http_action> fail(http_request, connection_id) {
  throw std::runtime_error("a bug in the handler");
  co_return http_response{};
}

TEST(serve_http, answers_500_when_the_handler_throws) {
  served s;
  s.handler = fail;
  s.connect();
  s.send(request("GET / HTTP/1.1") + request("GET / HTTP/1.1"));
  EXPECT_EQ(s.run_until_ended(), virtual_clock::outcome::finished);
  EXPECT_EQ(s.received,
            "HTTP/1.1 500 Internal Server Error\r\nContent-Length: 0\r\nConnection: close\r\n\r\n");
  EXPECT_EQ(s.ended, asio::error::eof);
}

TEST(serve_http, closes_when_the_handler_says_so) {
  served s;
  s.handler = [](http_request, connection_id) -> awaitable<http_action> {
    http_response last;
    last.keep_alive = false;
    co_return last;
  };
  s.connect();
  s.send(request("GET / HTTP/1.1"));
  EXPECT_EQ(s.run_until_ended(), virtual_clock::outcome::finished);
  EXPECT_EQ(s.received, answer("", "Connection: close\r\n"));
}

}  // namespace
}  // namespace staplelab::runtime
