// A probe that ends the handshake itself, as careful clients do.
#include <gtest/gtest.h>

#include <ostream>

#include "pki/ocsp_spoil.hpp"
#include "tests/scenarios/openssl_server.hpp"

namespace staplelab::scenarios {
namespace {

using test::lab;
using test::openssl_server;
using test::run_probe;
using test::wall_time;
using namespace std::chrono_literals;

constexpr int bad_certificate_status_response = 113;

probe_request strictly(openssl_server& server, const lab& here) {
  probe_request request;
  request.address = server.address();
  request.roots = {here.root().cert};
  request.strict = true;
  return request;
}

TEST(Probe, T13_a_promised_staple_that_is_missing_is_no_handshake) {
  const lab here(wall_time());
  for (const auto version : {tls_version::tls12, tls_version::tls13}) {
    openssl_server server(here, "server", std::nullopt);
    auto request = strictly(server, here);
    request.tls = version;
    const auto found = run_probe(request);
    EXPECT_EQ(found.verdict, probe_verdict::none);
    EXPECT_TRUE(found.must_staple);
    EXPECT_EQ(found.sent_alert, bad_certificate_status_response);
    EXPECT_EQ(found.why, "the certificate promises a staple, and none came");
    EXPECT_TRUE(server.says("SSL alert number 113"));
  }
}

TEST(Probe, T13_without_the_promise_nothing_is_missing) {
  const lab here(wall_time());
  openssl_server server(here, "plain", std::nullopt);
  const auto found = run_probe(strictly(server, here));
  EXPECT_EQ(found.verdict, probe_verdict::none);
  EXPECT_FALSE(found.must_staple);
  EXPECT_EQ(found.sent_alert, std::nullopt);
}

TEST(Probe, T15_a_client_that_does_not_ask_misses_nothing) {
  const lab here(wall_time());
  openssl_server server(here, "server", here.answer("server", pki::good_status(), -1h, 1h));
  auto request = strictly(server, here);
  request.status_request = false;
  const auto found = run_probe(request);
  EXPECT_EQ(found.verdict, probe_verdict::none);
  EXPECT_TRUE(found.must_staple);
  EXPECT_EQ(found.sent_alert, std::nullopt);
  EXPECT_EQ(found.alert, std::nullopt);
  EXPECT_EQ(found.why, "");
}

struct unsatisfactory {
  std::string name;
  pki::bytes (*staple)(const lab&);
  probe_verdict verdict;
  std::optional<int> sent_alert = bad_certificate_status_response;
};

void PrintTo(const unsatisfactory& what, std::ostream* out) {
  *out << what.name;
}

class StrictlyProbed : public testing::TestWithParam<unsatisfactory> {};

TEST_P(StrictlyProbed, T14_StapleEndsTheHandshakeUnlessGood) {
  const lab here(wall_time());
  for (const auto version : {tls_version::tls12, tls_version::tls13}) {
    openssl_server server(here, "server", GetParam().staple(here));
    auto request = strictly(server, here);
    request.tls = version;
    const auto found = run_probe(request);
    EXPECT_EQ(found.verdict, GetParam().verdict) << found.why;
    EXPECT_EQ(found.sent_alert, GetParam().sent_alert);
    EXPECT_EQ(found.alert, std::nullopt);
    EXPECT_FALSE(found.staple_der.empty());
    EXPECT_TRUE(is_trusted(found.chain, {here.root().cert}, wall_time()));
    if (found.sent_alert) {
      EXPECT_TRUE(server.says("SSL alert number 113"));
    }
  }
}

pki::bytes good(const lab& l) {
  return l.answer("server", pki::good_status(), -1h, 1h);
}

INSTANTIATE_TEST_SUITE_P(
    Staples, StrictlyProbed,
    testing::Values(
        unsatisfactory{"good", good, probe_verdict::good, std::nullopt},
        unsatisfactory{"revoked",
                       [](const lab& l) {
                         const pki::revoked_status revoked{wall_time() - 2h, std::nullopt};
                         return l.answer("server", revoked, -1h, 1h);
                       },
                       probe_verdict::revoked},
        unsatisfactory{
            "unknown",
            [](const lab& l) { return l.answer("server", pki::unknown_status(), -1h, 1h); },
            probe_verdict::unknown},
        unsatisfactory{
            "expired",
            [](const lab& l) { return l.answer("server", pki::good_status(), -2h, -1h); },
            probe_verdict::expired},
        unsatisfactory{"bad_signature",
                       [](const lab& l) { return pki::with_broken_signature(good(l)); },
                       probe_verdict::bad_signature},
        unsatisfactory{"another_certificate",
                       [](const lab& l) { return l.answer("plain", pki::good_status(), -1h, 1h); },
                       probe_verdict::wrong_cert},
        unsatisfactory{
            "error_status",
            [](const lab&) { return pki::build_ocsp_error(pki::response_status::try_later); },
            probe_verdict::error_status}),
    [](const auto& given) { return given.param.name; });

}  // namespace
}  // namespace staplelab::scenarios
