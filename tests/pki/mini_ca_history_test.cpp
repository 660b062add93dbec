// What the mini-CA remembers: holds that end, revocations of everything, what was known when, and
// the CRLs and deltas made from that. R34, R37 to R39 and R47 of the OCSP checklist, on the CA's
// side.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/pki/run_program.hpp"
#include "tests/pki/sample_ca.hpp"

namespace staplelab::pki {
namespace {

using std::chrono::days;
using std::chrono::hours;
using testing::HasSubstr;
using testing::Not;
using tests::answer;
using tests::at;
using tests::good;
using tests::leaf;
using tests::look_up;
using tests::message_of;
using tests::noon;
using tests::revoked;
using tests::unknown;
using tests::with_root;

cert_id id_of(const mini_ca& ca, std::string_view name) {
  return cert_id::of(ca.issued(name).cert, ca.authority("root").cert, hash_algorithm::sha256);
}

status_history history_of(const mini_ca& ca, std::string_view name) {
  return std::get<status_history>(ca.history(id_of(ca, name), noon));
}

std::string crl_text(const mini_ca& ca, const bytes& crl) {
  const tests::temporary_directory files;
  const auto shown = tests::run_program(
      {"openssl", "crl", "-inform", "der", "-noout", "-text", "-in", files.file("ca.crl", crl),
       "-CAfile", files.file("root.pem", ca.authority("root").cert.to_pem())});
  EXPECT_EQ(shown.exit_code, 0) << shown.output;
  EXPECT_THAT(shown.output, HasSubstr("verify OK"));
  return shown.output;
}

// ---- R34: hold and release

TEST(mini_ca, R34_shows_a_hold_as_revoked_6_and_a_release_as_good) {
  mini_ca ca = with_root();
  ca.issue(leaf("www"), noon);
  ca.hold("www", noon);
  EXPECT_EQ(look_up(ca, "www"), revoked(noon, crl_reason::certificate_hold));
  ca.release("www", noon + hours{1});
  EXPECT_EQ(look_up(ca, "www", noon + hours{1}), good());
}

TEST(mini_ca, R34_remembers_a_hold_that_has_ended) {
  mini_ca ca = with_root();
  ca.issue(leaf("www"), noon);
  ca.hold("www", noon + hours{1});
  ca.release("www", noon + hours{3});
  const auto history = history_of(ca, "www");
  EXPECT_EQ(known_at(history, noon), cert_status{good_status{}});
  EXPECT_EQ(answer{known_at(history, noon + hours{2})},
            revoked(noon + hours{1}, crl_reason::certificate_hold));
  EXPECT_EQ(known_at(history, noon + hours{3}), cert_status{good_status{}});
}

TEST(mini_ca, R34_tells_a_release_by_removeFromCRL_in_a_delta_crl) {
  mini_ca ca = with_root();
  for (const char* name : {"released", "later", "before"})
    ca.issue(leaf(name), noon);
  ca.hold("released", noon);
  ca.revoke("before", crl_reason::superseded, noon);
  ca.crl("root", noon, noon + days{7});  // number 1
  ca.release("released", noon + hours{1});
  ca.revoke("later", crl_reason::key_compromise, noon + hours{1});
  const auto delta = crl_text(ca, ca.delta_crl("root", 1, noon + hours{2}, noon + days{1}));
  EXPECT_THAT(delta, HasSubstr("X509v3 Delta CRL Indicator: critical"));
  EXPECT_THAT(delta, HasSubstr("Serial Number: 03E9"));
  EXPECT_THAT(delta, HasSubstr("Remove From CRL"));
  EXPECT_THAT(delta, HasSubstr("Serial Number: 03EA"));
  EXPECT_THAT(delta, HasSubstr("Key Compromise"));
  EXPECT_THAT(delta, Not(HasSubstr("Serial Number: 03EB")));
  const auto full = crl_text(ca, ca.crl("root", noon + hours{2}, noon + days{7}));
  EXPECT_THAT(full, Not(HasSubstr("Serial Number: 03E9")));
  EXPECT_THAT(full, Not(HasSubstr("Remove From CRL")));
  EXPECT_THAT(message_of([&] { ca.delta_crl("root", 9, noon, noon + days{1}); }), HasSubstr("9"));
}

// ---- R37, R38: what is assigned

TEST(mini_ca, R37_never_calls_an_unassigned_serial_number_good) {
  mini_ca ca = with_root();
  ca.issue(leaf("www"), noon);
  const certificate root = ca.authority("root").cert;
  for (const char* serial : {"00", "01", "03e7", "03ea", "ffffffffffffffffffffffffffffffff"}) {
    const auto id = cert_id::of(*serial_number::from_hex(serial), root, hash_algorithm::sha1);
    EXPECT_EQ(ca.look_up(id, noon), unknown()) << serial;
    EXPECT_EQ(std::get<status_history>(ca.history(id, noon)), status_history{}) << serial;
  }
  EXPECT_EQ(known_at({}, noon), cert_status{unknown_status{}});
}

TEST(mini_ca, R37_counts_a_precertificate_as_assigned) {
  mini_ca ca = with_root();
  auto what = leaf("www");
  what.precertificate = true;
  const certificate made = ca.issue(what, noon).cert;
  EXPECT_EQ(look_up(ca, "www"), good());
  const tests::temporary_directory files;
  const auto shown = tests::run_program(
      {"openssl", "x509", "-noout", "-text", "-in", files.file("www.pem", made.to_pem())});
  EXPECT_THAT(shown.output, HasSubstr("CT Precertificate Poison: critical"));
}

TEST(mini_ca, R38_knows_a_certificate_from_the_moment_of_issue) {
  mini_ca ca = with_root();
  ca.issue(leaf("www"), noon);
  EXPECT_EQ(look_up(ca, "www"), good());
  const auto history = history_of(ca, "www");
  EXPECT_EQ(known_at(history, noon - hours{1}), cert_status{unknown_status{}});
  EXPECT_EQ(known_at(history, noon), cert_status{good_status{}});
}

// ---- R39: the CA's key is compromised

TEST(mini_ca, R39_revokes_everything_an_authority_has_issued) {
  mini_ca ca = with_root();
  ca.add_authority(tests::authority("sub", "root"));
  for (const char* name : {"a", "held", "gone"})
    ca.issue(leaf(name), noon);
  ca.issue(leaf("below", "sub"), noon);
  ca.hold("held", noon - hours{2});
  ca.revoke("gone", crl_reason::superseded, noon - hours{3});
  const revocation compromise{crl_reason::ca_compromise, noon - hours{1}, noon - days{3}};
  EXPECT_EQ(ca.revoke_all("root", compromise, noon), 3U);
  EXPECT_EQ(look_up(ca, "a"), revoked(noon - hours{1}, crl_reason::ca_compromise));
  EXPECT_EQ(look_up(ca, "held"), revoked(noon - hours{1}, crl_reason::ca_compromise));
  EXPECT_EQ(look_up(ca, "gone"), revoked(noon - hours{3}, crl_reason::superseded));
  const auto sub =
      cert_id::of(ca.authority("sub").cert, ca.authority("root").cert, hash_algorithm::sha1);
  EXPECT_EQ(ca.look_up(sub, noon), revoked(noon - hours{1}, crl_reason::ca_compromise));
  const auto below =
      cert_id::of(ca.issued("below").cert, ca.authority("sub").cert, hash_algorithm::sha1);
  EXPECT_EQ(ca.look_up(below, noon), good());
  EXPECT_EQ(ca.revoke_all("root", compromise, noon), 0U);
}

// ---- What was known, and when

TEST(mini_ca, tells_when_a_revocation_took_effect_from_when_it_became_known) {
  mini_ca ca = with_root();
  ca.issue(leaf("www"), noon - days{2});
  ca.revoke("www", {crl_reason::key_compromise, noon - days{1}}, noon);
  const auto history = history_of(ca, "www");
  EXPECT_EQ(known_at(history, noon - hours{1}), cert_status{good_status{}});
  EXPECT_EQ(answer{known_at(history, noon)}, revoked(noon - days{1}, crl_reason::key_compromise));
}

TEST(mini_ca, lists_in_a_crl_what_was_known_at_its_time) {
  mini_ca ca = with_root();
  ca.issue(leaf("www"), noon - days{2});
  ca.revoke("www", {crl_reason::key_compromise, noon - days{1}, noon - days{2}}, noon);
  EXPECT_THAT(crl_text(ca, ca.crl("root", noon - hours{1}, noon + days{7})),
              HasSubstr("No Revoked Certificates"));
  const auto text = crl_text(ca, ca.crl("root", noon, noon + days{7}));
  EXPECT_THAT(text, HasSubstr("Revocation Date: Feb 28 12:00:00 2026 GMT"));
  EXPECT_THAT(text, HasSubstr("Invalidity Date"));
  EXPECT_THAT(text, HasSubstr("Feb 27 12:00:00 2026 GMT"));
}

// ---- R47: entries are kept

TEST(mini_ca, R47_keeps_a_revocation_after_the_certificate_has_expired) {
  mini_ca ca = with_root();
  const certificate cert = ca.issue(leaf("www"), noon).cert;
  ca.revoke("www", crl_reason::superseded, noon);
  const auto later = cert.not_after() + days{400};
  EXPECT_EQ(look_up(ca, "www", later), revoked(noon, crl_reason::superseded));
  EXPECT_THAT(crl_text(ca, ca.crl("root", later, later + days{7})),
              HasSubstr("Serial Number: 03E9"));
}

// ---- CRL distribution points

TEST(mini_ca, writes_crl_distribution_points) {
  mini_ca ca = with_root();
  auto what = leaf("www");
  what.crl_urls = {"http://crl.example/root.crl", "http://two.example/root.crl"};
  const certificate cert = ca.issue(what, noon).cert;
  EXPECT_THAT(cert.crl_urls(), testing::ElementsAreArray(what.crl_urls));
  const tests::temporary_directory files;
  const auto shown = tests::run_program(
      {"openssl", "x509", "-noout", "-text", "-in", files.file("www.pem", cert.to_pem())});
  EXPECT_THAT(shown.output, HasSubstr("URI:http://crl.example/root.crl"));
}

// ---- Many at once

TEST(mini_ca, revokes_each_of_a_list_or_none) {
  mini_ca ca = with_root();
  for (const char* name : {"a", "b", "c"})
    ca.issue(leaf(name), noon);
  const revocation what{crl_reason::key_compromise, noon};
  ca.revoke("b", what, noon);
  EXPECT_EQ(message_of([&] { ca.revoke_each({"a", "b"}, what, noon); }),
            "'b' is revoked since 2026-03-01T12:00:00Z already");
  EXPECT_EQ(look_up(ca, "a"), good());
  EXPECT_THAT(message_of([&] { ca.revoke_each({"c", "nobody"}, what, noon); }),
              HasSubstr("'nobody'"));
  EXPECT_EQ(look_up(ca, "c"), good());
  const auto serial = ca.issued("c").cert.serial().hex();
  EXPECT_EQ(ca.revoke_each({"a", "c", serial, "a"}, what, noon), 2u);
  EXPECT_EQ(look_up(ca, "a"), revoked(noon, crl_reason::key_compromise));
  EXPECT_EQ(look_up(ca, "c"), revoked(noon, crl_reason::key_compromise));
  EXPECT_EQ(ca.revoke_each({}, what, noon), 0u);
}

// ---- Found without reading everything

TEST(mini_ca, finds_one_and_those_that_sign_responses) {
  mini_ca ca = with_root();
  ca.add_authority(tests::authority("other"));
  ca.issue(leaf("www"), noon);
  auto signer = leaf("signer");
  signer.role = certificate_role::ocsp_signer;
  ca.issue(signer, noon);
  signer.name = "signer-of-other";
  signer.issuer = "other";
  ca.issue(signer, noon);
  EXPECT_EQ(ca.find("www")->cert, ca.issued("www").cert);
  EXPECT_EQ(ca.find("www")->issuer, "root");
  EXPECT_FALSE(ca.find("root"));  // it is an authority
  EXPECT_FALSE(ca.find("nobody"));
  ASSERT_EQ(ca.ocsp_signers("root").size(), 1u);
  EXPECT_EQ(ca.ocsp_signers("root").front().name, "signer");
  EXPECT_EQ(ca.ocsp_signers("other").front().name, "signer-of-other");
}

}  // namespace
}  // namespace staplelab::pki
