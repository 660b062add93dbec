#include "responder/http_mapping.hpp"

#include <gtest/gtest.h>
#include <openssl/evp.h>

#include <algorithm>
#include <string>

#include "lab.hpp"
#include "pki/digest.hpp"

namespace staplelab::responder {
namespace {

using namespace test;

runtime::http_request get(std::string target) {
  runtime::http_request request;
  request.method = "GET";
  request.target = std::move(target);
  return request;
}

runtime::http_request post(std::string body, std::string target = "/") {
  runtime::http_request request;
  request.method = "POST";
  request.target = std::move(target);
  request.body = std::move(body);
  return request;
}

// OpenSSL's encoder is the oracle for our decoder.
std::string base64(const pki::bytes& octets) {
  std::string text(4 * ((octets.size() + 2) / 3) + 1, '\0');
  const int length = EVP_EncodeBlock(reinterpret_cast<unsigned char*>(text.data()), octets.data(),
                                     static_cast<int>(octets.size()));
  text.resize(static_cast<std::size_t>(length));
  return text;
}

std::string replaced(std::string text, std::string_view what, std::string_view with) {
  for (auto at = text.find(what); at != std::string::npos; at = text.find(what, at + with.size())) {
    text.replace(at, what.size(), with);
  }
  return text;
}

int refusal_of(const runtime::http_request& request, std::string_view prefix = "") {
  const auto der = to_ocsp(request, prefix, {});
  return der ? 0 : der.error().status;
}

TEST(GetTarget, R65DecodesEveryLengthRawAndPercentEncoded) {
  for (std::size_t length = 1; length < 70; ++length) {
    pki::bytes octets(length);
    for (std::size_t i = 0; i < length; ++i)
      octets[i] = static_cast<std::uint8_t>(i * 37 + 48);
    const auto raw = base64(octets);
    const auto upper = replaced(replaced(replaced(raw, "/", "%2F"), "+", "%2B"), "=", "%3D");
    const auto lower = replaced(replaced(replaced(raw, "/", "%2f"), "+", "%2b"), "=", "%3d");
    const auto unpadded = replaced(raw, "=", "");
    for (const auto& text : {raw, upper, lower, unpadded}) {
      const auto der = to_ocsp(get("/" + text), "", {});
      ASSERT_TRUE(der) << text << ": " << der.error().why;
      EXPECT_EQ(*der, octets) << text;
    }
  }
}

TEST(GetTarget, R66SlashesInsideAreNeverCollapsedAndAPlusIsNoSpace) {
  // 0x30 0xff*4 ... gives runs of slashes; 0xfb 0xef 0xbe gives "++++".
  const pki::bytes octets = {0x30, 0x0f, 0xff, 0xff, 0xff, 0xff,
                             0xfb, 0xef, 0xbe, 0xfb, 0xef, 0xbe};
  const auto raw = base64(octets);
  ASSERT_NE(raw.find("//"), std::string::npos) << raw;
  ASSERT_NE(raw.find("++"), std::string::npos) << raw;
  EXPECT_EQ(*to_ocsp(get("/" + raw), "", {}), octets);
  EXPECT_EQ(*to_ocsp(get("/" + replaced(raw, "/", "%2F")), "", {}), octets);
}

TEST(GetTarget, SlashesInFrontDoNotCount) {
  const pki::bytes octets = {0x30, 0x03, 0x02, 0x01, 0x00};
  EXPECT_EQ(*to_ocsp(get("//" + base64(octets)), "", {}), octets);
  EXPECT_EQ(*to_ocsp(get("/ocsp//" + base64(octets)), "/ocsp", {}), octets);
}

TEST(GetTarget, R65KeepsThePrefixOfTheAiaUrl) {
  const pki::bytes octets = {0x30, 0x03, 0x02, 0x01, 0x00};
  const auto text = base64(octets);
  EXPECT_EQ(*to_ocsp(get("/ca/ocsp/" + text), "/ca/ocsp", {}), octets);
  EXPECT_EQ(*to_ocsp(get("http://ocsp.example/ca/ocsp/" + text), "/ca/ocsp", {}), octets);
  EXPECT_EQ(refusal_of(get("/ca/" + text), "/ca/ocsp"), 404);
  EXPECT_EQ(refusal_of(get("/ca/ocspx" + text), "/ca/ocsp"), 404);
  EXPECT_EQ(refusal_of(get("*"), "/ca/ocsp"), 404);
}

TEST(GetTarget, WhatIsNoBase64IsRefused) {
  for (const auto* target :
       {"/", "//", "/MEow%2", "/MEow%zz", "/MEow%", "/MEow?", "/MEo w", "/MEo-", "/MEo_", "/M",
        "/ME=w", "/MEow====", "/MEow=", "/ME===", "/%00%00%00%00", "/MEow%0A"}) {
    EXPECT_EQ(refusal_of(get(target)), 400) << target;
  }
}

TEST(GetTarget, R20_R67TheLengthHasALimitWellAbove255) {
  const http_mapping_limits limits;
  const std::string longest = "/" + std::string(limits.target_octets - 1, 'A');
  ASSERT_EQ(longest.size() % 4, 0u);
  EXPECT_GT(limits.target_octets, 255u);
  EXPECT_EQ(refusal_of(get(longest + "A")), 414);
  EXPECT_EQ(refusal_of(get("/" + std::string(limits.target_octets - 4, 'A'))), 0);
}

TEST(Post, R64TakesTheBodyAsItIs) {
  auto request = post(std::string("\x30\x00\xff", 3));
  EXPECT_EQ(*to_ocsp(request, "", {}), (pki::bytes{0x30, 0x00, 0xff}));
  request.fields.set("content-type", "Application/OCSP-Request; x=y");
  EXPECT_EQ(*to_ocsp(request, "", {}), (pki::bytes{0x30, 0x00, 0xff}));
}

TEST(Post, R77AWrongContentTypeIsRefused) {
  auto request = post("0");
  for (const auto* type : {"text/plain", "application/ocsp-requests", "", "application/ocsp"}) {
    request.fields.set("Content-Type", type);
    EXPECT_EQ(refusal_of(request), 415) << type;
  }
}

TEST(Post, IsTakenAtThePrefixOnly) {
  EXPECT_EQ(refusal_of(post("0", "/ocsp"), "/ocsp"), 0);
  EXPECT_EQ(refusal_of(post("0", "/ocsp/"), "/ocsp"), 0);
  EXPECT_EQ(refusal_of(post("0", "/"), "/ocsp"), 404);
  EXPECT_EQ(refusal_of(post("0", "/ocsp/x"), "/ocsp"), 404);
}

TEST(Method, R77OthersAreNotAllowed) {
  for (const auto* method : {"PUT", "DELETE", "OPTIONS", "get", "TRACE"}) {
    auto request = get("/MEow");
    request.method = method;
    EXPECT_EQ(refusal_of(request), 405) << method;
    const auto response = to_http(to_ocsp(request, "", {}).error(), start);
    EXPECT_EQ(response.fields.find("Allow"), "GET, HEAD, POST");
  }
}

// -- answers -------------------------------------------------------------------------------------

class AnswerToHttp : public testing::Test {
 protected:
  AnswerToHttp() { signers_.set(lab_.direct(), signer_choice::fit_only, start); }

