#include "responder/signing.hpp"

#include <algorithm>
#include <utility>

#include "pki/key_match.hpp"

namespace staplelab::responder {

namespace {

// Marks the serials of unfit delegates: these certificates were never issued by the CA's books.
pki::serial_number made_up_serial(std::uint8_t which) {
  const std::uint8_t magnitude[] = {0x6f, 0x63, 0x73, 0x70, which};
  return pki::serial_number::from_magnitude(magnitude);
}

// The common name out of an RFC 2253 subject; the whole subject when there is none.
std::string common_name_of(const pki::certificate& cert) {
  const auto subject = cert.subject();
  const auto begin = subject.starts_with("CN=") ? 0 : subject.find(",CN=");
  if (begin == std::string::npos) return subject;
  const auto value = subject.find('=', begin) + 1;
  return subject.substr(value, subject.find(',', value) - value);
}

// What is wrong with a signer, whoever it signs for.
std::optional<signer_flaw> own_flaw(const pki::credential& signer, pki::time_point now) {
  if (!pki::holds_matching_key(signer)) return signer_flaw::key_mismatch;
  if (now < signer.cert.not_before()) return signer_flaw::not_yet_valid;
  if (now > signer.cert.not_after()) return signer_flaw::expired;
  return std::nullopt;
}

std::optional<signer_flaw> delegate_flaw(const pki::credential& delegate,
                                         const pki::certificate& issuer, pki::time_point now) {
  if (auto flaw = own_flaw(delegate, now)) return flaw;
  if (!delegate.cert.may_sign_ocsp()) return signer_flaw::no_ocsp_signing;
  if (!delegate.cert.signed_by(issuer)) return signer_flaw::foreign_delegate;
  return std::nullopt;
}

}  // namespace

pki::ocsp_signer authority::signer() const {
  if (delegate) return {*delegate, true};
  return {issuer, false};
}

std::string_view to_string(signer_flaw flaw) {
  switch (flaw) {
    case signer_flaw::key_mismatch:
      return "has another public key than the private key given";
    case signer_flaw::not_yet_valid:
      return "is not valid yet";
    case signer_flaw::expired:
      return "has expired";
    case signer_flaw::no_ocsp_signing:
      return "lacks id-kp-OCSPSigning in its extended key usage";
    case signer_flaw::foreign_delegate:
      return "was not issued by the authority it signs for";
  }
  return {};
}

chosen_signer choose_signer(const authority& who,
                            const std::vector<pki::preferred_signature>& preferred) {
  const auto usual = who.signer();
  for (const auto& wanted : preferred) {
    if (!pki::is_strong_enough(wanted.algorithm, who.issuer.key)) continue;
    if (pki::can_satisfy(usual.identity.key, wanted)) return {usual, wanted.algorithm};
    for (const auto& other : who.alternates) {
      if (pki::can_satisfy(other.key, wanted)) return {{other, true}, wanted.algorithm};
    }
  }
  return {usual, pki::default_algorithm(usual.identity.key, who.issuer.key)};
}

std::optional<signer_flaw> flaw_of(const authority& who, pki::time_point now) {
  if (who.delegate) {
    if (auto flaw = delegate_flaw(*who.delegate, who.issuer.cert, now)) return flaw;
  } else if (auto flaw = own_flaw(who.issuer, now)) {
    return flaw;
  }
  for (const auto& other : who.alternates) {
    if (auto flaw = delegate_flaw(other, who.issuer.cert, now)) return flaw;
  }
  return std::nullopt;
}

fault_signers fault_signers::make(const pki::credential& issuer, pki::time_point now) {
  pki::certificate_description ca{.role = pki::certificate_role::authority,
                                  .common_name = common_name_of(issuer.cert),
                                  .subject_alt_names = {},
                                  .not_before = issuer.cert.not_before(),
                                  .not_after = issuer.cert.not_after(),
                                  .serial = issuer.cert.serial(),
                                  .ocsp_urls = {}};
  const auto stranger_key = pki::key::generate(pki::key_type::p256);
  auto stranger = pki::sign_certificate(ca, stranger_key, nullptr, stranger_key);

  auto delegate = ca;
  delegate.role = pki::certificate_role::ocsp_signer;
  delegate.common_name = ca.common_name + " OCSP";

  auto no_eku = delegate;
  no_eku.serial = made_up_serial(1);
  no_eku.ocsp_signing_eku = false;
  const auto no_eku_key = pki::key::generate(pki::key_type::p256);

  auto expired = delegate;
  expired.serial = made_up_serial(2);
  expired.not_before = now - std::chrono::days(30);
  expired.not_after = now - std::chrono::days(1);
  const auto expired_key = pki::key::generate(pki::key_type::p256);

  return {{std::move(stranger), stranger_key},
          {pki::sign_certificate(no_eku, no_eku_key, &issuer.cert, issuer.key), no_eku_key},
          {pki::sign_certificate(expired, expired_key, &issuer.cert, issuer.key), expired_key}};
}

std::optional<signer_flaw> signing::set(authority who, signer_choice choice, pki::time_point now) {
  if (choice == signer_choice::fit_only) {
    if (auto flaw = flaw_of(who, now)) return flaw;
  }
  const auto same = std::ranges::find_if(
      authorities_, [&](const authority& known) { return known.issuer.cert == who.issuer.cert; });
  if (same != authorities_.end()) {
    *same = std::move(who);
  } else {
    authorities_.push_back(std::move(who));
    unfit_.emplace_back();
  }
  return std::nullopt;
}

const authority* signing::find(const pki::cert_id& id) const {
  if (!id.hash) return nullptr;
  const auto found = std::ranges::find_if(
      authorities_, [&](const authority& who) { return id.names_issuer(who.issuer.cert); });
  return found == authorities_.end() ? nullptr : &*found;
}

const fault_signers& signing::unfit(const authority& who, pki::time_point now) const {
  auto& made = unfit_[static_cast<std::size_t>(&who - authorities_.data())];
  if (!made) made = std::make_unique<fault_signers>(fault_signers::make(who.issuer, now));
  return *made;
}

}  // namespace staplelab::responder
