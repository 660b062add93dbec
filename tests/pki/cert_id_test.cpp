#include <gtest/gtest.h>

#include "pki/cert_status.hpp"
#include "pki/digest.hpp"
#include "pki/errors.hpp"
#include "pki/ocsp_message.hpp"
#include "tests/pki/sample_pki.hpp"

namespace staplelab::pki {
namespace {

using tests::sample;

class every_hash : public testing::TestWithParam<hash_algorithm> {};
INSTANTIATE_TEST_SUITE_P(cert_id, every_hash,
                         testing::Values(hash_algorithm::sha1, hash_algorithm::sha256,
                                         hash_algorithm::sha384, hash_algorithm::sha512),
                         [](const auto& row) { return std::string{to_string(row.param)}; });

TEST_P(every_hash, R9_names_its_issuer) {
  const cert_id id = cert_id::of(sample().leaf.cert, sample().root.cert, GetParam());
  EXPECT_EQ(id.hash, GetParam());
  EXPECT_EQ(id.serial, sample().leaf.cert.serial());
  EXPECT_TRUE(id.names_issuer(sample().root.cert));
}

TEST_P(every_hash, R10_names_no_issuer_of_the_same_name_with_another_key) {
  const cert_id id = cert_id::of(sample().leaf.cert, sample().root.cert, GetParam());
  EXPECT_FALSE(id.names_issuer(tests::make_root("Sample Root").cert));
}

TEST_P(every_hash, R10_names_no_issuer_of_another_name_with_the_same_key) {
  const cert_id id = cert_id::of(sample().leaf.cert, sample().root.cert, GetParam());
  const certificate renamed =
      sign_certificate(tests::describe(certificate_role::authority, "Renamed"), sample().root.key,
                       nullptr, sample().root.key);
  EXPECT_FALSE(id.names_issuer(renamed));
}

TEST_P(every_hash, is_encoded_from_its_fields_when_the_encoding_is_empty) {
  const cert_id whole = cert_id::of(sample().leaf.cert, sample().root.cert, GetParam());
  cert_id bare = whole;
  bare.der.clear();
  const auto request = parse_ocsp_request(build_ocsp_request(bare, std::nullopt));
  ASSERT_TRUE(request);
  EXPECT_TRUE(same_certificate(request->certificates.front(), whole));
  EXPECT_EQ(request->certificates.front().der, whole.der);
}

TEST(cert_id, R8_hashes_the_name_and_the_bits_of_the_key) {
  const cert_id id = cert_id::of(sample().leaf.cert, sample().root.cert, hash_algorithm::sha256);
  X509_NAME* name = X509_get_subject_name(sample().root.cert.get());  // borrowed
  EXPECT_EQ(id.issuer_name_hash, sha256(to_der<i2d_X509_NAME>(name)));
  // SubjectPublicKeyInfo ::= { algorithm, BIT STRING }; the first octet of the content counts
  // unused bits.
  const bytes spki = sample().root.key.public_der();
  const auto bit_string = tests::children(read_der(spki)->content).at(1);
  EXPECT_EQ(id.issuer_key_hash, sha256(bit_string.content.subspan(1)));
}

TEST(cert_id, is_the_same_certificate_whatever_its_encoding) {
  const cert_id id = cert_id::of(sample().leaf.cert, sample().root.cert, hash_algorithm::sha1);
  cert_id other = id;
  other.der = {1, 2, 3};
  EXPECT_TRUE(same_certificate(id, other));
}

TEST(cert_id, differs_by_each_field) {
  const cert_id id = cert_id::of(sample().leaf.cert, sample().root.cert, hash_algorithm::sha1);
  cert_id serial = id;
  serial.serial = tests::serial("02");
  cert_id name = id;
  name.issuer_name_hash.front() ^= 1;
  cert_id key = id;
  key.issuer_key_hash.front() ^= 1;
  cert_id hash = id;
  hash.hash = hash_algorithm::sha256;
  for (const cert_id& other : {serial, name, key, hash})
    EXPECT_FALSE(same_certificate(id, other));
}

TEST(cert_id, without_encoding_or_algorithm_cannot_be_written) {
  cert_id id = cert_id::of(sample().leaf.cert, sample().root.cert, hash_algorithm::sha1);
  id.der.clear();
  id.hash.reset();
  EXPECT_THROW(build_ocsp_request(id, std::nullopt), crypto_error);
}

TEST(crl_reason, has_the_names_of_rfc_5280) {
  EXPECT_EQ(to_string(crl_reason::key_compromise), "keyCompromise");
  EXPECT_EQ(to_string(crl_reason::ca_compromise), "cACompromise");
  for (const char* name : {"unspecified", "keyCompromise", "cACompromise", "affiliationChanged",
                           "superseded", "cessationOfOperation", "certificateHold", "removeFromCRL",
                           "privilegeWithdrawn", "aACompromise"}) {
    const auto reason = parse_crl_reason(name);
    ASSERT_TRUE(reason) << name;
    EXPECT_EQ(to_string(*reason), name);
  }
  EXPECT_FALSE(parse_crl_reason("keycompromise"));
}

}  // namespace
}  // namespace staplelab::pki
