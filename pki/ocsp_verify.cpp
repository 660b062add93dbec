#include "pki/ocsp_verify.hpp"

#include <openssl/rsa.h>

#include <algorithm>
#include <array>

#include "pki/asn1.hpp"
#include "pki/ocsp_wire.hpp"

namespace staplelab::pki {
namespace {

// ---- Signatures

// MD5, SHA-1 and their age prove nothing any more (RFC 6960 5.1, CA/B BR 7.1.3.2).
bool is_strong_digest(int nid) {
  static constexpr std::array strong{NID_sha224,   NID_sha256,   NID_sha384,
                                     NID_sha512,   NID_sha3_224, NID_sha3_256,
                                     NID_sha3_384, NID_sha3_512, NID_sha512_256};
  return std::ranges::find(strong, nid) != strong.end();
}

// RSASSA-PSS names its digest in the parameters; left out, it is SHA-1 (RFC 4055 3.1).
bool is_strong_pss(const X509_ALGOR* algorithm) {
  if (algorithm->parameter == nullptr || algorithm->parameter->type != V_ASN1_SEQUENCE)
    return false;
  const auto parameters = from_der<handle<RSA_PSS_PARAMS, RSA_PSS_PARAMS_free>, d2i_RSA_PSS_PARAMS>(
      octets_of(algorithm->parameter->value.sequence));
  return parameters && parameters->hashAlgorithm != nullptr &&
         is_strong_digest(OBJ_obj2nid(parameters->hashAlgorithm->algorithm));
}

bool is_strong(const X509_ALGOR* algorithm) {
  const int nid = OBJ_obj2nid(algorithm->algorithm);
  if (nid == NID_ED25519 || nid == NID_ED448) return true;
  if (nid == NID_rsassaPss) return is_strong_pss(algorithm);
  int digest = NID_undef;
  return OBJ_find_sigid_algs(nid, &digest, nullptr) == 1 && is_strong_digest(digest);
}

bool has_strong_signature(const certificate& cert) {
  const X509_ALGOR* algorithm = nullptr;
  X509_get0_signature(nullptr, &algorithm, cert.get());  // borrowed
  return is_strong(algorithm);
}

bool signed_with(const OCSP_BASICRESP* basic, const certificate& signer) {
  EVP_PKEY* key = X509_get0_pubkey(signer.get());  // borrowed
  if (key == nullptr) return false;
  const X509_ALGOR* algorithm = OCSP_resp_get0_tbs_sigalg(basic);
  return is_strong(algorithm) &&
         ASN1_item_verify(ASN1_ITEM_rptr(OCSP_RESPDATA), algorithm, OCSP_resp_get0_signature(basic),
                          OCSP_resp_get0_respdata(basic), key) == 1;
}

// ---- Who signed

// RFC 6960 4.2.1: by name, or by the SHA-1 of the key.
bool is_named_by(const OCSP_BASICRESP* basic, const certificate& cert) {
  const ASN1_OCTET_STRING* key = nullptr;
  const X509_NAME* name = nullptr;
  if (OCSP_resp_get0_id(basic, &key, &name) != 1) return false;  // both borrowed
  if (name != nullptr) return X509_NAME_cmp(name, X509_get_subject_name(cert.get())) == 0;
  return std::ranges::equal(octets_of(key), hash_issuer(cert, hash_algorithm::sha1).key);
}

bool is_current(const certificate& cert, duration skew, time_point now) {
  return cert.not_before() - now <= skew && now - cert.not_after() <= skew;
}

// RFC 6960 4.2.2.2: issued directly by the issuer, with the same key, for this purpose.
bool is_fit_delegate(const certificate& cert, const certificate& issuer, duration skew,
                     time_point now) {
  return cert.may_sign_ocsp() && is_current(cert, skew, now) && has_strong_signature(cert) &&
         cert.signed_by(issuer);
}

struct signed_by_issuer {};
struct signed_by_delegate {
  certificate cert;
};
struct not_sound {
  ocsp_verdict verdict;
  std::string why;
};
using signer_finding = std::variant<signed_by_issuer, signed_by_delegate, not_sound>;

not_sound bad_signature() {
  return {ocsp_verdict::bad_signature, "the signature does not hold, or its digest is too weak"};
}

signer_finding find_fit_signer(const OCSP_BASICRESP* basic, const std::vector<certificate>& certs,
                               const certificate& issuer, const verify_rules& rules,
                               time_point now) {
  const bool names_issuer = is_named_by(basic, issuer);
  if (names_issuer && signed_with(basic, issuer)) return signed_by_issuer{};
  const EVP_PKEY* issuer_key = X509_get0_pubkey(issuer.get());  // borrowed
  bool fit_found = false;
  bool unfit_found = false;
  for (const certificate& cert : certs) {
    if (!is_named_by(basic, cert)) continue;
    const EVP_PKEY* cert_key = X509_get0_pubkey(cert.get());  // borrowed
    // The issuer's own certificate, sent along, makes it no delegate.
    if (names_issuer && cert_key != nullptr && EVP_PKEY_eq(cert_key, issuer_key) == 1) continue;
    if (!is_fit_delegate(cert, issuer, rules.skew, now)) {
      unfit_found = true;
      continue;
    }
    fit_found = true;
    if (signed_with(basic, cert)) return signed_by_delegate{cert};
  }
  if (fit_found || (names_issuer && !unfit_found)) return bad_signature();
  return not_sound{ocsp_verdict::unauthorized_signer,
                   unfit_found ? "the embedded signer is no delegate of the issuer fit to sign"
                               : "the responder is neither the issuer nor a delegate sent along"};
}

// What servers do that leave the checks of RFC 6960 4.2.2.2 out.
signer_finding find_any_signer(const OCSP_BASICRESP* basic, const std::vector<certificate>& certs,
                               const certificate& issuer) {
  if (signed_with(basic, issuer)) return signed_by_issuer{};
  EVP_PKEY* issuer_key = X509_get0_pubkey(issuer.get());  // borrowed
  bool issued_found = false;
  for (const certificate& cert : certs) {
    if (issuer_key == nullptr || X509_verify(cert.get(), issuer_key) != 1) continue;
    issued_found = true;
    if (signed_with(basic, cert)) return signed_by_delegate{cert};
  }
  if (issued_found || (certs.empty() && is_named_by(basic, issuer))) return bad_signature();
  return not_sound{ocsp_verdict::unauthorized_signer, "the issuer signed no embedded certificate"};
}

// ---- When, and for whom

const single_response* find_single(const basic_response& basic, const certificate& leaf,
                                   const certificate& issuer, const verify_rules& rules) {
  if (!rules.match_cert_id) return &basic.singles.front();
  const serial_number serial = leaf.serial();
  const auto found = std::ranges::find_if(basic.singles, [&](const single_response& single) {
    return single.id.serial == serial && single.id.names_issuer(issuer);
  });
  return found == basic.singles.end() ? nullptr : &*found;
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

ocsp_judgement verify_ocsp(bytes_view response, const certificate& leaf, const certificate& issuer,
                           const verify_rules& rules, time_point now) {
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

  signer_finding signer =
      rules.fit_delegate ? find_fit_signer(opened->basic.get(), basic->certs, issuer, rules, now)
                         : find_any_signer(opened->basic.get(), basic->certs, issuer);
  if (auto* reason = std::get_if<not_sound>(&signer)) {
    refuse(judgement, std::move(*reason));
    return judgement;
  }
  if (const auto* delegate = std::get_if<signed_by_delegate>(&signer)) {
    judgement.signer = delegate->cert.subject();
    judgement.signer_not_after = delegate->cert.not_after();
  } else {
    judgement.signer = issuer.subject();
  }
  if (basic->unknown_critical_extension) {
    refuse(judgement, {ocsp_verdict::critical_extension, "a critical extension is not understood"});
    return judgement;
  }
  if (auto reason = judge_times(*single, basic->produced_at, rules, now)) {
    refuse(judgement, std::move(*reason));
    return judgement;
  }
  conclude(judgement, *single);
  return judgement;
}

}  // namespace staplelab::pki
