// Extensions of a SingleResponse, read back by `openssl ocsp -resp_text`.
#include "pki/ocsp_extension.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/pki/run_program.hpp"
#include "tests/pki/sample_pki.hpp"

namespace staplelab::pki {
namespace {

using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;
using tests::at;
using tests::by_issuer;
using tests::content_of;
using tests::noon;
using tests::octets;

response_content revoked_with(const ocsp_extension& extension) {
  response_content content = content_of(revoked_status{noon, crl_reason::key_compromise});
  content.singles[0].extensions = {extension};
  return content;
}

std::string as_openssl_says(const response_content& content) {
  const tests::temporary_directory files;
  const auto response = files.file("response.der", build_ocsp_response(content, by_issuer()));
  return tests::run_program({"openssl", "ocsp", "-noverify", "-respin", response, "-resp_text"})
      .output;
}

struct extension_row {
  const char* name;
  ocsp_extension extension;
  std::vector<const char*> said_by_openssl;
};
class single_extension : public testing::TestWithParam<extension_row> {};

TEST_P(single_extension, is_read_back_by_us_and_by_openssl) {
  const auto content = revoked_with(GetParam().extension);
  const auto parsed = parse_ocsp_response(build_ocsp_response(content, by_issuer()));
  ASSERT_TRUE(parsed && parsed->basic);
  EXPECT_THAT(parsed->basic->singles.at(0).extensions, ElementsAre(GetParam().extension));
  const auto text = as_openssl_says(content);
  for (const char* line : GetParam().said_by_openssl)
    EXPECT_THAT(text, HasSubstr(line));
}

INSTANTIATE_TEST_SUITE_P(
    ocsp, single_extension,
    testing::Values(
        extension_row{"R57_archive_cutoff",
                      archive_cutoff(at("2016-02-29T23:59:59Z")),
                      {"OCSP Archive Cutoff:", "Feb 29 23:59:59 2016 GMT"}},
        extension_row{"R58_crl_id_with_everything",
                      crl_id({"http://crl.example/ca.crl", 0x80, at("2026-02-28T00:00:00Z")}),
                      {"OCSP CRL ID:", "crlUrl: http://crl.example/ca.crl", "crlNum: 80",
                       "crlTime: Feb 28 00:00:00 2026 GMT"}},
        extension_row{"R58_crl_id_with_a_number_only",
                      crl_id({std::nullopt, 0, std::nullopt}),
                      {"OCSP CRL ID:", "crlNum: 00"}},
        extension_row{"R58_crl_id_with_the_largest_number",
                      crl_id({std::nullopt, UINT64_MAX, std::nullopt}),
                      {"crlNum: FFFFFFFFFFFFFFFF"}},
        extension_row{"R59_invalidity_date",
                      invalidity_date(at("2026-01-01T00:00:00Z")),
                      {"Invalidity Date:", "Jan  1 00:00:00 2026 GMT"}},
        extension_row{"R59_reason_code",
                      reason_code(crl_reason::superseded),
                      {"CRL Reason Code:", "Superseded"}},
        extension_row{"R63_any_other",
                      {octets("2b0601040183a71f01"), octets("0c0141"), false},
                      {"1.3.6.1.4.1.54175.1:", ".A"}},
        extension_row{
            "R63_a_critical_one", {octets("2a0304"), octets("0500"), true}, {"1.2.3.4: critical"}}),
    [](const auto& row) { return row.param.name; });

TEST(ocsp_extension, R57_R58_stand_beside_each_other) {
  response_content content = content_of(good_status{});
  content.singles[0].extensions = {archive_cutoff(noon), crl_id({"http://c/", {}, {}})};
  EXPECT_THAT(as_openssl_says(content),
              AllOf(HasSubstr("OCSP Archive Cutoff:"), HasSubstr("crlUrl: http://c/")));
}

TEST(ocsp_extension, R59_entry_extensions_are_told_from_others) {
  EXPECT_TRUE(is_crl_entry_extension(invalidity_date(noon)));
  EXPECT_TRUE(is_crl_entry_extension(reason_code(crl_reason::superseded)));
  EXPECT_TRUE(is_crl_entry_extension({octets("551d1d"), octets("3000")}));  // certificateIssuer
  EXPECT_FALSE(is_crl_entry_extension(archive_cutoff(noon)));
  EXPECT_TRUE(is_reason_code(reason_code(crl_reason::superseded)));
  EXPECT_FALSE(is_reason_code(invalidity_date(noon)));
}

TEST(ocsp_extension, identifiers_are_read_and_written) {
  EXPECT_EQ(parse_oid("1.2.3.4"), octets("2a0304"));
  EXPECT_EQ(parse_oid("2.5.29.24"), octets("551d18"));
  EXPECT_EQ(oid_text(octets("551d18")), "2.5.29.24");
  for (const char* wrong : {"", "1", "1.", ".1", "3.1", "1.2.x", "invalidityDate", "1..2"}) {
    EXPECT_FALSE(parse_oid(wrong)) << wrong;
  }
}

}  // namespace
}  // namespace staplelab::pki
