// Certificates for signing requests that openssl made: whose key, what is granted (T16), and what
// is refused.
#include "pki/signing_request.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <vector>

#include "pki/errors.hpp"
#include "pki/mini_ca.hpp"
#include "tests/pki/run_program.hpp"
#include "tests/pki/sample_ca.hpp"

namespace staplelab::pki {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using tests::authority;
using tests::leaf;
using tests::message_of;
using tests::noon;
using tests::with_root;

class SigningRequest : public testing::Test {
 protected:
  // In DER: PEM hides which octet is which.
  bytes made(const std::vector<std::string>& extensions,
             const std::vector<std::string>& key = {"ec", "-pkeyopt",
                                                    "ec_paramgen_curve:P-256"}) const {
    const std::string out = (files_.path() / "request.der").string();
    std::vector<std::string> command{"openssl",       "req",     "-new",    "-nodes",   "-subj",
                                     "/CN=applicant", "-keyout", key_file_, "-outform", "DER",
                                     "-out",          out,       "-newkey"};
    command.insert(command.end(), key.begin(), key.end());
    for (const std::string& extension : extensions)
      command.insert(command.end(), {"-addext", extension});
    const auto ended = tests::run_program(command);
    EXPECT_EQ(ended.exit_code, 0) << ended.output;
    return tests::read_file(out);
  }
  static signing_request parse(const bytes& octets) {
    return signing_request::parse(std::string(octets.begin(), octets.end()), "request.der");
  }

