// Each content fault, judged by the verifier of a careful client.
#include <gtest/gtest.h>

#include <algorithm>
#include <set>
#include <string>

#include "lab.hpp"
#include "responder/answer.hpp"
#include "responder/fault.hpp"

namespace staplelab::responder {
namespace {

using namespace test;
using pki::ocsp_verdict;
using pki::response_status;

struct judged_fault {
  std::string name;
  ocsp_verdict verdict;
  std::optional<response_status> error = std::nullopt;
};

// The name makes the test's name.
std::ostream& operator<<(std::ostream& out, const judged_fault& row) {
  return out << row.name;
}

const judged_fault table[] = {
    {"malformed_request", ocsp_verdict::error_status, response_status::malformed_request},
    {"internal_error", ocsp_verdict::error_status, response_status::internal_error},
    {"try_later", ocsp_verdict::error_status, response_status::try_later},
    {"sig_required", ocsp_verdict::error_status, response_status::sig_required},
    {"unauthorized", ocsp_verdict::error_status, response_status::unauthorized},
    {"expired", ocsp_verdict::expired},
    {"future", ocsp_verdict::not_yet_valid},
    {"no_next_update", ocsp_verdict::good},
    {"wrong_serial", ocsp_verdict::wrong_cert},
    {"other_hash", ocsp_verdict::good},
    {"wrong_signer", ocsp_verdict::unauthorized_signer},
    {"wrong_signer_embedded", ocsp_verdict::unauthorized_signer},
    {"delegate_without_eku", ocsp_verdict::unauthorized_signer},
    {"expired_delegate", ocsp_verdict::unauthorized_signer},
    {"bad_signature", ocsp_verdict::bad_signature},
    {"stale_replay", ocsp_verdict::good},
    {"frozen", ocsp_verdict::good},
    {"lagging", ocsp_verdict::error_status, response_status::unauthorized},  // just issued
    {"says_good", ocsp_verdict::good},
    {"says_unknown", ocsp_verdict::unknown},
    {"says_revoked", ocsp_verdict::revoked},
};

class ContentFaultTest : public testing::TestWithParam<judged_fault> {
 protected:
  static content_fault made(std::string_view name, const fault_parameters& parameters = {}) {
    const auto what = make_fault(name, parameters);
    return std::get<content_fault>(*what);
  }
  ocsp_answer ask(std::string_view leaf, const std::optional<content_fault>& lie,
                  pki::time_point now, const std::optional<pki::bytes>& nonce = std::nullopt) {
    const answer_sources from{lab_.ca(), signers_, remembered_, policy_};
    const auto request = pki::build_ocsp_request(lab_.id(leaf), nonce);
    return answer(read_question(request, policy_, now), from, lie, now);
  }
  pki::ocsp_judgement judged(const ocsp_answer& what, std::string_view leaf, pki::time_point now) {
    return pki::verify_ocsp(what.der, lab_.cert(leaf), lab_.issuer(), {}, now);
  }

  void sign_with_delegate() {
    auto who = lab_.direct();
    who.delegate = lab_.issue("signer", "issuing", pki::certificate_role::ocsp_signer);
    ASSERT_EQ(signers_.set(who, signer_choice::fit_only, start), std::nullopt);
  }

