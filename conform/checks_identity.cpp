// R22 to R29: who signs, and how the signer is named.
#include "conform/identifiers.hpp"
#include "conform/judging.hpp"

namespace staplelab::conform {
namespace {

probe_id base_of(const evidence& seen) {
  return *seen.base();
}

finding judge_r22(const evidence& seen) {
  case_list cases;
  for_each_basic(seen, [&](probe_id id, const raw_basic& basic) {
    if (basic.version_written) {
      cases.fail(id, "tbsResponseData spells out its version, which DER leaves out");
    } else {
      cases.pass(id, "the version is left out");
    }
  });
  return cases.conclude("no definitive answer was seen");
}

finding judge_r23(const evidence& seen) {
  case_list cases;
  const signer who = signer_of(seen);
  const raw_basic& basic = seen.basic(base_of(seen));
  const std::string_view form = basic.by_key ? "byKey" : "byName";
  if (who.issuer) {
    cases.pass(base_of(seen), fmt::format("{} names the issuer", form));
  } else if (who.delegate) {
    cases.pass(base_of(seen),
               fmt::format("{} names the delegate {}", form, printable(who.delegate->subject())));
  } else {
    cases.fail(base_of(seen),
               fmt::format("expected the issuer or a certificate that came along, seen {} {}", form,
                           pki::to_hex(basic.responder_id)));
  }
  return cases.conclude({});
}

finding judge_r24(const evidence& seen) {
  case_list cases;
  if (seen.basic(base_of(seen)).by_key) {
    cases.pass(base_of(seen), "responderID is byKey");
  } else {
    cases.fail(base_of(seen), "expected responderID byKey, seen byName");
  }
  return cases.conclude({});
}

finding judge_r25(const evidence& seen) {
  case_list cases;
  if (signer_of(seen).delegate) return skipped("a delegate signs");
  const raw_basic& basic = seen.basic(base_of(seen));
  if (basic.certs_written && basic.certs.empty()) {
    cases.fail(base_of(seen), "expected no certs, seen an empty SEQUENCE");
  } else if (basic.certs_written) {
    cases.accept(base_of(seen), fmt::format("the issuer signs itself, and sends {} certificates "
                                            "that nobody needs",
                                            basic.certs.size()));
  } else {
    cases.pass(base_of(seen), "the issuer signs itself, without certs");
  }
  return cases.conclude({});
}

finding judge_r26(const evidence& seen) {
  case_list cases;
  const signer who = signer_of(seen);
  if (!who.delegate) return skipped("no delegate signs");
  const auto shown = base_of(seen);
  const auto now = seen.answered_at(shown);
  if (!who.delegate->signed_by(seen.what().issuer)) {
    cases.fail(shown, "expected a delegate that the issuer's key signed, seen one signed by " +
                          printable(who.delegate->issuer()));
  } else if (!who.delegate->may_sign_ocsp()) {
    cases.fail(shown, "expected id-kp-OCSPSigning in the delegate's certificate, seen none");
  } else if (now + clock_tolerance < who.delegate->not_before() ||
             who.delegate->not_after() + clock_tolerance < now) {
    cases.fail(shown, fmt::format("the delegate is valid from {} to {}",
                                  pki::to_rfc3339(who.delegate->not_before()),
                                  pki::to_rfc3339(who.delegate->not_after())));
  } else {
    cases.pass(shown, "the delegate was issued by the CA's key, for OCSP signing");
  }
  return cases.conclude({});
}

finding judge_r27(const evidence& seen) {
  case_list cases;
  const signer who = signer_of(seen);
  if (!who.delegate) return skipped("no delegate signs");
  constexpr std::uint8_t null_value[] = {0x05, 0x00};
  const auto* nocheck = find(who.taken_apart->extensions, identifier::nocheck);
  if (!nocheck) {
    cases.fail(base_of(seen), "the delegate's certificate lacks id-pkix-ocsp-nocheck");
  } else if (nocheck->critical || !der::same(nocheck->value, null_value)) {
    cases.fail(base_of(seen),
               fmt::format("expected id-pkix-ocsp-nocheck not critical with NULL, "
                           "seen {}with {}",
                           nocheck->critical ? "critical " : "", pki::to_hex(nocheck->value)));
  } else {
    cases.pass(base_of(seen), "the delegate's certificate has id-pkix-ocsp-nocheck");
  }
  return cases.conclude({});
}

// BR 7.1.2.8.2, 7.1.2.8.4 to 7.1.2.8.7
void judge_br_profile(const raw_certificate& delegate, bool is_ca, probe_id shown,
                      case_list& cases) {
  using namespace der;
  const auto& all = delegate.extensions;
  const bytes signing_only = sequence({oid(identifier::ocsp_signing)});
  const auto* purposes = find(all, identifier::extended_key_usage);
  if (!purposes || purposes->value != signing_only) {
    cases.fail(shown, "the delegate's extKeyUsage is not OCSPSigning alone");
  }
  const bytes signature_only{tag::bit_string, 2, 7, 0x80};
  const auto* usage = find(all, identifier::key_usage);
  if (!usage || !usage->critical || usage->value != signature_only) {
    cases.fail(shown, "the delegate's keyUsage is not digitalSignature alone, and critical");
  }
  if (find(all, identifier::subject_alt_name)) {
    cases.fail(shown, "the delegate's certificate has a subjectAltName");
  }
  if (find(all, identifier::name_constraints)) {
    cases.fail(shown, "the delegate's certificate has nameConstraints");
  }
  if (is_ca) cases.fail(shown, "the delegate is a CA");
}

finding judge_r28(const evidence& seen) {
  case_list cases;
  const signer who = signer_of(seen);
  if (!who.delegate) return skipped("no delegate signs");
  const auto shown = base_of(seen);
  constexpr auto long_life = std::chrono::days(366);
  if (!who.delegate->ocsp_urls().empty()) {
    cases.fail(shown, "the delegate's certificate points to an OCSP responder itself");
  }
  if (find(who.taken_apart->extensions, identifier::crl_distribution_points)) {
    cases.fail(shown, "the delegate's certificate has crlDistributionPoints");
  }
  if (who.delegate->not_after() - who.delegate->not_before() > long_life) {
    cases.accept(shown, "the delegate's certificate is valid for more than a year");
  }
  if (seen.profile() == profile::webpki) {
    judge_br_profile(*who.taken_apart, who.delegate->is_ca(), shown, cases);
  }
  cases.pass(shown, "the delegate's certificate needs no status of its own");
  return cases.conclude({});
}

}  // namespace

std::vector<check> identity_checks() {
  constexpr auto a = area::content;
  constexpr auto basic = prerequisite::definitive_answer;
  constexpr levels by_key{level::may, level::must, level::may};
  constexpr levels must_in_br{level::should, level::should, level::must};
  return {
      {22,
       a,
       always_must,
       "the version v1 is left out",
       "RFC 6960 4.2.2.3, X.690 11.5",
       basic,
       {},
       judge_r22},
      {23,
       a,
       always_must,
       "responderID names who signed",
       "RFC 6960 4.2.1, 4.2.2.3",
       basic,
       {},
       judge_r23},
      {24, a, by_key, "responderID is byKey", "RFC 9919 3.2.2", basic, {}, judge_r24},
      {25,
       a,
       always_must,
       "the issuer signs without an empty certs",
       "RFC 6960 2.2, 4.2.1",
       basic,
       {},
       judge_r25},
      {26,
       a,
       always_must,
       "a delegate is authorised by the issuer's key",
       "RFC 6960 2.6, 4.2.2.2",
       basic,
       {},
       judge_r26},
      {27,
       a,
       must_in_br,
       "a delegate has id-pkix-ocsp-nocheck",
       "RFC 6960 4.2.2.2.1, BR 7.1.2.8.6",
       basic,
       {},
       judge_r27},
      {28,
       a,
       must_in_br,
       "a delegate's certificate has the right profile",
       "RFC 9919 3.2.2, BR 7.1.2.8",
       basic,
       {},
       judge_r28},
  };
}

}  // namespace staplelab::conform