  tests::temporary_directory files_;
  const std::string key_file_ = (files_.path() / "request.key").string();
};

TEST_F(SigningRequest, T16_MustStapleInTheRequestIsGranted) {
  const auto request = parse(made({"tlsfeature=status_request"}));
  EXPECT_TRUE(request.must_staple());
  EXPECT_THAT(request.other_extensions(), IsEmpty());
  mini_ca ca = with_root();
  const auto cert = ca.issue(leaf("www"), request, noon);
  EXPECT_TRUE(cert.must_staple());
  EXPECT_EQ(cert.subject(), "CN=www");  // not what the applicant calls itself
  EXPECT_TRUE(request.has_key_of(cert));
}

TEST_F(SigningRequest, T16_WithoutItMustStapleIsForTheCaToSay) {
  const auto request = parse(made({}));
  EXPECT_FALSE(request.must_staple());
  mini_ca ca = with_root();
  EXPECT_FALSE(ca.issue(leaf("plain"), request, noon).must_staple());
  auto strict = leaf("strict");
  strict.must_staple = true;
  EXPECT_TRUE(ca.issue(strict, request, noon).must_staple());
}

TEST_F(SigningRequest, T16_AnotherTlsFeatureIsNoMustStaple) {
  const auto request = parse(made({"tlsfeature=status_request_v2"}));
  EXPECT_FALSE(request.must_staple());
  EXPECT_THAT(request.other_extensions(), ElementsAre("TLS Feature"));
}

TEST_F(SigningRequest, T16_TheExtensionIsNotCriticalEvenWhereTheRequestSaysSo) {
  mini_ca ca = with_root();
  const auto cert =
      ca.issue(leaf("www"), parse(made({"tlsfeature=critical,status_request"})), noon);
  const auto shown = tests::run_program({"openssl", "x509", "-noout", "-ext", "tlsfeature", "-in",
                                         files_.file("cert.pem", cert.to_pem())});
  EXPECT_THAT(shown.output, HasSubstr("status_request"));
  EXPECT_THAT(shown.output, testing::Not(HasSubstr("critical")));
}

TEST_F(SigningRequest, T16_AnAuthorityThatIsMustStapleWantsItFromTheRequestToo) {
  mini_ca ca = with_root();
  auto strict = authority("strict", "root");
  strict.must_staple = true;
  ca.add_authority(strict);
  EXPECT_THAT(message_of([&] { ca.issue(leaf("www", "strict"), parse(made({})), noon); }),
              HasSubstr("must be must-staple"));
  EXPECT_TRUE(ca.issue(leaf("www", "strict"), parse(made({"tlsfeature=status_request"})), noon)
                  .must_staple());
}

TEST_F(SigningRequest, OtherExtensionsAreNamedAndLeftOut) {
  const auto request = parse(made({"subjectAltName=DNS:bank.example", "basicConstraints=CA:TRUE",
                                   "1.3.6.1.4.1.99999.1=DER:0500"}));
  EXPECT_THAT(request.other_extensions(),
              ElementsAre("X509v3 Subject Alternative Name", "X509v3 Basic Constraints",
                          "1.3.6.1.4.1.99999.1"));
  mini_ca ca = with_root();
  auto what = leaf("www");
  what.subject_alt_names = {"www.example"};
  const auto cert = ca.issue(what, request, noon);
  EXPECT_THAT(cert.dns_names(), ElementsAre("www.example"));
  EXPECT_FALSE(cert.is_ca());
}

TEST_F(SigningRequest, EveryKindOfKeyIsCertified) {
  mini_ca ca = with_root();
  const std::vector<std::vector<std::string>> kinds{
      {"rsa:2048"}, {"ed25519"}, {"ec", "-pkeyopt", "ec_paramgen_curve:P-521"}};
  for (const auto& kind : kinds) {
    const auto request = parse(made({}, kind));
    const auto cert = ca.issue(leaf(kind.back()), request, noon);
    EXPECT_TRUE(request.has_key_of(cert)) << kind.back();
    EXPECT_TRUE(cert.signed_by(ca.authority("root").cert)) << kind.back();
  }
}

TEST_F(SigningRequest, WhatIsIssuedForOneIsKnownRevokedAndListedWithoutAKey) {
  mini_ca ca = with_root();
  const auto cert = ca.issue(leaf("www"), parse(made({})), noon);
  ASSERT_EQ(ca.list().size(), 1U);
  EXPECT_FALSE(ca.list().front().has_key);
  EXPECT_EQ(ca.list().front().cert, cert);
  const auto id = cert_id::of(cert, ca.authority("root").cert, hash_algorithm::sha256);
  EXPECT_EQ(ca.look_up(id, noon), tests::good());
  ca.revoke("www", crl_reason::superseded, noon);
  EXPECT_EQ(ca.look_up(id, noon), tests::revoked(noon, crl_reason::superseded));
  EXPECT_THAT(message_of([&] { ca.issued("www"); }), HasSubstr("signing request"));
  EXPECT_THAT(message_of([&] { ca.issue(leaf("www"), parse(made({})), noon); }),
              HasSubstr("named 'www' already"));
}

// ---- Refused

TEST_F(SigningRequest, AChangedOctetIsRefusedWhereverItIs) {
  const bytes sound = made({"tlsfeature=status_request"});
  for (std::size_t i = 0; i < sound.size(); ++i) {
    bytes changed = sound;
    changed[i] ^= 0x01;
    EXPECT_NE(message_of([&] { parse(changed); }), "(accepted)") << "octet " << i;
  }
}

TEST_F(SigningRequest, ACutOneIsRefusedWhereverItEnds) {
  const bytes sound = made({});
  for (std::size_t i = 0; i < sound.size(); ++i) {
    const bytes cut(sound.begin(), sound.begin() + static_cast<std::ptrdiff_t>(i));
    EXPECT_THAT(message_of([&] { parse(cut); }), HasSubstr("request.der")) << i << " octets";
  }
  bytes longer = sound;
  longer.push_back(0);
  EXPECT_THAT(message_of([&] { parse(longer); }), HasSubstr("not a certificate signing request"));
}

// With Ed25519 all keys and signatures are equally long, so that one can stand in another's place.
TEST_F(SigningRequest, SomebodyElsesKeyIsRefused) {
  const bytes mine = made({}, {"ed25519"});
  bytes stolen = made({}, {"ed25519"});
  ASSERT_EQ(mine.size(), stolen.size());
  constexpr std::ptrdiff_t signature_octets = 64;
  std::copy(mine.end() - signature_octets, mine.end(), stolen.end() - signature_octets);
  EXPECT_THAT(message_of([&] { parse(stolen); }), HasSubstr("not signed by the key in it"));
}

TEST_F(SigningRequest, UnreadableExtensionsAreRefused) {
  // The value of a TLS Feature that is no SEQUENCE.
  EXPECT_THAT(message_of([&] { parse(made({"1.3.6.1.5.5.7.1.24=DER:0500"})); }),
              HasSubstr("TLS Feature extension"));
}

TEST_F(SigningRequest, ACertificateAndNoiseAreNone) {
  mini_ca ca = with_root();
  const std::string pem = ca.authority("root").cert.to_pem();
  for (const std::string& content : {pem, std::string("noise"), std::string()}) {
    EXPECT_THAT(message_of([&] { signing_request::parse(content, "x.csr"); }),
                HasSubstr("x.csr is not a certificate signing request"));
  }
}

}  // namespace
}  // namespace staplelab::pki
