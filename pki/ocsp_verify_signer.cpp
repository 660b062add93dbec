#include "pki/ocsp_verify_signer.hpp"

#include <algorithm>

#include "pki/asn1.hpp"
#include "pki/ocsp_wire.hpp"
#include "pki/signature_strength.hpp"

namespace staplelab::pki {
namespace {

using finding = std::variant<found_signer, not_sound>;

bool signed_with(const signed_response& what, const certificate& signer) {
  EVP_PKEY* key = X509_get0_pubkey(signer.get());  // borrowed
  if (key == nullptr) return false;
  const X509_ALGOR* algorithm = OCSP_resp_get0_tbs_sigalg(what.basic);  // borrowed
  return is_strong(algorithm, key, what.rules.strength) &&
         ASN1_item_verify(ASN1_ITEM_rptr(OCSP_RESPDATA), algorithm,
                          OCSP_resp_get0_signature(what.basic), OCSP_resp_get0_respdata(what.basic),
                          key) == 1;
}

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

bool has_strong_signature(const certificate& cert, const certificate& issuer,
                          const signature_strength& wanted) {
  const X509_ALGOR* algorithm = nullptr;
  X509_get0_signature(nullptr, &algorithm, cert.get());  // borrowed
  const EVP_PKEY* key = X509_get0_pubkey(issuer.get());  // borrowed
  return key != nullptr && is_strong(algorithm, key, wanted);
}

// What the answers shown say of a delegate. Each must itself be by the issuer, or by a delegate
// with nocheck: so this goes one step deep, and nobody vouches for itself.
ocsp_verdict shown_for(const certificate& cert, const signed_response& what, time_point now) {
  verify_rules rules = what.rules;
  rules.without_nocheck = revocable_delegate::refuse;
  ocsp_verdict shown = ocsp_verdict::unknown;
  for (const bytes& answer : what.knowledge.delegate_answers) {
    const auto verdict = verify_ocsp(answer, cert, what.issuer, rules, now).verdict;
    if (verdict == ocsp_verdict::revoked) return verdict;
    if (verdict == ocsp_verdict::good) shown = verdict;
  }
  return shown;
}

std::optional<std::string> flaw_of_revocable(const certificate& cert, const signed_response& what,
                                             time_point now) {
  const auto rule = what.rules.without_nocheck;
  if (rule == revocable_delegate::refuse) return "it has no id-pkix-ocsp-nocheck";
  const ocsp_verdict shown = shown_for(cert, what, now);
  if (shown == ocsp_verdict::revoked) return "it is revoked";
  if (rule == revocable_delegate::prove && shown != ocsp_verdict::good) {
    return "it has no id-pkix-ocsp-nocheck, and nothing shows it good";
  }
  return std::nullopt;
}

// Empty for a delegate fit to sign: issued directly by the issuer, with the same key, for this
// purpose.
std::optional<std::string> flaw_of(const certificate& cert, const signed_response& what,
                                   time_point now) {
  const auto flags = X509_get_extension_flags(cert.get());
  if (!cert.may_sign_ocsp()) return "it has no id-kp-OCSPSigning";
  if ((flags & EXFLAG_INVALID) != 0) return "its extensions cannot be read";
  if ((flags & EXFLAG_CRITICAL) != 0) return "it has a critical extension that is not understood";
  constexpr auto may_sign = static_cast<std::uint32_t>(KU_DIGITAL_SIGNATURE | KU_NON_REPUDIATION);
  if ((X509_get_key_usage(cert.get()) & may_sign) == 0) return "its key may not sign";
  if (!is_current(cert, what.rules.skew, now)) return "it has expired, or is not valid yet";
  if (!has_strong_signature(cert, what.issuer, what.rules.strength)) {
    return "it is signed with a weak algorithm";
  }
  if (!cert.signed_by(what.issuer)) return "the issuer did not issue it";
  return cert.has_ocsp_nocheck() ? std::nullopt : flaw_of_revocable(cert, what, now);
}

not_sound bad_signature() {
  return {ocsp_verdict::bad_signature, "the signature does not hold, or its algorithm is too weak"};
}

found_signer signed_by(const certificate& cert) {
  return {cert.subject(), cert.not_after()};
}

// RFC 6960 4.2.2.2 point 1: "a local configuration of OCSP signing authority".
std::optional<found_signer> find_trusted(const signed_response& what, time_point now) {
  for (const certificate& cert : what.knowledge.trusted_signers) {
    if (is_named_by(what.basic, cert) && is_current(cert, what.rules.skew, now) &&
        signed_with(what, cert)) {
      return signed_by(cert);
    }
  }
  return std::nullopt;
}

finding find_fit_signer(const signed_response& what, time_point now) {
  const bool names_issuer = is_named_by(what.basic, what.issuer);
  if (names_issuer && signed_with(what, what.issuer)) {
    return found_signer{what.issuer.subject(), std::nullopt};
  }
  const EVP_PKEY* issuer_key = X509_get0_pubkey(what.issuer.get());  // borrowed
  bool fit_found = false;
  std::optional<std::string> flaw;
  for (const certificate& cert : what.certs) {
    if (!is_named_by(what.basic, cert)) continue;
    const EVP_PKEY* cert_key = X509_get0_pubkey(cert.get());  // borrowed
    // The issuer's own certificate, sent along, makes it no delegate.
    if (names_issuer && cert_key != nullptr && EVP_PKEY_eq(cert_key, issuer_key) == 1) continue;
    if (auto found = flaw_of(cert, what, now)) {
      flaw = std::move(found);
      continue;
    }
    fit_found = true;
    if (signed_with(what, cert)) return signed_by(cert);
  }
  if (fit_found || (names_issuer && !flaw)) return bad_signature();
  return not_sound{ocsp_verdict::unauthorized_signer,
                   flaw ? "the signer sent along is no delegate fit to sign: " + *flaw
                        : "the responder is neither the issuer nor a delegate sent along"};
}

// What servers do that leave the checks of RFC 6960 4.2.2.2 out.
finding find_any_signer(const signed_response& what) {
  if (signed_with(what, what.issuer)) return found_signer{what.issuer.subject(), std::nullopt};
  EVP_PKEY* issuer_key = X509_get0_pubkey(what.issuer.get());  // borrowed
  bool issued_found = false;
  for (const certificate& cert : what.certs) {
    if (issuer_key == nullptr || X509_verify(cert.get(), issuer_key) != 1) continue;
    issued_found = true;
    if (signed_with(what, cert)) return signed_by(cert);
  }
  if (issued_found || (what.certs.empty() && is_named_by(what.basic, what.issuer))) {
    return bad_signature();
  }
  return not_sound{ocsp_verdict::unauthorized_signer, "the issuer signed no embedded certificate"};
}

}  // namespace

finding find_signer(const signed_response& what, time_point now) {
  if (auto trusted = find_trusted(what, now)) return *std::move(trusted);
  return what.rules.fit_delegate ? find_fit_signer(what, now) : find_any_signer(what);
}

}  // namespace staplelab::pki
