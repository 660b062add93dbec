// The TLS Feature extension (RFC 7633) in what the CA issues: check T16.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "pki/errors.hpp"
#include "pki/mini_ca.hpp"
#include "tests/pki/run_program.hpp"
#include "tests/pki/sample_ca.hpp"

namespace staplelab::pki {
namespace {

using testing::HasSubstr;
using testing::Not;
using tests::authority;
using tests::leaf;
using tests::message_of;
using tests::noon;
using tests::with_root;

issue_description must_staple(issue_description what) {
  what.must_staple = true;
  return what;
}

// "root", and below it the must-staple authority "strict".
mini_ca with_strict() {
  mini_ca ca = with_root();
  auto strict = authority("strict", "root");
  strict.must_staple = true;
  ca.add_authority(strict);
  return ca;
}

TEST(tls_feature, T16_is_not_critical_and_lists_status_request) {
  mini_ca ca = with_root();
  const tests::temporary_directory files;
  const auto shown = [&](const certificate& cert) {
    const auto file = files.file("cert.pem", cert.to_pem());
    return tests::run_program({"openssl", "x509", "-noout", "-ext", "tlsfeature", "-in", file})
        .output;
  };
  const auto issued = ca.issue(must_staple(leaf("www", "root")), noon).cert;
  EXPECT_TRUE(issued.must_staple());
  EXPECT_THAT(shown(issued), HasSubstr("status_request"));
  EXPECT_THAT(shown(issued), Not(HasSubstr("critical")));
  EXPECT_FALSE(ca.issue(leaf("plain", "root"), noon).cert.must_staple());
}

TEST(tls_feature, T16_an_authority_that_has_it_issues_nothing_without) {
  mini_ca ca = with_strict();
  EXPECT_TRUE(ca.authority("strict").cert.must_staple());
  EXPECT_THAT(message_of([&] { ca.issue(leaf("www", "strict"), noon); }),
              HasSubstr("www must be must-staple: its issuer CN=strict is"));
  EXPECT_TRUE(ca.list().empty());
  EXPECT_TRUE(ca.issue(must_staple(leaf("www", "strict")), noon).cert.must_staple());
}

TEST(tls_feature, T16_nor_does_it_certify_an_authority_without) {
  mini_ca ca = with_strict();
  auto below = authority("below", "strict");
  EXPECT_THAT(message_of([&] { ca.add_authority(below); }), HasSubstr("must be must-staple"));
  below.must_staple = true;
  EXPECT_TRUE(ca.add_authority(below).must_staple());
}

TEST(tls_feature, T16_a_delegate_serves_no_tls_and_needs_it_not) {
  mini_ca ca = with_strict();
  auto signer = leaf("signer", "strict");
  signer.role = certificate_role::ocsp_signer;
  EXPECT_FALSE(ca.issue(signer, noon).cert.must_staple());
}

}  // namespace
}  // namespace staplelab::pki