  ocsp_answer ask(std::string_view leaf, pki::time_point now = start, std::size_t nonce = 0,
                  const std::optional<content_fault>& lie = std::nullopt) {
    const auto with = nonce > 0 ? std::optional(nonce_of(nonce)) : std::nullopt;
    const auto request = pki::build_ocsp_request(lab_.id(leaf), with);
    const answer_sources from{lab_.ca(), signers_, remembered_, policy_};
    return answer(read_question(request, policy_, now), from, lie, now);
  }

  lab lab_;
  signing signers_;
  remembered_answers remembered_;
  answer_policy policy_;
};

TEST_F(AnswerToHttp, R69_R70_R71TheCacheFieldsOfAnAuthoritativeGet) {
  policy_.validity = 96h;
  const auto what = ask("good");
  const auto response = to_http(what, get("/"), start + 90s);
  EXPECT_EQ(response.status, 200);
  EXPECT_EQ(response.fields.find("Content-Type"), "application/ocsp-response");
  EXPECT_EQ(response.fields.find("Date"), "Sun, 01 Mar 2026 00:01:30 GMT");
  EXPECT_EQ(response.fields.find("Last-Modified"), "Sun, 01 Mar 2026 00:00:00 GMT");
  EXPECT_EQ(response.fields.find("Expires"), "Thu, 05 Mar 2026 00:00:00 GMT");
  EXPECT_EQ(response.fields.find("ETag"), "\"" + pki::to_hex(pki::sha256(what.der)) + "\"");
  EXPECT_EQ(response.fields.find("Cache-Control"),
            "max-age=172755, public, no-transform, must-revalidate");
  EXPECT_EQ(pki::bytes(response.body.begin(), response.body.end()), what.der);
}

TEST_F(AnswerToHttp, R71_R72MaxAgeEndsInsideTheValidity) {
  for (const pki::duration validity : {2s, 4s, 3600s, 604800s}) {
    policy_.validity = validity;
    const auto what = ask("good");
    for (const pki::duration age : {pki::duration(0), validity / 4}) {
      const auto now = start + age;
      const auto field = std::string(*to_http(what, get("/"), now).fields.find("Cache-Control"));
      const auto max_age = std::chrono::seconds(std::stoll(field.substr(field.find('=') + 1)));
      EXPECT_LT(*what.this_update(), now + max_age) << field;
      EXPECT_LT(now + max_age, *what.next_update()) << field;
    }
  }
}

TEST_F(AnswerToHttp, AnAnswerPastItsEndIsNotCached) {
  const auto response = to_http(ask("good", start, 0, expired_answer{}), get("/"), start);
  EXPECT_EQ(response.fields.find("Cache-Control"),
            "max-age=0, public, no-transform, must-revalidate");
}

TEST_F(AnswerToHttp, R73AuthoritativeAnswersNeverForbidCaching) {
  for (const auto& request : {get("/"), post("0")}) {
    for (const auto* leaf : {"good", "revoked", "held"}) {
      const auto response = to_http(ask(leaf), request, start);
      EXPECT_EQ(response.fields.find("Cache-Control")->find("no-store"), std::string::npos);
      EXPECT_EQ(response.fields.find("Cache-Control")->find("no-cache"), std::string::npos);
      EXPECT_FALSE(response.fields.find("Pragma"));
    }
  }
}

TEST_F(AnswerToHttp, R74_R78ErrorsTravelInHttp200AndAreNotStored) {
  for (const auto& lie : {error_status{pki::response_status::try_later},
                          error_status{pki::response_status::unauthorized},
                          error_status{pki::response_status::malformed_request}}) {
    const auto response = to_http(ask("good", start, 0, lie), get("/"), start);
    EXPECT_EQ(response.status, 200);
    EXPECT_EQ(response.fields.find("Content-Type"), "application/ocsp-response");
    EXPECT_EQ(response.fields.find("Cache-Control"), "no-store");
    EXPECT_FALSE(response.fields.find("ETag"));
    EXPECT_FALSE(response.fields.find("Expires"));
    EXPECT_EQ(response.body.size(), 5u);
  }
}

TEST_F(AnswerToHttp, R75NoncedAndPostAnswersAreNotPublic) {
  EXPECT_EQ(to_http(ask("good", start, 16), get("/"), start).fields.find("Cache-Control"),
            "no-store");
  const auto posted = to_http(ask("good"), post("0"), start);
  EXPECT_NE(posted.fields.find("Cache-Control")->find("private"), std::string::npos);
  EXPECT_EQ(posted.fields.find("Cache-Control")->find("public"), std::string::npos);
}

TEST_F(AnswerToHttp, R76ConditionsThatHoldGive304WithTheSameCacheFields) {
  const auto what = ask("good");
  const auto fresh = to_http(what, get("/"), start);
  const std::string tag(*fresh.fields.find("ETag"));
  const std::string date(*fresh.fields.find("Last-Modified"));

  const auto status_with = [&](std::string_view name, std::string_view value,
                               runtime::http_request request) {
    request.fields.set(name, value);
    const auto response = to_http(what, request, start);
    if (response.status == 304) {
      EXPECT_EQ(response.body, "");
      for (const auto* field : {"ETag", "Cache-Control", "Expires", "Last-Modified", "Date"}) {
        EXPECT_EQ(response.fields.find(field), fresh.fields.find(field)) << field;
      }
    }
    return response.status;
  };
  EXPECT_EQ(status_with("If-None-Match", tag, get("/")), 304);
  EXPECT_EQ(status_with("If-None-Match", "W/" + tag, get("/")), 304);
  EXPECT_EQ(status_with("If-None-Match", "\"x\" , " + tag, get("/")), 304);
  EXPECT_EQ(status_with("If-None-Match", "*", get("/")), 304);
  EXPECT_EQ(status_with("If-None-Match", "\"x\"", get("/")), 200);
  EXPECT_EQ(status_with("If-Modified-Since", date, get("/")), 304);
  EXPECT_EQ(status_with("If-Modified-Since", "Sat, 28 Feb 2026 00:00:00 GMT", get("/")), 200);
  EXPECT_EQ(status_with("If-None-Match", tag, post("0")), 200);

  // RFC 9110 13.1.3: a date does not count beside entity tags.
  auto both = get("/");
  both.fields.set("If-None-Match", "\"x\"");
  EXPECT_EQ(status_with("If-Modified-Since", date, both), 200);
}

}  // namespace
}  // namespace staplelab::responder
