// CRLs beside OCSP answers: their schedule, their HTTP fields, and that the two may differ.
#include "responder/crl_publisher.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/pki/run_program.hpp"
#include "world.hpp"

namespace staplelab::responder {
namespace {

using namespace test;
using std::chrono::days;
using testing::HasSubstr;
using testing::Not;

runtime::http_request get(std::string path = "/crl/issuing.crl") {
  runtime::http_request request;
  request.method = "GET";
  request.target = std::move(path);
  return request;
}

std::string text_of(const std::string& der) {
  const tests::temporary_directory files;
  return tests::run_program({"openssl", "crl", "-inform", "DER", "-noout", "-text", "-in",
                             files.file("it.crl", std::string_view(der))})
      .output;
}

std::string field(const runtime::http_response& response, std::string_view name) {
  return std::string(response.fields.find(name).value_or("(none)"));
}

class CrlPublisher : public testing::Test {
 protected:
  runtime::http_response at(crl_publisher& from, pki::time_point now,
                            const runtime::http_request& request = get()) {
    auto response = from.answer(request, now);
    EXPECT_TRUE(response);
    return response.value_or(runtime::http_response{});
  }
  crl_publisher publisher(const crl_schedule& schedule) {
    crl_publisher made(schedule);
    made.add("/crl/issuing.crl", lab_.ca(), "issuing");
    return made;
  }

