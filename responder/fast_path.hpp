// The fast path: plain questions over plain HTTP are answered by as many threads as there are
// workers, from answers that are ready, or are made by the pure functions of answer.hpp from a
// worker's own view of the books.
//
// Whatever is odd (another method, a condition, an unknown field that matters, faults, statuses
// set by hand) it gives back to the full path in responder/server.hpp, octet for octet as it came.
// The full server tells it what to sign with and when to stand aside.
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <utility>
#include <vector>

#include "pki/cert_status.hpp"
#include "responder/policy.hpp"
#include "responder/ready_answers.hpp"
#include "responder/signing.hpp"
#include "responder/signing_pool.hpp"

namespace staplelab::responder {

// What a change in the books makes wrong: an answer for `serial`, from `when` on.
struct outdated_answer {
  pki::serial_number serial;
  pki::time_point when;
};

struct fast_sources {
  // A view of the books for one thread; called by each worker. Throws when they cannot be opened.
  std::function<std::unique_ptr<pki::status_book>()> open_book;
  // What was recorded since it was asked last, by this process or another. Called once a
  // millisecond at the most, by one thread at a time. Throws pki::store_error.
  std::function<std::vector<outdated_answer>()> changes;
};

// What all workers share. Any thread may use it.
class fast_path {
 public:
  static constexpr std::size_t signatures_waiting = 256;  // of those that take long

  explicit fast_path(fast_sources from, std::size_t slow_threads = 1,
                     std::size_t slow_waiting = signatures_waiting)
      : from_(std::move(from)), slow_signatures_(slow_threads, slow_waiting) {}

  // What is answered with from now on; what was ready is forgotten.
  void publish(std::vector<authority> authorities, const answer_policy& policy);
  // While on detour, nothing is answered here.
  void set_detour(bool on) { detour_.store(on, std::memory_order_release); }
  bool on_detour() const { return detour_.load(std::memory_order_acquire); }
  std::uint64_t requests() const { return requests_.load(std::memory_order_relaxed); }
  ready_answers& ready() { return ready_; }
  signing_pool& slow_signatures() { return slow_signatures_; }

  // Keeps an answer to a plain request, made for `now`; `since` was taken before that. Not for a
  // moment before the last change: what was said then may be wrong by now.
  void keep(pki::bytes_view request, const ocsp_answer& what, pki::time_point now,
            ready_answers::stamp since);
  // The octets of an answer are the same on both paths: those of the one that is ready, if it says
  // the same, and if there is none, those of `what` are kept.
  void settle(pki::bytes_view request, ocsp_answer& what, pki::time_point now,
              ready_answers::stamp since);

  struct terms {
    std::uint64_t version;
    std::vector<authority> authorities;
    answer_policy policy;
  };
  std::uint64_t version() const { return version_.load(std::memory_order_acquire); }
  std::shared_ptr<const terms> current_terms() const;
  std::unique_ptr<pki::status_book> open_book() const { return from_.open_book(); }
  // Forgets what the books have outdated by `now`. False: they cannot be read.
  bool catch_up(pki::time_point now);
  void count(std::uint64_t requests) { requests_.fetch_add(requests, std::memory_order_relaxed); }

 private:
  bool look_at_books(pki::time_point now);
  void outdate(const pki::serial_number& serial, pki::time_point when);
  std::optional<pki::bytes> ready_for(pki::bytes_view request, pki::time_point now);

  fast_sources from_;
  ready_answers ready_;
  signing_pool slow_signatures_;
  std::atomic<bool> detour_{false};
  std::atomic<std::uint64_t> requests_{0};
  std::atomic<std::uint64_t> version_{0};
  mutable std::mutex terms_guard_;
  std::shared_ptr<const terms> terms_;
  std::atomic<std::int64_t> looked_at_{-1};  // milliseconds since 1970
  std::atomic<bool> readable_{true};
  std::atomic<pki::time_point> last_change_{pki::time_point::min()};
  std::mutex books_guard_;  // of what follows
  std::multimap<pki::time_point, pki::serial_number> outdated_later_;
};

}  // namespace staplelab::responder
