// R5 to R11, R17: which certificates a responder takes a request to be about.
#include <algorithm>

#include "conform/judging.hpp"

namespace staplelab::conform {
namespace {

finding judge_r5(const evidence& seen) {
  case_list cases;
  const auto id = probe_id::several;
  if (!seen.has(id)) return skipped("only one certificate could be asked about (--revoked)");
  // Requests of the lightweight profile name one certificate (RFC 9919 3.1.1).
  if (seen.reading_of(id).what == said::error && seen.profile() != profile::rfc6960) {
    cases.accept(id, fmt::format("several certificates in one request are refused: {}",
                                 seen.summary_of(id)));
    return cases.conclude({});
  }
  if (!seen.definitive(id)) {
    cases.fail(id, expected(seen, id, "a basic response"));
    return cases.conclude({});
  }
  const auto asked = asked_in(seen.exchange_of(id).request);
  for (const raw_cert_id& each : asked) {
    const auto& singles = seen.basic(id).singles;
    const auto count = std::ranges::count_if(
        singles, [&](const raw_single& single) { return same_certificate(single.id, each); });
    if (count == 1) {
      cases.pass(id, fmt::format("one SingleResponse for each of {} CertIDs", asked.size()));
    } else {
      cases.fail(id, fmt::format("expected one SingleResponse for each of {} CertIDs, seen {} for "
                                 "serial {}",
                                 asked.size(), count, pki::to_hex(each.serial)));
    }
  }
  return cases.conclude({});
}

// An answer prepared for SHA-1 and SHA-256 at once may serve both (RFC 9919 3.2.1).
// Under the wrong name it is another check's business (R7, R10).
bool same_but_for_hashes(const raw_cert_id& extra, const raw_cert_id& asked) {
  return extra.serial == asked.serial;
}

finding judge_r6(const evidence& seen) {
  case_list cases;
  for_each_basic(seen, [&](probe_id id, const raw_basic& basic) {
    const auto asked = asked_in(seen.exchange_of(id).request);
    if (asked.empty()) return;  // no request, and another check's business
    for (const raw_single& single : basic.singles) {
      const auto is = [&](auto matches) {
        return std::ranges::any_of(
            asked, [&](const raw_cert_id& each) { return matches(single.id, each); });
      };
      if (is(same_certificate)) {
        cases.pass(id, "no SingleResponse beyond those asked for");
      } else if (is(same_but_for_hashes)) {
        cases.pass(id, "a SingleResponse for the same certificate under other hashes");
      } else {
        cases.fail(id, fmt::format("{}: a SingleResponse for serial {}, which was not asked for",
                                   probe_of(id).title, pki::to_hex(single.id.serial)));
      }
    }
  });
  return cases.conclude("no definitive answer was seen");
}

void expect_echo(const evidence& seen, probe_id id, case_list& cases) {
  if (!seen.has(id)) return;
  const raw_single* single = seen.single_of(id);
  if (!single) {
    cases.fail(id, expected(seen, id, "a SingleResponse with the CertID that was asked for"));
    return;
  }
  const raw_cert_id asked = asked_in(seen.exchange_of(id).request).front();
  if (single->id.whole == asked.whole) {
    cases.pass(id, fmt::format("{}: the CertID comes back octet for octet", probe_of(id).title));
  } else {
    cases.accept(id, fmt::format("{}: the CertID comes back in another encoding, {} for {}",
                                 probe_of(id).title, pki::to_hex(single->id.whole),
                                 pki::to_hex(asked.whole)));
  }
}

finding judge_r7(const evidence& seen) {
  case_list cases;
  expect_echo(seen, *seen.base(), cases);
  expect_echo(seen, probe_id::absent_parameters, cases);
  return cases.conclude("nothing could be asked");
}

bool definitive_good_or_revoked(const evidence& seen, probe_id id) {
  if (!seen.definitive(id)) return false;
  return std::ranges::any_of(seen.basic(id).singles, [](const raw_single& single) {
    return single.status_tag() != status_tag::unknown;
  });
}

void expect_no_record(const evidence& seen, probe_id id, case_list& cases) {
  if (!seen.has(id)) return;
  if (definitive_good_or_revoked(seen, id)) {
    cases.fail(id, expected(seen, id, "unauthorized or unknown"));
  } else if (seen.reading_of(id).what == said::nothing) {
    cases.fail(id, expected(seen, id, "an answer"));
  } else {
    cases.pass(id, fmt::format("{}: {}", probe_of(id).title, seen.summary_of(id)));
  }
}

finding judge_r8(const evidence& seen) {
  case_list cases;
  cases.pass(*seen.base(), "the hashes of the issuer's Name and key were understood");
  expect_no_record(seen, probe_id::hash_of_key_info, cases);
  return cases.conclude({});
}

finding judge_r9(const evidence& seen) {
  case_list cases;
  expect_like_base(seen, probe_id::post_sha1, cases);
  const auto sha256 = probe_id::post_sha256;
  if (seen.has(sha256) && !seen.like_base(sha256) && seen.profile() != profile::rfc9919 &&
      seen.reading_of(sha256).what != said::nothing) {
    cases.accept(sha256, expected(seen, sha256, "the answer to the plain question"));
  } else {
    expect_like_base(seen, sha256, cases);
  }
  for (const auto plus : {probe_id::sha384, probe_id::sha512}) {
    if (!seen.has(plus)) continue;
    if (seen.reading_of(plus).what == said::nothing) {
      cases.fail(plus, expected(seen, plus, "an answer"));
    } else if (!seen.like_base(plus)) {
      cases.accept(plus, fmt::format("{} is not understood", probe_of(plus).title));
    }
  }
  const auto odd = probe_id::unknown_digest;
  if (refused_with(seen, odd, internal_error)) {
    cases.fail(odd, expected(seen, odd, "unauthorized or unknown"));
  } else {
    expect_no_record(seen, odd, cases);
  }
  return cases.conclude("nothing could be asked");
}

finding judge_r10(const evidence& seen) {
  case_list cases;
  expect_no_record(seen, probe_id::wrong_key_hash, cases);
  expect_no_record(seen, probe_id::wrong_name_hash, cases);
  return cases.conclude("nothing could be asked");
}

// Nobody issued a negative number, or one that happens to be ours: what counts is an orderly
// answer.
finding judge_r11(const evidence& seen) {
  case_list cases;
  for (const auto id : {probe_id::serial_leading_zero, probe_id::serial_negative,
                        probe_id::serial_20_octets, probe_id::serial_1_octet}) {
    if (!seen.has(id)) continue;
    const bool odd = id == probe_id::serial_leading_zero || id == probe_id::serial_negative;
    const bool about_it = seen.single_of(id) != nullptr;
    const bool refused = seen.reading_of(id).what == said::error &&
                         !refused_with(seen, id, internal_error) &&
                         (odd || !refused_with(seen, id, malformed_request));
    if (odd && seen.reading_of(id).what == said::no_ocsp) {
      cases.accept(id, fmt::format("{}: {}", probe_of(id).title, seen.summary_of(id)));
    } else if (about_it || refused) {
      cases.pass(id, fmt::format("{}: {}", probe_of(id).title, seen.summary_of(id)));
    } else {
      cases.fail(id, expected(seen, id, "an answer about that number, or a refusal"));
    }
  }
  return cases.conclude("nothing could be asked");
}

finding judge_r17(const evidence& seen) {
  case_list cases;
  const auto id = probe_id::foreign_issuer;
  if (!seen.has(id)) return skipped("nothing could be asked");
  const bool unknown = seen.definitive(id) && !definitive_good_or_revoked(seen, id);
  if (refused_with(seen, id, unauthorized)) {
    cases.pass(id, "an issuer that nobody knows: unauthorized");
  } else if (unknown && seen.profile() != profile::rfc9919) {
    cases.accept(id, "an issuer that nobody knows: unknown (RFC 6960 2.2)");
  } else {
    cases.fail(id, expected(seen, id, "unauthorized"));
  }
  return cases.conclude({});
}

}  // namespace

std::vector<check> cert_id_checks() {
  using enum probe_id;
  constexpr auto a = area::parsing;
  constexpr auto m = always_must;
  constexpr auto answer = prerequisite::any_answer;
  constexpr auto basic = prerequisite::definitive_answer;
  return {
      {5,
       a,
       m,
       "one SingleResponse for each certificate asked about",
       "RFC 6960 4.2.2.3",
       basic,
       {several},
       judge_r5},
      {7,
       a,
       m,
       "the CertID comes back as it was sent",
       "RFC 6960 3.2, 4.1.1",
       basic,
       {absent_parameters},
       judge_r7},
      {8,
       a,
       m,
       "issuerKeyHash is over the key alone",
       "RFC 6960 4.1.1",
       basic,
       {hash_of_key_info},
       judge_r8,
       stage::provocations},
      {9,
       a,
       m,
       "CertIDs with SHA-1 and SHA-256, and with digests nobody knows",
       "RFC 9919 3.1.1, 3.2.1",
       basic,
       {post_sha1, post_sha256, sha384, sha512, unknown_digest},
       judge_r9,
       stage::provocations},
      {10,
       a,
       m,
       "no answer from another CA's record",
       "RFC 6960 4.1.2",
       basic,
       {wrong_key_hash, wrong_name_hash},
       judge_r10,
       stage::provocations},
      {11,
       a,
       m,
       "serial numbers are compared as numbers",
       "RFC 6960 4.1.1, RFC 5280 4.1.2.2",
       basic,
       {serial_leading_zero, serial_negative, serial_20_octets, serial_1_octet},
       judge_r11,
       stage::provocations},
      {17,
       a,
       m,
       "no authoritative record: unauthorized",
       "RFC 6960 2.3, RFC 9919 3.2.3",
       answer,
       {foreign_issuer, foreign_issuer_get},
       judge_r17,
       stage::provocations},
      {6,
       a,
       always_should,
       "no SingleResponse that nobody asked for",
       "RFC 6960 4.2.2.3",
       basic,
       {},
       judge_r6},
  };
}

}  // namespace staplelab::conform
