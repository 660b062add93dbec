// What a request can ask for beside its certificates: algorithms, and who asks.
#include <gmock/gmock.h>
#include <openssl/evp.h>

#include "asker.hpp"

namespace staplelab::responder {
namespace {

using namespace test;
using pki::response_status;

constexpr const char* oid_acceptable = "1.3.6.1.5.5.7.48.1.4";
constexpr const char* oid_service_locator = "1.3.6.1.5.5.7.48.1.7";
constexpr const char* oid_preferred = "1.3.6.1.5.5.7.48.1.8";

// SEQUENCE OF SEQUENCE { SEQUENCE { OID } }, in short lengths.
pki::bytes preferring(std::initializer_list<const char*> algorithms) {
  pki::bytes entries;
  for (const char* dotted : algorithms) {
    const auto oid = *pki::parse_oid(dotted);
    const auto size = static_cast<std::uint8_t>(oid.size());
    for (const int octet : {0x30, size + 4, 0x30, size + 2, 0x06, size + 0})
      entries.push_back(static_cast<std::uint8_t>(octet));
    entries.insert(entries.end(), oid.begin(), oid.end());
  }
  pki::bytes all{0x30, static_cast<std::uint8_t>(entries.size())};
  all.insert(all.end(), entries.begin(), entries.end());
  return all;
}

constexpr const char* md5_rsa = "1.2.840.113549.1.1.4";
constexpr const char* sha1_rsa = "1.2.840.113549.1.1.5";
constexpr const char* sha256_rsa = "1.2.840.113549.1.1.11";
constexpr const char* sha512_rsa = "1.2.840.113549.1.1.13";
constexpr const char* sha1_ecdsa = "1.2.840.10045.4.1";
constexpr const char* sha256_ecdsa = "1.2.840.10045.4.3.2";
constexpr const char* sha384_ecdsa = "1.2.840.10045.4.3.3";
constexpr const char* ed25519 = "1.3.101.112";

class RequestFeatures : public asker {
 protected:
  pki::bytes request_with(const char* oid, const pki::bytes& value, bool critical = false) const {
    const auto request = request_for({lab_.id("good")});
    OCSP_REQUEST_add_ext(request.get(), extension(oid, critical, value).get(), -1);
    return encoded(request.get());
  }
  std::string algorithm_for(std::initializer_list<const char*> preferred) const {
    const auto what = ask(request_with(oid_preferred, preferring(preferred)));
    EXPECT_EQ(what.status, response_status::successful);
    EXPECT_EQ(pki::verify_ocsp(what.der, lab_.cert("good"), lab_.issuer(), {}, start).verdict,
              pki::ocsp_verdict::good);
    return opened(what).signature_algorithm;
  }
};

TEST_F(RequestFeatures, R61TheFirstAlgorithmThatTheSignerHasIsUsed) {
  EXPECT_EQ(algorithm_for({}), "ecdsa-with-SHA256");
  EXPECT_EQ(algorithm_for({sha384_ecdsa}), "ecdsa-with-SHA384");
  EXPECT_EQ(algorithm_for({sha512_rsa, ed25519, sha384_ecdsa, sha256_ecdsa}), "ecdsa-with-SHA384");
  EXPECT_EQ(algorithm_for({sha512_rsa}), "ecdsa-with-SHA256");
  EXPECT_EQ(algorithm_for({"1.2.3.4", sha384_ecdsa}), "ecdsa-with-SHA384");
}

TEST_F(RequestFeatures, R49WeakAlgorithmsAreRefusedEvenWhenNothingElseIsAskedFor) {
  EXPECT_EQ(algorithm_for({md5_rsa, sha1_rsa, sha1_ecdsa}), "ecdsa-with-SHA256");
  EXPECT_EQ(algorithm_for({sha1_ecdsa, sha384_ecdsa}), "ecdsa-with-SHA384");
}

TEST_F(RequestFeatures, R61_R62AnAlternateSignerAnswersClientsThatPreferItsKey) {
  auto who = lab_.direct();
  who.delegate = lab_.issue("ec", "issuing", pki::certificate_role::ocsp_signer);
  pki::issue_description what;
  what.name = "rsa";
  what.issuer = "issuing";
  what.role = pki::certificate_role::ocsp_signer;
  what.type = pki::key_type::rsa2048;
  what.not_before = start - 1h;
  what.not_after = start + 24h;
  who.alternates.push_back(lab_.ca().issue(what, start));
  ASSERT_EQ(signers_.set(who, signer_choice::fit_only, start), std::nullopt);
  EXPECT_EQ(algorithm_for({sha256_rsa, sha256_ecdsa}), "sha256WithRSAEncryption");
  EXPECT_EQ(algorithm_for({sha512_rsa}), "sha512WithRSAEncryption");
  EXPECT_EQ(algorithm_for({sha256_ecdsa, sha256_rsa}), "ecdsa-with-SHA256");
  EXPECT_EQ(algorithm_for({sha1_rsa}), "ecdsa-with-SHA256");
}

TEST_F(RequestFeatures, R29AnUnfitAlternateIsRefusedLikeAnUnfitDelegate) {
  auto who = lab_.direct();
  who.alternates.push_back(lab_.ca().issued("good"));
  EXPECT_EQ(signers_.set(who, signer_choice::fit_only, start), signer_flaw::no_ocsp_signing);
}

TEST_F(RequestFeatures, R62EachPreferenceKeepsItsOwnRememberedAnswer) {
  const auto plain = ask({lab_.id("good")});
  remembered_.remember(plain.content, plain.der);
  const auto other = ask(request_with(oid_preferred, preferring({sha384_ecdsa})));
  EXPECT_EQ(opened(other).signature_algorithm, "ecdsa-with-SHA384");
  EXPECT_EQ(ask({lab_.id("good")}).der, plain.der);
}

struct key_row {
  pki::key_type type;
  const char* usual;
};

TEST(SignerKeys, R21_R49EveryKindOfKeySignsWithSha256OrBetterAndVerifies) {
  const key_row table[] = {{pki::key_type::p256, "ecdsa-with-SHA256"},
                           {pki::key_type::p384, "ecdsa-with-SHA384"},
                           {pki::key_type::rsa2048, "sha256WithRSAEncryption"},
                           {pki::key_type::ed25519, "ED25519"}};
  for (const auto& row : table) {
    lab here(start, row.type);
    signing signers;
    signers.set(here.direct(), signer_choice::fit_only, start);
    const answer_policy policy;
    const remembered_answers remembered;
    const answer_sources from{here.ca(), signers, remembered, policy};
    const auto request = pki::build_ocsp_request(here.id("good"), std::nullopt);
    const auto what = answer(read_question(request, policy, start), from, {}, start);
    const auto parsed = pki::parse_ocsp_response(what.der);
    ASSERT_TRUE(parsed && parsed->basic) << row.usual;
    EXPECT_EQ(parsed->basic->signature_algorithm, row.usual);
    EXPECT_EQ(pki::verify_ocsp(what.der, here.cert("good"), here.issuer(), {}, start).verdict,
              pki::ocsp_verdict::good);
  }
}

TEST_F(RequestFeatures, R60AListWithoutBasicIsAnsweredWithBasicUnlessItIsCritical) {
  const pki::bytes basic = *pki::from_hex("300b06092b0601050507300101");
  const pki::bytes other = *pki::from_hex("300506032a0304");
  EXPECT_EQ(ask(request_with(oid_acceptable, basic)).status, response_status::successful);
  EXPECT_EQ(ask(request_with(oid_acceptable, basic, true)).status, response_status::successful);
  EXPECT_EQ(ask(request_with(oid_acceptable, other)).status, response_status::successful);
  EXPECT_EQ(ask(request_with(oid_acceptable, other, true)).status,
            response_status::malformed_request);
}

TEST_F(RequestFeatures, R18AServiceLocatorChangesNothing) {
  for (const bool critical : {false, true}) {
    const auto request = request_for({lab_.id("good")});
    const pki::bytes locator = {0x30, 0x02, 0x30, 0x00};
    OCSP_ONEREQ_add_ext(OCSP_request_onereq_get0(request.get(), 0),
                        extension(oid_service_locator, critical, locator).get(), -1);
    EXPECT_EQ(ask(encoded(request.get())).status, response_status::successful);
  }
}

TEST_F(RequestFeatures, R13ANonceInASingleRequestMayNotBeCritical) {
  const auto request = request_for({lab_.id("good")});
  const pki::bytes value = {0x04, 0x02, 0x01, 0x02};
  OCSP_ONEREQ_add_ext(OCSP_request_onereq_get0(request.get(), 0),
                      extension("1.3.6.1.5.5.7.48.1.2", true, value).get(), -1);
  EXPECT_EQ(ask(encoded(request.get())).status, response_status::malformed_request);
}

class SignedRequests : public RequestFeatures {
 protected:
  SignedRequests() { policy_.requests.trusted = {lab_.issuer("stranger")}; }

