// What the policy changes in an answer, and what the profiles refuse.
#include "responder/policy.hpp"

#include <gmock/gmock.h>

#include "asker.hpp"

namespace staplelab::responder {
namespace {

using namespace test;
using pki::response_status;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

class Policy : public asker {};

constexpr profile all_profiles[] = {profile::rfc6960, profile::rfc9919, profile::webpki};

TEST_F(Policy, NamesReadBack) {
  for (const auto which : all_profiles)
    EXPECT_EQ(pki::parse_verify_profile(to_string(which)), which);
  EXPECT_EQ(pki::parse_verify_profile("rfc2560"), std::nullopt);
  using enum non_issued_answer;
  for (const auto which : {unknown, unauthorized, extended_revoke, good})
    EXPECT_EQ(parse_non_issued(to_string(which)), which);
  EXPECT_EQ(parse_non_issued("revoked"), std::nullopt);
  using enum pki::responder_id_form;
  for (const auto form : {by_key, by_name})
    EXPECT_EQ(parse_responder_id(to_string(form)), form);
  EXPECT_EQ(parse_responder_id("by key"), std::nullopt);
}

struct non_issued_row {
  const char* name;
  std::optional<non_issued_answer> chosen;
  profile under;
  response_status status;
  std::optional<pki::cert_status> said;
};
class NonIssued : public Policy, public testing::WithParamInterface<non_issued_row> {};

TEST_P(NonIssued, IsAnsweredAsTheTableSays) {
  policy_.profile = GetParam().under;
  policy_.non_issued = GetParam().chosen;
  ASSERT_EQ(flaw_of(policy_), std::nullopt);
  const auto what = ask({lab_.unissued()});
  ASSERT_EQ(what.status, GetParam().status);
  if (!GetParam().said) return;
  EXPECT_EQ(opened(what).singles.at(0).status, *GetParam().said);
  EXPECT_FALSE(what.about_issued);
}

const pki::cert_status extended =
    pki::revoked_status{at("1970-01-01T00:00:00Z"), pki::crl_reason::certificate_hold};

INSTANTIATE_TEST_SUITE_P(
    Every, NonIssued,
    testing::Values(
        non_issued_row{"R37_unknown_by_rfc6960",
                       {},
                       profile::rfc6960,
                       response_status::successful,
                       pki::unknown_status{}},
        non_issued_row{
            "R17_unauthorized_by_rfc9919", {}, profile::rfc9919, response_status::unauthorized, {}},
        non_issued_row{
            "R17_unauthorized_by_webpki", {}, profile::webpki, response_status::unauthorized, {}},
        non_issued_row{"unknown_under_webpki", non_issued_answer::unknown, profile::webpki,
                       response_status::successful, pki::unknown_status{}},
        non_issued_row{"unauthorized_under_rfc6960",
                       non_issued_answer::unauthorized,
                       profile::rfc6960,
                       response_status::unauthorized,
                       {}},
        non_issued_row{"R35_extended_revoke_under_rfc6960", non_issued_answer::extended_revoke,
                       profile::rfc6960, response_status::successful, extended},
        non_issued_row{"R35_extended_revoke_under_rfc9919", non_issued_answer::extended_revoke,
                       profile::rfc9919, response_status::successful, extended},
        non_issued_row{"good_under_rfc6960", non_issued_answer::good, profile::rfc6960,
                       response_status::successful, pki::good_status{}}),
    [](const auto& row) { return row.param.name; });

struct forbidden_row {
  const char* name;
  void (*change)(answer_policy&);
  const char* why;
};
class Forbidden : public Policy, public testing::WithParamInterface<forbidden_row> {};

TEST_P(Forbidden, IsRefusedByWebPkiWithItsClauseAndTakenByTheOthers) {
  GetParam().change(policy_);
  for (const auto which : all_profiles) {
    policy_.profile = which;
    const auto flaw = flaw_of(policy_);
    EXPECT_EQ(flaw.has_value(), which == profile::webpki) << to_string(which);
    if (flaw) EXPECT_THAT(*flaw, HasSubstr(GetParam().why));
  }
}

INSTANTIATE_TEST_SUITE_P(
    Every, Forbidden,
    testing::Values(
        forbidden_row{"R37_good_for_what_was_not_issued",
                      [](answer_policy& p) { p.non_issued = non_issued_answer::good; }, "BR 4.9.9"},
        forbidden_row{"R35_extended_revoke",
                      [](answer_policy& p) { p.non_issued = non_issued_answer::extended_revoke; },
                      "certificateHold, which BR 7.2.2"},
        forbidden_row{"R33_reason_code_as_an_extension",
                      [](answer_policy& p) {
                        p.single_extensions = {{pki::reason_code(pki::crl_reason::superseded), {}}};
                      },
                      "BR 7.3.2"},
        forbidden_row{"R43_too_short", [](answer_policy& p) { p.validity = 8h - 1s; }, "8h"}),
    [](const auto& row) { return row.param.name; });

TEST_F(Policy, SettingsThatMakeNoSenseAreRefusedByEveryProfile) {
  const std::pair<void (*)(answer_policy&), const char*> table[] = {
      {[](answer_policy& p) { p.archive_retention = -1s; }, "archive cutoff"},
      {[](answer_policy& p) { p.archive_retention = std::chrono::days(36'500) + 1s; },
       "archive cutoff"},
      {[](answer_policy& p) { p.crl = pki::crl_reference{}; }, "CrlID"},
      {[](answer_policy& p) {
         p.crl = pki::crl_reference{.url = "http://\xc3\xa4/", .number = {}, .time = {}};
       },
       "ASCII"},
      {[](answer_policy& p) { p.requests.required = true; }, "trusted"},
      {[](answer_policy& p) { p.backdate = p.validity; }, "backdate"},
  };
  for (const auto& [change, why] : table) {
    answer_policy changed;
    change(changed);
    EXPECT_THAT(flaw_of(changed).value_or(""), HasSubstr(why));
  }
  policy_.archive_retention = std::chrono::days(36'500);
  EXPECT_EQ(flaw_of(policy_), std::nullopt);
}

// -- extended revoke ------------------------------------------------------------------------------

TEST_F(Policy, R35_R36ExtendedRevokeIsMarkedInTheResponseAndCarriesNothingOfARevocation) {
  policy_.profile = profile::rfc6960;
  policy_.non_issued = non_issued_answer::extended_revoke;
  policy_.crl = pki::crl_reference{.url = "http://crl.example/", .number = 7, .time = {}};
  policy_.single_extensions = {{pki::invalidity_date(start), {}},
                               {pki::reason_code(pki::crl_reason::superseded), {}}};
  const auto what = ask({lab_.unissued()});
  EXPECT_TRUE(what.content.extended_revoke);
  EXPECT_THAT(opened(what).singles.at(0).extensions, IsEmpty());
  // [1] { { { OID 1.3.6.1.5.5.7.48.1.9, OCTET STRING { NULL } } } }, without a BOOLEAN.
  const auto marked = *pki::from_hex("a1133011300f06092b060105050730010904020500");
  EXPECT_NE(std::search(what.der.begin(), what.der.end(), marked.begin(), marked.end()),
            what.der.end());
}

TEST_F(Policy, R36ExtendedRevokeStandsOnlyWhereItIsNeeded) {
  policy_.non_issued = non_issued_answer::extended_revoke;
  EXPECT_FALSE(ask({lab_.id("revoked")}).content.extended_revoke);
  EXPECT_FALSE(ask({lab_.id("good")}).content.extended_revoke);
  EXPECT_TRUE(ask({lab_.id("good"), lab_.unissued()}).content.extended_revoke);
}

// -- singleExtensions -----------------------------------------------------------------------------

TEST_F(Policy, R57ArchiveCutoffLiesTheRetentionBeforeProducedAt) {
  policy_.archive_retention = std::chrono::days(365);
  const auto inside = opened(ask({lab_.id("good"), lab_.id("revoked")}));
  ASSERT_EQ(inside.singles.size(), 2u);
  for (const auto& single : inside.singles) {
    EXPECT_THAT(single.extensions,
                ElementsAre(pki::archive_cutoff(inside.produced_at - std::chrono::days(365))));
  }
}

TEST_F(Policy, R58CrlIdStandsInEveryAnswerAboutWhatWasIssued) {
  policy_.crl = pki::crl_reference{.url = "http://crl.example/ca.crl", .number = 12, .time = start};
  policy_.non_issued = non_issued_answer::unknown;
  const auto inside = opened(ask({lab_.id("good"), lab_.id("revoked"), lab_.unissued()}));
  ASSERT_EQ(inside.singles.size(), 3u);
  EXPECT_THAT(inside.singles[0].extensions, ElementsAre(pki::crl_id(*policy_.crl)));
  EXPECT_THAT(inside.singles[1].extensions, ElementsAre(pki::crl_id(*policy_.crl)));
  EXPECT_THAT(inside.singles[2].extensions, IsEmpty());
}

TEST_F(Policy, R59CrlEntryExtensionsStandBesideRevocationsOnly) {
  policy_.single_extensions = {{pki::invalidity_date(start - 24h), {}},
                               {pki::reason_code(pki::crl_reason::key_compromise), {}}};
  const auto inside = opened(ask({lab_.id("good"), lab_.id("revoked")}));
  ASSERT_EQ(inside.singles.size(), 2u);
  EXPECT_THAT(inside.singles[0].extensions, IsEmpty());
  EXPECT_THAT(inside.singles[1].extensions,
              ElementsAre(pki::invalidity_date(start - 24h),
                          pki::reason_code(pki::crl_reason::key_compromise)));
}

TEST_F(Policy, R33NoAnswerHasAReasonCodeExtensionUnlessItIsScripted) {
  for (const auto which : all_profiles) {
    policy_.profile = which;
    const auto inside = opened(ask({lab_.id("revoked"), lab_.id("held"), lab_.id("good")}));
    for (const auto& single : inside.singles)
      EXPECT_THAT(single.extensions, IsEmpty());
  }
}

TEST_F(Policy, R63ArbitraryExtensionsMayBeForOneSerialNumber) {
  const pki::ocsp_extension anything{*pki::parse_oid("1.3.36.8.3.13"), {0x05, 0x00}, true};
  policy_.single_extensions = {{anything, lab_.cert("revoked").serial()}};
  const auto inside = opened(ask({lab_.id("good"), lab_.id("revoked")}));
  EXPECT_THAT(inside.singles.at(0).extensions, IsEmpty());
  EXPECT_THAT(inside.singles.at(1).extensions, ElementsAre(anything));
}

TEST_F(Policy, AnAnswerIsNotUsedAgainWhenItsExtensionsChanged) {
  const auto first = ask({lab_.id("good")});
  remembered_.remember(first.content, first.der);
  ASSERT_EQ(ask({lab_.id("good")}).der, first.der);
  policy_.archive_retention = 24h;
  EXPECT_NE(ask({lab_.id("good")}).der, first.der);
}

// -- the web's CAs --------------------------------------------------------------------------------

TEST_F(Policy, R32AnAnswerAboutARevokedCaNamesAReasonUnderWebPki) {
  signers_.set(lab_.direct("root"), signer_choice::fit_only, start);
  struct revoked_book final : pki::status_book {
    std::optional<pki::crl_reason> reason;
    std::variant<pki::cert_status, pki::no_status> look_up(const pki::cert_id&,
                                                           pki::time_point) const override {
      return pki::revoked_status{start - 1h, reason};
    }
  } book;
  book_ = &book;
  const auto ca = pki::cert_id::of(lab_.issuer(), lab_.issuer("root"), pki::hash_algorithm::sha1);
  const auto reason_said = [&](const pki::cert_id& id) {
    return std::get<pki::revoked_status>(opened(ask({id})).singles.at(0).status).reason;
  };
  policy_.profile = profile::webpki;
  EXPECT_EQ(reason_said(ca), pki::crl_reason::cessation_of_operation);
  EXPECT_EQ(reason_said(lab_.id("good")), std::nullopt);  // of a subscriber
  book.reason = pki::crl_reason::unspecified;
  EXPECT_EQ(reason_said(ca), pki::crl_reason::cessation_of_operation);
  book.reason = pki::crl_reason::ca_compromise;
  EXPECT_EQ(reason_said(ca), pki::crl_reason::ca_compromise);
  book.reason.reset();
  policy_.profile = profile::rfc6960;
  EXPECT_EQ(reason_said(ca), std::nullopt);
}

TEST_F(Policy, R52TheLongestNonceFollowsTheProfile) {
  EXPECT_EQ(longest_nonce(profile::rfc6960), 128u);
  EXPECT_EQ(longest_nonce(profile::rfc9919), 128u);
  EXPECT_EQ(longest_nonce(profile::webpki), 32u);
}

}  // namespace
}  // namespace staplelab::responder
