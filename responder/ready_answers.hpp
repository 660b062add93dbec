// Answers as they go over the wire, found by the CertID that asks for them: what the fast path
// gives out. Any thread may use it.
//
// It never decides anything: every answer in it was made by the full path's own functions, for a
// window of time in which they would say the same, and whoever learns that they would not any more
// has it forgotten. Only what was issued has answers here, so that strangers cannot fill it.
#pragma once

#include <array>
#include <atomic>
#include <boost/unordered/unordered_flat_set.hpp>
#include <cstddef>
#include <cstdint>
#include <list>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "pki/bytes.hpp"
#include "pki/serial_number.hpp"
#include "pki/time.hpp"
#include "responder/answer.hpp"

namespace staplelab::responder {

class ready_answers {
 public:
  // Since when, and until when, an answer is the right one.
  struct window {
    pki::time_point from;
    pki::time_point until;
  };
  // A count of what was forgotten. Take it before the book is read for an answer that is to be
  // kept.
  using stamp = std::uint64_t;
  stamp current() const { return forgotten_.load(std::memory_order_acquire); }

  ready_answers();
  ~ready_answers();
  ready_answers(const ready_answers&) = delete;
  ready_answers& operator=(const ready_answers&) = delete;

  // Nothing is kept when something was forgotten after `since`, when an answer for the same moment
  // is there already, and for CertIDs that clients could make up any number of. `what` is a signed
  // answer to a request that was a CertID and nothing else.
  void keep(const ocsp_answer& what, const window& when, stamp since);

  struct reply_form {
    bool is_post;
    bool closes;
    std::string_view date;  // IMF-fixdate of `now`
  };
  // Appends the whole HTTP response. False: there is no answer for this moment.
  bool append(pki::bytes_view cert_id, pki::time_point now, const reply_form& form,
              std::string& out);
  // Only its OCSP response.
  std::optional<pki::bytes> find(pki::bytes_view cert_id, pki::time_point now);

  void forget(const pki::serial_number& serial);  // whoever issued it
  void forget_all();
  std::size_t size() const;

 private:
  struct image;
  struct image_deleter {
    void operator()(image* what) const noexcept;
  };
  using image_ptr = std::unique_ptr<image, image_deleter>;
  // What is served now, and what will be.
  struct entry {
    mutable image_ptr current;
    mutable image_ptr next;
    pki::bytes_view cert_id() const;
    const image* at(pki::time_point now) const;
    void add(image_ptr made) const;
  };
  struct hash {
    using is_transparent = void;
    std::size_t operator()(pki::bytes_view cert_id) const;
    std::size_t operator()(const entry& which) const { return operator()(which.cert_id()); }
  };
  struct same {
    using is_transparent = void;
    static pki::bytes_view id(pki::bytes_view cert_id) { return cert_id; }
    static pki::bytes_view id(const entry& which) { return which.cert_id(); }
    template <class A, class B>
    bool operator()(const A& a, const B& b) const {
      return equal(id(a), id(b));
    }
    static bool equal(pki::bytes_view a, pki::bytes_view b);
  };
  struct alignas(64) shard {
    mutable std::mutex guard;
    boost::unordered_flat_set<entry, hash, same> entries;
  };
  static constexpr std::size_t shard_count = 64;

  shard& shard_of(pki::bytes_view cert_id);
  const std::string* shared_end_of(const pki::bytes& der);
  bool remember_form(pki::bytes_view cert_id, pki::bytes_view serial);

  std::array<shard, shard_count> shards_;
  std::atomic<stamp> forgotten_{0};
  std::mutex guard_;  // of what follows
  // The certificates at the end of responses: one copy for all that end with it.
  std::list<std::string> ends_;
  // The CertIDs that were kept, each without its serial number: two for every hash and authority.
  std::vector<pki::bytes> forms_;
};

}  // namespace staplelab::responder
