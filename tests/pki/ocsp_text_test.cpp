#include "pki/ocsp_text.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/pki/sample_pki.hpp"

namespace staplelab::pki {
namespace {

using testing::HasSubstr;
using testing::Not;
using tests::sample;

TEST(ocsp_text, shows_a_request_field_by_field) {
  const cert_id id = cert_id::of(sample().leaf.cert, sample().root.cert, hash_algorithm::sha1);
  const auto request = parse_ocsp_request(build_ocsp_request(id, tests::octets("00ff")));
  EXPECT_EQ(describe(*request),
            "OCSPRequest:\n"
            "  Request:\n"
            "    certID:\n"
            "      hashAlgorithm: sha1\n"
            "      issuerNameHash: " +
                to_hex(id.issuer_name_hash) +
                "\n"
                "      issuerKeyHash: " +
                to_hex(id.issuer_key_hash) +
                "\n"
                "      serialNumber: 1f2e3d\n"
                "  nonce: 00ff\n"
                "  signed: no\n");
}

TEST(ocsp_text, shows_a_revoked_response_with_its_times_and_its_signer) {
  response_content content = tests::content_of(
      revoked_status{tests::at("2026-02-01T00:00:00Z"), crl_reason::key_compromise});
  content.responder_id = responder_id_form::by_name;
  const auto response = parse_ocsp_response(build_ocsp_response(content, tests::by_delegate()));
  const std::string text = describe(*response);
  EXPECT_THAT(text, HasSubstr("  responseStatus: successful\n"));
  EXPECT_THAT(text, HasSubstr("    responderID: byName CN=Signer\n"));
  EXPECT_THAT(text, HasSubstr("    producedAt: 2026-03-01T11:00:00Z\n"));
  EXPECT_THAT(text, HasSubstr("      certStatus: revoked\n"
                              "        revocationTime: 2026-02-01T00:00:00Z\n"
                              "        revocationReason: keyCompromise\n"));
  EXPECT_THAT(text, HasSubstr("      nextUpdate: 2026-03-08T12:00:00Z\n"));
  EXPECT_THAT(text, HasSubstr("      id-kp-OCSPSigning: yes\n"));
}

TEST(ocsp_text, shows_an_error_by_its_name_in_the_rfc) {
  const auto response = parse_ocsp_response(build_ocsp_error(response_status::try_later));
  EXPECT_EQ(describe(*response), "OCSPResponse:\n  responseStatus: tryLater\n");
}

TEST(ocsp_text, leaves_out_what_is_not_there) {
  response_content content = tests::content_of(good_status{});
  content.singles[0].next_update.reset();
  const auto response = parse_ocsp_response(build_ocsp_response(content, tests::by_issuer()));
  for (const char* field : {"nextUpdate", "nonce", "Certificate:", "revocationTime", "critical"}) {
    EXPECT_THAT(describe(*response), Not(HasSubstr(field)));
  }
}

TEST(ocsp_text, lets_no_name_break_a_line) {
  const credential root = tests::make_root("two\nlines");
  response_content content = tests::content_of(good_status{});
  content.responder_id = responder_id_form::by_name;
  const auto response = parse_ocsp_response(build_ocsp_response(content, {root, true}));
  EXPECT_THAT(describe(*response), HasSubstr("byName CN=two\\0Alines\n"));
}

}  // namespace
}  // namespace staplelab::pki
