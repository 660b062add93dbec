// Queries against an HTTP server that says what a test tells it to.
#include "scenarios/query.hpp"

#include <gtest/gtest.h>

#include <functional>
#include <optional>
#include <ostream>
#include <string>
#include <utility>

#include "lab.hpp"
#include "runtime/byte_stream.hpp"
#include "runtime/http_server.hpp"
#include "runtime/listener.hpp"

namespace staplelab::scenarios {
namespace {

using namespace test;

const pki::bytes sent_nonce(16, 0x5a);

// A good answer about "server", with a nonce or without.
pki::bytes good_answer(const lab& here, const std::optional<pki::bytes>& nonce) {
  pki::single_response single;
  const auto root = here.root();
  single.id = pki::cert_id::of(here.leaf("server").cert, root.cert, pki::hash_algorithm::sha1);
  single.status = pki::good_status();
  single.this_update = start;
  single.next_update = start + 1h;
  pki::response_content content;
  content.singles.push_back(std::move(single));
  content.produced_at = start;
  content.nonce = nonce;
  return pki::build_ocsp_response(content, {root, false});
}

// Lets `run` talk to a server on that port that gives one response to everything.
void with_server(runtime::http_response say, runtime::http_request& heard,
                 const std::function<void(quiet_place&, std::uint16_t)>& run) {
  quiet_place place;
  const auto handle = [&](runtime::http_request request,
                          runtime::connection_id) -> runtime::awaitable<runtime::http_action> {
    heard = std::move(request);
    co_return say;
  };
  auto& time = place.time;
  const auto serve = [&](runtime::tcp_socket socket,
                         runtime::connection_id port) -> runtime::awaitable<void> {
    runtime::tcp_stream client(std::move(socket), port);
    const runtime::http_server_limits limits;
    const runtime::http_handler handler = handle;
    co_await runtime::serve_http(client, time, limits, handler);
  };
  const runtime::tcp::endpoint any(runtime::asio::ip::address_v4::loopback(), 0);
  runtime::listener listener(place.where, any, serve, 4);
  run(place, listener.local_endpoint().port());
}

// Shows the request that arrived.
query_result ask(query_request what, runtime::http_response say, runtime::http_request& heard) {
  std::optional<query_result> found;
  const auto asking = [](runtime::clock& clock, query_request request,
                         std::optional<query_result>& into) -> runtime::awaitable<void> {
    into = co_await query(clock, std::move(request));
  };
  with_server(std::move(say), heard, [&](quiet_place& place, std::uint16_t port) {
    what.responder.port = port;
    place.run(asking(place.time, std::move(what), found));
  });
  return found.value_or(query_result{probe_verdict::refused, {}, 0, "the query did not end"});
}

// What the CRL that a server gives says of "server".
crl_result look_into(runtime::http_response say, const lab& here, runtime::http_request& heard) {
  std::optional<crl_result> found;
  const auto asking = [](runtime::clock& clock, crl_request request,
                         std::optional<crl_result>& into) -> runtime::awaitable<void> {
    into = co_await query_crl(clock, std::move(request));
  };
  with_server(std::move(say), heard, [&](quiet_place& place, std::uint16_t port) {
    crl_request request{.url = {"127.0.0.1", port, "/crl/root.crl"},
                        .leaf = here.leaf("server").cert,
                        .issuer = here.root().cert};
    place.run(asking(place.time, std::move(request), found));
  });
  return found.value_or(crl_result{.verdict = probe_verdict::refused});
}

query_request about_server(const lab& here) {
  return {.responder = {"127.0.0.1", 0, "/ocsp"},
          .leaf = here.leaf("server").cert,
          .issuer = here.root().cert,
          .nonce = {},
          .rules = {}};
}

runtime::http_response response(int status, const pki::bytes& body) {
  runtime::http_response made;
  made.status = status;
  made.body.assign(body.begin(), body.end());
  return made;
}

struct nonce_case {
  std::string name;
  bool send;
  std::optional<pki::bytes> answered;
  probe_verdict verdict;
  bool insist = false;
};

void PrintTo(const nonce_case& what, std::ostream* out) {
  *out << what.name;
}

class QueriedNonce : public testing::TestWithParam<nonce_case> {};

TEST_P(QueriedNonce, C9_C10_IsTheOneThatWasSentOrNone) {
  const lab here(start);
  auto what = about_server(here);
  if (GetParam().send) what.nonce = sent_nonce;
  what.rules.require_nonce = GetParam().insist;
  runtime::http_request heard;
  const auto found =
      ask(std::move(what), response(200, good_answer(here, GetParam().answered)), heard);
  EXPECT_EQ(found.verdict, GetParam().verdict) << found.why;
}

INSTANTIATE_TEST_SUITE_P(
    Nonces, QueriedNonce,
    testing::Values(
        nonce_case{"none_sent_none_back", false, {}, probe_verdict::good},
        nonce_case{"none_sent_one_back", false, sent_nonce, probe_verdict::good},
        nonce_case{"comes_back", true, sent_nonce, probe_verdict::good},
        nonce_case{"does_not_come_back", true, {}, probe_verdict::good},
        nonce_case{"does_not_come_back_strict", true, {}, probe_verdict::malformed, true},
        nonce_case{"another_comes_back", true, pki::bytes(16, 1), probe_verdict::malformed}),
    [](const auto& given) { return given.param.name; });

TEST(Query, GetsBelowThePathAndEscapesBase64) {
  const lab here(start);
  runtime::http_request heard;
  const auto found = ask(about_server(here), response(200, good_answer(here, std::nullopt)), heard);
  EXPECT_EQ(found.verdict, probe_verdict::good);
  EXPECT_EQ(heard.method, "GET");
  ASSERT_TRUE(heard.target.starts_with("/ocsp/M")) << heard.target;
  EXPECT_EQ(heard.target.find_first_of("+/=", 6), std::string::npos) << heard.target;
}

TEST(Query, PostsTheRequestAsItIs) {
  const lab here(start);
  auto what = about_server(here);
  what.post = true;
  what.hash = pki::hash_algorithm::sha256;
  what.nonce = sent_nonce;
  runtime::http_request heard;
  ask(std::move(what), response(200, good_answer(here, sent_nonce)), heard);
  EXPECT_EQ(heard.method, "POST");
  EXPECT_EQ(heard.target, "/ocsp");
  EXPECT_EQ(heard.fields.find("Content-Type"), "application/ocsp-request");
  const pki::bytes body(heard.body.begin(), heard.body.end());
  const auto request = pki::parse_ocsp_request(body);
  ASSERT_TRUE(request);
  EXPECT_EQ(request->nonce, sent_nonce);
  EXPECT_EQ(request->certificates.front().hash, pki::hash_algorithm::sha256);
}

TEST(Query, FindsNothingInAnHttpError) {
  const lab here(start);
  runtime::http_request heard;
  const auto found = ask(about_server(here), response(500, good_answer(here, std::nullopt)), heard);
  EXPECT_EQ(found.verdict, probe_verdict::none);
  EXPECT_EQ(found.answer, std::nullopt);
}

TEST(Query, NamesAnErrorAnswer) {
  const lab here(start);
  auto what = about_server(here);
  what.nonce = sent_nonce;  // error answers carry none
  runtime::http_request heard;
  const auto body = pki::build_ocsp_error(pki::response_status::try_later);
  const auto found = ask(std::move(what), response(200, body), heard);
  EXPECT_EQ(found.verdict, probe_verdict::error_status);
}

TEST(CrlQuery, TellsWhetherACertificateIsListed) {
  lab here(start);
  runtime::http_request heard;
  const auto before =
      look_into(response(200, here.ca().crl("root", start, start + 24h)), here, heard);
  EXPECT_EQ(before.verdict, probe_verdict::good);
  EXPECT_EQ(heard.method, "GET");
  EXPECT_EQ(heard.target, "/crl/root.crl");
  here.ca().revoke("server", pki::crl_reason::superseded, start);
  const auto after =
      look_into(response(200, here.ca().crl("root", start, start + 24h)), here, heard);
  EXPECT_EQ(after.verdict, probe_verdict::revoked);
  ASSERT_TRUE(after.crl && after.crl->entry);
  EXPECT_EQ(after.crl->number, 2);
  EXPECT_EQ(after.crl->entry->reason, pki::crl_reason::superseded);
}

TEST(CrlQuery, HasAVerdictForWhateverComes) {
  lab here(start);
  runtime::http_request heard;
  const auto verdict = [&](int status, const pki::bytes& body) {
    return look_into(response(status, body), here, heard).verdict;
  };
  const auto crl = here.ca().crl("root", start, start + 24h);
  EXPECT_EQ(verdict(404, crl), probe_verdict::none);
  EXPECT_EQ(verdict(200, {}), probe_verdict::malformed);
  EXPECT_EQ(verdict(200, pki::bytes(1000, 0x30)), probe_verdict::malformed);
  EXPECT_EQ(verdict(200, here.ca().crl("root", start - 2h, start - 1h)), probe_verdict::expired);
  EXPECT_EQ(verdict(200, here.ca().crl("root", start + 1h, start + 2h)),
            probe_verdict::not_yet_valid);
  EXPECT_EQ(verdict(200, here.ca().crl("stranger", start, start + 24h)),
            probe_verdict::unauthorized_signer);
  auto spoiled = crl;
  spoiled.back() ^= 1;
  EXPECT_EQ(verdict(200, spoiled), probe_verdict::bad_signature);
}

}  // namespace
}  // namespace staplelab::scenarios
