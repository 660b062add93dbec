// Signatures that take long, RSA's say, on threads of their own, so that a thread which serves
// connections never waits for one. The queue is bounded: what does not fit is told so at once, and
// becomes tryLater.
#pragma once

#include <boost/asio/thread_pool.hpp>
#include <cstddef>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>

#include "pki/bytes.hpp"
#include "runtime/async.hpp"

namespace staplelab::responder {

class signing_pool {
 public:
  signing_pool(std::size_t threads, std::size_t waiting_at_most)
      : threads_(threads), waiting_at_most_(waiting_at_most) {}
  signing_pool(const signing_pool&) = delete;
  signing_pool& operator=(const signing_pool&) = delete;

  // What `job` gave, on the caller's executor; empty when too many wait already, when the job
  // threw, and after close(). The caller's io_context outlives the pool, or close() comes before
  // its end.
  runtime::awaitable<std::optional<pki::bytes>> run(std::function<pki::bytes()> job);
  // Ends what waits, and returns when it has ended.
  void close();

 private:
  struct waiting_for;
  bool accept(std::function<pki::bytes()> job, runtime::executor where,
              std::shared_ptr<waiting_for> state);
  bool begin();  // false: it was closed meanwhile

  boost::asio::thread_pool threads_;
  std::size_t waiting_at_most_;
  std::mutex guard_;  // of what follows
  std::size_t waiting_ = 0;
  bool closed_ = false;
};

}  // namespace staplelab::responder
