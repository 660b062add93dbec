// Our own verifier against every vector, and the promises the set makes.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <openssl/err.h>

#include <algorithm>
#include <ostream>
#include <set>

#include "vectors/rfc6979.hpp"
#include "vectors/vector_set.hpp"

namespace staplelab::vectors {

void PrintTo(const vector_case* one, std::ostream* out) {
  *out << one->name;
}

namespace {

const vector_set& usual() {
  static const vector_set made = make_vectors("staplelab");
  return made;
}

std::vector<const vector_case*> all_cases() {
  std::vector<const vector_case*> all;
  for (const auto& one : usual().cases)
    all.push_back(&one);
  return all;
}

pki::certificate certificate_of(const party& who) {
  return pki::certificate::from_der(who.der, who.name);
}

pki::ocsp_judgement judged(const vector_case& one) {
  pki::verify_rules rules = pki::rules_of(one.what.profile);
  rules.skew = one.what.skew;
  rules.max_age = one.what.max_age;
  rules.require_nonce = one.what.require_nonce;
  pki::client_knowledge knowledge;
  knowledge.nonce = one.what.nonce;
  for (const party* trusted : one.what.trusted_signers)
    knowledge.trusted_signers.push_back(certificate_of(*trusted));
  return pki::verify_ocsp(one.response, certificate_of(*one.what.certificate),
                          certificate_of(*one.what.issuer), rules, knowledge, one.what.now);
}

class test_vector : public testing::TestWithParam<const vector_case*> {};

TEST_P(test_vector, gets_its_verdict) {
  const vector_case& one = *GetParam();
  const auto judgement = judged(one);
  EXPECT_EQ(to_string(judgement.verdict), to_string(one.verdict))
      << one.why << "; " << judgement.why;
  EXPECT_EQ(ERR_peek_error(), 0U);
}

INSTANTIATE_TEST_SUITE_P(all, test_vector, testing::ValuesIn(all_cases()),
                         [](const auto& row) { return row.param->name; });

TEST(vectors, cover_every_verdict_that_a_response_alone_can_have) {
  std::set<std::string_view> seen;
  for (const auto& one : usual().cases)
    seen.insert(to_string(one.verdict));
  EXPECT_THAT(
      seen, testing::UnorderedElementsAre("good", "revoked", "unknown", "malformed", "error_status",
                                          "wrong_cert", "unauthorized_signer", "bad_signature",
                                          "critical_extension", "not_yet_valid", "expired"));
  EXPECT_GE(usual().cases.size(), 80U);
}

TEST(vectors, have_names_of_their_own_and_differ) {
  std::set<std::string> names;
  for (const auto& one : usual().cases) {
    EXPECT_TRUE(names.insert(one.name).second) << one.name;
    EXPECT_FALSE(one.why.empty());
    EXPECT_FALSE(one.clause.empty());
    const auto& also = one.acceptable;
    EXPECT_EQ(std::ranges::count(also, one.verdict), 0) << one.name;
  }
}

TEST(vectors, are_the_same_for_the_same_seed_and_others_for_another) {
  const auto files = files_of(usual());
  EXPECT_EQ(files_of(make_vectors("staplelab")), files);
  const auto others = files_of(make_vectors("another seed"));
  ASSERT_EQ(others.size(), files.size());
  EXPECT_NE(others.at("certificates/leaf.der"), files.at("certificates/leaf.der"));
  EXPECT_NE(others.at("responses/status_good.der"), files.at("responses/status_good.der"));
  EXPECT_EQ(others.at("responses/error_try_later.der"), files.at("responses/error_try_later.der"));
}

// On every machine, by every compiler. A change of the vectors on purpose changes this line as
// well.
TEST(vectors, are_what_they_were) {
  bytes all;
  for (const auto& [file, octets] : files_of(usual())) {
    if (!file.ends_with(".der")) continue;
    all.insert(all.end(), file.begin(), file.end());
    all.push_back(0);
    all.insert(all.end(), octets.begin(), octets.end());
  }
  EXPECT_EQ(pki::to_hex(hashed(digest::sha256, all)),
            "4cc6d364d60ea0d178141a125767bda7116fca13d561ef1ea5a3b0484f5c8677");
}

TEST(vectors, of_any_seed_get_their_verdicts) {
  for (const char* seed : {"1", "2"}) {
    const auto set = make_vectors(seed);
    for (const auto& one : set.cases)
      EXPECT_EQ(to_string(judged(one).verdict), to_string(one.verdict)) << seed << ' ' << one.name;
  }
}

// RFC 6979 A.2.5
struct known_signature {
  const char* message;
  const EVP_MD* (*digest)();
  const char* r;
  const char* s;
};
class rfc6979 : public testing::TestWithParam<known_signature> {};

TEST_P(rfc6979, signs_as_its_appendix_has_it) {
  const auto key =
      pki::from_hex("C9AFA9D845BA75166B5C215767B1D6934E50C3DB36E89B127B8A622B120F6721").value();
  const std::string_view message = GetParam().message;
  const auto signature = p256_sign(key, bytes(message.begin(), message.end()), GetParam().digest());
  EXPECT_EQ(signature.r, pki::from_hex(GetParam().r).value());
  EXPECT_EQ(signature.s, pki::from_hex(GetParam().s).value());
  EXPECT_EQ(pki::to_hex(p256_public_key(key)),
            "0460fed4ba255a9d31c961eb74c6356d68c049b8923b61fa6ce669622e60f29fb6"
            "7903fe1008b8bc99a41ae9e95628bc64f2f1b20c2d7e9f5177a3c294d4462299");
}

INSTANTIATE_TEST_SUITE_P(
    appendix_a_2_5, rfc6979,
    testing::Values(
        known_signature{"sample", EVP_sha1,
                        "61340C88C3AAEBEB4F6D667F672CA9759A6CCAA9FA8811313039EE4A35471D32",
                        "6D7F147DAC089441BB2E2FE8F7A3FA264B9C475098FDCF6E00D7C996E1B8B7EB"},
        known_signature{"sample", EVP_sha256,
                        "EFD48B2AACB6A8FD1140DD9CD45E81D69D2C877B56AAF991C34D0EA84EAF3716",
                        "F7CB1C942D657C41D436C7A1B6E29F65F3E900DBB9AFF4064DC4AB2F843ACDA8"},
        known_signature{"test", EVP_sha256,
                        "F1ABB023518351CD71D881567B1EA663ED3EFCF6C5132B354F28D3B0B7D38367",
                        "019F4113742A2B14BD25926B49C649155F267E60D3814B4C0CC84250E46F0083"}),
    [](const auto& row) { return std::string(row.param.message) + std::to_string(row.index); });

}  // namespace
}  // namespace staplelab::vectors
