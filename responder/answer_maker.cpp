#include "responder/answer_maker.hpp"

#include "responder/answer.hpp"

namespace staplelab::responder {

bool answer_maker::follow_terms(pki::time_point now) {
  if (terms_ && terms_->version == shared_.version()) return true;
  terms_ = shared_.current_terms();
  if (!terms_) return false;
  signers_ = {};
  for (const auto& who : terms_->authorities)
    signers_.set(who, signer_choice::any, now);
  return true;
}

// What was recorded is asked of the book after the stamp was taken, so that an answer which is
// outdated meanwhile is not kept.
bool answer_maker::make_ready(pki::bytes_view cert_id, pki::time_point then) {
  const auto since = shared_.ready().current();
  if (!follow_terms(then)) return false;
  const auto request = plain_request(cert_id);
  const auto plainly = read_question(request, terms_->policy, then);
  const answer_sources from{*book_, signers_, nothing_remembered_, terms_->policy};
  const auto what = answer(plainly, from, std::nullopt, then);
  if (!what.authoritative() || !what.about_issued) return false;
  shared_.keep(request, what, then, since);
  return true;
}

pki::bytes plain_request(pki::bytes_view cert_id) {
  pki::bytes der(cert_id.begin(), cert_id.end());
  for (int depth = 0; depth < 4; ++depth) {  // Request, requestList, TBSRequest, OCSPRequest
    const auto size = static_cast<std::uint8_t>(der.size());
    der.insert(der.begin(), size);
    if (size >= 0x80) der.insert(der.begin(), 0x81);
    der.insert(der.begin(), 0x30);
  }
  return der;
}

}  // namespace staplelab::responder