  // "foreign" is a certificate of the CA whose clients are trusted.
  pki::bytes signed_by(std::string_view who) const {
    const auto request = request_for({lab_.id("good")});
    const auto signer = lab_ca().issued(who);
    EXPECT_EQ(OCSP_request_sign(request.get(), signer.cert.get(), signer.key.get(), EVP_sha256(),
                                nullptr, 0),
              1);
    return encoded(request.get());
  }
  const pki::mini_ca& lab_ca() const { return static_cast<const pki::mini_ca&>(*book_); }
};

TEST_F(SignedRequests, R15ATrustedSignatureIsAnsweredAndAnyOtherIsUnauthorized) {
  EXPECT_EQ(ask(signed_by("foreign")).status, response_status::successful);
  EXPECT_EQ(ask(signed_by("good")).status, response_status::unauthorized);
  auto broken = signed_by("foreign");
  const auto serial = lab_.id("good").der;
  const auto at = std::search(broken.begin(), broken.end(), serial.begin(), serial.end());
  ASSERT_NE(at, broken.end());
  *(at + static_cast<std::ptrdiff_t>(serial.size()) - 1) ^= 1;
  EXPECT_EQ(ask(broken).status, response_status::unauthorized);
}

TEST_F(SignedRequests, R15UnsignedRequestsAreRefusedOnlyWhereSignaturesAreRequired) {
  EXPECT_EQ(ask({lab_.id("good")}).status, response_status::successful);
  policy_.requests.required = true;
  EXPECT_EQ(ask({lab_.id("good")}).status, response_status::sig_required);
  EXPECT_EQ(ask({lab_.id("good")}).der, (pki::bytes{0x30, 0x03, 0x0a, 0x01, 0x05}));
  EXPECT_EQ(ask(signed_by("foreign")).status, response_status::successful);
}

TEST_F(SignedRequests, R14ARequestorNameWithoutASignatureIsNoSignature) {
  const auto request = request_for({lab_.id("good")});
  const auto name = lab_.cert("foreign");
  OCSP_request_set1_name(request.get(), X509_get_subject_name(name.get()));
  EXPECT_EQ(ask(encoded(request.get())).status, response_status::successful);
  policy_.requests.required = true;
  EXPECT_EQ(ask(encoded(request.get())).status, response_status::sig_required);
}

TEST_F(SignedRequests, R15WithoutTrustedClientsSignaturesAreIgnored) {
  policy_.requests.trusted.clear();
  EXPECT_EQ(ask(signed_by("good")).status, response_status::successful);
}

TEST_F(SignedRequests, R1WhatIsNoRequestIsMalformedWhoeverMustSign) {
  policy_.requests.required = true;
  EXPECT_EQ(ask(pki::bytes{0x30, 0x00}).status, response_status::malformed_request);
}

}  // namespace
}  // namespace staplelab::responder
