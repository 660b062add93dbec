// Makes answers for the fast path: one thread's view of the books, and the signers that are in
// force, in front of the pure functions of answer.hpp.
#pragma once

#include <cstdint>
#include <memory>

#include "pki/bytes.hpp"
#include "pki/cert_status.hpp"
#include "pki/time.hpp"
#include "responder/fast_path.hpp"
#include "responder/remembered_answers.hpp"
#include "responder/signing.hpp"

namespace staplelab::responder {

class answer_maker {
 public:
  explicit answer_maker(fast_path& shared) : shared_(shared), book_(shared.open_book()) {}

  // False: there is nothing to sign with yet. Look at terms() and signers() after it only.
  bool follow_terms(pki::time_point now);
  const fast_path::terms& terms() const { return *terms_; }
  const signing& signers() const { return signers_; }

  // Makes what is to be said at `then` about the certificate that this CertID names, and keeps it.
  // False: the full path has to say it.
  bool make_ready(pki::bytes_view cert_id, pki::time_point then);

 private:
  fast_path& shared_;
  std::unique_ptr<pki::status_book> book_;
  std::shared_ptr<const fast_path::terms> terms_;
  signing signers_;
  const remembered_answers nothing_remembered_;
};

// The request that holds this CertID and nothing else. It is shorter than 250 octets.
pki::bytes plain_request(pki::bytes_view cert_id);

}  // namespace staplelab::responder
