// R69 to R76: what caches are told (RFC 9919 7.2).
#include <algorithm>
#include <array>

#include "conform/http_judging.hpp"
#include "conform/judging.hpp"
#include "pki/digest.hpp"

namespace staplelab::conform {
namespace {

// Caches keep answers to GET; a responder that knows only POST is judged by that.
probe_id cached(const evidence& seen) {
  return seen.like_base(probe_id::get_encoded) ? probe_id::get_encoded : *seen.base();
}

finding judge_r69(const evidence& seen) {
  case_list cases;
  const auto id = cached(seen);
  const auto& response = *seen.http_of(id);
  for (const auto* name : {"Date", "Last-Modified", "Expires"}) {
    const auto value = response.fields.find(name);
    if (!value) {
      cases.fail(id, fmt::format("{} is missing", name));
    } else if (!read_http_date(*value)) {
      cases.fail(id, fmt::format("{} is no IMF-fixdate: {}", name, printable(*value)));
    }
  }
  const auto& next_update = seen.single_of(id)->next_update;
  const auto expires = response.fields.find("Expires");
  if (expires && read_http_date(*expires) && next_update && next_update->at &&
      *expires != http_date(*next_update->at)) {
    cases.fail(id, fmt::format("expected Expires to be nextUpdate, {}, seen {}",
                               http_date(*next_update->at), printable(*expires)));
  }
  const auto modified = response.fields.find("Last-Modified");
  const auto& this_update = seen.single_of(id)->this_update.at;
  const auto& produced_at = seen.basic(id).produced_at.at;
  if (modified && read_http_date(*modified) && this_update && produced_at &&
      *modified != http_date(*this_update) && *modified != http_date(*produced_at)) {
    cases.fail(id, fmt::format("expected Last-Modified to be producedAt or thisUpdate, seen {}",
                               printable(*modified)));
  }
  cases.pass(id, "Date, Last-Modified and Expires are right");
  return cases.conclude({});
}

std::optional<std::string> tag_of(const evidence& seen, probe_id id) {
  const auto* response = seen.has(id) ? seen.http_of(id) : nullptr;
  const auto value = response ? response->fields.find("ETag") : std::nullopt;
  return value ? std::optional(std::string(*value)) : std::nullopt;
}

finding judge_r70(const evidence& seen) {
  case_list cases;
  const auto id = cached(seen);
  const auto tag = tag_of(seen, id);
  if (!tag) {
    cases.fail(id, "ETag is missing");
    return cases.conclude({});
  }
  if (tag->size() < 2 || tag->front() != '"' || tag->back() != '"') {
    cases.fail(id, "expected a strong entity tag in quotes, seen " + printable(*tag));
  }
  const auto again = tag_of(seen, probe_id::get_again);
  if (id == probe_id::get_encoded && again) {
    const auto& first = seen.http_of(id)->body;
    const auto& second = seen.http_of(probe_id::get_again)->body;
    if ((first == second) != (*tag == *again)) {
      cases.fail(probe_id::get_again, first == second ? "the same response came with another ETag"
                                                      : "another response came with the same ETag");
    }
  }
  const std::string& body = seen.http_of(id)->body;
  const pki::bytes der(body.begin(), body.end());
  if (*tag == '"' + pki::to_hex(pki::sha256(der)) + '"') {
    cases.pass(id, "ETag is the SHA-256 of the response");
  } else {
    cases.pass(id, "ETag is strong; RFC 9919 recommends the SHA-256 of the response");
  }
  return cases.conclude({});
}

finding judge_r71(const evidence& seen) {
  case_list cases;
  const auto id = cached(seen);
  const auto& response = *seen.http_of(id);
  if (!response.fields.find("Cache-Control")) {
    cases.fail(id, "Cache-Control is missing");
    return cases.conclude({});
  }
  std::string missing;
  constexpr std::array<std::string_view, 4> wanted{"max-age", "public", "no-transform",
                                                   "must-revalidate"};
  for (const auto directive : wanted) {
    // Answers to POST are nobody's business but the client's.
    if (directive == "public" && id != probe_id::get_encoded) continue;
    if (!cache_control_has(response, directive)) missing += fmt::format(" {}", directive);
  }
  if (!missing.empty()) {
    cases.fail(id, fmt::format("{} lacks{}", field_text(response, "Cache-Control"), missing));
  }
  const auto age = max_age_of(response);
  const auto& next_update = seen.single_of(id)->next_update;
  if (age && next_update && next_update->at &&
      seen.answered_at(id) + std::chrono::seconds(*age) >= *next_update->at + clock_tolerance) {
    cases.fail(
        id, fmt::format("max-age={} reaches beyond nextUpdate {}", *age, time_text(*next_update)));
  }
  cases.pass(id, field_text(response, "Cache-Control"));
  return cases.conclude({});
}

finding judge_r73(const evidence& seen) {
  case_list cases;
  // What POST brings is kept by no cache (R75).
  for (const auto id : {probe_id::get_encoded, probe_id::get_raw}) {
    if (!seen.definitive(id)) continue;
    const auto& response = *seen.http_of(id);
    if (forbids_caching(response)) {
      cases.fail(
          id, fmt::format("expected no no-cache and no no-store, seen {}, {}",
                          field_text(response, "Cache-Control"), field_text(response, "Pragma")));
    } else {
      cases.pass(id, "authoritative answers may be cached");
    }
  }
  return cases.conclude("no definitive answer was seen");
}

finding judge_r74(const evidence& seen) {
  case_list cases;
  for (const probe_id id : seen.probes()) {
    if (seen.reading_of(id).what != said::error) continue;
    if (forbids_caching(*seen.http_of(id))) {
      cases.pass(id, "error answers are kept out of caches");
    } else {
      cases.fail(id, fmt::format("expected no-cache or no-store with error answers, seen {}",
                                 field_text(*seen.http_of(id), "Cache-Control")));
    }
  }
  return cases.conclude("no error answer was seen");
}

finding judge_r75(const evidence& seen) {
  case_list cases;
  for (const auto id : {*seen.base(), probe_id::nonce_32}) {
    if (!seen.definitive(id)) continue;
    // A GET is for caches, unless a nonce makes it one client's own.
    const auto* nonce_answer = id == probe_id::nonce_32 ? &seen.basic(id) : nullptr;
    if (!nonce_answer && seen.base_way() == way::get) continue;
    const auto& response = *seen.http_of(id);
    const bool kept = cache_control_has(response, "public") && !forbids_caching(response);
    if (kept) {
      cases.fail(id,
                 fmt::format("{}: {}", probe_of(id).title, field_text(response, "Cache-Control")));
    } else {
      cases.pass(id, "no public caching for answers to POST, or with a nonce");
    }
  }
  return cases.conclude("no such answer was seen");
}

finding judge_r76(const evidence& seen) {
  case_list cases;
  for (const auto id : {probe_id::if_none_match, probe_id::if_modified_since}) {
    if (!seen.has(id)) continue;
    const auto* response = seen.http_of(id);
    if (!response || response->status != 304) {
      // Who signs anew for every request has another response by now.
      cases.fail(id, expected(seen, id, "HTTP 304"));
    } else if (!response->fields.find("Cache-Control") && !response->fields.find("Expires")) {
      cases.fail(id, fmt::format("{}: HTTP 304 without the cache fields", probe_of(id).title));
    } else {
      cases.pass(id, fmt::format("{}: HTTP 304", probe_of(id).title));
    }
  }
  return cases.conclude("there was neither ETag nor Last-Modified to ask with");
}

}  // namespace

std::vector<check> cache_checks() {
  using enum probe_id;
  constexpr auto a = area::http;
  // RFC 6960 does not speak of caches, and the BR leave RFC 5019 to the responder.
  constexpr levels s{level::may, level::should, level::should};
  constexpr levels lightweight{level::may, level::must, level::should};
  constexpr auto basic = prerequisite::definitive_answer;
  return {
      {69,
       a,
       s,
       "Date, Last-Modified and Expires tell the times of the response",
       "RFC 9919 6, 7.2",
       basic,
       {get_encoded},
       judge_r69},
      {76,
       a,
       always_may,
       "conditional requests bring 304",
       "RFC 9110 13",
       prerequisite::get,
       {if_none_match, if_modified_since},
       judge_r76},
      {70,
       a,
       s,
       "a strong ETag that changes with the response",
       "RFC 9919 7.2",
       basic,
       {get_again},
       judge_r70},
      {71,
       a,
       s,
       "Cache-Control lets caches keep the response until nextUpdate",
       "RFC 9919 7.2",
       basic,
       {get_encoded},
       judge_r71},
      {73,
       a,
       lightweight,
       "authoritative answers never forbid caching",
       "RFC 9919 7.2",
       prerequisite::get,
       {get_encoded, get_raw},
       judge_r73},
      {74,
       a,
       s,
       "error answers are kept out of caches",
       "RFC 9919 7.2",
       prerequisite::any_answer,
       {},
       judge_r74},
      {75,
       a,
       always_may,
       "answers to POST or with a nonce are not for public caches",
       "RFC 9919 7.2",
       basic,
       {nonce_32},
       judge_r75},
  };
}

}  // namespace staplelab::conform
