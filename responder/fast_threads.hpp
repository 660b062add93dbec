// The threads beside the full server's own: each has an io_context, a worker of the fast path, and
// a listener on the server's port. What is odd goes to the full server, connection and all.
#pragma once

#include <cstddef>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "responder/fast_path.hpp"
#include "runtime/async.hpp"
#include "runtime/clock.hpp"

namespace staplelab::responder {

class fast_threads {
 public:
  // Called on `full`'s thread with a connection, and with what was read of it.
  using give_back = std::function<void(runtime::tcp_socket socket, std::string arrived)>;

  // Starts `count` threads that listen at once, with so many connections each. Throws system_error
  // when the address cannot be bound.
  fast_threads(std::size_t count, fast_path& shared, runtime::clock& time,
               const runtime::tcp::endpoint& address, std::size_t connections,
               runtime::executor full, give_back odd);
  // Ends connections and threads.
  ~fast_threads();
  fast_threads(const fast_threads&) = delete;
  fast_threads& operator=(const fast_threads&) = delete;

  // As the full server does: refusing ends connections too. Both hold on all threads when they
  // return. listen() throws system_error when it cannot.
  void listen();
  void refuse();

 private:
  class thread;
  std::vector<std::unique_ptr<thread>> threads_;
};

}  // namespace staplelab::responder
