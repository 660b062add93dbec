// R64 to R78: HTTP and caches.
#include "judgement_row.hpp"
#include "pki/digest.hpp"

namespace staplelab::conform::test {
namespace {

using enum probe_id;

const fields ocsp_type{{"Content-Type", "application/ocsp-response"}};

// What RFC 9919 7.2 wants.
fields good_fields() {
  return {{"Date", "Sun, 01 Mar 2026 12:00:00 GMT"},
          {"Last-Modified", "Sun, 01 Mar 2026 12:00:00 GMT"},
          {"Expires", "Thu, 05 Mar 2026 12:00:00 GMT"},
          {"ETag", "\"one\""},
          {"Content-Length", "100"},
          {"Cache-Control", "max-age=3600, public, no-transform, must-revalidate"}};
}

fields changed(const std::string& name, const std::string& value) {
  fields all = good_fields();
  std::erase_if(all, [&](const auto& field) { return field.first == name; });
  if (!value.empty()) all.emplace_back(name, value);
  return all;
}

// POST and GET are answered, GET with these fields.
auto gets(const fields& headers) {
  return [headers](bench& b) {
    b.base();
    b.say(get_encoded, {}, headers);
    b.say(get_raw, {}, headers);
    b.say(get_again, {}, headers);
  };
}

std::vector<judgement_row> access_rows() {
  const auto plain_get = gets({});
  return {
      {64, "pass: the right type", [](bench& b) { b.say(post_sha1, {}, ocsp_type); }},
      {64, "pass: an error is an answer", [](bench& b) { b.error(post_sha1, 6, ocsp_type); }},
      {64, "pass: the type in capitals",
       [](bench& b) {
         b.say(post_sha1, {}, {{"Content-Type", "Application/OCSP-Response ; q=1"}});
       }},
      {64, "fail: HTTP 404 around an answer",
       [](bench& b) { b.error(post_sha1, 6, ocsp_type, 404); }},
      {64, "fail: text", [](bench& b) { b.say(post_sha1, {}, {{"Content-Type", "text/html"}}); }},
      {64, "fail: silence", [](bench& b) { b.ends(post_sha1, ending::timed_out); }},
      {64, "fail: octets", [](bench& b) { b.ends(post_sha1, ending::not_http); }},
      {65, "pass: both", gets(ocsp_type)},
      {65, "fail: no type", plain_get},
      {65, "fail: HTTP 500 around an error",
       [](bench& b) {
         b.error(post_sha1, 6, ocsp_type);
         b.error(get_encoded, 6, ocsp_type, 500);
       }},
      {65, "fail: HTTP 400",
       [](bench& b) {
         b.base();
         b.http(get_encoded, 400, "");
         b.http(get_raw, 400, "");
       }},
      {66, "pass: all spellings",
       [=](bench& b) {
         plain_get(b);
         for (const auto id : {get_slashes_raw, get_slashes_encoded, get_lower_case, get_unpadded})
           b.say(id);
       }},
      {66, "fail: slashes are collapsed",
       [=](bench& b) {
         plain_get(b);
         b.http(get_slashes_raw, 301, "");
       }},
      {66, "acceptable: padding is wanted",
       [=](bench& b) {
         plain_get(b);
         b.say(get_slashes_raw);
         b.error(get_unpadded, 1);
       }},
      {66, "skip: no GET", [](bench& b) { b.base(); }},
      {67, "pass: answered",
       [=](bench& b) {
         plain_get(b);
         b.say(get_long);
       }},
      {67, "fail: too long",
       [=](bench& b) {
         plain_get(b);
         b.http(get_long, 414, "");
       }},
      {68, "pass: there", [](bench& b) { b.say(post_sha1, {}, good_fields()); }},
      {68, "fail: missing", plain_get},
  };
}

std::vector<judgement_row> cache_rows() {
  const auto nonced = [](const std::string& control) {
    return [control](bench& b) {
      b.base();
      b.say(nonce_32, {}, {{"Cache-Control", control}});
    };
  };
  const auto with_tags = [](std::string first, std::string second, bool same_body) {
    return [=](bench& b) {
      b.base();
      b.say(get_encoded, {}, changed("ETag", first));
      b.say(
          get_again,
          [&](forged& f) {
            if (!same_body) f.produced_at = "20260301120001Z";
          },
          changed("ETag", second));
    };
  };
  constexpr auto light = profile::rfc9919;
  return {
      {69, "pass: all right", gets(good_fields()), light},
      {69, "fail: no Date", gets(changed("Date", "")), light},
      {69, "fail: UTC instead of GMT", gets(changed("Expires", "Thu, 05 Mar 2026 12:00:00 UTC")),
       light},
      {69, "fail: not nextUpdate", gets(changed("Expires", "Fri, 06 Mar 2026 12:00:00 GMT")),
       light},
      {69, "fail: not thisUpdate", gets(changed("Last-Modified", "Fri, 06 Feb 2026 12:00:00 GMT")),
       light},
      {70, "pass: strong", with_tags("\"a\"", "\"b\"", false), light},
      {70, "fail: weak", with_tags("W/\"a\"", "W/\"a\"", true), light},
      {70, "fail: the same for another", with_tags("\"a\"", "\"a\"", false), light},
      {70, "fail: another for the same", with_tags("\"a\"", "\"b\"", true), light},
      {70, "fail: none", gets(changed("ETag", "")), light},
      {71, "pass: all four", gets(good_fields()), light},
      {71, "fail: none", gets(changed("Cache-Control", "")), light},
      {71, "fail: no max-age", gets(changed("Cache-Control", "public, must-revalidate")), light},
      {71, "fail: beyond nextUpdate",
       gets(changed("Cache-Control", "max-age=999999, public, no-transform, must-revalidate")),
       light},
      {73, "acceptable: RFC 6960 has no such rule", gets(changed("Cache-Control", "no-store"))},
      {73, "skip: POST is kept by no cache",
       [](bench& b) { b.say(post_sha1, {}, {{"Cache-Control", "no-store"}}); }, light},
      {73, "pass: cacheable", gets(good_fields()), light},
      {73, "fail: no-store", gets(changed("Cache-Control", "no-store")), light},
      {73, "fail: Pragma", gets({{"Pragma", "no-cache"}}), light},
      {74, "pass: no-store",
       [](bench& b) {
         b.base();
         b.error(foreign_issuer_get, 6, {{"Cache-Control", "max-age=0, no-store"}});
       },
       light},
      {74, "fail: nothing said",
       [](bench& b) {
         b.base();
         b.error(foreign_issuer_get, 6);
       },
       light},
      {75, "pass: no-store", nonced("no-store")},
      {75, "acceptable: public", nonced("max-age=60, public")},
      {76, "pass: 304",
       [](bench& b) {
         gets(good_fields())(b);
         b.http(if_none_match, 304, "", good_fields());
         b.http(if_modified_since, 304, "", good_fields());
       }},
      {76, "acceptable: 200",
       [](bench& b) {
         gets(good_fields())(b);
         b.say(if_none_match);
       }},
  };
}

void all_well(bench& b) {
  b.base();
  b.http(head, 200, "");
  b.http(other_method, 405, "", {{"Allow", "GET, POST"}});
  b.http(wrong_content_type, 415, "");
  for (const auto id : {keep_alive, pipelined, chunked, http10})
    b.say(id);
}

judgement_row all_but(std::string name, void (*change)(bench&)) {
  return {77, std::move(name), [change](bench& b) {
            all_well(b);
            change(b);
          }};
}

std::vector<judgement_row> message_rows() {
  return {
      {77, "pass: everything", all_well},
      all_but("acceptable: HEAD with a body", [](bench& b) { b.http(head, 200, "body"); }),
      all_but("acceptable: DELETE is fine", [](bench& b) { b.http(other_method, 200, ""); }),
      all_but("acceptable: no Allow", [](bench& b) { b.http(other_method, 405, ""); }),
      all_but("acceptable: closed after one", [](bench& b) { b.ends(pipelined, ending::closed); }),
      all_but("acceptable: late 100", [](bench& b) { b.say(expect_continue); }),
      all_but("acceptable: no chunks", [](bench& b) { b.http(chunked, 411, ""); }),
      {78, "pass: HTTP 200",
       [](bench& b) {
         b.base();
         b.error(garbage, 1);
       }},
      {78, "fail: HTTP 400",
       [](bench& b) {
         b.base();
         b.error(garbage, 1, {}, 400);
       }},
  };
}

}  // namespace

std::vector<judgement_row> http_rows() {
  std::vector<judgement_row> all = access_rows();
  for (const auto& part : {cache_rows(), message_rows()})
    all.insert(all.end(), part.begin(), part.end());
  return all;
}

}  // namespace staplelab::conform::test
