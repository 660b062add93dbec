#include "pki/key.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "pki/errors.hpp"
#include "pki/key_match.hpp"
#include "tests/pki/run_program.hpp"

namespace staplelab::pki {
namespace {

using testing::HasSubstr;

class every_key_type : public testing::TestWithParam<key_type> {};
INSTANTIATE_TEST_SUITE_P(key, every_key_type, testing::ValuesIn(all_key_types),
                         [](const auto& row) { return std::string{to_string(row.param)}; });

TEST_P(every_key_type, comes_back_from_pem) {
  const key made = key::generate(GetParam());
  const key read = key::from_pem(made.to_pem(), "test.key");
  EXPECT_EQ(read.public_der(), made.public_der());
}

TEST_P(every_key_type, is_told_from_the_others) {
  const key made = key::generate(GetParam());
  for (const key_type type : all_key_types)
    EXPECT_EQ(is_of_type(made, type), type == GetParam()) << to_string(type);
}

TEST_P(every_key_type, is_what_openssl_says_it_is) {
  const tests::temporary_directory files;
  const auto shown =
      tests::run_program({"openssl", "pkey", "-noout", "-text", "-in",
                          files.file("key.pem", key::generate(GetParam()).to_pem())});
  ASSERT_EQ(shown.exit_code, 0) << shown.output;
  switch (GetParam()) {
    case key_type::p256:
      EXPECT_THAT(shown.output, HasSubstr("prime256v1"));
      break;
    case key_type::p384:
      EXPECT_THAT(shown.output, HasSubstr("secp384r1"));
      break;
    case key_type::rsa2048:
      EXPECT_THAT(shown.output, HasSubstr("2048 bit"));
      break;
    case key_type::rsa3072:
      EXPECT_THAT(shown.output, HasSubstr("3072 bit"));
      break;
    case key_type::ed25519:
      EXPECT_THAT(shown.output, HasSubstr("ED25519"));
      break;
  }
}

TEST_P(every_key_type, has_a_name_that_parses) {
  EXPECT_EQ(parse_key_type(to_string(GetParam())), GetParam());
}

TEST(key, refuses_names_of_other_types) {
  EXPECT_FALSE(parse_key_type("P256"));
  EXPECT_FALSE(parse_key_type(""));
}

TEST(key, signs_with_the_digest_of_its_strength) {
  EXPECT_EQ(key::generate(key_type::p256).digest(), EVP_sha256());
  EXPECT_EQ(key::generate(key_type::p384).digest(), EVP_sha384());
  EXPECT_EQ(key::generate(key_type::rsa2048).digest(), EVP_sha256());
  EXPECT_EQ(key::generate(key_type::ed25519).digest(), nullptr);
}

TEST(key, survives_the_value_it_was_copied_from) {
  auto first = std::make_unique<key>(key::generate(key_type::p256));
  const bytes before = first->public_der();
  key second = key::generate(key_type::p256);
  second = *first;
  first.reset();
  EXPECT_EQ(second.public_der(), before);
}

TEST(key, reads_traditional_pem) {
  const tests::temporary_directory files;
  const auto made = tests::run_program({"openssl", "ecparam", "-name", "prime256v1", "-genkey",
                                        "-noout", "-out", (files.path() / "ec.key").string()});
  ASSERT_EQ(made.exit_code, 0) << made.output;
  const bytes pem = tests::read_file(files.path() / "ec.key");
  EXPECT_NO_THROW(key::from_pem({reinterpret_cast<const char*>(pem.data()), pem.size()}, "ec.key"));
}

struct bad_key {
  const char* name;
  std::string pem;
  const char* hint;
};
class unusable_key_file : public testing::TestWithParam<bad_key> {};

TEST_P(unusable_key_file, is_refused_with_its_name_and_a_hint) {
  try {
    key::from_pem(GetParam().pem, "server.key");
    FAIL() << "was accepted";
  } catch (const input_error& refusal) {
    EXPECT_THAT(refusal.what(), HasSubstr("server.key"));
    EXPECT_THAT(refusal.what(), HasSubstr(GetParam().hint));
  }
}

INSTANTIATE_TEST_SUITE_P(
    key, unusable_key_file,
    testing::Values(
        bad_key{"empty", "", "BEGIN PRIVATE KEY"},
        bad_key{"a_certificate", "-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----\n",
                "is it the certificate"},
        bad_key{"damaged", "-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n",
                "damaged"},
        bad_key{
            "encrypted",
            "-----BEGIN ENCRYPTED PRIVATE KEY-----\nAAAA\n-----END ENCRYPTED PRIVATE KEY-----\n",
            "decrypt"}),
    [](const auto& row) { return row.param.name; });

}  // namespace
}  // namespace staplelab::pki
