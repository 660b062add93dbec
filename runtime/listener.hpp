// Accepts TCP connections and runs a session for each, up to a limit; the accept loop of every
// server in the project.
//
// Ports are real; port 0 asks the kernel for a free one. Sockets have TCP_NODELAY set. A listener
// can be closed and opened again on the same port, which is how a server "refuses connections".
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>

#include "runtime/async.hpp"
#include "runtime/clock.hpp"
#include "runtime/task_group.hpp"

namespace staplelab::runtime {

class listener {
 public:
  using session = std::function<awaitable<void>(tcp_socket socket, connection_id client_port)>;

  // `max_sessions`: further connections wait in the backlog. Throws system_error when the address
  // cannot be bound.
  listener(executor where, const tcp::endpoint& address, session serve, std::size_t max_sessions);
  listener(const listener&) = delete;
  listener& operator=(const listener&) = delete;

  tcp::endpoint local_endpoint() const { return address_; }
  bool is_open() const;
  void open();            // the same address again; nothing if open
  void close();           // stops accepting; running sessions go on
  void close_sessions();  // cancels what runs
  awaitable<void> join();

 private:
  awaitable<void> accept_loop();
  executor where_;
  tcp::endpoint address_;
  session serve_;
  std::size_t max_sessions_;
  std::optional<tcp_acceptor> acceptor_;
  task_group accepting_;
  task_group sessions_;
};

// "127.0.0.1:8080", "[::1]:0"; literal addresses only. Empty when it is anything else.
std::optional<tcp::endpoint> parse_endpoint(std::string_view text);
std::string to_string(const tcp::endpoint& endpoint);

}  // namespace staplelab::runtime
