// A responder on a loopback port in simulated time, and a client for it. Every call runs the world
// until its exchange is over, so that a test reads from top to bottom.
#pragma once

#include <gtest/gtest.h>
#include <openssl/evp.h>

#include <boost/asio/io_context.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "lab.hpp"
#include "responder/server.hpp"
#include "runtime/http_client.hpp"
#include "runtime/task_group.hpp"
#include "runtime/virtual_clock.hpp"

namespace staplelab::responder::test {

using exchange_result = boost::system::result<runtime::http_response, runtime::exchange_error>;

inline std::string as_text(const pki::bytes& octets) {
  return {octets.begin(), octets.end()};
}
inline pki::bytes as_octets(std::string_view text) {
  return {text.begin(), text.end()};
}

inline std::string base64(const pki::bytes& octets) {
  std::string text(4 * ((octets.size() + 2) / 3) + 1, '\0');
  const int length = EVP_EncodeBlock(reinterpret_cast<unsigned char*>(text.data()), octets.data(),
                                     static_cast<int>(octets.size()));
  text.resize(static_cast<std::size_t>(length));
  return text;
}

class world {
 public:
  explicit world(server_config config = {}) : world(std::move(config), runtime::duration(0)) {}
  // `skew`: how far the responder's own clock is ahead.
  world(server_config config, runtime::duration skew)
      : clock(start),
        responders_clock(clock, skew),
        with_authority_(with_authority(std::move(config))),
        tasks_(io.get_executor()),
        server(io.get_executor(), responders_clock, lab.ca(), with_authority_,
               [this](const event& what) { events.push_back(what); }) {}
  ~world() {
    server.stop();
    run(server.join());
  }

  // Runs `task` to its end.
  void run(runtime::awaitable<void> task) {
    bool done = false;
    tasks_.spawn(mark_done(std::move(task), done));
    run_until(done);
  }
  void sleep(runtime::duration length) { run(clock.sleep_until(clock.now() + length)); }

  exchange_result exchange(runtime::http_request request, runtime::duration timeout = 60s) {
    exchange_result result = runtime::exchange_error{runtime::exchange_failure::bad_url};
    run(store_exchange(clock, server.port(), std::move(request), timeout, result));
    return result;
  }
  exchange_result get(std::string_view leaf, runtime::duration timeout = 60s) {
    return exchange(get_request(leaf), timeout);
  }
  exchange_result post(std::string_view leaf, const std::optional<pki::bytes>& nonce = {}) {
    return exchange(post_request(leaf, nonce));
  }

  // Sends octets as they are, and returns everything that comes until the end of the connection.
  std::string talk(std::string octets) { return talk(std::move(octets), server.port()); }
  std::string talk(std::string octets, std::uint16_t port) {
    std::string heard;
    run(talk_raw(clock, port, std::move(octets), heard));
    return heard;
  }

  runtime::http_request get_request(std::string_view leaf) const {
    runtime::http_request request;
    request.method = "GET";
    request.target = "/" + base64(pki::build_ocsp_request(lab.id(leaf), std::nullopt));
    return request;
  }
  runtime::http_request post_request(std::string_view leaf,
                                     const std::optional<pki::bytes>& nonce = {}) const {
    runtime::http_request request;
    request.method = "POST";
    request.target = "/";
    request.fields.set("Content-Type", "application/ocsp-request");
    request.body = as_text(pki::build_ocsp_request(lab.id(leaf), nonce));
    return request;
  }

  pki::ocsp_verdict verdict(const exchange_result& result, std::string_view leaf) const {
    if (!result) return pki::ocsp_verdict::malformed;
    return pki::verify_ocsp(as_octets(result->body), lab.cert(leaf), lab.issuer(), {}, clock.now())
        .verdict;
  }

  fault_rule rule(std::string_view fault_name, const fault_parameters& parameters = {}) const {
    fault_rule result;
    result.what = *make_fault(fault_name, parameters);
    return result;
  }
  void add_fault(std::string_view fault_name, const fault_parameters& parameters = {}) {
    ASSERT_TRUE(server.add_fault(rule(fault_name, parameters)));
  }
  std::vector<request_answered> answered() const { return all<request_answered>(); }
  template <class Event>
  std::vector<Event> all() const {
    std::vector<Event> result;
    for (const auto& what : events) {
      if (const auto* one = std::get_if<Event>(&what)) result.push_back(*one);
    }
    return result;
  }

  test::lab lab;
  runtime::virtual_clock clock;
  runtime::skewed_clock responders_clock;
  std::vector<event> events;
  runtime::asio::io_context io{1};

 private:
  server_config with_authority_;
  runtime::task_group tasks_;

 public:
  responder::server server;

 private:
  server_config with_authority(server_config config) const {
    if (config.authorities.empty()) config.authorities.push_back(lab.direct());
    return config;
  }

  void run_until(const bool& done) {
    const auto ended = clock.run(io, [&] { return done; }, 20s);
    ASSERT_EQ(ended, runtime::virtual_clock::outcome::finished);
  }

  static runtime::awaitable<void> mark_done(runtime::awaitable<void> task, bool& done) {
    co_await std::move(task);
    done = true;
  }

  static runtime::awaitable<void> store_exchange(runtime::clock& time, std::uint16_t port,
                                                 runtime::http_request request,
                                                 runtime::duration timeout,
                                                 exchange_result& result) {
    runtime::http_url url;
    url.host = "127.0.0.1";
    url.port = port;
    auto exchanging = runtime::http_exchange(time, std::move(url), std::move(request),
                                             runtime::http_limits(), time.now() + timeout);
    result = co_await std::move(exchanging);
  }

  static runtime::awaitable<void> talk_raw(runtime::clock& time, std::uint16_t port,
                                           std::string octets, std::string& heard) {
    using namespace runtime;
    tcp_socket socket(co_await asio::this_coro::executor);
    const tcp::endpoint there(asio::ip::address_v4::loopback(), port);
    error_code error;
    co_await socket.async_connect(there, asio::redirect_error(use_awaitable, error));
    EXPECT_FALSE(error) << error.message();
    const auto waiting = time.hold(socket.local_endpoint(error).port());
    co_await asio::async_write(socket, asio::buffer(octets),
                               asio::redirect_error(use_awaitable, error));
    std::string room(4096, '\0');
    while (!error) {
      const auto count = co_await socket.async_read_some(
          asio::buffer(room), asio::redirect_error(use_awaitable, error));
      heard.append(room, 0, count);
    }
  }
};

}  // namespace staplelab::responder::test
