// R30 to R49: what an answer says of a certificate.
#include <algorithm>
#include <array>

#include "conform/identifiers.hpp"
#include "conform/judging.hpp"

namespace staplelab::conform {
namespace {

using namespace std::chrono_literals;

constexpr int certificate_hold = 6;

finding judge_r30(const evidence& seen) {
  case_list cases;
  for_each_single(seen, [&](probe_id id, const raw_basic&, const raw_single& single) {
    const bool empty = single.status.size() == 2 && single.status[1] == 0;
    const bool sound = single.status_tag() == status_tag::revoked
                           ? revocation_of(single).has_value()
                           : empty && (single.status_tag() == status_tag::good ||
                                       single.status_tag() == status_tag::unknown);
    if (sound) {
      cases.pass(id, "every certStatus is 80 00, a1 or 82 00");
    } else {
      cases.fail(id, "expected 80 00, a1 or 82 00, seen certStatus " + pki::to_hex(single.status));
    }
  });
  return cases.conclude("no SingleResponse was seen");
}

finding judge_r31(const evidence& seen) {
  case_list cases;
  for_each_single(seen, [&](probe_id id, const raw_basic&, const raw_single& single) {
    const auto revocation = revocation_of(single);
    if (!revocation) return;
    if (!revocation->at.at || *revocation->at.at > seen.answered_at(id) + clock_tolerance) {
      cases.fail(id,
                 "expected a revocationTime that has passed, seen " + time_text(revocation->at));
    } else if (revocation->reason == 0) {
      cases.fail(id, "expected no revocationReason instead of unspecified(0) (RFC 5280 5.3.1)");
    } else {
      cases.pass(id, "revoked at " + time_text(revocation->at));
    }
  });
  return cases.conclude("no revoked certificate was seen (--revoked names one)");
}

finding judge_r32(const evidence& seen) {
  case_list cases;
  const auto& revoked = seen.what().revoked;
  const raw_single* single = seen.single_of(probe_id::revoked);
  const auto revocation = single ? revocation_of(*single) : std::nullopt;
  if (!revoked || !revoked->is_ca() || !revocation) return skipped("no revoked CA was asked about");
  if (revocation->reason) {
    cases.pass(probe_id::revoked, fmt::format("reason {}", *revocation->reason));
  } else {
    cases.fail(probe_id::revoked, "expected a revocationReason for a revoked CA, seen none");
  }
  return cases.conclude({});
}

finding judge_r33(const evidence& seen) {
  case_list cases;
  for_each_single(seen, [&](probe_id id, const raw_basic&, const raw_single& single) {
    if (find(single.extensions, identifier::reason_code)) {
      cases.fail(id, "singleExtensions hold a reasonCode");
    } else {
      cases.pass(id, "no reasonCode in singleExtensions");
    }
  });
  return cases.conclude("no SingleResponse was seen");
}

finding judge_r35(const evidence& seen) {
  case_list cases;
  const auto id = probe_id::unassigned;
  const raw_single* single = seen.single_of(id);
  const auto revocation = single ? revocation_of(*single) : std::nullopt;
  if (!revocation) return skipped("serial numbers that were never issued are not called revoked");
  if (!find(seen.basic(id).extensions, identifier::extended_revoke)) {
    cases.fail(id, "expected the extended-revoke extension, seen none");
  }
  if (revocation->reason != certificate_hold) {
    cases.fail(id, "expected reason certificateHold(6)");
  }
  if (revocation->at.text != "19700101000000Z") {
    cases.fail(id, "expected revocationTime 19700101000000Z, seen " + time_text(revocation->at));
  }
  for (const raw_extension& extension : single->extensions) {
    if (is_extension(extension, identifier::crl_id) ||
        is_extension(extension, identifier::invalidity_date) ||
        is_extension(extension, identifier::reason_code)) {
      cases.fail(id, "a CRL extension beside a status that comes from no CRL");
    }
  }
  cases.pass(id, "revoked since 1970, on hold, with extended-revoke");
  return cases.conclude({});
}

finding judge_r36(const evidence& seen) {
  case_list cases;
  constexpr std::uint8_t null_value[] = {0x05, 0x00};
  for_each_basic(seen, [&](probe_id id, const raw_basic& basic) {
    if (const auto* found = find(basic.extensions, identifier::extended_revoke)) {
      if (found->critical || !der::same(found->value, null_value)) {
        cases.fail(id, "expected extended-revoke not critical with NULL, seen " +
                           pki::to_hex(found->value));
      } else {
        cases.pass(id, "extended-revoke in responseExtensions, not critical, NULL");
      }
    }
    for (const raw_single& single : basic.singles) {
      if (find(single.extensions, identifier::extended_revoke)) {
        cases.fail(id, "extended-revoke stands in singleExtensions");
      }
    }
  });
  return cases.conclude("no answer has extended-revoke");
}

finding judge_r37(const evidence& seen) {
  case_list cases;
  const auto id = probe_id::unassigned;
  if (!seen.has(id)) return skipped("nothing could be asked");
  const raw_single* single = seen.single_of(id);
  if (single && single->status_tag() == status_tag::good) {
    cases.fail(id, "a serial number that was never issued is called good");
  } else {
    cases.pass(id, "a serial number that was never issued: " + seen.summary_of(id));
  }
  return cases.conclude({});
}

finding judge_r38(const evidence& seen) {
  case_list cases;
  const auto base = *seen.base();
  if (seen.answered_at(base) < seen.what().leaf.not_before() + 15min) {
    return skipped("the certificate is younger than 15 minutes");
  }
  if (seen.single_of(base)->status_tag() == status_tag::unknown) {
    cases.fail(base, "a certificate issued more than 15 minutes ago is called unknown");
  } else {
    cases.pass(base, "the certificate is known: " + seen.summary_of(base));
  }
  return cases.conclude({});
}

void expect_form(probe_id id, std::string_view field, const raw_time& time, case_list& cases) {
  if (time.well_formed()) {
    cases.pass(id, "every time is YYYYMMDDHHMMSSZ");
  } else {
    cases.fail(
        id, fmt::format("expected YYYYMMDDHHMMSSZ, seen {} \"{}\"", field, printable(time.text)));
  }
}

finding judge_r40(const evidence& seen) {
  case_list cases;
  for_each_basic(seen, [&](probe_id id, const raw_basic& basic) {
    expect_form(id, "producedAt", basic.produced_at, cases);
    for (const raw_single& single : basic.singles) {
      expect_form(id, "thisUpdate", single.this_update, cases);
      if (single.next_update) expect_form(id, "nextUpdate", *single.next_update, cases);
      if (const auto revocation = revocation_of(single)) {
        expect_form(id, "revocationTime", revocation->at, cases);
      }
    }
  });
  return cases.conclude("no definitive answer was seen");
}

finding judge_r41(const evidence& seen) {
  case_list cases;
  for_each_single(seen, [&](probe_id id, const raw_basic& basic, const raw_single& single) {
    const auto& produced_at = basic.produced_at;
    const auto& this_update = single.this_update;
    const auto latest = seen.answered_at(id) + clock_tolerance;
    if (!produced_at.at || !this_update.at) return;  // R40's matter
    if (*this_update.at > *produced_at.at) {
      cases.fail(id, fmt::format("thisUpdate {} is after producedAt {}", time_text(this_update),
                                 time_text(produced_at)));
    }
    if (*this_update.at > latest || *produced_at.at > latest) {
      cases.fail(id, fmt::format("thisUpdate {} or producedAt {} lies in the future",
                                 time_text(this_update), time_text(produced_at)));
    }
    if (single.next_update && single.next_update->at &&
        *single.next_update->at <= *this_update.at) {
      cases.fail(id, fmt::format("nextUpdate {} is not after thisUpdate {}",
                                 time_text(*single.next_update), time_text(this_update)));
    }
    if (single.next_update && single.next_update->at &&
        *single.next_update->at + clock_tolerance < seen.answered_at(id)) {
      cases.fail(id, fmt::format("nextUpdate {} has passed", time_text(*single.next_update)));
    }
    cases.pass(id, "thisUpdate, producedAt and nextUpdate are in order");
  });
  return cases.conclude("no time could be read");
}

finding judge_r42(const evidence& seen) {
  case_list cases;
  for_each_single(seen, [&](probe_id id, const raw_basic&, const raw_single& single) {
    if (single.next_update) {
      cases.pass(id, "nextUpdate is present");
    } else {
      cases.fail(id, "nextUpdate is missing");
    }
  });
  return cases.conclude("no SingleResponse was seen");
}

finding judge_r47(const evidence& seen) {
  case_list cases;
  const auto id = probe_id::revoked;
  if (!seen.has(id)) return skipped("no revoked certificate was given (--revoked)");
  if (seen.what().revoked->not_after() < seen.answered_at(id)) {
    return skipped("the revoked certificate has expired");
  }
  const raw_single* single = seen.single_of(id);
  if (single && single->status_tag() == status_tag::revoked) {
    cases.pass(id, "the revoked certificate is called revoked");
  } else {
    cases.fail(id, expected(seen, id, "revoked"));
  }
  return cases.conclude({});
}

}  // namespace

std::vector<check> content_checks() {
  using enum level;
  constexpr auto a = area::content;
  constexpr auto m = always_must;
  constexpr auto basic = prerequisite::definitive_answer;
  constexpr auto answer = prerequisite::any_answer;
  constexpr levels br{{}, {}, must};
  return {
      {30,
       a,
       m,
       "good, revoked and unknown are encoded as they must be",
       "RFC 6960 4.2.1",
       basic,
       {},
       judge_r30},
      {31,
       a,
       m,
       "a revocation has a time, and no reason unspecified",
       "RFC 6960 2.4, 4.2.1, RFC 5280 5.3.1",
       basic,
       {probe_id::revoked},
       judge_r31},
      {32, a, br, "a revoked CA has a reason", "BR 7.3", basic, {probe_id::revoked}, judge_r32},
      {33, a, br, "singleExtensions hold no reasonCode", "BR 7.3.2", basic, {}, judge_r33},
      {35,
       a,
       m,
       "never issued and called revoked: as extended-revoke has it",
       "RFC 6960 2.2, 4.4.8",
       answer,
       {probe_id::unassigned},
       judge_r35},
      {36,
       a,
       m,
       "extended-revoke stands where it belongs",
       "RFC 6960 4.4.8",
       answer,
       {},
       judge_r36},
      {37,
       a,
       {may, must, must},
       "a serial number that was never issued is not good",
       "RFC 9919 3.2.3, BR 4.9.9",
       answer,
       {probe_id::unassigned},
       judge_r37},
      {38,
       a,
       {may, may, must},
       "an issued certificate is known after 15 minutes",
       "BR 4.9.9",
       basic,
       {},
       judge_r38},
      {40,
       a,
       m,
       "times have seconds, no fractions, and end in Z",
       "RFC 9919 3.2.4, RFC 5280 4.1.2.5.2",
       basic,
       {},
       judge_r40},
      {41,
       a,
       m,
       "the times are in order, and the present is between them",
       "RFC 6960 2.4, 4.2.2.1",
       basic,
       {},
       judge_r41},
      {42,
       a,
       {may, must, must},
       "nextUpdate is present",
       "RFC 9919 3.2.4, RFC 6960 4.2.2.1",
       basic,
       {},
       judge_r42},
      {47,
       a,
       m,
       "a revoked certificate stays revoked until it expires",
       "RFC 6960 2.2, BR 4.10.1",
       answer,
       {probe_id::revoked},
       judge_r47},
  };
}

}  // namespace staplelab::conform
