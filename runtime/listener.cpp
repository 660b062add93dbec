#include "runtime/listener.hpp"

#include <fmt/core.h>
#include <sys/socket.h>

#include <boost/asio/ip/address.hpp>
#include <boost/asio/socket_base.hpp>
#include <charconv>
#include <utility>

namespace staplelab::runtime {

namespace {

constexpr duration out_of_resources_pause{50};

// With SO_REUSEADDR any number of sockets may be bound to one address while none of them listens.
using reuse_port = asio::detail::socket_option::boolean<SOL_SOCKET, SO_REUSEPORT>;

tcp_acceptor bind_to(executor where, const tcp::endpoint& address, listener::port_sharing sharing) {
  tcp_acceptor acceptor(where);
  acceptor.open(address.protocol());
  acceptor.set_option(asio::socket_base::reuse_address(true));
  if (sharing == listener::port_sharing::shared) acceptor.set_option(reuse_port(true));
  acceptor.bind(address);
  return acceptor;
}

}  // namespace

listener::listener(executor where, const tcp::endpoint& address, session serve,
                   std::size_t max_sessions, port_sharing sharing)
    : where_(where),
      serve_(std::move(serve)),
      max_sessions_(max_sessions),
      sharing_(sharing),
      reservation_(bind_to(where, address, sharing)),
      sessions_(std::make_shared<task_group>(where)),
      accepting_(where) {
  address_ = reservation_.local_endpoint();
  open();
}

listener::~listener() {
  close();
  close_sessions();
}

bool listener::is_open() const {
  return acceptor_ && acceptor_->is_open();
}

void listener::open() {
  if (is_open()) return;
  auto acceptor = std::make_shared<tcp_acceptor>(bind_to(where_, address_, sharing_));
  acceptor->listen();
  acceptor_ = std::move(acceptor);
  accepting_.spawn(accept_loop(acceptor_, sessions_, serve_, max_sessions_));
}

void listener::close() {
  if (!is_open()) return;
  error_code ignored;
  acceptor_->close(ignored);
  accepting_.cancel();
}

void listener::close_sessions() {
  sessions_->cancel();
}

void listener::adopt(awaitable<void> session_of_it) {
  sessions_->spawn(std::move(session_of_it));
}

awaitable<void> listener::join() {
  co_await accepting_.join();
  co_await sessions_->join();
}

awaitable<void> listener::accept_loop(std::shared_ptr<tcp_acceptor> acceptor,
                                      std::shared_ptr<task_group> sessions, session serve,
                                      std::size_t max_sessions) {
  for (;;) {
    co_await sessions->join_below(max_sessions);
    // The address comes from accept(2) itself: a peer that has left already has none to ask for.
    tcp::endpoint peer;
    error_code error;
    auto socket = co_await acceptor->async_accept(peer, asio::redirect_error(use_awaitable, error));
    if (!acceptor->is_open()) co_return;
    if (error == asio::error::connection_aborted) continue;
    if (error) {
      // accept(2): out of descriptors or memory. The connection stays in the backlog, so that
      // accepting again at once would spin.
      co_await real_pause(out_of_resources_pause);
      continue;
    }
    error_code ignored;
    socket.set_option(tcp::no_delay(true), ignored);
    sessions->spawn(serve(std::move(socket), peer.port()));
  }
}

std::optional<tcp::endpoint> parse_endpoint(std::string_view text) {
  const bool bracketed = text.starts_with('[');
  const auto colon = bracketed ? text.find("]:") : text.find(':');
  if (colon == std::string_view::npos) return std::nullopt;
  const auto digits = text.substr(colon + (bracketed ? 2 : 1));
  std::uint16_t port = 0;
  const auto* end = digits.data() + digits.size();
  const auto [rest, failure] = std::from_chars(digits.data(), end, port);
  if (failure != std::errc() || rest != end) return std::nullopt;

  error_code error;
  const auto host = text.substr(bracketed ? 1 : 0, colon - (bracketed ? 1 : 0));
  const std::string address_text(host);
  if (bracketed) {
    const auto address = asio::ip::make_address_v6(address_text, error);
    return error ? std::nullopt : std::optional(tcp::endpoint(address, port));
  }
  const auto address = asio::ip::make_address_v4(address_text, error);
  return error ? std::nullopt : std::optional(tcp::endpoint(address, port));
}

std::string to_string(const tcp::endpoint& endpoint) {
  const auto address = endpoint.address().to_string();
  return endpoint.address().is_v6() ? fmt::format("[{}]:{}", address, endpoint.port())
                                    : fmt::format("{}:{}", address, endpoint.port());
}

}  // namespace staplelab::runtime
