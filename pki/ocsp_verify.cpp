#include "pki/ocsp_verify.hpp"

#include <algorithm>
#include <array>
#include <utility>

#include "pki/asn1.hpp"
#include "pki/ocsp_verify_signer.hpp"
#include "pki/ocsp_wire.hpp"

namespace staplelab::pki {
namespace {

// ---- When, and for whom

int gravity(const cert_status& status) {
  if (std::holds_alternative<revoked_status>(status)) return 2;
  return std::holds_alternative<unknown_status>(status) ? 1 : 0;
}

const single_response* find_single(const basic_response& basic, const certificate& leaf,
                                   const certificate& issuer, const verify_rules& rules) {
  if (!rules.match_cert_id) return &basic.singles.front();
  const serial_number serial = leaf.serial();
  const single_response* latest = nullptr;
  for (const single_response& single : basic.singles) {
    if (single.id.serial != serial || !single.id.names_issuer(issuer)) continue;
    const auto weight = [](const single_response& one) {
      return std::pair(one.this_update, gravity(one.status));
    };
    if (latest == nullptr || weight(single) > weight(*latest)) latest = &single;
  }
  return latest;
}

// RFC 9919 section 5, RFC 9654 2.1: another nonce is the answer to somebody else, or an old one;
// pre-produced answers have none.
std::optional<not_sound> judge_nonce(const std::optional<bytes>& came, const verify_rules& rules,
                                     const client_knowledge& knowledge) {
  if (!knowledge.nonce || came == knowledge.nonce) return std::nullopt;
  if (came) {
    return not_sound{ocsp_verdict::malformed, "the nonce is not the one that was sent"};
  }
  if (!rules.require_nonce) return std::nullopt;
  return not_sound{ocsp_verdict::malformed, "the nonce that was sent did not come back"};
}

// Empty when the times are right. Differences, not sums: a skew may be of any size.
std::optional<not_sound> judge_times(const single_response& single, time_point produced_at,
                                     const verify_rules& rules, time_point now) {
  if (single.this_update - now > rules.skew) {
    return not_sound{ocsp_verdict::not_yet_valid,
                     "thisUpdate " + to_rfc3339(single.this_update) + " lies in the future"};
  }
  if (produced_at - now > rules.skew) {
    return not_sound{ocsp_verdict::not_yet_valid,
                     "producedAt " + to_rfc3339(produced_at) + " lies in the future"};
  }
  if (!single.next_update && rules.require_next_update) {
    return not_sound{ocsp_verdict::expired, "without nextUpdate, which RFC 9919 section 5 wants"};
  }
  if (!single.next_update) {
    const duration age = now - single.this_update;
    if (rules.max_age && age > rules.skew && age - rules.skew > *rules.max_age) {
      return not_sound{ocsp_verdict::expired, "without nextUpdate, and thisUpdate " +
                                                  to_rfc3339(single.this_update) + " is too old"};
    }
    return std::nullopt;
  }
  if (*single.next_update < single.this_update) {
    return not_sound{ocsp_verdict::expired, "nextUpdate lies before thisUpdate"};
  }
  if (now - *single.next_update > rules.skew) {
    return not_sound{ocsp_verdict::expired,
                     "nextUpdate " + to_rfc3339(*single.next_update) + " has passed"};
  }
  return std::nullopt;
}

std::optional<not_sound> judge_content(const basic_response& basic, const single_response& single,
                                       const verify_rules& rules, const client_knowledge& knowledge,
                                       time_point now) {
  if (basic.unknown_critical_extension) {
    return not_sound{ocsp_verdict::critical_extension, "a critical extension is not understood"};
  }
  if (auto reason = judge_nonce(basic.nonce, rules, knowledge)) return reason;
  return judge_times(single, basic.produced_at, rules, now);
}

// ---- The judgement

ocsp_judgement judge(ocsp_verdict verdict, std::string why) {
  ocsp_judgement judgement{};
  judgement.verdict = verdict;
  judgement.why = std::move(why);
  return judgement;
}

void describe_single(ocsp_judgement& judgement, const single_response& single) {
  judgement.this_update = single.this_update;
  judgement.next_update = single.next_update;
  if (const auto* revoked = std::get_if<revoked_status>(&single.status)) {
    judgement.revoked_at = revoked->at;
    judgement.reason = revoked->reason;
  }
}

void conclude(ocsp_judgement& judgement, const single_response& single) {
  if (const auto* revoked = std::get_if<revoked_status>(&single.status)) {
    judgement.verdict = ocsp_verdict::revoked;
    judgement.why = "revoked at " + to_rfc3339(revoked->at);
  } else if (std::holds_alternative<unknown_status>(single.status)) {
    judgement.verdict = ocsp_verdict::unknown;
    judgement.why = "the responder does not know this certificate";
  } else {
    judgement.verdict = ocsp_verdict::good;
    judgement.why.clear();
  }
}

void refuse(ocsp_judgement& judgement, not_sound reason) {
  judgement.verdict = reason.verdict;
  judgement.why = std::move(reason.why);
}

}  // namespace

std::string_view to_string(ocsp_verdict verdict) {
  switch (verdict) {
    case ocsp_verdict::good:
      return "good";
    case ocsp_verdict::revoked:
      return "revoked";
    case ocsp_verdict::unknown:
      return "unknown";
    case ocsp_verdict::malformed:
      return "malformed";
    case ocsp_verdict::error_status:
      return "error_status";
    case ocsp_verdict::wrong_cert:
      return "wrong_cert";
    case ocsp_verdict::unauthorized_signer:
      return "unauthorized_signer";
    case ocsp_verdict::bad_signature:
      return "bad_signature";
    case ocsp_verdict::critical_extension:
      return "critical_extension";
    case ocsp_verdict::not_yet_valid:
      return "not_yet_valid";
    case ocsp_verdict::expired:
      return "expired";
  }
  return {};
}

std::string_view to_string(verify_profile profile) {
  switch (profile) {
    case verify_profile::rfc6960:
      return "rfc6960";
    case verify_profile::rfc9919:
      return "rfc9919";
    case verify_profile::webpki:
      return "webpki";
  }
  return {};
}

std::optional<verify_profile> parse_verify_profile(std::string_view name) {
  for (const auto profile :
       {verify_profile::rfc6960, verify_profile::rfc9919, verify_profile::webpki}) {
    if (name == to_string(profile)) return profile;
  }
  return std::nullopt;
}

verify_rules rules_of(verify_profile profile) {
  verify_rules rules;
  rules.require_next_update = profile != verify_profile::rfc6960;
  return rules;
}

ocsp_judgement verify_ocsp(bytes_view response, const certificate& leaf, const certificate& issuer,
                           const verify_rules& rules, time_point now) {
  return verify_ocsp(response, leaf, issuer, rules, client_knowledge{}, now);
}

ocsp_judgement verify_ocsp(bytes_view response, const certificate& leaf, const certificate& issuer,
                           const verify_rules& rules, const client_knowledge& knowledge,
                           time_point now) {
  const error_queue_guard guard;
  const auto opened = open_ocsp_response(response);
  if (!opened) return judge(ocsp_verdict::malformed, opened.error().why);
  if (!opened->basic) {
    ocsp_judgement judgement =
        judge(ocsp_verdict::error_status,
              "the responder answers " + std::string{to_string(opened->status)});
    judgement.error = opened->status;
    return judgement;
  }
  const auto basic = read_basic(opened->basic.get());
  if (!basic) return judge(ocsp_verdict::malformed, basic.error().why);

  ocsp_judgement judgement =
      judge(ocsp_verdict::wrong_cert, "no SingleResponse names this certificate");
  judgement.produced_at = basic->produced_at;
  judgement.responder_id = basic->responder_id;
  const single_response* single = find_single(*basic, leaf, issuer, rules);
  judgement.serial = single != nullptr ? single->id.serial : basic->singles.front().id.serial;
  if (single == nullptr) return judgement;
  describe_single(judgement, *single);

  auto found = find_signer({opened->basic.get(), basic->certs, issuer, rules, knowledge}, now);
  if (auto* reason = std::get_if<not_sound>(&found)) {
    refuse(judgement, std::move(*reason));
    return judgement;
  }
  const auto& signer = std::get<found_signer>(found);
  judgement.signer = signer.subject;
  judgement.signer_not_after = signer.not_after;
  if (auto reason = judge_content(*basic, *single, rules, knowledge, now)) {
    refuse(judgement, std::move(*reason));
    return judgement;
  }
  conclude(judgement, *single);
  return judgement;
}

}  // namespace staplelab::pki
