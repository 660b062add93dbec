// R66 to R68, R77, R78: OCSP over HTTP.
#include <array>

#include "conform/http_judging.hpp"
#include "conform/judging.hpp"

namespace staplelab::conform {
namespace {

finding judge_r66(const evidence& seen) {
  case_list cases;
  for (const auto id :
       {probe_id::get_slashes_raw, probe_id::get_slashes_encoded, probe_id::get_lower_case}) {
    expect_like_base(seen, id, cases);
  }
  const auto unpadded = probe_id::get_unpadded;
  if (seen.has(unpadded) && !seen.like_base(unpadded) &&
      seen.reading_of(unpadded).what != said::nothing) {
    cases.accept(unpadded, "base64 that lacks its padding is refused");
  } else {
    expect_like_base(seen, unpadded, cases);
  }
  return cases.conclude("nothing could be asked");
}

finding judge_r67(const evidence& seen) {
  return like_base_in_all(seen, {probe_id::get_long});
}

finding judge_r68(const evidence& seen) {
  case_list cases;
  for (const probe_id id : seen.probes()) {
    if (!seen.definitive(id)) continue;
    const auto& response = *seen.http_of(id);
    if (response.fields.find("Content-Length")) {
      cases.pass(id, "Content-Length is present");
    } else {
      cases.fail(id, "a response without Content-Length");
    }
  }
  return cases.conclude("no definitive answer was seen");
}

void judge_head(const evidence& seen, case_list& cases) {
  const auto id = probe_id::head;
  if (!seen.has(id)) return;
  const auto* response = seen.http_of(id);
  if (!response) {
    cases.fail(id, expected(seen, id, "the fields of the response to GET"));
  } else if (response->status != 200) {
    cases.fail(id, fmt::format("HEAD: expected HTTP 200, seen {}", response->status));
  } else if (seen.exchange_of(id).received.find("\r\n\r\n") + 4 !=
             seen.exchange_of(id).received.size()) {
    cases.fail(id, "HEAD: a body came along");
  } else {
    cases.pass(id, "HEAD: as GET, without the body");
  }
}

void judge_other_method(const evidence& seen, case_list& cases) {
  const auto id = probe_id::other_method;
  if (!seen.has(id)) return;
  const auto* response = seen.http_of(id);
  const bool refused = response && (response->status == 405 || response->status == 501);
  if (!refused) {
    cases.fail(id, expected(seen, id, "HTTP 405 with Allow"));
  } else if (response->status == 405 && !response->fields.find("Allow")) {
    cases.fail(id, "DELETE: HTTP 405 without Allow (RFC 9110 15.5.6)");
  } else {
    cases.pass(id, fmt::format("DELETE: HTTP {}", response->status));
  }
}

void judge_content_type(const evidence& seen, case_list& cases) {
  const auto id = probe_id::wrong_content_type;
  if (!seen.has(id)) return;
  const auto* response = seen.http_of(id);
  if (response && (response->status == 415 || response->status == 400)) {
    cases.pass(id, fmt::format("POST as text/plain: HTTP {}", response->status));
  } else if (seen.like_base(id) || seen.reading_of(id).what == said::error) {
    cases.pass(id, "POST as text/plain: answered all the same");
  } else {
    cases.fail(id, expected(seen, id, "HTTP 415, or an OCSP response"));
  }
}

void judge_pair(const evidence& seen, probe_id id, case_list& cases) {
  if (!seen.has(id)) return;
  const auto& exchange = seen.exchange_of(id);
  if (exchange.how == ending::answered && seen.like_base(id)) {
    cases.pass(id, fmt::format("{}: both answered", probe_of(id).title));
  } else {
    cases.fail(
        id, fmt::format(
                "{}: {} of 2 answered, then {}", probe_of(id).title, exchange.responses.size(),
                exchange.how == ending::answered ? seen.summary_of(id) : to_string(exchange.how)));
  }
}

void judge_continue(const evidence& seen, case_list& cases) {
  const auto id = probe_id::expect_continue;
  if (!seen.has(id)) return;
  if (seen.like_base(id) && !seen.exchange_of(id).interim) {
    cases.fail(id, "Expect: 100-continue is answered only after the client gave up waiting");
  } else {
    expect_like_base(seen, id, cases);
  }
}

finding judge_r77(const evidence& seen) {
  case_list cases;
  judge_head(seen, cases);
  judge_other_method(seen, cases);
  judge_content_type(seen, cases);
  judge_pair(seen, probe_id::keep_alive, cases);
  judge_pair(seen, probe_id::pipelined, cases);
  judge_continue(seen, cases);
  expect_like_base(seen, probe_id::chunked, cases);
  expect_like_base(seen, probe_id::http10, cases);
  return cases.conclude("nothing could be asked");
}

// What is wrong about these is OCSP's business and not HTTP's.
constexpr std::array sound_http{
    probe_id::garbage,           probe_id::truncated,  probe_id::trailing_octets,
    probe_id::indefinite_length, probe_id::empty_body, probe_id::empty_list,
    probe_id::version_2,         probe_id::nonce_0,    probe_id::nonce_129,
    probe_id::foreign_issuer,    probe_id::unassigned, probe_id::critical_request_extension,
};

finding judge_r78(const evidence& seen) {
  case_list cases;
  for (const probe_id id : sound_http) {
    if (!seen.has(id) || seen.reading_of(id).what == said::nothing) continue;
    const int status = seen.reading_of(id).http_status;
    if (status == 200) {
      cases.pass(id, "OCSP errors come with HTTP 200");
    } else {
      cases.fail(id, fmt::format("{}: expected HTTP 200, seen {}", probe_of(id).title, status));
    }
  }
  return cases.conclude("no OCSP error was seen");
}

}  // namespace

std::vector<check> http_checks() {
  using enum probe_id;
  constexpr auto a = area::http;
  constexpr auto basic = prerequisite::definitive_answer;
  return {
      {66,
       a,
       always_must,
       "base64 in a path is not normalised",
       "RFC 6960 A.1",
       prerequisite::get,
       {get_slashes_raw, get_slashes_encoded, get_lower_case, get_unpadded},
       judge_r66,
       stage::provocations},
      {67,
       a,
       always_should,
       "GET with more than 255 octets",
       "RFC 6960 A.1, RFC 9919 6",
       prerequisite::get,
       {get_long},
       judge_r67},
      {68, a, always_should, "Content-Length is present", "RFC 6960 A.2", basic, {}, judge_r68},
      {77,
       a,
       always_may,
       "HTTP as RFC 9110 and RFC 9112 have it",
       "RFC 9110 9, RFC 9112 7, 9",
       basic,
       {head, other_method, wrong_content_type, http10, chunked, expect_continue, keep_alive,
        pipelined},
       judge_r77,
       stage::provocations},
      {78,
       a,
       always_must,
       "OCSP errors come with HTTP 200",
       "RFC 6960 A.2",
       prerequisite::any_answer,
       {},
       judge_r78},
  };
}

}  // namespace staplelab::conform
