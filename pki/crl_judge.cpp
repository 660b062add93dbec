#include "pki/crl_judge.hpp"

#include "pki/asn1.hpp"
#include "pki/ocsp_wire.hpp"

namespace staplelab::pki {
namespace {

std::optional<std::int64_t> number_of(const X509_CRL* crl) {
  const asn1_integer_handle number{
      static_cast<ASN1_INTEGER*>(X509_CRL_get_ext_d2i(crl, NID_crl_number, nullptr, nullptr))};
  std::int64_t value = 0;
  if (!number || ASN1_INTEGER_get_int64(&value, number.get()) != 1) return std::nullopt;
  return value;
}

// Every entry, not ours alone: another's may be about a certificate of another issuer (5.3.3).
bool has_critical_extension(const X509_CRL* crl) {
  if (X509_CRL_get_ext_by_critical(crl, 1, -1) >= 0) return true;
  auto* const entries = X509_CRL_get_REVOKED(const_cast<X509_CRL*>(crl));  // borrowed
  for (int i = 0; i < sk_X509_REVOKED_num(entries); ++i) {
    if (X509_REVOKED_get_ext_by_critical(sk_X509_REVOKED_value(entries, i), 1, -1) >= 0)
      return true;
  }
  return false;
}

std::optional<crl_reason> reason_of(const X509_REVOKED* entry) {
  const handle<ASN1_ENUMERATED, ASN1_ENUMERATED_free> code{static_cast<ASN1_ENUMERATED*>(
      X509_REVOKED_get_ext_d2i(entry, NID_crl_reason, nullptr, nullptr))};
  return code ? to_crl_reason(ASN1_ENUMERATED_get(code.get())) : std::nullopt;
}

// The entry of this certificate, if its date can be read.
struct found_entry {
  bool listed = false;
  std::optional<revoked_status> entry = {};
};
found_entry entry_for(X509_CRL* crl, const certificate& leaf) {
  const auto serial = to_asn1(leaf.serial());
  X509_REVOKED* entry = nullptr;                                           // borrowed from the CRL
  if (X509_CRL_get0_by_serial(crl, &entry, serial.get()) != 1) return {};  // 2: removeFromCRL
  const auto at = to_time_point(X509_REVOKED_get0_revocationDate(entry));
  if (!at) return {true, {}};
  return {true, revoked_status{*at, reason_of(entry)}};
}

}  // namespace

crl_judgement judge_crl(bytes_view crl, const certificate& leaf, const certificate& issuer,
                        time_point now) {
  const error_queue_guard guard;
  crl_judgement judged{crl_verdict::malformed, {}, {}, {}, {}};
  const auto read = is_der(crl) ? from_der<x509_crl_handle, d2i_X509_CRL>(crl) : x509_crl_handle{};
  if (!read) return judged;
  judged.number = number_of(read.get());
  judged.this_update = to_time_point(X509_CRL_get0_lastUpdate(read.get()));
  const ASN1_TIME* next = X509_CRL_get0_nextUpdate(read.get());  // borrowed; null: not there
  if (next != nullptr) judged.next_update = to_time_point(next);
  const auto found = entry_for(read.get(), leaf);
  const bool dated = judged.this_update && (next == nullptr || judged.next_update);
  if (!dated || found.listed != found.entry.has_value()) return judged;

  const auto is_named =
      X509_NAME_cmp(X509_CRL_get_issuer(read.get()), X509_get_subject_name(issuer.get())) == 0;
  if (!is_named || leaf.issuer() != issuer.subject()) {
    judged.verdict = crl_verdict::other_issuer;
  } else if (X509_CRL_verify(read.get(), X509_get0_pubkey(issuer.get())) != 1) {
    judged.verdict = crl_verdict::bad_signature;
  } else if (has_critical_extension(read.get())) {
    judged.verdict = crl_verdict::critical_extension;
  } else if (now < *judged.this_update) {
    judged.verdict = crl_verdict::not_yet_valid;
  } else if (!judged.next_update || now > *judged.next_update) {
    judged.verdict = crl_verdict::expired;
  } else {
    judged.verdict = found.listed ? crl_verdict::listed : crl_verdict::not_listed;
    judged.entry = found.entry;
  }
  return judged;
}

}  // namespace staplelab::pki
