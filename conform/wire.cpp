#include "conform/wire.hpp"

#include <array>
#include <boost/system/system_error.hpp>
#include <utility>

#include "runtime/event.hpp"

namespace staplelab::conform {

namespace {

using namespace runtime;
using namespace asio::experimental::awaitable_operators;

// How long a careful client waits for 100 Continue (RFC 9110 10.1.1 leaves it to the client).
constexpr duration interim_patience = std::chrono::seconds(1);

class conversation {
 public:
  conversation(clock& time, wire_script script, executor where)
      : time_(time),
        script_(std::move(script)),
        socket_(where),
        beside_(where),
        heard_(where),
        parser_(response_limits, script_.head_only) {}

  awaitable<exchange> hold(tcp::endpoint address, time_point deadline);

 private:
  awaitable<void> talk(tcp::endpoint address);
  awaitable<bool> open_companion(tcp::endpoint address);
  awaitable<void> write_then_wait();
  awaitable<void> wait_before(sending::after when);
  awaitable<void> read();
  bool digest(http_response_parser::outcome outcome);
  void record(std::string_view octets);

  clock& time_;
  wire_script script_;
  tcp_socket socket_;
  tcp_socket beside_;
  event heard_;
  http_response_parser parser_;
  exchange seen_;
  std::size_t responses_before_writing_ = 0;
};

awaitable<exchange> conversation::hold(tcp::endpoint address, time_point deadline) {
  for (const sending& each : script_.sendings)
    seen_.sent += each.octets;
  seen_.request = script_.request;
  seen_.at = time_.now();
  seen_.limit = deadline - seen_.at;
  seen_.how = ending::not_connected;
  co_await (talk(address) || time_.sleep_until(deadline));
  seen_.took = time_.now() - seen_.at;
  error_code ignored;
  socket_.close(ignored);
  beside_.close(ignored);
  co_return std::move(seen_);
}

awaitable<void> conversation::talk(tcp::endpoint address) {
  const bool accompanied = co_await open_companion(address);
  error_code error;
  if (accompanied) {
    co_await socket_.async_connect(address, asio::redirect_error(use_awaitable, error));
  }
  if (!accompanied || error) co_return;
  seen_.how = ending::timed_out;
  socket_.set_option(tcp::no_delay(true), error);
  const auto waiting = time_.hold(socket_.local_endpoint(error).port());
  co_await (read() || write_then_wait());
}

awaitable<bool> conversation::open_companion(tcp::endpoint address) {
  if (script_.beside == companion::none) co_return true;
  error_code error;
  co_await beside_.async_connect(address, asio::redirect_error(use_awaitable, error));
  if (error) co_return false;
  if (script_.beside == companion::half_a_request) {
    const std::string half = "POST / HTTP/1.1\r\nHost: half\r\nContent-Le";
    co_await asio::async_write(beside_, asio::buffer(half),
                               asio::redirect_error(use_awaitable, error));
  }
  co_return !error;
}

// Never returns by itself: the reader, or the deadline, ends the conversation.
awaitable<void> conversation::write_then_wait() {
  error_code error;
  const connection_id port = socket_.local_endpoint(error).port();
  for (const sending& each : script_.sendings) {
    co_await wait_before(each.when);
    if (each.pause > duration(0)) {
      const auto lifted = time_.idle(port);
      co_await time_.sleep_until(time_.now() + each.pause);
    }
    co_await asio::async_write(socket_, asio::buffer(each.octets),
                               asio::redirect_error(use_awaitable, error));
    if (error) break;  // a server may answer and close before it has read everything
  }
  const auto lifted = script_.unfinished ? time_.idle(port) : clock::mark();
  event never(co_await asio::this_coro::executor);
  for (;;)
    co_await never.wait();
}

awaitable<void> conversation::wait_before(sending::after when) {
  switch (when) {
    case sending::after::at_once:
      co_return;
    case sending::after::response: {
      ++responses_before_writing_;
      while (seen_.responses.size() < responses_before_writing_)
        co_await heard_.wait();
      co_return;
    }
    case sending::after::interim: {
      error_code error;
      const auto lifted = time_.idle(socket_.local_endpoint(error).port());
      const time_point enough = time_.now() + interim_patience;
      while (!seen_.interim && time_.now() < enough)
        co_await (heard_.wait() || time_.sleep_until(enough));
      co_return;
    }
  }
}

awaitable<void> conversation::read() {
  std::array<char, 8192> room;
  for (;;) {
    error_code error;
    const auto count = co_await socket_.async_read_some(asio::buffer(room),
                                                        asio::redirect_error(use_awaitable, error));
    if (error == asio::error::operation_aborted) co_return;
    if (count > 0) record(std::string_view(room.data(), count));
    if (digest(error == asio::error::eof ? parser_.finish() : parser_.next())) co_return;
    if (error) {
      seen_.how = error == asio::error::eof ? ending::closed : ending::reset;
      co_return;
    }
  }
}

void conversation::record(std::string_view octets) {
  constexpr std::size_t most = max_response_head + max_response_body;
  seen_.received += octets.substr(0, most - std::min(most, seen_.received.size()));
  constexpr std::string_view interim = "HTTP/1.1 100 ";
  if (seen_.received.starts_with(interim)) seen_.interim = true;
  parser_.feed(octets);
  heard_.notify();
}

// True when nothing more is to be read.
bool conversation::digest(http_response_parser::outcome outcome) {
  while (auto* response = std::get_if<http_response>(&outcome)) {
    seen_.responses.push_back(std::move(*response));
    heard_.notify();
    if (seen_.responses.size() == script_.responses) {
      seen_.how = ending::answered;
      return true;
    }
    outcome = parser_.next();
  }
  const auto* flaw = std::get_if<http_flaw>(&outcome);
  if (flaw == nullptr) return false;
  const bool large = *flaw == http_flaw::header_too_large || *flaw == http_flaw::body_too_large;
  seen_.how = large ? ending::too_large : ending::not_http;
  return true;
}

}  // namespace

std::string_view to_string(ending how) {
  switch (how) {
    case ending::answered:
      return "answered";
    case ending::not_connected:
      return "no connection";
    case ending::closed:
      return "connection closed without an answer";
    case ending::reset:
      return "connection reset";
    case ending::timed_out:
      return "no answer in time";
    case ending::not_http:
      return "octets that are no HTTP response";
    case ending::too_large:
      return "an answer without end";
  }
  return {};
}

awaitable<exchange> converse(clock& time, tcp::endpoint address, wire_script script,
                             time_point deadline) {
  conversation speaking(time, std::move(script), co_await asio::this_coro::executor);
  auto held = speaking.hold(address, deadline);
  auto seen = co_await std::move(held);
  const auto cancellation = co_await asio::this_coro::cancellation_state;
  if (cancellation.cancelled() != asio::cancellation_type::none) {
    throw boost::system::system_error(asio::error::operation_aborted);
  }
  co_return seen;
}

}  // namespace staplelab::conform
