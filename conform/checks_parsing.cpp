// R1 to R4, R12 to R19: what a responder makes of requests, and of what is none.
#include "conform/judging.hpp"

namespace staplelab::conform {
namespace {

void expect_malformed(const evidence& seen, probe_id id, case_list& cases) {
  if (!seen.has(id)) return;
  if (refused_with(seen, id, malformed_request)) {
    cases.pass(id, fmt::format("{}: malformedRequest", probe_of(id).title));
  } else {
    cases.fail(id, expected(seen, id, "malformedRequest"));
  }
}

finding judge_r1(const evidence& seen) {
  case_list cases;
  for (const auto id : {probe_id::garbage, probe_id::truncated, probe_id::trailing_octets,
                        probe_id::indefinite_length, probe_id::empty_body}) {
    expect_malformed(seen, id, cases);
  }
  return cases.conclude("nothing could be asked");
}

finding judge_r2(const evidence& seen) {
  case_list cases;
  for (const probe_id id : seen.probes()) {
    const reading& what = seen.reading_of(id);
    if (what.what != said::error) continue;
    const std::string& body = seen.http_of(id)->body;
    const std::string five{0x30, 0x03, 0x0a, 0x01, static_cast<char>(what.ocsp->status)};
    if (body == five) {
      cases.pass(id, "every error status came in five octets, without responseBytes");
    } else if (what.ocsp->bytes_written) {
      cases.fail(id, fmt::format("{}: {} carries responseBytes", probe_of(id).title,
                                 name_of_status(what.ocsp->status)));
    } else {
      cases.fail(id,
                 fmt::format("{}: expected five octets, seen {}", probe_of(id).title, body.size()));
    }
  }
  return cases.conclude("no error status was seen");
}

finding judge_r3(const evidence& seen) {
  case_list cases;
  expect_malformed(seen, probe_id::empty_list, cases);
  return cases.conclude("nothing could be asked");
}

// DER leaves a DEFAULT out (X.690 11.5), so that a responder that is strict about DER may refuse
// it.
finding judge_r4(const evidence& seen) {
  case_list cases;
  const auto written = probe_id::version_1_written;
  if (refused_with(seen, written, malformed_request)) {
    cases.accept(written, "version v1 written out: refused, since DER leaves it out");
  } else {
    expect_like_base(seen, written, cases);
  }
  expect_malformed(seen, probe_id::version_2, cases);
  return cases.conclude("nothing could be asked");
}

finding judge_r12(const evidence& seen) {
  return like_base_in_all(
      seen, {probe_id::noncritical_request_extension, probe_id::noncritical_single_extension});
}

finding judge_r13(const evidence& seen) {
  case_list cases;
  for (const auto id :
       {probe_id::critical_request_extension, probe_id::critical_single_extension}) {
    if (!seen.has(id)) continue;
    if (refused_with(seen, id, malformed_request) || refused_with(seen, id, unauthorized)) {
      cases.pass(id, fmt::format("{}: {}", probe_of(id).title, seen.summary_of(id)));
    } else if (seen.reading_of(id).what == said::error) {
      cases.accept(id, expected(seen, id, "malformedRequest or unauthorized"));
    } else {
      cases.fail(id, expected(seen, id, "malformedRequest or unauthorized"));
    }
  }
  return cases.conclude("nothing could be asked");
}

finding judge_r14(const evidence& seen) {
  return like_base_in_all(seen, {probe_id::requestor_name});
}

finding judge_r15(const evidence& seen) {
  case_list cases;
  const auto id = probe_id::broken_signature;
  if (!seen.has(id)) return skipped("nothing could be asked");
  if (seen.like_base(id)) {
    cases.pass(id, "a signature on the request is ignored");
  } else if (seen.reading_of(id).what == said::error) {
    cases.pass(id,
               fmt::format("a signature that does not verify is refused: {}", seen.summary_of(id)));
  } else {
    cases.fail(id, expected(seen, id, "the answer to the plain question, or an error status"));
  }
  return cases.conclude({});
}

finding judge_r18(const evidence& seen) {
  return like_base_in_all(seen, {probe_id::service_locator});
}

finding judge_r19(const evidence& seen) {
  case_list cases;
  for (const probe_id id : seen.probes()) {
    const reading& what = seen.reading_of(id);
    if (what.what != said::error && what.what != said::definitive) continue;
    const auto status = what.ocsp->status;
    if (status >= 0 && status <= 6 && status != 4) {
      cases.pass(id, "every responseStatus is one that RFC 6960 has");
    } else {
      cases.fail(id, fmt::format("{}: responseStatus {}", probe_of(id).title, status));
    }
  }
  return cases.conclude("no OCSP response was seen");
}

}  // namespace

std::vector<check> parsing_checks() {
  using enum probe_id;
  constexpr auto a = area::parsing;
  constexpr auto m = always_must;
  constexpr auto answer = prerequisite::any_answer;
  constexpr auto basic = prerequisite::definitive_answer;
  return {
      {12,
       a,
       m,
       "unrecognised extensions that are not critical are ignored",
       "RFC 6960 4.1.2, 4.4",
       basic,
       {noncritical_request_extension, noncritical_single_extension},
       judge_r12},
      {13,
       a,
       m,
       "unrecognised critical extensions are not passed over",
       "RFC 6960 4.1.2, 4.4",
       basic,
       {critical_request_extension, critical_single_extension},
       judge_r13,
       stage::provocations},
      {14,
       a,
       m,
       "requestorName without a signature makes no difference",
       "RFC 9919 3.1.2",
       basic,
       {requestor_name},
       judge_r14},
      {15,
       a,
       always_may,
       "a signed request is answered or refused",
       "RFC 6960 4.1.2, 2.3",
       basic,
       {broken_signature},
       judge_r15},
      {18,
       a,
       always_may,
       "a ServiceLocator is accepted",
       "RFC 6960 4.4.6",
       basic,
       {service_locator},
       judge_r18},
      {3,
       a,
       m,
       "an empty requestList is malformed",
       "RFC 6960 4.1.1",
       answer,
       {empty_list},
       judge_r3,
       stage::provocations},
      {4,
       a,
       m,
       "version v1 accepted when written out, v2 refused",
       "RFC 6960 4.1.1",
       answer,
       {version_1_written, version_2},
       judge_r4,
       stage::provocations},
      {1,
       a,
       m,
       "what is no request is malformedRequest",
       "RFC 6960 2.3, 4.2.1",
       answer,
       {garbage, truncated, trailing_octets, indefinite_length, empty_body},
       judge_r1,
       stage::provocations},
      {2,
       a,
       m,
       "an error status comes alone, unsigned",
       "RFC 6960 2.3, 4.2.1",
       answer,
       {},
       judge_r2},
      {19,
       a,
       m,
       "no responseStatus outside the enumeration",
       "RFC 6960 4.2.1",
       answer,
       {},
       judge_r19},
  };
}

}  // namespace staplelab::conform
