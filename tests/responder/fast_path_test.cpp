// A responder with a fast path beside the same one without, in simulated time: what they say is the
// same, octet for octet, and the fast one stands aside when it must.
#include "responder/fast_path.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "world.hpp"

namespace staplelab::responder {
namespace {

using namespace test;
using pki::ocsp_verdict;
using testing::EndsWith;
using testing::HasSubstr;
using testing::StartsWith;

// The CA's books, which come after the fast path that reads them.
class late_book final : public pki::status_book {
 public:
  explicit late_book(pki::mini_ca*& ca) : ca_(ca) {}
  std::variant<pki::cert_status, pki::no_status> look_up(const pki::cert_id& id,
                                                         pki::time_point now) const override {
    return ca_->look_up(id, now);
  }
  std::variant<pki::status_history, pki::no_status> history(const pki::cert_id& id,
                                                            pki::time_point now) const override {
    return ca_->history(id, now);
  }

 private:
  pki::mini_ca*& ca_;
};

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

class FastPath : public testing::Test {
 protected:
  explicit FastPath(const answer_policy& policy = {}, std::size_t slow_waiting = 8)
      : fast({.open_book = [this] { return std::make_unique<late_book>(ca); },
              .changes = [this] { return std::exchange(outdated, {}); }},
             1, slow_waiting) {
    server_config config;
    config.policy = policy;
    config.fast = &fast;
    w = std::make_unique<world>(std::move(config));
    ca = &w->lab.ca();
  }

  void revoke(std::string_view leaf, pki::time_point at) {
    ca->revoke(leaf, {pki::crl_reason::key_compromise, at}, w->clock.now());
    const auto serial = w->lab.cert(leaf).serial();
    outdated.push_back({serial, w->clock.now()});
    outdated.push_back({serial, at});
  }

  std::string get_text(std::string_view leaf, std::string_view fields = "") const {
    return "GET " + w->get_request(leaf).target + " HTTP/1.1\r\nHost: a\r\n" + std::string(fields) +
           "Connection: close\r\n\r\n";
  }
  std::string post_text(std::string_view leaf, const std::optional<pki::bytes>& nonce = {}) const {
    const auto body = w->post_request(leaf, nonce).body;
    return "POST / HTTP/1.1\r\nHost: a\r\nContent-Type: application/ocsp-request\r\n"
           "Connection: close\r\nContent-Length: " +
           std::to_string(body.size()) + "\r\n\r\n" + body;
  }

  static std::string body_of(const std::string& heard) {
    return heard.substr(heard.find("\r\n\r\n"));
  }

  // What the full path says to the same octets at the same moment.
  std::string in_full(const std::string& octets) {
    fast.set_detour(true);
    auto heard = w->talk(octets);
    fast.set_detour(false);
    return heard;
  }

  pki::mini_ca* ca = nullptr;
  std::vector<outdated_answer> outdated;
  fast_path fast;
  std::unique_ptr<world> w;
};

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
  w->server.statuses_set();
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

// With an RSA delegate, whose signatures are made on another thread.
class FastRsa : public FastPath, public testing::WithParamInterface<std::size_t> {
 protected:
  FastRsa() : FastPath({}, GetParam()) {
    auto who = w->lab.direct();
    pki::issue_description what;
    what.name = "delegate";
    what.issuer = "issuing";
    what.role = pki::certificate_role::ocsp_signer;
    what.type = pki::key_type::rsa2048;
    what.not_before = start - 1h;
    what.not_after = start + 24h;
    who.delegate = ca->issue(what, start);
    w->server.set_signer(who, signer_choice::fit_only);
  }
};

TEST_P(FastRsa, SignsOnAnotherThreadOrSaysToTryLater) {
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

INSTANTIATE_TEST_SUITE_P(Waiting, FastRsa, testing::Values(0u, 8u));

class FastProduction : public FastPath {
 protected:
  static answer_policy every_hour() {
    answer_policy policy;
    policy.production = production_schedule{.every = 1h, .on_change = true};
    return policy;
  }
  FastProduction() : FastPath(every_hour()) {}
};

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
