// A server on loopback with simulated time, and a client that speaks octets.
#pragma once

#include <gtest/gtest.h>

#include <string>
#include <string_view>
#include <utility>

#include "runtime/http_server.hpp"
#include "runtime/listener.hpp"
#include "tests/runtime/world.hpp"

namespace staplelab::runtime {

inline const tcp::endpoint any_port(asio::ip::address_v4::loopback(), 0);

inline awaitable<void> serve(tcp_socket socket, connection_id id, clock& time,
                             http_server_limits limits, const http_handler& handler) {
  tcp_stream stream(std::move(socket), id);
  co_await serve_http(stream, time, limits, handler);
}

inline awaitable<http_action> echo(http_request request, connection_id) {
  http_response response;
  response.body = request.method + request.target + request.body;
  co_return response;
}

struct served {
  world w;
  http_server_limits limits;
  http_handler handler = echo;
  listener server{w.where, any_port,
                  [this](tcp_socket socket, connection_id id) {
                    return serve(std::move(socket), id, w.time, limits, handler);
                  },
                  100};
  tcp_socket client{w.where};
  std::string received;
  error_code ended;

  void connect() {
    client.connect(server.local_endpoint());
    w.tasks.spawn(receive(client, received, ended));
  }
  void send(std::string_view octets) { asio::write(client, asio::buffer(octets)); }
  virtual_clock::outcome run_until_ended() {
    return w.run_until([this] { return static_cast<bool>(ended); });
  }
  void run_until_quiet() {
    EXPECT_EQ(w.run_until([] { return false; }), virtual_clock::outcome::stuck);
  }
  void run_until_received(std::string_view octets) {
    EXPECT_EQ(w.run_until([&] { return received == octets || ended; }),
              virtual_clock::outcome::finished);
    EXPECT_EQ(received, octets);
  }

 private:
  static awaitable<void> receive(tcp_socket& socket, std::string& received, error_code& ended) {
    char room[4096];
    while (!ended) {
      const auto count = co_await socket.async_read_some(
          asio::buffer(room), asio::redirect_error(use_awaitable, ended));
      received.append(room, count);
    }
    if (ended == asio::error::eof) socket.close();
  }
};

inline std::string request(std::string_view line, std::string_view fields = "",
                           std::string_view body = "") {
  return std::string(line) + "\r\nHost: a\r\n" + std::string(fields) + "\r\n" + std::string(body);
}

inline std::string answer(std::string_view body, std::string_view fields = "") {
  return "HTTP/1.1 200 OK\r\nContent-Length: " + std::to_string(body.size()) + "\r\n" +
         std::string(fields) + "\r\n" + std::string(body);
}

}  // namespace staplelab::runtime
