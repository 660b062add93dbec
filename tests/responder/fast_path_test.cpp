// A responder with a fast path beside the same one without, in simulated time: what they say is the
// same, octet for octet, and the fast one stands aside when it must.
#include "responder/fast_path.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "fast_world.hpp"

namespace staplelab::responder {
namespace {

using namespace test;
using pki::ocsp_verdict;
using testing::EndsWith;
using testing::HasSubstr;
using testing::StartsWith;

void expect_same_but_for_the_signature(const pki::bytes& a, const pki::bytes& b) {
  const auto one = pki::parse_ocsp_response(a);
  const auto other = pki::parse_ocsp_response(b);
  ASSERT_TRUE(one && one->basic && other && other->basic);
  EXPECT_EQ(one->basic->responder_id, other->basic->responder_id);
  EXPECT_EQ(one->basic->produced_at, other->basic->produced_at);
  EXPECT_EQ(one->basic->nonce, other->basic->nonce);
  EXPECT_EQ(one->basic->certs, other->basic->certs);
  EXPECT_EQ(one->basic->signature_algorithm, other->basic->signature_algorithm);
  ASSERT_EQ(one->basic->singles.size(), 1u);
  const auto& said = one->basic->singles.front();
  const auto& expected = other->basic->singles.front();
  EXPECT_EQ(said.id.der, expected.id.der);
  EXPECT_EQ(said.status, expected.status);
  EXPECT_EQ(said.this_update, expected.this_update);
  EXPECT_EQ(said.next_update, expected.next_update);
}

TEST_F(FastPath, SaysWhatTheFullPathSays) {
  for (const auto* leaf : {"good", "revoked", "held"}) {
    for (const auto& octets : {get_text(leaf), post_text(leaf)}) {
      const auto before = fast.requests();
      const auto quick = w->talk(octets);
      EXPECT_EQ(fast.requests(), before + 1) << octets;
      EXPECT_THAT(quick, StartsWith("HTTP/1.1 200 OK\r\nDate: "));
      EXPECT_EQ(quick, in_full(octets));
    }
  }
}

TEST_F(FastPath, SaysTheSameWhoeverMadeTheAnswerFirst) {
  const auto full = in_full(get_text("good"));
  const auto conditional = w->talk(get_text("good", "If-None-Match: \"x\"\r\n"));
  const auto quick = w->talk(get_text("good"));
  EXPECT_EQ(fast.requests(), 1u);
  EXPECT_EQ(quick, conditional);
  EXPECT_THAT(full, HasSubstr("ETag"));
}

TEST_F(FastPath, LeavesEveryOtherQuestionToTheFullPath) {
  const auto body = as_text(encoded(request_for({w->lab.id("good"), w->lab.id("held")}).get()));
  const std::string messages[] = {
      "HEAD " + get_text("good").substr(4),
      get_text("good", "Expect: 200-ok\r\n"),
      get_text("foreign"),
      "GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n",
      "PUT / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n",
      "nonsense\r\n\r\n",
      "GET /%zz HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n",
      "GET /!!!! HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n",
  };
  for (const auto& octets : messages) {
    const auto quick = w->talk(octets);
    EXPECT_EQ(quick, in_full(octets)) << octets;
    EXPECT_FALSE(quick.empty()) << octets;
  }
  EXPECT_EQ(fast.requests(), 0u);
}

TEST_F(FastPath, AnswersAllThatCameAtOnceInTurn) {
  auto octets = get_text("good");
  const std::string open = octets.substr(0, octets.find("Connection"));
  const auto several = open + "\r\n" + "HEAD " + open.substr(4) + "\r\n" + open + "\r\n" + octets;
  const auto quick = w->talk(several);
  EXPECT_EQ(quick, in_full(several));
  std::size_t count = 0;
  for (auto at = quick.find("HTTP/1.1 200"); at != quick.npos;
       at = quick.find("HTTP/1.1 200", at + 1))
    ++count;
  EXPECT_EQ(count, 4u);
  EXPECT_GE(fast.requests(), 1u);
}

TEST_F(FastPath, TellsARevocationAtOnce) {
  EXPECT_EQ(w->verdict(w->get("good"), "good"), ocsp_verdict::good);
  w->sleep(1ms);
  revoke("good", w->clock.now());
  EXPECT_EQ(w->verdict(w->get("good"), "good"), ocsp_verdict::revoked);
  EXPECT_EQ(w->verdict(w->post("good"), "good"), ocsp_verdict::revoked);
  EXPECT_EQ(fast.requests(), 3u);
}

TEST_F(FastPath, TellsARevocationWhenItTakesEffect) {
  const auto then = w->clock.now() + 500ms;
  revoke("good", then);
  EXPECT_EQ(w->verdict(w->get("good"), "good"), ocsp_verdict::good);
  w->sleep(499ms);
  EXPECT_EQ(w->verdict(w->get("good"), "good"), ocsp_verdict::good);
  w->sleep(1ms);
  EXPECT_EQ(w->verdict(w->get("good"), "good"), ocsp_verdict::revoked);
}

TEST_F(FastPath, MakesAnotherAnswerInTheNextSecond) {
  const auto first = w->talk(get_text("good"));
  w->sleep(999ms);
  const auto same = w->talk(get_text("good"));
  EXPECT_EQ(body_of(same), body_of(first));
  EXPECT_EQ(same, in_full(get_text("good")));  // max-age counts down within the second
  w->sleep(1ms);
  const auto second = w->talk(get_text("good"));
  EXPECT_NE(body_of(second), body_of(first));
  EXPECT_EQ(second, in_full(get_text("good")));
}

TEST_F(FastPath, StandsAsideWhileAFaultIsSet) {
  EXPECT_EQ(w->verdict(w->get("good"), "good"), ocsp_verdict::good);
  auto twice = w->rule("says_revoked");
  twice.count = 2;
  ASSERT_TRUE(w->server.add_fault(twice));
  EXPECT_EQ(w->verdict(w->get("good"), "good"), ocsp_verdict::revoked);
  EXPECT_EQ(w->verdict(w->post("good"), "good"), ocsp_verdict::revoked);
  EXPECT_EQ(fast.requests(), 1u);
  EXPECT_EQ(w->verdict(w->get("good"), "good"), ocsp_verdict::good);
  EXPECT_EQ(fast.requests(), 2u);  // the rule is used up
  w->add_fault("try_later");
  EXPECT_EQ(w->verdict(w->get("good"), "good"), ocsp_verdict::error_status);
  w->server.clear_faults();
  EXPECT_EQ(w->verdict(w->get("good"), "good"), ocsp_verdict::good);
  EXPECT_EQ(fast.requests(), 3u);
}

TEST_F(FastPath, StandsAsideOnceAStatusWasSetByHand) {
  w->server.statuses_set(true);
  EXPECT_EQ(w->verdict(w->get("good"), "good"), ocsp_verdict::good);
  EXPECT_EQ(fast.requests(), 0u);
}

TEST_F(FastPath, FollowsPolicyAndSigner) {
  const auto week = w->talk(get_text("good"));
  w->server.set_validity(1h);
  const auto hour = w->talk(get_text("good"));
  EXPECT_THAT(week, HasSubstr("max-age=302400"));
  EXPECT_THAT(hour, HasSubstr("max-age=1800"));
  auto who = w->lab.direct();
  who.delegate = w->lab.issue("delegate", "issuing", pki::certificate_role::ocsp_signer);
  w->server.set_signer(who, signer_choice::fit_only);
  const auto delegated = w->talk(get_text("good"));
  EXPECT_GT(delegated.size(), hour.size() + 300);  // with the delegate's certificate in it
  EXPECT_EQ(delegated, in_full(get_text("good")));
  EXPECT_EQ(w->server.requests(), 4u);
}

TEST_F(FastPath, SignsNoncesWithoutTheFullPath) {
  for (const std::size_t octets : {1u, 32u, 128u}) {
    for (const auto* leaf : {"good", "revoked"}) {
      const auto octets_asked = post_text(leaf, nonce_of(octets));
      const auto before = fast.requests();
      const auto heard = w->talk(octets_asked);
      EXPECT_EQ(fast.requests(), before + 1);
      const auto full = in_full(octets_asked);
      EXPECT_EQ(heard.substr(0, heard.find("Content-Length")),
                full.substr(0, full.find("Content-Length")));
      const auto body = as_octets(heard.substr(heard.find("\r\n\r\n") + 4));
      expect_same_but_for_the_signature(body, as_octets(full.substr(full.find("\r\n\r\n") + 4)));
      EXPECT_EQ(pki::parse_ocsp_response(body)->basic->nonce, nonce_of(octets));
      const auto judged =
          pki::verify_ocsp(body, w->lab.cert(leaf), w->lab.issuer(), {}, w->clock.now());
      EXPECT_EQ(judged.verdict,
                leaf == std::string_view("good") ? ocsp_verdict::good : ocsp_verdict::revoked);
    }
  }
}

TEST_F(FastPath, LeavesNoncesThatAreTooLongToTheFullPath) {
  EXPECT_EQ(w->verdict(w->post("good", nonce_of(129)), "good"), ocsp_verdict::error_status);
  EXPECT_EQ(fast.requests(), 0u);
}

class FastRsaQueue : public FastRsa, public testing::WithParamInterface<std::size_t> {
 protected:
  FastRsaQueue() : FastRsa(GetParam()) {}
};

TEST_P(FastRsaQueue, SignsOnAnotherThreadOrSaysToTryLater) {
  for (const std::size_t octets : {16u, 32u}) {
    const auto asked = post_text("good", nonce_of(octets));
    const auto heard = w->talk(asked);
    const auto body = as_octets(heard.substr(heard.find("\r\n\r\n") + 4));
    if (GetParam() == 0) {
      EXPECT_EQ(body, pki::build_ocsp_error(pki::response_status::try_later));
      EXPECT_THAT(heard, HasSubstr("no-store"));
      continue;
    }
    const auto full = in_full(asked);
    EXPECT_EQ(heard, full);  // RSA signs the same with the same octets
    EXPECT_EQ(pki::parse_ocsp_response(body)->basic->nonce, nonce_of(octets));
  }
  EXPECT_EQ(fast.requests(), 2u);
}

INSTANTIATE_TEST_SUITE_P(Waiting, FastRsaQueue, testing::Values(0u, 8u));

TEST_F(FastProduction, ServesTheSameOctetsUntilTheNextTurn) {
  w->sleep(1min);
  const auto first = w->talk(get_text("good"));
  w->sleep(58min);
  const auto later = w->talk(get_text("good"));
  EXPECT_EQ(body_of(later), body_of(first));
  EXPECT_NE(later, first);  // Date and max-age
  EXPECT_EQ(later, in_full(get_text("good")));
  w->sleep(1min);
  const auto next = w->talk(get_text("good"));
  EXPECT_NE(body_of(next), body_of(first));
  EXPECT_EQ(next, in_full(get_text("good")));
  EXPECT_EQ(fast.requests(), 3u);
  w->sleep(1ms);
  revoke("good", w->clock.now());
  EXPECT_EQ(w->verdict(w->get("good"), "good"), ocsp_verdict::revoked);
}

}  // namespace
}  // namespace staplelab::responder
