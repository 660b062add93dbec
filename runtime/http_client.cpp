#include "runtime/http_client.hpp"

#include <array>
#include <boost/asio/ip/address.hpp>
#include <boost/asio/ip/basic_resolver.hpp>
#include <boost/system/system_error.hpp>
#include <string>
#include <utility>
#include <vector>

namespace staplelab::runtime {

namespace {

using exchange_result = boost::system::result<http_response, exchange_error>;
using resolver = asio::ip::basic_resolver<tcp, executor>;

exchange_error failed(exchange_failure failure) {
  return {failure};
}

exchange_failure connect_failure(const error_code& error) {
  if (error == asio::error::connection_refused) return exchange_failure::refused;
  if (error == asio::error::timed_out) return exchange_failure::timed_out;
  return exchange_failure::unreachable;
}

exchange_failure failure_of(http_flaw flaw) {
  switch (flaw) {
    case http_flaw::malformed:
    case http_flaw::version_not_supported:
      return exchange_failure::malformed;
    case http_flaw::header_too_large:
    case http_flaw::body_too_large:
      return exchange_failure::too_large;
  }
  return exchange_failure::malformed;
}

void complete(http_request& request, const http_url& url) {
  if (request.target.empty()) {
    request.target = url.path.starts_with('/') ? url.path : "/" + url.path;
  }
  request.fields.set("Host", url.host_field());
  request.keep_alive = false;
}

// Where a host may be reached. A resolver answers from another thread, which only wall time can
// wait for: an address that is written out does without.
awaitable<std::vector<tcp::endpoint>> endpoints_of(const http_url& url) {
  std::vector<tcp::endpoint> endpoints;
  error_code error;
  const auto address = asio::ip::make_address(url.host, error);
  if (!error) {
    endpoints.emplace_back(address, url.port);
    co_return endpoints;
  }
  resolver lookup(co_await asio::this_coro::executor);
  const auto found =
      co_await lookup.async_resolve(url.host, std::to_string(url.port), resolver::numeric_service,
                                    asio::redirect_error(use_awaitable, error));
  for (const auto& entry : found)
    endpoints.push_back(entry.endpoint());
  co_return endpoints;
}

// Connects to the first that accepts.
awaitable<boost::system::result<tcp_socket, exchange_error>> connect(
    const std::vector<tcp::endpoint>& endpoints) {
  tcp_socket socket(co_await asio::this_coro::executor);
  error_code error = asio::error::host_not_found;
  for (const auto& endpoint : endpoints) {
    error_code ignored;
    socket.close(ignored);
    co_await socket.async_connect(endpoint, asio::redirect_error(use_awaitable, error));
    if (!error) break;
  }
  if (endpoints.empty()) co_return failed(exchange_failure::not_resolved);
  if (error) co_return failed(connect_failure(error));
  socket.set_option(tcp::no_delay(true), error);
  co_return std::move(socket);
}

awaitable<exchange_result> read_response(tcp_socket& socket, const http_limits& limits,
                                         bool head_only) {
  http_response_parser parser(limits, head_only);
  std::array<char, 8192> room;
  for (;;) {
    error_code error;
    const auto count = co_await socket.async_read_some(asio::buffer(room),
                                                       asio::redirect_error(use_awaitable, error));
    if (!error) parser.feed(std::string_view(room.data(), count));
    auto outcome = error == asio::error::eof ? parser.finish() : parser.next();
    if (auto* response = std::get_if<http_response>(&outcome)) co_return std::move(*response);
    if (const auto* flaw = std::get_if<http_flaw>(&outcome)) co_return failed(failure_of(*flaw));
    if (error) co_return failed(exchange_failure::closed_early);
  }
}

awaitable<exchange_result> exchange(clock& time, http_url url, http_request request,
                                    http_limits limits) {
  auto waiting = time.hold(0);
  const auto endpoints = co_await endpoints_of(url);
  auto connected = co_await connect(endpoints);
  if (!connected) co_return connected.error();
  auto& socket = *connected;
  error_code error;
  waiting = time.hold(socket.local_endpoint(error).port());

  // A server may answer and close before it has read everything, so that a failure to write says
  // nothing yet.
  const auto octets = serialise(request);
  co_await asio::async_write(socket, asio::buffer(octets),
                             asio::redirect_error(use_awaitable, error));
  co_return co_await read_response(socket, limits, request.method == "HEAD");
}

}  // namespace

std::string_view to_string(exchange_failure failure) {
  switch (failure) {
    case exchange_failure::bad_url:
      return "bad URL";
    case exchange_failure::not_resolved:
      return "host name not resolved";
    case exchange_failure::refused:
      return "connection refused";
    case exchange_failure::unreachable:
      return "host unreachable";
    case exchange_failure::timed_out:
      return "timed out";
    case exchange_failure::closed_early:
      return "connection closed early";
    case exchange_failure::malformed:
      return "malformed response";
    case exchange_failure::too_large:
      return "response too large";
  }
  return "failed";
}

awaitable<exchange_result> http_exchange(clock& time, http_url url, http_request request,
                                         http_limits limits, time_point deadline) {
  using namespace asio::experimental::awaitable_operators;
  if (url.host.empty() || url.port == 0) co_return failed(exchange_failure::bad_url);
  if (deadline <= time.now()) co_return failed(exchange_failure::timed_out);
  complete(request, url);
  auto ended = co_await (exchange(time, std::move(url), std::move(request), limits) ||
                         time.sleep_until(deadline));
  // To the branch above, being cancelled is a connection that ended.
  const auto cancellation = co_await asio::this_coro::cancellation_state;
  if (cancellation.cancelled() != asio::cancellation_type::none) {
    throw boost::system::system_error(asio::error::operation_aborted);
  }
  if (auto* result = std::get_if<0>(&ended)) co_return std::move(*result);
  co_return failed(exchange_failure::timed_out);
}

}  // namespace staplelab::runtime
