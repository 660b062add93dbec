// R64, R65, R21: whether there is a responder to speak of. R20, R48: whether it stays one when
// somebody keeps it waiting.
#include "conform/http_judging.hpp"
#include "conform/judging.hpp"
#include "pki/ocsp_verify.hpp"

namespace staplelab::conform {
namespace {

constexpr runtime::duration longest_answer = std::chrono::seconds(10);  // BR 4.10.2

bool brings_ocsp(const evidence& seen, probe_id id) {
  return seen.has(id) && (seen.reading_of(id).what == said::error || seen.definitive(id));
}

// An answer to the plain question is one only with HTTP 200 and the media type of RFC 6960 A.2.
void expect_answer(const evidence& seen, probe_id id, case_list& cases) {
  const auto& response = *seen.http_of(id);
  if (response.status != 200) {
    cases.fail(id, expected(seen, id, "HTTP 200"));
  } else if (media_type(response) != "application/ocsp-response") {
    cases.fail(id, fmt::format("{}: expected Content-Type: application/ocsp-response, seen {}",
                               probe_of(id).title, field_text(response, "Content-Type")));
  } else {
    cases.pass(id, fmt::format("{}: answered with application/ocsp-response", probe_of(id).title));
  }
}

finding judge_r64(const evidence& seen) {
  case_list cases;
  const bool first = brings_ocsp(seen, probe_id::post_sha1);
  const auto id = first || !brings_ocsp(seen, probe_id::post_sha256) ? probe_id::post_sha1
                                                                     : probe_id::post_sha256;
  if (!seen.has(id)) return skipped("nothing could be asked");
  if (!brings_ocsp(seen, id)) {
    cases.fail(id, expected(seen, id, "an OCSP response"));
  } else {
    expect_answer(seen, id, cases);
  }
  return cases.conclude({});
}

finding judge_r65(const evidence& seen) {
  case_list cases;
  const auto base = seen.base();
  for (const auto id : {probe_id::get_encoded, probe_id::get_raw}) {
    if (!seen.has(id)) continue;
    const bool same_error = base && seen.reading_of(*base).what == said::error &&
                            seen.reading_of(id).what == said::error &&
                            seen.reading_of(id).ocsp->status == seen.reading_of(*base).ocsp->status;
    if (seen.like_base(id) || same_error) {
      expect_answer(seen, id, cases);
    } else {
      cases.fail(id, expected(seen, id, base ? "the answer that POST has" : "an OCSP response"));
    }
  }
  return cases.conclude("nothing could be asked");
}

finding judge_r21(const evidence& seen) {
  case_list cases;
  const auto base = *seen.base();
  if (!seen.single_of(base)) {
    cases.fail(base, expected(seen, base, "a basic response about the certificate"));
    return cases.conclude({});
  }
  if (!seen.reading_of(base).ocsp->is_der) cases.fail(base, "the response is BER and not DER");
  const std::string& body = seen.http_of(base)->body;
  const pki::bytes der(body.begin(), body.end());
  const pki::verify_rules rules{.skew = clock_tolerance};
  const auto judged =
      pki::verify_ocsp(der, seen.what().leaf, seen.what().issuer, rules, seen.answered_at(base));
  switch (judged.verdict) {
    case pki::ocsp_verdict::malformed:
    case pki::ocsp_verdict::unauthorized_signer:
    case pki::ocsp_verdict::bad_signature:
    case pki::ocsp_verdict::error_status:
    case pki::ocsp_verdict::wrong_cert:
    case pki::ocsp_verdict::critical_extension:
      cases.fail(base, fmt::format("a careful client refuses the response: {}",
                                   printable(judged.why.empty() ? to_string(judged.verdict)
                                                                : std::string_view(judged.why))));
      break;
    case pki::ocsp_verdict::good:
    case pki::ocsp_verdict::revoked:
    case pki::ocsp_verdict::unknown:
    case pki::ocsp_verdict::not_yet_valid:  // R41's matter, as is the next
    case pki::ocsp_verdict::expired:
      cases.pass(base, "a basic response in DER, and its signature holds");
      break;
  }
  return cases.conclude({});
}

void expect_end(const evidence& seen, probe_id id, case_list& cases) {
  if (!seen.has(id)) return;
  const auto how = seen.exchange_of(id).how;
  if (how == ending::timed_out || how == ending::too_large || how == ending::not_connected) {
    cases.fail(id, expected(seen, id, "an answer, or the end of the connection"));
  } else {
    cases.pass(id, fmt::format("{}: {}", probe_of(id).title, seen.summary_of(id)));
  }
}

finding judge_r20(const evidence& seen) {
  case_list cases;
  expect_end(seen, probe_id::oversized_body, cases);
  expect_end(seen, probe_id::many_certificates, cases);
  const auto slow = probe_id::slow_body;
  if (seen.has(slow) && seen.exchange_of(slow).how == ending::timed_out) {
    cases.pass(slow,
               fmt::format(
                   "{}: still waited for after {} s", probe_of(slow).title,
                   std::chrono::floor<std::chrono::seconds>(seen.exchange_of(slow).limit).count()));
  } else {
    expect_end(seen, slow, cases);
  }
  expect_like_base(seen, probe_id::beside_silence, cases);
  expect_like_base(seen, probe_id::beside_half_a_request, cases);
  if (seen.silence()) cases.fail(std::nullopt, *seen.silence());
  return cases.conclude("nothing could be asked");
}

finding judge_r48(const evidence& seen) {
  case_list cases;
  for (const auto id : {*seen.base(), probe_id::beside_silence}) {
    if (!seen.has(id)) continue;
    const auto took = seen.exchange_of(id).took;
    if (seen.exchange_of(id).how == ending::answered && took <= longest_answer) {
      cases.pass(id, "answered within 10 s, also beside a silent connection");
    } else {
      cases.fail(id, expected(seen, id, "an answer within 10 s"));
    }
  }
  return cases.conclude("nothing could be asked");
}

}  // namespace

std::vector<check> access_checks() {
  using enum probe_id;
  return {
      {64,
       area::http,
       always_must,
       "POST works",
       "RFC 6960 A.1, A.2",
       prerequisite::nothing,
       {post_sha1, post_sha256},
       judge_r64},
      {65,
       area::http,
       always_must,
       "GET works, encoded and not",
       "RFC 6960 A.1, RFC 9919 6, BR 4.9.9",
       prerequisite::nothing,
       {get_encoded, get_raw},
       judge_r65},
      // The probe stands here again so that this check comes before all that depend on it.
      {21,
       area::content,
       always_must,
       "a definitive answer is signed, basic, and DER",
       "RFC 6960 2.2, 4.2.1",
       prerequisite::any_answer,
       {post_sha1},
       judge_r21},
  };
}

std::vector<check> patience_checks() {
  using enum probe_id;
  constexpr auto answer = prerequisite::any_answer;
  constexpr auto basic = prerequisite::definitive_answer;
  constexpr levels in_time{level::should, level::should, level::must};
  return {
      {20,
       area::parsing,
       always_must,
       "nobody who is slow, silent or greedy keeps others waiting",
       "RFC 6960 5, RFC 9919 8.4",
       basic,
       {beside_silence, beside_half_a_request, slow_body, oversized_body, many_certificates},
       judge_r20,
       stage::patience,
       true},
      {48,
       area::content,
       in_time,
       "an answer within 10 seconds",
       "BR 4.10.2",
       answer,
       {beside_silence},
       judge_r48,
       stage::patience},
  };
}

}  // namespace staplelab::conform
