// The first and the latest honest answer for each certificate: what a replay replays, and what lets
// an unchanged answer keep its octets.
//
// Answers to requests for one certificate only, and only for certificates that were issued, so that
// strangers who ask for made-up serials fill no memory. Beyond `max_certificates` nothing new is
// kept.
#pragma once

#include <map>
#include <optional>

#include "pki/bytes.hpp"
#include "pki/ocsp_message.hpp"

namespace staplelab::responder {

struct remembered_answer {
  pki::bytes der;
  pki::response_content content;
};

class remembered_answers {
 public:
  static constexpr std::size_t max_certificates = 10'000;

  void remember(const pki::response_content& content, const pki::bytes& der);
  // Null when there is none. `id` is matched by its encoding: the same question.
  const remembered_answer* earliest(const pki::cert_id& id) const;
  const remembered_answer* latest(const pki::cert_id& id) const;
  // After a change of signer the latest must not be used again; the earliest stay.
  void forget_latest();

 private:
  struct entry {
    remembered_answer earliest;
    std::optional<remembered_answer> latest;
  };
  std::map<pki::bytes, entry> by_id_;
};

}  // namespace staplelab::responder
