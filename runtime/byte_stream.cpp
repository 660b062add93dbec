#include "runtime/byte_stream.hpp"

#include <array>
#include <boost/asio/socket_base.hpp>
#include <cassert>

namespace staplelab::runtime {

tcp_stream::tcp_stream(tcp_socket socket, connection_id client_port, traffic_log* log)
    : socket_(std::move(socket)), client_port_(client_port), log_(log) {
  if (!log_) return;
  error_code error;
  const auto local = socket_.local_endpoint(error).port();
  is_client_ = local == client_port;
  ports_ = {client_port, is_client_ ? socket_.remote_endpoint(error).port() : local};
  note(traffic_act::opened);
}

void tcp_stream::note(traffic_act what, std::string_view octets) {
  if (log_) log_->note(ports_, what, octets);
}

awaitable<boost::system::result<std::size_t>> tcp_stream::read_some(std::span<char> room) {
  assert(!room.empty());
  error_code error;
  const auto count = co_await socket_.async_read_some(asio::buffer(room.data(), room.size()),
                                                      asio::redirect_error(use_awaitable, error));
  if (error) co_return error;
  note(is_client_ ? traffic_act::server_sent : traffic_act::client_sent, {room.data(), count});
  co_return count;
}

awaitable<error_code> tcp_stream::write(std::string_view octets) {
  error_code error;
  co_await asio::async_write(socket_, asio::buffer(octets),
                             asio::redirect_error(use_awaitable, error));
  if (!error) note(is_client_ ? traffic_act::client_sent : traffic_act::server_sent, octets);
  co_return error;
}

// Closing a socket with unread octets in it sends a reset, which can destroy what the peer has not
// read yet (RFC 9112 9.6): so our end is announced first, and what still comes is read away.
awaitable<void> tcp_stream::finish() {
  error_code error;
  note(traffic_act::closed);
  socket_.shutdown(tcp_socket::shutdown_send, error);
  std::array<char, 4096> discarded;
  while (!error) {
    co_await socket_.async_read_some(asio::buffer(discarded),
                                     asio::redirect_error(use_awaitable, error));
  }
  socket_.close(error);
}

void tcp_stream::reset() noexcept {
  error_code ignored;
  note(traffic_act::reset);
  socket_.set_option(asio::socket_base::linger(true, 0), ignored);
  socket_.close(ignored);
}

}  // namespace staplelab::runtime
