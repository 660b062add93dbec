// Makes all answers of a schedule before they are served, on threads of its own: first those that
// are served now, then for each turn those of the next, which wait beside the current ones until
// their moment comes. Nobody waits for it: what is not made yet is made when it is asked for.
#pragma once

#include <atomic>
#include <condition_variable>
#include <cstddef>
#include <functional>
#include <mutex>
#include <thread>
#include <vector>

#include "pki/bytes.hpp"
#include "pki/time.hpp"
#include "responder/fast_path.hpp"
#include "runtime/clock.hpp"

namespace staplelab::responder {

// The CertIDs of everything that was issued, page after page; none: that was the last one.
using id_pages = std::function<std::vector<pki::bytes>()>;

struct producer_config {
  std::size_t threads = 1;
  // Called for each production, then by one thread at a time. May throw.
  std::function<id_pages()> pages;
  // Told about each page, and with `done` == `over` at the end; on any thread.
  std::function<void(std::size_t made, bool over)> progress;
};

// Makes what is served at `then` or, once that has passed, at the moment; gives how many answers.
// Ends early when `stop` is set, and when the books cannot be read: what is missing is made when it
// is asked for.
std::size_t produce(fast_path& fast, const runtime::clock& time, const producer_config& config,
                    pki::time_point then, const std::atomic<bool>& stop);

class producer {
 public:
  // Begins at once, for a policy with a schedule. The references outlive it.
  producer(fast_path& fast, runtime::clock& time, answer_timing timing, producer_config config);
  ~producer();  // ends what is under way
  producer(const producer&) = delete;
  producer& operator=(const producer&) = delete;

 private:
  void run();
  bool wait_until(pki::time_point t);  // false: it is to end

  fast_path& fast_;
  runtime::clock& time_;
  answer_timing timing_;
  producer_config config_;
  std::atomic<bool> stop_{false};
  std::mutex guard_;
  std::condition_variable ended_;
  std::thread thread_;
};

}  // namespace staplelab::responder
