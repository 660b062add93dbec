// A connection as bytes: TCP here, TLS where TLS is known. It lets one HTTP loop serve both.
#pragma once

#include <boost/system/result.hpp>
#include <span>
#include <string_view>

#include "runtime/async.hpp"
#include "runtime/clock.hpp"
#include "runtime/packet_capture.hpp"

namespace staplelab::runtime {

class byte_stream {
 public:
  virtual ~byte_stream() = default;
  // At least one octet, or why not; the end of the stream is asio::error::eof. Cancellable.
  virtual awaitable<boost::system::result<std::size_t>> read_some(std::span<char> room) = 0;
  // All of it, or why not.
  virtual awaitable<error_code> write(std::string_view octets) = 0;
  // An orderly end in the way of the protocol, then waits for the peer to end as well: bound it
  // with a time.
  virtual awaitable<void> finish() = 0;
  // At once, with a TCP reset.
  virtual void reset() noexcept = 0;
  virtual connection_id connection() const noexcept = 0;
};

class tcp_stream final : public byte_stream {
 public:
  // `client_port` names the connection to the clock; see runtime/clock.hpp. What passes is told to
  // `log`, which outlives the stream; one end of a connection is enough.
  tcp_stream(tcp_socket socket, connection_id client_port, traffic_log* log = nullptr);
  awaitable<boost::system::result<std::size_t>> read_some(std::span<char> room) override;
  awaitable<error_code> write(std::string_view octets) override;
  awaitable<void> finish() override;
  void reset() noexcept override;
  connection_id connection() const noexcept override { return client_port_; }
  tcp_socket& socket() { return socket_; }

 private:
  void note(traffic_act what, std::string_view octets = {});

  tcp_socket socket_;
  connection_id client_port_;
  traffic_log* log_;
  port_pair ports_{};
  bool is_client_ = false;
};

}  // namespace staplelab::runtime