  lab lab_;
};

TEST_F(CrlPublisher, ServesCrlsWithTheirType) {
  auto crls = publisher({});
  const auto response = at(crls, start);
  EXPECT_EQ(response.status, 200);
  EXPECT_EQ(field(response, "Content-Type"), "application/pkix-crl");
  EXPECT_EQ(field(response, "Last-Modified"), "Sun, 01 Mar 2026 00:00:00 GMT");
  EXPECT_EQ(field(response, "Expires"), "Sun, 08 Mar 2026 00:00:00 GMT");
  const auto text = text_of(response.body);
  EXPECT_THAT(text, HasSubstr("Key Compromise"));
  EXPECT_THAT(text, HasSubstr("Certificate Hold"));
  EXPECT_THAT(text, HasSubstr("CRL Number: \n                1\n"));
}

TEST_F(CrlPublisher, OnDemandMakesANewOneOnlyWhenSomethingHappened) {
  auto crls = publisher({});
  const auto first = at(crls, start);
  EXPECT_EQ(at(crls, start + 1h).body, first.body);
  lab_.ca().revoke("good", {pki::crl_reason::superseded, start + 2h}, start + 2h + 500ms);
  const auto second = at(crls, start + 2h + 900ms);
  EXPECT_THAT(text_of(second.body), HasSubstr("CRL Number: \n                2\n"));
  EXPECT_THAT(text_of(second.body), HasSubstr("Superseded"));
  EXPECT_EQ(at(crls, start + 3h).body, second.body);
  EXPECT_NE(at(crls, start + days(4)).body, second.body);  // half of its validity has passed
}

TEST_F(CrlPublisher, KeepsToItsSchedule) {
  auto crls = publisher({.every = 24h, .validity = days(7), .origin = start});
  const auto first = at(crls, start + 6h);
  EXPECT_EQ(field(first, "Last-Modified"), "Sun, 01 Mar 2026 00:00:00 GMT");
  EXPECT_EQ(field(first, "Cache-Control"), "public, max-age=64800");
  lab_.ca().revoke("good", {pki::crl_reason::superseded, start + 7h}, start + 7h);
  EXPECT_EQ(at(crls, start + 24h - 1s).body, first.body);
  EXPECT_THAT(text_of(at(crls, start + 24h).body), HasSubstr("Superseded"));
}

TEST_F(CrlPublisher, PublishesOutOfTurnAndKeepsItUntilTheNextTurn) {
  auto crls = publisher({.every = 24h, .validity = days(7), .origin = start});
  at(crls, start + 6h);
  lab_.ca().revoke("good", {pki::crl_reason::superseded, start + 7h}, start + 7h);
  EXPECT_TRUE(crls.publish("/crl/issuing.crl", start + 8h));
  const auto out_of_turn = at(crls, start + 24h - 1s);
  EXPECT_EQ(field(out_of_turn, "Last-Modified"), "Sun, 01 Mar 2026 08:00:00 GMT");
  EXPECT_EQ(field(out_of_turn, "Cache-Control"), "public, max-age=1");
  EXPECT_THAT(text_of(out_of_turn.body), HasSubstr("Superseded"));
  EXPECT_EQ(field(at(crls, start + 24h), "Last-Modified"), "Mon, 02 Mar 2026 00:00:00 GMT");
  EXPECT_FALSE(crls.publish("/crl/root.crl", start));
}

TEST_F(CrlPublisher, AnswersConditionsMethodsAndOtherPaths) {
  auto crls = publisher({});
  auto request = get();
  request.fields.set("If-None-Match", field(at(crls, start), "ETag"));
  EXPECT_EQ(at(crls, start + 1s, request).status, 304);
  request = get();
  request.method = "POST";
  EXPECT_EQ(at(crls, start, request).status, 405);
  EXPECT_FALSE(crls.answer(get("/crl/root.crl"), start));
  EXPECT_FALSE(crls.answer(get("/"), start));
}

TEST_F(CrlPublisher, RefusesSchedulesThatLeaveGaps) {
  EXPECT_FALSE(flaw_of(crl_schedule{}));
  EXPECT_TRUE(flaw_of(crl_schedule{.every = 24h, .validity = 24h}));
  EXPECT_TRUE(flaw_of(crl_schedule{.every = 999ms}));
  EXPECT_TRUE(flaw_of(crl_schedule{.validity = 0s}));
}

// ---- The two differ on purpose

struct both {
  bool ocsp_revoked, crl_lists;
  bool operator==(const both&) const = default;
};

class TwoSources : public testing::Test {
 protected:
  // What the responder at the port says of "good" at this moment, in two ways.
  static both said_by(world& w) {
    const auto verdict = w.verdict(w.get("good"), "good");
    const auto crl = w.exchange(get());
    EXPECT_TRUE(crl);
    return {verdict == pki::ocsp_verdict::revoked,
            crl && text_of(crl->body).find("Superseded") != std::string::npos};
  }
};

TEST_F(TwoSources, OcspTellsARevocationBeforeTheCrlDoes) {
  crl_publisher crls({.every = 24h, .validity = days(7), .origin = start});
  server_config config;
  config.beside = [&](const auto& request, pki::time_point now) {
    return crls.answer(request, now);
  };
  world w(config);
  crls.add("/crl/issuing.crl", w.lab.ca(), "issuing");
  w.sleep(1h);
  w.lab.ca().revoke("good", {pki::crl_reason::superseded, w.clock.now()}, w.clock.now());
  EXPECT_EQ(said_by(w), (both{true, false}));
  w.sleep(23h);
  EXPECT_EQ(said_by(w), (both{true, true}));
}

TEST_F(TwoSources, R50TheCrlTellsARevocationBeforeOcspDoes) {
  crl_publisher crls({});
  server_config config;
  config.policy.production = production_schedule{.every = 24h, .lag = 1h, .origin = start};
  config.beside = [&](const auto& request, pki::time_point now) {
    return crls.answer(request, now);
  };
  world w(config);
  crls.add("/crl/issuing.crl", w.lab.ca(), "issuing");
  w.sleep(2h);
  w.lab.ca().revoke("good", {pki::crl_reason::superseded, w.clock.now()}, w.clock.now());
  EXPECT_EQ(said_by(w), (both{false, true}));
  w.sleep(23h);
  EXPECT_EQ(said_by(w), (both{true, true}));
}

}  // namespace
}  // namespace staplelab::responder
