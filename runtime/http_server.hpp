// The HTTP loop of every server in the project: reads requests off a stream, asks a handler, writes
// what it says. The handler may also order a fault of the transport.
#pragma once

#include <functional>
#include <string>
#include <variant>

#include "runtime/async.hpp"
#include "runtime/byte_stream.hpp"
#include "runtime/clock.hpp"
#include "runtime/http.hpp"

namespace staplelab::runtime {

struct raw_octets {
  std::string octets;  // written as they are; then the connection is closed
};
struct close_connection {};  // without a word
struct reset_connection {};
// Keeps the connection open without a word until the peer leaves or the server stops.
struct keep_silent {};
using http_action =
    std::variant<http_response, raw_octets, close_connection, reset_connection, keep_silent>;

// The handler owns its request. If it sleeps on the clock it declares the connection idle.
using http_handler = std::function<awaitable<http_action>(http_request, connection_id)>;

struct http_server_limits {
  http_limits message;
  duration idle_timeout = std::chrono::seconds(60);     // between messages, or writing one
  duration message_timeout = std::chrono::seconds(20);  // from a request's first octet to its last
  duration linger_timeout = std::chrono::seconds(2);    // for the peer to close after we did
};

// Returns when the peer left or a limit was crossed; throws operation_aborted when it was
// cancelled. Octets that are no request are answered with the status of their flaw, and closed; so
// is a request whose handler throws, with 500. A HEAD request reaches the handler as such, and the
// body of its response is not written.
awaitable<void> serve_http(byte_stream& stream, clock& time, const http_server_limits& limits,
                           const http_handler& handler);

// A connection on which somebody else has read `arrived` already. It is left as soon as `leave`
// says so between two messages, with nothing of the next one read; true: the stream is open then,
// and the caller's again.
struct taken_over {
  std::string arrived = {};
  std::function<bool()> leave = {};
};
awaitable<bool> serve_http(byte_stream& stream, clock& time, const http_server_limits& limits,
                           const http_handler& handler, taken_over from);

}  // namespace staplelab::runtime
