// Accepts TCP connections and runs a session for each, up to a limit; the accept loop of every
// server in the project.
//
// Ports are real; port 0 asks the kernel for a free one. Sockets have TCP_NODELAY set. A listener
// can be closed and opened again on the same port, which is how a server "refuses connections"; the
// port stays ours in between. A machine out of descriptors delays accepting and does not end it.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "runtime/async.hpp"
#include "runtime/clock.hpp"
#include "runtime/task_group.hpp"

namespace staplelab::runtime {

class listener {
 public:
  using session = std::function<awaitable<void>(tcp_socket socket, connection_id client_port)>;

  // Whether other sockets of this program may listen on the address too (SO_REUSEPORT); the kernel
  // then spreads connections over them.
  enum class port_sharing { alone, shared };

  // `max_sessions`: further connections wait in the backlog, and who connects holds the clock
  // meanwhile. Throws system_error when the address cannot be bound. `serve` makes a coroutine that
  // owns its socket and outlives `serve` itself.
  listener(executor where, const tcp::endpoint& address, session serve, std::size_t max_sessions,
           port_sharing sharing = port_sharing::alone);
  listener(const listener&) = delete;
  listener& operator=(const listener&) = delete;
  ~listener();

  tcp::endpoint local_endpoint() const { return address_; }
  bool is_open() const;
  void open();            // the same address again; nothing if open
  void close();           // stops accepting; running sessions go on
  void close_sessions();  // cancels what runs
  // Runs a session for a connection that was accepted elsewhere; close_sessions() and join() count
  // it.
  void adopt(awaitable<void> session_of_it);
  // Waits until it is closed and no session is left; rethrows what left one.
  awaitable<void> join();
  std::size_t session_count() const { return sessions_->size(); }

 private:
  static awaitable<void> accept_loop(std::shared_ptr<tcp_acceptor> acceptor,
                                     std::shared_ptr<task_group> sessions, session serve,
                                     std::size_t max_sessions);
  executor where_;
  tcp::endpoint address_;
  session serve_;
  std::size_t max_sessions_;
  port_sharing sharing_;
  tcp_acceptor reservation_;  // bound, never listening: nobody else gets the port meanwhile
  // Shared with the accept loop, which may outlive the listener by the turn that ends it.
  std::shared_ptr<tcp_acceptor> acceptor_;
  std::shared_ptr<task_group> sessions_;
  task_group accepting_;
};

// "127.0.0.1:8080", "[::1]:0"; literal addresses only. Empty when it is anything else.
std::optional<tcp::endpoint> parse_endpoint(std::string_view text);
std::string to_string(const tcp::endpoint& endpoint);

}  // namespace staplelab::runtime
