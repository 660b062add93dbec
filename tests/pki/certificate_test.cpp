#include "pki/certificate.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "pki/errors.hpp"
#include "tests/pki/run_program.hpp"
#include "tests/pki/sample_pki.hpp"

namespace staplelab::pki {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;
using tests::at;
using tests::describe;
using tests::make_issued;
using tests::sample;

std::string shown_by_openssl(const certificate& cert) {
  const tests::temporary_directory files;
  const auto shown = tests::run_program({"openssl", "x509", "-noout", "-text", "-nameopt",
                                         "RFC2253", "-in", files.file("cert.pem", cert.to_pem())});
  EXPECT_EQ(shown.exit_code, 0) << shown.output;
  return shown.output;
}

certificate server_with(const auto& change) {
  auto what = describe(certificate_role::server, "leaf.example");
  change(what);
  return make_issued(what, sample().root).cert;
}

TEST(certificate, carries_what_was_described) {
  const certificate cert = server_with([](certificate_description& what) {
    what.serial = tests::serial("0102030405060708090a0b0c0d0e0f1011121314");
    what.not_before = at("2026-01-01T00:00:00Z");
    what.not_after = at("2051-01-01T00:00:00Z");
  });
  EXPECT_EQ(cert.subject(), "CN=leaf.example");
  EXPECT_EQ(cert.issuer(), "CN=Sample Root");
  EXPECT_EQ(cert.serial().hex(), "0102030405060708090a0b0c0d0e0f1011121314");
  EXPECT_EQ(cert.not_before(), at("2026-01-01T00:00:00Z"));
  EXPECT_EQ(cert.not_after(), at("2051-01-01T00:00:00Z"));
  EXPECT_TRUE(cert.signed_by(sample().root.cert));
  EXPECT_FALSE(cert.is_ca());
  EXPECT_EQ(cert.sha256().size(), 32U);
}

TEST(certificate, R11_carries_any_serial_number) {
  for (const char* hex : {"00", "01", "80", "ff00", "-01", "-80", "-ff",
                          "ffffffffffffffffffffffffffffffffffffffff"}) {
    const certificate cert =
        server_with([hex](certificate_description& what) { what.serial = tests::serial(hex); });
    EXPECT_EQ(cert.serial().hex(), hex);
    EXPECT_EQ(certificate::from_der(cert.der(), "it").serial().hex(), hex);
  }
}

TEST(certificate, keeps_names_beyond_ascii_readable) {
  EXPECT_EQ(server_with([](auto& what) { what.common_name = "Zürich"; }).subject(), "CN=Zürich");
}

TEST(certificate, shows_its_roles_extensions_to_openssl_for_a_server) {
  const std::string text = shown_by_openssl(server_with([](certificate_description& what) {
    what.subject_alt_names = {"leaf.example", "127.0.0.1", "::1"};
    what.ocsp_urls = {"http://a.example/ocsp", "http://b.example/"};
    what.must_staple = true;
  }));
  EXPECT_THAT(text, HasSubstr("Version: 3"));
  EXPECT_THAT(text,
              HasSubstr("DNS:leaf.example, IP Address:127.0.0.1, IP Address:0:0:0:0:0:0:0:1"));
  EXPECT_THAT(text, HasSubstr("OCSP - URI:http://a.example/ocsp"));
  EXPECT_THAT(text, HasSubstr("OCSP - URI:http://b.example/"));
  EXPECT_THAT(text, HasSubstr("TLS Feature: \n                status_request"));
  EXPECT_THAT(text, HasSubstr("TLS Web Server Authentication"));
  EXPECT_THAT(text, HasSubstr("X509v3 Key Usage: critical\n                Digital Signature\n"));
  EXPECT_THAT(text, HasSubstr("X509v3 Subject Key Identifier"));
  EXPECT_THAT(text, HasSubstr("X509v3 Authority Key Identifier"));
}

TEST(certificate, shows_its_roles_extensions_to_openssl_for_an_authority) {
  const std::string text = shown_by_openssl(sample().root.cert);
  EXPECT_THAT(text, HasSubstr("X509v3 Basic Constraints: critical\n                CA:TRUE"));
  EXPECT_THAT(text, HasSubstr("X509v3 Key Usage: critical\n                Certificate Sign, CRL"));
  EXPECT_THAT(text, Not(HasSubstr("Extended Key Usage")));
}

TEST(certificate, R27_R28_shows_its_roles_extensions_to_openssl_for_an_ocsp_signer) {
  const std::string text = shown_by_openssl(sample().delegate.cert);
  EXPECT_THAT(text, HasSubstr("X509v3 Extended Key Usage: \n                OCSP Signing\n"));
  EXPECT_THAT(text, HasSubstr("OCSP No Check: \n"));
  EXPECT_THAT(text, HasSubstr("X509v3 Key Usage: critical\n                Digital Signature\n"));
  EXPECT_THAT(text, Not(HasSubstr("Subject Alternative Name")));
  EXPECT_THAT(text, Not(HasSubstr("Authority Information Access")));
  EXPECT_THAT(text, Not(HasSubstr("CA:TRUE")));
}

bytes extension_octets(const certificate& cert, const char* oid, bool expect_critical) {
  const handle<ASN1_OBJECT, ASN1_OBJECT_free> wanted{OBJ_txt2obj(oid, 1)};
  const int index = X509_get_ext_by_OBJ(cert.get(), wanted.get(), -1);
  if (index < 0) return {};
  X509_EXTENSION* extension = X509_get_ext(cert.get(), index);  // borrowed
  EXPECT_EQ(X509_EXTENSION_get_critical(extension) != 0, expect_critical);
  const bytes_view value = octets_of(X509_EXTENSION_get_data(extension));
  return {value.begin(), value.end()};
}

TEST(certificate, asks_for_a_staple_in_the_octets_of_rfc_7633) {
  const certificate cert = server_with([](auto& what) { what.must_staple = true; });
  EXPECT_EQ(to_hex(extension_octets(cert, "1.3.6.1.5.5.7.1.24", false)), "3003020105");
}

TEST(certificate, R27_carries_nocheck_as_a_null_that_is_not_critical) {
  EXPECT_EQ(to_hex(extension_octets(sample().delegate.cert, "1.3.6.1.5.5.7.48.1.5", false)),
            "0500");
}

TEST(certificate, reads_its_own_extensions) {
  const certificate plain = server_with([](auto&) {});
  EXPECT_THAT(plain.ocsp_urls(), IsEmpty());
  EXPECT_THAT(plain.dns_names(), IsEmpty());
  EXPECT_FALSE(plain.must_staple());
  EXPECT_FALSE(plain.may_sign_ocsp());
  EXPECT_FALSE(plain.has_ocsp_nocheck());

  const certificate full = server_with([](certificate_description& what) {
    what.subject_alt_names = {"a.example", "10.0.0.1", "*.b.example"};
    what.ocsp_urls = {"http://one/", "http://two/"};
    what.must_staple = true;
  });
  EXPECT_THAT(full.ocsp_urls(), ElementsAre("http://one/", "http://two/"));
  EXPECT_THAT(full.dns_names(), ElementsAre("a.example", "*.b.example"));
  EXPECT_TRUE(full.must_staple());
  EXPECT_TRUE(sample().root.cert.is_ca());
  EXPECT_TRUE(sample().delegate.cert.may_sign_ocsp());
  EXPECT_TRUE(sample().delegate.cert.has_ocsp_nocheck());
}

TEST(certificate, of_an_unfit_signer_has_no_extended_key_usage_at_all) {
  auto what = describe(certificate_role::ocsp_signer, "Unfit");
  what.ocsp_signing_eku = false;
  what.ocsp_nocheck = false;
  const certificate cert = make_issued(what, sample().root).cert;
  EXPECT_FALSE(cert.may_sign_ocsp());
  EXPECT_FALSE(cert.has_ocsp_nocheck());
  EXPECT_LT(X509_get_ext_by_NID(cert.get(), NID_ext_key_usage, -1), 0);
}

TEST(certificate, is_not_signed_by_a_ca_of_the_same_name_and_another_key) {
  const credential impostor = tests::make_root("Sample Root");
  EXPECT_FALSE(sample().leaf.cert.signed_by(impostor.cert));
}

TEST(certificate, is_not_signed_by_a_ca_of_another_name_and_the_same_key) {
  const key same = sample().root.key;
  const certificate renamed =
      sign_certificate(describe(certificate_role::authority, "Renamed"), same, nullptr, same);
  EXPECT_FALSE(sample().leaf.cert.signed_by(renamed));
}

class every_issuer_key : public testing::TestWithParam<key_type> {};
INSTANTIATE_TEST_SUITE_P(certificate, every_issuer_key, testing::ValuesIn(all_key_types),
                         [](const auto& row) { return std::string{to_string(row.param)}; });

TEST_P(every_issuer_key, makes_a_chain_that_openssl_verifies) {
  const auto now = std::chrono::floor<duration>(std::chrono::system_clock::now());
  const credential root = tests::make_root("Root", GetParam(), now);
  const credential sub =
      make_issued(describe(certificate_role::authority, "Sub", now), root, GetParam());
  const credential leaf =
      make_issued(describe(certificate_role::server, "leaf", now), sub, GetParam());
  const tests::temporary_directory files;
  const auto verified = tests::run_program(
      {"openssl", "verify", "-x509_strict", "-purpose", "sslserver", "-CAfile",
       files.file("root.pem", root.cert.to_pem()), "-untrusted",
       files.file("sub.pem", sub.cert.to_pem()), files.file("leaf.pem", leaf.cert.to_pem())});
  EXPECT_EQ(verified.exit_code, 0) << verified.output;
}

TEST(certificate_pem, holds_a_chain_in_order_and_skips_keys) {
  const std::string pem = "# a comment\n" + sample().leaf.cert.to_pem() +
                          sample().leaf.key.to_pem() + sample().root.cert.to_pem();
  EXPECT_THAT(certificate::chain_from_pem(pem, "chain.pem"),
              ElementsAre(sample().leaf.cert, sample().root.cert));
  EXPECT_EQ(certificate::from_pem(pem, "chain.pem"), sample().leaf.cert);
}

struct bad_file {
  const char* name;
  std::string text;
  const char* hint;
};
class unusable_certificate_file : public testing::TestWithParam<bad_file> {};

TEST_P(unusable_certificate_file, is_refused_with_its_name_and_a_hint) {
  try {
    certificate::chain_from_pem(GetParam().text, "server.pem");
    FAIL() << "was accepted";
  } catch (const input_error& refusal) {
    EXPECT_THAT(refusal.what(), HasSubstr("server.pem"));
    EXPECT_THAT(refusal.what(), HasSubstr(GetParam().hint));
  }
}

std::string damaged_second() {
  std::string pem = sample().leaf.cert.to_pem();
  return pem + "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n";
}

INSTANTIATE_TEST_SUITE_P(
    certificate, unusable_certificate_file,
    testing::Values(bad_file{"empty", "", "BEGIN CERTIFICATE"},
                    bad_file{"der", std::string("\x30\x03\x02\x01\x00", 5), "inform der"},
                    bad_file{"only_a_key",
                             "-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n",
                             "no certificate"},
                    bad_file{"damaged_second", damaged_second(), "certificate 2"},
                    bad_file{"no_end", "-----BEGIN CERTIFICATE-----\nMIIB\n", "damaged"}),
    [](const auto& row) { return row.param.name; });

TEST(certificate_der, refuses_what_is_cut_or_followed_by_something) {
  bytes der = sample().leaf.cert.der();
  EXPECT_EQ(certificate::from_der(der, "leaf.der"), sample().leaf.cert);
  der.push_back(0);
  EXPECT_THROW(certificate::from_der(der, "leaf.der"), input_error);
  der.resize(der.size() - 2);
  EXPECT_THROW(certificate::from_der(der, "leaf.der"), input_error);
  EXPECT_THROW(certificate::from_der({}, "leaf.der"), input_error);
}

TEST(certificate, refuses_a_common_name_that_x509_does_not_hold) {
  EXPECT_THROW(server_with([](auto& what) { what.common_name = std::string(65, 'a'); }),
               crypto_error);
  EXPECT_NO_THROW(server_with([](auto& what) { what.common_name = std::string(64, 'a'); }));
}

}  // namespace
}  // namespace staplelab::pki
