#include <gtest/gtest.h>

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "runtime/http_client.hpp"
#include "tests/runtime/served.hpp"

namespace staplelab::runtime {
namespace {

using namespace std::chrono_literals;
using exchange_result = boost::system::result<http_response, exchange_error>;

constexpr duration patience = 10s;

// A server whose answer a test chooses, and what it was asked.
struct http_world {
  world w;
  std::vector<http_request> asked;
  std::function<awaitable<http_action>(http_request, connection_id)> behaviour;
  http_server_limits limits;
  http_handler handler = [this](http_request request, connection_id id) {
    asked.push_back(request);
    return behaviour(std::move(request), id);
  };
  listener server{w.where, any_port,
                  [this](tcp_socket socket, connection_id id) {
                    return serve(std::move(socket), id, w.time, limits, handler);
                  },
                  100};

  http_url url() const { return {"127.0.0.1", server.local_endpoint().port(), ""}; }
};

awaitable<http_action> say(http_action action) {
  co_return action;
}

http_response response_with(std::string body) {
  http_response response;
  response.body = std::move(body);
  return response;
}

awaitable<void> exchange(clock& time, http_url url, http_request request, http_limits limits,
                         std::optional<exchange_result>& seen) {
  seen = co_await http_exchange(time, std::move(url), std::move(request), limits,
                                time.now() + patience);
}

http_request get(std::string target = "/") {
  return {.method = "GET", .target = target};
}

exchange_result ask(http_world& world, http_request request = get(), http_limits limits = {}) {
  std::optional<exchange_result> seen;
  world.w.run(exchange(world.w.time, world.url(), std::move(request), limits, seen));
  return seen ? std::move(*seen) : exchange_error{exchange_failure::bad_url};
}

std::string describe(const exchange_result& seen) {
  if (!seen) return std::string(to_string(seen.error().failure));
  return std::to_string(seen->status) + " " + seen->body;
}

TEST(http_exchange, brings_the_request_and_the_response_as_they_are) {
  http_world world;
  auto answer = response_with("body");
  answer.status = 201;
  answer.fields.set("X", "y");
  world.behaviour = [&](http_request, connection_id) { return say(answer); };
  http_request request{.method = "POST", .target = "//a+b=%2F", .body = std::string("\0\r\n", 3)};
  request.fields.set("Content-Type", "application/ocsp-request");
  const auto seen = ask(world, request);
  ASSERT_TRUE(seen);
  EXPECT_EQ(seen->status, 201);
  EXPECT_EQ(seen->body, "body");
  EXPECT_EQ(seen->fields.find("X"), "y");
  ASSERT_EQ(world.asked.size(), 1u);
  EXPECT_EQ(world.asked[0].target, "//a+b=%2F");
  EXPECT_EQ(world.asked[0].body, request.body);
  EXPECT_EQ(world.asked[0].fields.find("Host"), world.url().host_field());
  EXPECT_EQ(world.asked[0].fields.find("Content-Type"), "application/ocsp-request");
  EXPECT_FALSE(world.asked[0].keep_alive) << "one exchange, one connection";
  EXPECT_EQ(world.w.elapsed(), 0s);
}

TEST(http_exchange, takes_the_path_of_the_url_when_there_is_no_target) {
  const std::vector<std::pair<std::string, std::string>> table = {
      {"", "/"}, {"/a//b", "/a//b"}, {"?q", "/?q"}};
  for (const auto& [path, target] : table) {
    http_world world;
    world.behaviour = [](http_request, connection_id) { return say(response_with("")); };
    auto url = world.url();
    url.path = path;
    std::optional<exchange_result> seen;
    world.w.run(exchange(world.w.time, url, get(""), {}, seen));
    ASSERT_EQ(world.asked.size(), 1u);
    EXPECT_EQ(world.asked[0].target, target);
  }
}

TEST(http_exchange, of_a_head_has_the_fields_and_no_body) {
  http_world world;
  world.behaviour = [](http_request, connection_id) { return say(response_with("body")); };
  const auto seen = ask(world, {.method = "HEAD", .target = "/"});
  EXPECT_EQ(describe(seen), "200 ");
  EXPECT_EQ(seen->fields.find("Content-Length"), "4");
  EXPECT_EQ(world.asked[0].method, "HEAD");
}

TEST(http_exchange, works_in_http_1_0) {
  http_world world;
  world.behaviour = [](http_request, connection_id) { return say(response_with("body")); };
  const auto seen = ask(world, {.method = "GET", .target = "/", .version = 10});
  EXPECT_EQ(describe(seen), "200 body");
  EXPECT_EQ(seen->version, 10);
}

struct fault_row {
  const char* name;
  http_action action;
  std::string seen;
  duration takes = 0s;
};

class transport_faults : public testing::TestWithParam<fault_row> {};

TEST_P(transport_faults, reach_the_client_as_they_are) {
  http_world world;
  world.behaviour = [](http_request, connection_id) { return say(GetParam().action); };
  EXPECT_EQ(describe(ask(world, get(), {.header_octets = 100, .body_octets = 10})),
            GetParam().seen);
  EXPECT_EQ(world.w.elapsed(), GetParam().takes);
  // Nobody is left, on either side.
  EXPECT_EQ(world.w.run_until([&] { return world.server.session_count() == 0; }),
            virtual_clock::outcome::finished);
  EXPECT_EQ(world.w.elapsed(), GetParam().takes);
}

INSTANTIATE_TEST_SUITE_P(
    table, transport_faults,
    testing::Values(
        fault_row{"none", response_with("body"), "200 body"},
        fault_row{"body_of_the_limit", response_with("0123456789"), "200 0123456789"},
        fault_row{"body_too_large", response_with("0123456789a"), "response too large"},
        fault_row{"header_too_large", raw_octets{"HTTP/1.1 200 OK\r\nX: " + std::string(100, 'x')},
                  "response too large"},
        fault_row{"much_too_large",
                  raw_octets{"HTTP/1.1 200 OK\r\n\r\n" + std::string(3000000, 'x')},
                  "response too large"},
        fault_row{"no_length", raw_octets{"HTTP/1.1 200 OK\r\n\r\nbody"}, "200 body"},
        fault_row{"truncated", raw_octets{"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nbody"},
                  "connection closed early"},
        fault_row{"truncated_head", raw_octets{"HTTP/1.1 200 OK\r\nConte"},
                  "connection closed early"},
        fault_row{"garbage", raw_octets{"\x30\x03\x0a\x01\x06\r\n\r\n"}, "malformed response"},
        fault_row{"closed", close_connection{}, "connection closed early"},
        fault_row{"reset", reset_connection{}, "connection closed early"},
        fault_row{"silent", keep_silent{}, "timed out", patience}),
    [](const testing::TestParamInfo<fault_row>& tested) { return tested.param.name; });

TEST(http_exchange, tells_a_refused_connection) {
  http_world world;
  world.server.close();
  EXPECT_EQ(describe(ask(world)), "connection refused");
  EXPECT_EQ(world.w.elapsed(), 0s);
}

awaitable<http_action> say_later(clock& time, connection_id id, duration delay) {
  const auto mark = time.idle(id);
  co_await time.sleep_until(time.now() + delay);
  co_return response_with("late");
}

TEST(http_exchange, waits_for_a_slow_server_and_no_longer_than_the_deadline) {
  const std::vector<std::pair<duration, std::string>> table = {{patience - 1ms, "200 late"},
                                                               {patience + 1ms, "timed out"}};
  for (const auto& [delay, expected] : table) {
    http_world world;
    world.behaviour = [&, by = delay](http_request, connection_id id) {
      return say_later(world.w.time, id, by);
    };
    EXPECT_EQ(describe(ask(world)), expected);
    EXPECT_EQ(world.w.elapsed(), std::min(delay, patience));
  }
}

TEST(http_exchange, with_a_deadline_that_has_passed_asks_nobody) {
  http_world world;
  std::optional<exchange_result> seen;
  const auto late = [](clock& time, http_url url,
                       std::optional<exchange_result>& out) -> awaitable<void> {
    const http_limits limits;
    out = co_await http_exchange(time, std::move(url), get(), limits, time.now());
  };
  world.w.run(late(world.w.time, world.url(), seen));
  EXPECT_EQ(describe(*seen), "timed out");
  EXPECT_TRUE(world.asked.empty());
}

TEST(http_exchange, refuses_a_url_without_host_or_port) {
  for (const http_url& url : {http_url{"", 80, ""}, http_url{"127.0.0.1", 0, ""}}) {
    world w;
    std::optional<exchange_result> seen;
    w.run(exchange(w.time, url, get(), {}, seen));
    EXPECT_EQ(describe(*seen), "bad URL");
  }
}

TEST(http_exchange, resolves_names_in_real_time) {
  asio::io_context io;
  system_clock time;
  std::optional<exchange_result> seen;
  // RFC 6761 6.4: never a name.
  asio::co_spawn(io, exchange(time, {"nobody.invalid", 80, ""}, get(), {}, seen),
                 [](std::exception_ptr) {});
  io.run();
  ASSERT_TRUE(seen);
  EXPECT_EQ(describe(*seen), "host name not resolved");
}

TEST(http_exchange, reaches_a_name_in_real_time) {
  http_world world;
  world.behaviour = [](http_request, connection_id) { return say(response_with("body")); };
  system_clock time;
  std::optional<exchange_result> seen;
  auto url = world.url();
  url.host = "localhost";
  asio::co_spawn(world.w.io, exchange(time, url, get(), {}, seen), [](std::exception_ptr) {});
  while (!seen)
    world.w.io.run_one();
  EXPECT_EQ(describe(*seen), "200 body");
}

TEST(http_exchange, can_be_cancelled_at_every_turn) {
  for (int turns = 0; turns < 20; ++turns) {
    http_world world;
    world.behaviour = [](http_request, connection_id) { return say(keep_silent{}); };
    std::optional<exchange_result> seen;
    world.w.tasks.spawn(exchange(world.w.time, world.url(), get(), {}, seen));
    for (int turn = 0; turn < turns; ++turn)
      world.w.io.poll_one();
    world.w.tasks.cancel();
    EXPECT_EQ(world.w.run_until(
                  [&] { return world.w.tasks.size() == 0 && world.server.session_count() == 0; }),
              virtual_clock::outcome::finished);
    EXPECT_EQ(world.w.elapsed(), 0s);
    EXPECT_FALSE(seen);
  }
}

TEST(http_exchange, ends_early_when_the_server_ends_its_sessions) {
  http_world world;
  world.behaviour = [&](http_request, connection_id) {
    world.server.close_sessions();
    return say(response_with("never"));
  };
  EXPECT_EQ(describe(ask(world)), "connection closed early");
  EXPECT_EQ(world.w.elapsed(), 0s);
}

// The same order of events, two hundred times.

awaitable<void> note(clock& time, duration after, std::string what, std::string& notes) {
  co_await time.sleep_until(start + after);
  notes += what;
}

awaitable<void> exchange_and_note(http_world& world, std::string& notes) {
  auto url = world.url();
  const http_limits limits;
  const auto seen = co_await http_exchange(world.w.time, std::move(url), get("/client"), limits,
                                           world.w.time.now() + patience);
  notes += "<" + describe(seen) + ">";
}

std::string story() {
  http_world world;
  std::string notes;
  world.behaviour = [&](http_request, connection_id id) {
    notes += "asked ";
    return say_later(world.w.time, id, 2s);
  };
  world.w.tasks.spawn(note(world.w.time, 1s, "before ", notes));
  world.w.tasks.spawn(note(world.w.time, 2s, "equal ", notes));
  world.w.tasks.spawn(exchange_and_note(world, notes));
  world.w.tasks.spawn(note(world.w.time, 3s, " after", notes));
  EXPECT_EQ(world.w.run_until([&] { return world.w.tasks.size() == 0; }),
            virtual_clock::outcome::finished);
  return notes;
}

TEST(http_exchange, has_the_same_order_of_events_200_times) {
  for (int i = 0; i < 200; ++i)
    EXPECT_EQ(story(), "asked before equal <200 late> after");
}

}  // namespace
}  // namespace staplelab::runtime