  lab lab_;
  signing signers_;
  remembered_answers remembered_;
  answer_policy policy_;
};

TEST_P(ContentFaultTest, IsCaughtByACarefulClientWhenTheIssuerSigns) {
  ASSERT_EQ(signers_.set(lab_.direct(), signer_choice::fit_only, start), std::nullopt);
  const auto judgement = judged(ask("good", made(GetParam().name), start), "good", start);
  EXPECT_EQ(judgement.verdict, GetParam().verdict) << judgement.why;
  EXPECT_EQ(judgement.error, GetParam().error);
}

TEST_P(ContentFaultTest, IsCaughtByACarefulClientWhenADelegateSigns) {
  sign_with_delegate();
  const auto judgement = judged(ask("good", made(GetParam().name), start), "good", start);
  EXPECT_EQ(judgement.verdict, GetParam().verdict) << judgement.why;
}

// The control: without the fault the same answer is good.
TEST_P(ContentFaultTest, LeavesNoTraceInTheNextAnswer) {
  sign_with_delegate();
  ask("good", made(GetParam().name), start);
  EXPECT_EQ(judged(ask("good", std::nullopt, start), "good", start).verdict, ocsp_verdict::good);
}

INSTANTIATE_TEST_SUITE_P(Every, ContentFaultTest, testing::ValuesIn(table),
                         [](const auto& row) { return row.param.name; });

TEST(ContentFaultTable, HasARowForEveryContentFault) {
  std::set<std::string> judged;
  for (const auto& row : table)
    judged.insert(row.name);
  for (const auto name : fault_names()) {
    fault_parameters parameters;
    if (name == "http_status") parameters.code = 500;
    if (name == "delay") parameters.by = 1s;
    const auto what = make_fault(name, parameters);
    ASSERT_TRUE(what) << name;
    const bool content = std::holds_alternative<content_fault>(*what);
    EXPECT_EQ(content, judged.contains(std::string(name))) << name;
  }
}

class ContentFaultDetail : public ContentFaultTest {
 protected:
  ContentFaultDetail() { signers_.set(lab_.direct(), signer_choice::fit_only, start); }
};

TEST_F(ContentFaultDetail, ExpiredAndFutureKeepTheValidityAndShiftByWhatWasAsked) {
  fault_parameters by_a_day;
  by_a_day.by = 24h;
  const auto expired = ask("good", made("expired", by_a_day), start);
  EXPECT_EQ(expired.next_update(), start - 24h);
  EXPECT_EQ(expired.this_update(), start - 24h - policy_.validity);
  const auto future = ask("good", made("future", by_a_day), start);
  EXPECT_EQ(future.this_update(), start + 24h);
  EXPECT_EQ(future.next_update(), start + 24h + policy_.validity);
}

TEST_F(ContentFaultDetail, NoNextUpdateLeavesItOut) {
  const auto what = ask("good", made("no_next_update"), start);
  EXPECT_EQ(what.next_update(), std::nullopt);
  EXPECT_EQ(judged(what, "good", start).next_update, std::nullopt);
}

TEST_F(ContentFaultDetail, OtherHashAnswersInAnotherAlgorithmThanWasAsked) {
  const auto parsed = pki::parse_ocsp_response(ask("good", made("other_hash"), start).der);
  ASSERT_TRUE(parsed && parsed->basic);
  EXPECT_EQ(parsed->basic->singles.at(0).id.hash, pki::hash_algorithm::sha256);
}

TEST_F(ContentFaultDetail, TheEmbeddedStrangerLooksLikeTheIssuer) {
  const auto parsed =
      pki::parse_ocsp_response(ask("good", made("wrong_signer_embedded"), start).der);
  ASSERT_TRUE(parsed && parsed->basic);
  ASSERT_EQ(parsed->basic->certs.size(), 1u);
  EXPECT_EQ(parsed->basic->certs[0].subject(), lab_.issuer().subject());
  EXPECT_FALSE(parsed->basic->certs[0] == lab_.issuer());
}

TEST_F(ContentFaultDetail, UnfitDelegatesWereReallyIssuedByTheIssuer) {
  for (const auto* name : {"delegate_without_eku", "expired_delegate"}) {
    const auto parsed = pki::parse_ocsp_response(ask("good", made(name), start).der);
    ASSERT_TRUE(parsed && parsed->basic) << name;
    ASSERT_EQ(parsed->basic->certs.size(), 1u) << name;
    const auto& delegate = parsed->basic->certs[0];
    EXPECT_TRUE(delegate.signed_by(lab_.issuer())) << name;
    EXPECT_EQ(delegate.may_sign_ocsp(), std::string_view(name) == "expired_delegate") << name;
    EXPECT_EQ(delegate.not_after() < start, std::string_view(name) == "expired_delegate") << name;
  }
}

TEST_F(ContentFaultDetail, StaleReplayGivesTheEarliestAnswerOctetForOctetWithoutTheNonce) {
  const auto first = ask("good", std::nullopt, start);
  remembered_.remember(first.content, first.der);
  const auto second = ask("good", std::nullopt, start + 24h);
  remembered_.remember(second.content, second.der);
  lab_.ca().revoke("good", std::nullopt, start + 25h);

  const auto replayed = ask("good", made("stale_replay"), start + 48h, nonce_of(16));
  EXPECT_EQ(replayed.der, first.der);
  EXPECT_EQ(judged(replayed, "good", start + 48h).verdict, ocsp_verdict::good);
  EXPECT_EQ(judged(replayed, "good", start + policy_.validity + 1s).verdict, ocsp_verdict::expired);
}

TEST_F(ContentFaultDetail, FrozenAnswersAsItWouldHaveThenAndKnowsNothingSince) {
  fault_parameters then;
  then.at = start + 1h;
  lab_.ca().revoke("good", std::nullopt, start + 2h);
  const auto frozen = ask("good", made("frozen", then), start + 48h);
  EXPECT_EQ(frozen.this_update(), start + 1h);
  EXPECT_EQ(judged(frozen, "good", start + 48h).verdict, ocsp_verdict::good);
  EXPECT_EQ(judged(frozen, "good", start + policy_.validity + 1h + 1s).verdict,
            ocsp_verdict::expired);

  then.at = start + 3h;
  const auto later = ask("good", made("frozen", then), start + 48h);
  EXPECT_EQ(judged(later, "good", start + 48h).verdict, ocsp_verdict::revoked);
}

TEST_F(ContentFaultDetail, LaggingIsFreshAndSaysWhatWasKnownSoLongAgo) {
  fault_parameters behind;
  behind.by = 4h;
  lab_.ca().revoke("good", std::nullopt, start + 10h);
  const auto old = ask("good", made("lagging", behind), start + 14h - 1s);
  EXPECT_EQ(old.this_update(), start + 14h - 1s);
  EXPECT_EQ(judged(old, "good", start + 14h).verdict, ocsp_verdict::good);
  const auto caught_up = ask("good", made("lagging", behind), start + 14h);
  EXPECT_EQ(judged(caught_up, "good", start + 14h).verdict, ocsp_verdict::revoked);
}

TEST_F(ContentFaultDetail, LaggingDoesNotKnowWhatWasIssuedSince) {
  fault_parameters behind;
  behind.by = 4h;
  pki::issue_description young;
  young.name = "young";
  young.issuer = "issuing";
  young.not_before = start;
  young.not_after = start + 24h * 90;
  lab_.ca().issue(young, start + 10h);
  EXPECT_EQ(ask("young", made("lagging", behind), start + 13h).status,
            response_status::unauthorized);
  EXPECT_EQ(ask("young", made("lagging", behind), start + 14h).status, response_status::successful);
}

TEST_F(ContentFaultDetail, SaidStatusesOverrideTheBookAndNotOnlyForIssuedSerials) {
  fault_parameters long_ago;
  long_ago.at = start - 720h;
  long_ago.reason = pki::crl_reason::superseded;
  const auto revoked = judged(ask("good", made("says_revoked", long_ago), start), "good", start);
  EXPECT_EQ(revoked.revoked_at, start - 720h);
  EXPECT_EQ(revoked.reason, pki::crl_reason::superseded);
  EXPECT_EQ(judged(ask("revoked", made("says_good"), start), "revoked", start).verdict,
            ocsp_verdict::good);

  const answer_sources from{lab_.ca(), signers_, remembered_, policy_};
  const auto request = pki::build_ocsp_request(lab_.unissued(), std::nullopt);
  const auto what = answer(read_question(request, policy_, start), from, made("says_good"), start);
  EXPECT_EQ(what.status, response_status::successful);
}

TEST_F(ContentFaultDetail, AFaultDoesNotTurnAnErrorIntoAnAnswer) {
  const answer_sources from{lab_.ca(), signers_, remembered_, policy_};
  const auto foreign = pki::build_ocsp_request(lab_.id("foreign"), std::nullopt);
  for (const auto* name :
       {"expired", "bad_signature", "wrong_signer", "stale_replay", "says_good"}) {
    const auto what = answer(read_question(foreign, policy_, start), from, made(name), start);
    EXPECT_EQ(what.status, response_status::unauthorized) << name;
  }
}

TEST(ContentFaultKeys, SignersOfEveryKeyTypeCanBeMadeToLie) {
  for (const auto type : {pki::key_type::p384, pki::key_type::rsa2048, pki::key_type::ed25519}) {
    lab here(start, type);
    signing signers;
    ASSERT_EQ(signers.set(here.direct(), signer_choice::fit_only, start), std::nullopt);
    const remembered_answers remembered;
    const answer_policy policy;
    const answer_sources from{here.ca(), signers, remembered, policy};
    const auto asked =
        read_question(pki::build_ocsp_request(here.id("good"), std::nullopt), policy, start);
    const auto verdict = [&](const std::optional<content_fault>& lie) {
      const auto what = answer(asked, from, lie, start);
      return pki::verify_ocsp(what.der, here.cert("good"), here.issuer(), {}, start).verdict;
    };
    EXPECT_EQ(verdict(std::nullopt), ocsp_verdict::good) << pki::to_string(type);
    EXPECT_EQ(verdict(bad_signature{}), ocsp_verdict::bad_signature) << pki::to_string(type);
    EXPECT_EQ(verdict(expired_delegate{}), ocsp_verdict::unauthorized_signer)
        << pki::to_string(type);
  }
}

}  // namespace
}  // namespace staplelab::responder
