#include "responder/answer.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "asker.hpp"
#include "pki/errors.hpp"
#include "responder/overriding_book.hpp"

namespace staplelab::responder {
namespace {

using namespace test;
using pki::response_status;
using testing::ElementsAre;
using testing::IsEmpty;

const auto now = start;

class AnswerTest : public asker {
 protected:
  ocsp_answer ask_with_nonce(std::size_t octets) const {
    return ask(pki::build_ocsp_request(lab_.id("good"), nonce_of(octets)));
  }
};

TEST_F(AnswerTest, SaysGoodRevokedAndOnHold) {
  EXPECT_THAT(ask({lab_.id("good")}).said(),
              ElementsAre(said_status{lab_.cert("good").serial(), pki::good_status{}}));
  EXPECT_THAT(
      ask({lab_.id("revoked")}).said(),
      ElementsAre(said_status{lab_.cert("revoked").serial(),
                              pki::revoked_status{now - 1h, pki::crl_reason::key_compromise}}));
  EXPECT_THAT(
      ask({lab_.id("held")}).said(),  // R34
      ElementsAre(said_status{lab_.cert("held").serial(),
                              pki::revoked_status{now - 2h, pki::crl_reason::certificate_hold}}));
}

TEST_F(AnswerTest, R1_R2GarbageIsAMalformedRequestInFiveOctets) {
  const auto good = pki::build_ocsp_request(lab_.id("good"), std::nullopt);
  auto trailing = good;
  trailing.push_back(0);
  const pki::bytes cut(good.begin(), good.end() - 1);
  const pki::bytes indefinite = {0x30, 0x80, 0x00, 0x00};
  const pki::bytes empty_list = {0x30, 0x04, 0x30, 0x02, 0x30, 0x00};  // R3
  for (const auto& octets :
       {pki::bytes{}, pki::bytes{0x00}, trailing, cut, indefinite, empty_list}) {
    const auto what = ask(octets);
    EXPECT_EQ(what.der, (pki::bytes{0x30, 0x03, 0x0a, 0x01, 0x01})) << pki::to_hex(octets);
    EXPECT_FALSE(what.authoritative());
    EXPECT_THAT(what.said(), IsEmpty());
  }
}

TEST_F(AnswerTest, R1EveryPrefixOfARequestGetsAnAnswer) {
  const auto good = pki::build_ocsp_request(lab_.id("good"), nonce_of(16));
  for (std::size_t length = 0; length < good.size(); ++length) {
    const auto what = ask(pki::bytes_view(good).first(length));
    EXPECT_EQ(what.status, response_status::malformed_request) << length;
  }
}

TEST_F(AnswerTest, R19NoRequestIsAnsweredWithAStatusThatThereIsNot) {
  const auto good = pki::build_ocsp_request(lab_.id("good"), nonce_of(16));
  for (std::size_t i = 0; i < good.size(); ++i) {
    for (const std::uint8_t turned : {0x01, 0x80, 0xff}) {
      auto changed = good;
      changed[i] = static_cast<std::uint8_t>(changed[i] ^ turned);
      // The parser refuses status 4, and everything that is no response.
      EXPECT_TRUE(pki::parse_ocsp_response(ask(changed).der)) << pki::to_hex(changed);
    }
  }
}

TEST_F(AnswerTest, R5_R6OneSingleResponseForEachCertificateInTheOrderAsked) {
  const auto what = ask({lab_.id("revoked"), lab_.id("good"), lab_.id("held"), lab_.id("good")});
  const auto inside = opened(what);
  ASSERT_EQ(inside.singles.size(), 4u);
  EXPECT_EQ(inside.singles[0].id.serial, lab_.cert("revoked").serial());
  EXPECT_EQ(inside.singles[1].id.serial, lab_.cert("good").serial());
  EXPECT_EQ(inside.singles[2].id.serial, lab_.cert("held").serial());
  EXPECT_EQ(inside.singles[3].id.serial, lab_.cert("good").serial());
}

TEST_F(AnswerTest, R7_R9EchoesTheCertIdOctetForOctetInEveryHash) {
  for (const auto hash : {pki::hash_algorithm::sha1, pki::hash_algorithm::sha256,
                          pki::hash_algorithm::sha384, pki::hash_algorithm::sha512}) {
    const auto id = lab_.id("good", hash);
    const auto inside = opened(ask({id}));
    ASSERT_EQ(inside.singles.size(), 1u);
    EXPECT_EQ(inside.singles[0].id.der, id.der) << pki::to_string(hash);
  }
}

TEST_F(AnswerTest, R7EchoesAbsentAlgorithmParameters) {
  auto id = lab_.id("good");
  // OpenSSL writes the NULL: 30 09 06 05 2b0e03021a 05 00. Without it both lengths shrink by two.
  const pki::bytes with_null = {0x30, 0x09, 0x06, 0x05, 0x2b, 0x0e, 0x03, 0x02, 0x1a, 0x05, 0x00};
  ASSERT_TRUE(std::equal(with_null.begin(), with_null.end(), id.der.begin() + 2));
  id.der.erase(id.der.begin() + 11, id.der.begin() + 13);
  id.der[3] = 0x07;
  id.der[1] = static_cast<std::uint8_t>(id.der[1] - 2);
  const auto inside = opened(ask({id}));
  ASSERT_EQ(inside.singles.size(), 1u);
  EXPECT_EQ(inside.singles[0].id.der, id.der);
}

TEST_F(AnswerTest, R9AnUnknownHashIsUnauthorized) {
  auto id = lab_.id("good");
  id.der[10] = 0x1b;  // 1.3.14.3.2.27 instead of .26
  EXPECT_EQ(ask({id}).status, response_status::unauthorized);
}

TEST_F(AnswerTest, R10NeverAnswersFromAnotherIssuersRecord) {
  auto name_differs = lab_.id("good");
  auto key_differs = name_differs;
  name_differs.der[15] ^= 1;  // inside issuerNameHash
  key_differs.der[37] ^= 1;   // inside issuerKeyHash
  EXPECT_EQ(ask({name_differs}).status, response_status::unauthorized);
  EXPECT_EQ(ask({key_differs}).status, response_status::unauthorized);
}

TEST_F(AnswerTest, R11SerialNumbersAreComparedAsIntegers) {
  const pki::bytes twenty(20, 0xff);
  const pki::bytes magnitudes[] = {{0x01}, {0x7f}, {0x80}, {0x00, 0x80}, {0x01, 0x00}, twenty};
  for (const auto& magnitude : magnitudes) {
    for (const bool negative : {false, true}) {
      const auto serial = pki::serial_number::from_magnitude(magnitude, negative);
      const auto opposite = pki::serial_number::from_magnitude(magnitude, !negative);
      overriding_book book(lab_.ca());
      book.set(serial, pki::good_status{});
      book_ = &book;
      const auto status_of = [&](const pki::serial_number& asked) {
        return ask({pki::cert_id::of(asked, lab_.issuer(), pki::hash_algorithm::sha1)}).status;
      };
      EXPECT_EQ(status_of(serial), response_status::successful) << serial.hex();
      EXPECT_EQ(status_of(opposite), response_status::unauthorized) << serial.hex();
    }
  }
}

TEST_F(AnswerTest, R12UnknownExtensionsThatAreNotCriticalAreIgnored) {
  const auto request = request_for({lab_.id("good")});
  const pki::bytes value = {0x05, 0x00};
  OCSP_REQUEST_add_ext(request.get(), extension("1.2.3.4", false, value).get(), -1);
  OCSP_ONEREQ_add_ext(OCSP_request_onereq_get0(request.get(), 0),
                      extension("1.2.3.5", false, value).get(), -1);
  EXPECT_EQ(ask(encoded(request.get())).status, response_status::successful);
}

TEST_F(AnswerTest, R13UnknownCriticalExtensionsAreMalformed) {
  const pki::bytes value = {0x05, 0x00};
  const auto in_request = request_for({lab_.id("good")});
  OCSP_REQUEST_add_ext(in_request.get(), extension("1.2.3.4", true, value).get(), -1);
  EXPECT_EQ(ask(encoded(in_request.get())).status, response_status::malformed_request);

  const auto in_single = request_for({lab_.id("good")});
  OCSP_ONEREQ_add_ext(OCSP_request_onereq_get0(in_single.get(), 0),
                      extension("1.2.3.4", true, value).get(), -1);
  EXPECT_EQ(ask(encoded(in_single.get())).status, response_status::malformed_request);
}

TEST_F(AnswerTest, R14RequestorNameIsIgnored) {
  const auto request = request_for({lab_.id("good")});
  const auto cert = lab_.cert("revoked");
  OCSP_request_set1_name(request.get(), X509_get_subject_name(cert.get()));
  EXPECT_EQ(ask(encoded(request.get())).status, response_status::successful);
}

TEST_F(AnswerTest, R15ASignatureOnTheRequestIsIgnoredEvenWhenItIsBroken) {
  const auto request = request_for({lab_.id("good")});
  const auto who = lab_.ca().issued("revoked");
  ASSERT_EQ(
      OCSP_request_sign(request.get(), who.cert.get(), who.key.get(), EVP_sha256(), nullptr, 0), 1);
  auto der = encoded(request.get());
  EXPECT_EQ(ask(der).status, response_status::successful);
  der.back() ^= 1;  // within the certificate that came along
  EXPECT_EQ(ask(der).status, response_status::successful);
}

struct unreadable_book final : pki::status_book {
  std::variant<pki::cert_status, pki::no_status> look_up(const pki::cert_id&,
                                                         pki::time_point) const override {
    return pki::no_status::unavailable;
  }
};
struct throwing_book final : pki::status_book {
  std::variant<pki::cert_status, pki::no_status> look_up(const pki::cert_id&,
                                                         pki::time_point) const override {
    throw pki::store_error("the disk is gone");
  }
};

TEST_F(AnswerTest, R16SourcesOutOfReachGiveTryLater) {
  const unreadable_book unreadable;
  book_ = &unreadable;
  EXPECT_EQ(ask({lab_.id("good")}).status, response_status::try_later);
  const throwing_book throwing;
  book_ = &throwing;
  EXPECT_EQ(ask({lab_.id("good")}).status, response_status::try_later);
}

TEST_F(AnswerTest, R16ASignerThatFailsGivesInternalError) {
  auto mismatched = lab_.direct();
  mismatched.issuer.key = pki::key::generate(pki::key_type::p256);
  signers_.set(mismatched, signer_choice::any, now);
  EXPECT_EQ(ask({lab_.id("good")}).status, response_status::internal_error);
}

TEST_F(AnswerTest, R17AForeignIssuerIsUnauthorized) {
  EXPECT_EQ(ask({lab_.id("foreign")}).status, response_status::unauthorized);
  EXPECT_EQ(ask({lab_.id("good"), lab_.id("foreign")}).status, response_status::unauthorized);
}

TEST_F(AnswerTest, TwoAuthoritiesInOneRequestAreUnauthorizedAndEachAloneIsAnswered) {
  signers_.set(lab_.direct("stranger"), signer_choice::fit_only, now);
  EXPECT_EQ(ask({lab_.id("good"), lab_.id("foreign")}).status, response_status::unauthorized);
  for (const auto& [leaf, issuer] :
       {std::pair{"good", "issuing"}, std::pair{"foreign", "stranger"}}) {
    const auto judged =
        pki::verify_ocsp(ask({lab_.id(leaf)}).der, lab_.cert(leaf), lab_.issuer(issuer), {}, now);
    EXPECT_EQ(judged.verdict, pki::ocsp_verdict::good) << leaf << ": " << judged.why;
  }
}

TEST_F(AnswerTest, R20TheNumberOfCertificatesHasALimit) {
  std::vector<pki::cert_id> ids(policy_.max_certificates, lab_.id("good"));
  EXPECT_EQ(ask(ids).said().size(), policy_.max_certificates);
  ids.push_back(lab_.id("good"));
  EXPECT_EQ(ask(ids).status, response_status::malformed_request);
}

TEST_F(AnswerTest, R23_R24TheResponderIdIsTheKeyUnlessTheNameIsAskedFor) {
  EXPECT_TRUE(opened(ask({lab_.id("good")})).responder_id.starts_with("key:"));
  policy_.responder_id = pki::responder_id_form::by_name;
  EXPECT_TRUE(opened(ask({lab_.id("good")})).responder_id.starts_with("name:"));
}

TEST_F(AnswerTest, R25_R26DirectAnswersCarryNoCertificateDelegatedOnesTheDelegate) {
  EXPECT_THAT(opened(ask({lab_.id("good")})).certs, IsEmpty());
  auto delegated = lab_.direct();
  delegated.delegate = lab_.issue("signer", "issuing", pki::certificate_role::ocsp_signer);
  ASSERT_EQ(signers_.set(delegated, signer_choice::fit_only, now), std::nullopt);
  const auto what = ask({lab_.id("good")});
  EXPECT_THAT(opened(what).certs, ElementsAre(delegated.delegate->cert));
  EXPECT_EQ(pki::verify_ocsp(what.der, lab_.cert("good"), lab_.issuer(), {}, now).verdict,
            pki::ocsp_verdict::good);
}

TEST_F(AnswerTest, R31AnUnspecifiedReasonIsLeftOut) {
  lab_.issue("unspecified", "issuing");
  lab_.ca().revoke("unspecified", pki::crl_reason::unspecified, now - 1h);
  const auto inside = opened(ask({lab_.id("unspecified")}));
  ASSERT_EQ(inside.singles.size(), 1u);
  EXPECT_EQ(inside.singles[0].status, (pki::cert_status{pki::revoked_status{now - 1h, {}}}));
}

TEST_F(AnswerTest, R38ANewCertificateIsKnownAtOnce) {
  lab_.issue("brand-new", "issuing");
  EXPECT_THAT(ask({lab_.id("brand-new")}).said(),
              ElementsAre(said_status{lab_.cert("brand-new").serial(), pki::good_status{}}));
}

TEST_F(AnswerTest, R41_R42_R50TimesFollowThePolicy) {
  policy_.validity = 90min;
  policy_.backdate = 30min;
  const auto inside = opened(ask({lab_.id("good")}));
  ASSERT_EQ(inside.singles.size(), 1u);
  EXPECT_EQ(inside.produced_at, now);
  EXPECT_EQ(inside.singles[0].this_update, now - 30min);
  EXPECT_EQ(inside.singles[0].next_update, now + 60min);
}

TEST_F(AnswerTest, R41ThisUpdateNeverLiesInTheFutureWithinASecond) {
  const answer_sources from{*book_, signers_, remembered_, policy_};
  const auto request = pki::build_ocsp_request(lab_.id("good"), std::nullopt);
  const auto what = answer(read_question(request, policy_, now), from, {}, now + 999ms);
  EXPECT_EQ(what.this_update(), now);
}

TEST_F(AnswerTest, R43WebPkiRefusesValiditiesOutsideEightHoursToTenDays) {
  policy_.profile = profile::webpki;
  const auto flawed = [&](pki::duration validity) {
    policy_.validity = validity;
    return flaw_of(policy_).has_value();
  };
  EXPECT_FALSE(flawed(8h));
  EXPECT_TRUE(flawed(8h - 1s));
  EXPECT_FALSE(flawed(240h));
  EXPECT_TRUE(flawed(240h + 1s));
  policy_.profile = profile::rfc9919;
  EXPECT_FALSE(flawed(1s));
  EXPECT_TRUE(flawed(999ms));
}

TEST_F(AnswerTest, R51_R53_NoncesComeBackOctetForOctetShortOnesToo) {
  for (const std::size_t octets : {1u, 16u, 32u, 33u, 128u}) {
    const auto what = ask_with_nonce(octets);
    EXPECT_TRUE(what.has_nonce());
    EXPECT_EQ(opened(what).nonce, nonce_of(octets));
  }
  EXPECT_FALSE(ask({lab_.id("good")}).has_nonce());
}

TEST_F(AnswerTest, R52NoncesOfNoOrTooManyOctetsAreMalformed) {
  EXPECT_EQ(ask_with_nonce(0).status, response_status::malformed_request);
  EXPECT_EQ(ask_with_nonce(129).status, response_status::malformed_request);
  policy_.profile = profile::webpki;
  EXPECT_EQ(ask_with_nonce(32).status, response_status::successful);
  EXPECT_EQ(ask_with_nonce(33).status, response_status::malformed_request);
}

TEST_F(AnswerTest, R55ANonceWithoutItsInnerOctetStringComesBackThatWay) {
  const auto request = request_for({lab_.id("good")});
  const pki::bytes raw = {0xde, 0xad, 0xbe, 0xef};
  OCSP_REQUEST_add_ext(request.get(), extension("1.3.6.1.5.5.7.48.1.2", false, raw).get(), -1);
  const auto what = ask(encoded(request.get()));
  ASSERT_EQ(what.status, response_status::successful);
  const pki::bytes wrapped = {0x04, 0x04, 0xde, 0xad, 0xbe, 0xef};  // extnValue holds it bare
  EXPECT_NE(std::search(what.der.begin(), what.der.end(), wrapped.begin(), wrapped.end()),
            what.der.end());
}

TEST_F(AnswerTest, R56ANonceOfASingleRequestIsNoRequestNonce) {
  const auto request = request_for({lab_.id("good")});
  const pki::bytes value = {0x04, 0x02, 0x01, 0x02};
  OCSP_ONEREQ_add_ext(OCSP_request_onereq_get0(request.get(), 0),
                      extension("1.3.6.1.5.5.7.48.1.2", false, value).get(), -1);
  const auto what = ask(encoded(request.get()));
  EXPECT_EQ(what.status, response_status::successful);
  EXPECT_FALSE(what.has_nonce());
}

TEST_F(AnswerTest, R70AnUnchangedAnswerKeepsItsOctetsAndAChangedOneDoesNot) {
  const auto first = ask({lab_.id("good")});
  remembered_.remember(first.content, first.der);
  EXPECT_EQ(ask({lab_.id("good")}).der, first.der);
  EXPECT_NE(ask_with_nonce(16).der, first.der);
  policy_.validity += 1s;
  EXPECT_NE(ask({lab_.id("good")}).der, first.der);
  policy_.validity -= 1s;
  lab_.ca().revoke("good", std::nullopt, now);
  EXPECT_NE(ask({lab_.id("good")}).der, first.der);
}

TEST_F(AnswerTest, WhatWasSignedByAnotherSignerIsNotUsedAgain) {
  const auto first = ask({lab_.id("good")});
  remembered_.remember(first.content, first.der);
  remembered_.forget_latest();
  EXPECT_NE(ask({lab_.id("good")}).der, first.der);
}

TEST(RememberedAnswers, MadeUpSerialsFillNoMemory) {
  lab lab;
  remembered_answers remembered;
  const pki::single_response single{lab.unissued(), pki::unknown_status{}, start, start + 1h};
  pki::response_content content;
  content.singles = {single};
  remembered.remember(content, {0x30});
  EXPECT_EQ(remembered.earliest(lab.unissued()), nullptr);
}

}  // namespace
}  // namespace staplelab::responder
