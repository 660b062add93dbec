// Authorities that kept their books elsewhere.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/pki/sample_ca.hpp"

namespace staplelab::pki {
namespace {

using std::chrono::days;
using std::chrono::hours;
using testing::HasSubstr;
using testing::IsEmpty;
using tests::answer;
using tests::good;
using tests::leaf;
using tests::message_of;
using tests::noon;
using tests::revoked;
using tests::serial;
using tests::unknown;
using tests::with_root;

imported_entry entry(std::string_view name, std::string_view hex,
                     std::optional<revocation> what = {}) {
  return {.name = std::string{name},
          .serial = serial(hex),
          .subject = "/CN=" + std::string{name},
          .not_after = noon + days{30},
          .cert = std::nullopt,
          .revoked = what};
}

imported_authority elsewhere() {
  const mini_ca other = with_root();
  return {.name = "imported", .identity = other.authority("root"), .entries = {}};
}

answer ask(const mini_ca& ca, const imported_authority& of, std::string_view hex) {
  return ca.look_up(cert_id::of(serial(hex), of.identity.cert, hash_algorithm::sha1), noon);
}

TEST(mini_ca_import, answers_for_serial_numbers_without_a_certificate) {
  auto what = elsewhere();
  what.entries = {entry("a", "0a"),
                  entry("b", "0b", revocation{crl_reason::superseded, noon - hours{1}})};
  mini_ca ca = with_root();
  ca.import_authority(what);
  EXPECT_EQ(ask(ca, what, "0a"), good());
  EXPECT_EQ(ask(ca, what, "0b"), revoked(noon - hours{1}, crl_reason::superseded));
  EXPECT_EQ(ask(ca, what, "0c"), unknown());
  EXPECT_THAT(ca.list(), IsEmpty());
  ASSERT_EQ(ca.ledger().size(), 2U);
  EXPECT_EQ(ca.ledger()[1].serial, serial("0b"));
  EXPECT_EQ(ca.ledger()[1].subject, "/CN=b");
  ca.revoke("a", {crl_reason::key_compromise, noon}, noon);
  EXPECT_EQ(ask(ca, what, "0a"), revoked(noon, crl_reason::key_compromise));
}

TEST(mini_ca_import, gives_a_name_that_is_taken_its_serial_number) {
  auto what = elsewhere();
  what.entries = {entry("www", "0a"), entry("www", "0b")};
  mini_ca ca = with_root();
  ca.import_authority(what);
  EXPECT_EQ(ca.ledger()[0].name, "www");
  EXPECT_EQ(ca.ledger()[1].name, "www-0b");
}

TEST(mini_ca_import, continues_crl_numbers_and_issues) {
  auto what = elsewhere();
  what.crl_number = 41;
  mini_ca ca = with_root();
  ca.import_authority(what);
  ca.crl("imported", noon, noon + days{7});
  EXPECT_NO_THROW(ca.delta_crl("imported", 42, noon, noon + days{1}));
  EXPECT_TRUE(ca.issue(leaf("new", "imported"), noon).cert.signed_by(what.identity.cert));
}

TEST(mini_ca_import, is_all_or_nothing) {
  auto what = elsewhere();
  what.entries = {entry("a", "0a"), entry("b", "0a")};  // a serial number twice
  mini_ca ca = with_root();
  EXPECT_THROW(ca.import_authority(what), store_error);
  EXPECT_THAT(ca.ledger(), IsEmpty());
  EXPECT_THAT(ca.authority_names(), testing::ElementsAre("root"));
}

TEST(mini_ca_import, refuses_what_cannot_sign) {
  mini_ca ca = with_root();
  auto what = elsewhere();
  what.identity.key = key::generate(key_type::p256);
  EXPECT_THAT(message_of([&] { ca.import_authority(what); }), HasSubstr("private key"));
  mini_ca other = with_root();
  what.identity = other.issue(leaf("www"), noon);
  EXPECT_THAT(message_of([&] { ca.import_authority(what); }), HasSubstr("no CA certificate"));
  what = elsewhere();
  ca.import_authority(what);
  EXPECT_THAT(message_of([&] { ca.import_authority(what); }), HasSubstr("already"));
  what.name = "another";
  EXPECT_THAT(message_of([&] { ca.import_authority(what); }), HasSubstr("named 'imported'"));
}

TEST(mini_ca_import, tells_that_a_private_key_is_not_here) {
  mini_ca other = with_root();
  auto what = elsewhere();
  what.identity = other.authority("root");
  what.entries = {entry("www", "0a")};
  what.entries.front().cert = other.issue(leaf("www"), noon).cert;
  what.entries.front().serial = what.entries.front().cert->serial();
  mini_ca ca = with_root();
  ca.import_authority(what);
  EXPECT_EQ(ca.list().size(), 1U);
  EXPECT_THAT(message_of([&] { ca.issued("www"); }), HasSubstr("private key is not here"));
}

}  // namespace
}  // namespace staplelab::pki
