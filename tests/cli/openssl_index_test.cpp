// The database of `openssl ca`, line by line: what is read, and where mistakes are told.
#include "cli/openssl_index.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace staplelab::cli {
namespace {

using testing::HasSubstr;

std::vector<index_entry> read(std::string_view text) {
  auto result = read_openssl_index("index.txt", text);
  if (const auto* error = std::get_if<runtime::source_error>(&result)) {
    ADD_FAILURE() << runtime::render(*error);
    return {};
  }
  return std::get<std::vector<index_entry>>(std::move(result));
}

pki::time_point at(std::string_view rfc3339) {
  return *pki::parse_rfc3339(rfc3339);
}

TEST(openssl_index, reads_valid_and_expired_lines) {
  const auto all = read(
      "V\t270301120000Z\t\t1F2E3D\tunknown\t/C=AQ/O=Lab/CN=www.example\n"
      "\n# a comment\n"
      "E\t20510301120000Z\t\t02\tcerts/02.pem\t/CN=old\\\\x\r\n");
  ASSERT_EQ(all.size(), 2U);
  EXPECT_EQ(all[0].serial.hex(), "1f2e3d");
  EXPECT_EQ(all[0].serial_text, "1F2E3D");
  EXPECT_EQ(all[0].not_after, at("2027-03-01T12:00:00Z"));
  EXPECT_FALSE(all[0].revoked);
  EXPECT_EQ(common_name_of(all[0].subject), "www.example");
  EXPECT_EQ(all[1].not_after, at("2051-03-01T12:00:00Z"));
  EXPECT_EQ(all[1].file, "certs/02.pem");
  EXPECT_EQ(all[1].subject, "/CN=old\\x");
}

struct reason_row {
  const char* text;
  std::optional<pki::crl_reason> reason;
  const char* invalid_since = nullptr;
};

TEST(openssl_index, reads_reasons_as_openssl_writes_them) {
  using enum pki::crl_reason;
  const reason_row rows[] = {
      {"", std::nullopt},
      {",keyCompromise", key_compromise},
      {",CACompromise", ca_compromise},
      {",affiliationChanged", affiliation_changed},
      {",superseded", superseded},
      {",cessationOfOperation", cessation_of_operation},
      {",certificateHold", certificate_hold},
      {",unspecified", unspecified},
      {",holdInstruction,holdInstructionCallIssuer", certificate_hold},
      {",keyTime,20260201000000Z", key_compromise, "2026-02-01T00:00:00Z"},
      {",CAkeyTime,20260201000000Z", ca_compromise, "2026-02-01T00:00:00Z"},
  };
  for (const auto& row : rows) {
    const auto all =
        read(std::string("R\t270301120000Z\t260301120000Z") + row.text + "\t01\tunknown\t/CN=x\n");
    ASSERT_EQ(all.size(), 1U) << row.text;
    ASSERT_TRUE(all[0].revoked) << row.text;
    EXPECT_EQ(all[0].revoked->at, at("2026-03-01T12:00:00Z"));
    EXPECT_EQ(all[0].revoked->reason, row.reason) << row.text;
    EXPECT_EQ(all[0].revoked->invalid_since.has_value(), row.invalid_since != nullptr);
    if (row.invalid_since) EXPECT_EQ(all[0].revoked->invalid_since, at(row.invalid_since));
  }
}

TEST(openssl_index, R34_takes_removeFromCRL_for_a_release) {
  const auto all = read("R\t270301120000Z\t260301120000Z,removeFromCRL\t01\tunknown\t/CN=x\n");
  ASSERT_EQ(all.size(), 1U);
  EXPECT_FALSE(all[0].revoked);
}

struct mistake_row {
  const char* name;
  const char* text;
  std::size_t line, column;
  const char* message;
  const char* hint;
};

class OpensslIndexMistake : public testing::TestWithParam<mistake_row> {};

TEST_P(OpensslIndexMistake, IsToldWithItsPlace) {
  const auto& row = GetParam();
  const auto result = read_openssl_index("index.txt", row.text);
  const auto* error = std::get_if<runtime::source_error>(&result);
  ASSERT_NE(error, nullptr);
  EXPECT_EQ(error->where, (runtime::source_position{row.line, row.column}));
  EXPECT_THAT(error->message, HasSubstr(row.message));
  EXPECT_THAT(error->hint, HasSubstr(row.hint));
  EXPECT_THAT(runtime::render(*error), HasSubstr("index.txt:" + std::to_string(row.line) + ":" +
                                                 std::to_string(row.column) + ": error: "));
}

INSTANTIATE_TEST_SUITE_P(
    Rows, OpensslIndexMistake,
    testing::Values(
        mistake_row{"Fields", "V\t270301120000Z\t\t01\t/CN=x\n", 1, 1, "found 5", "serial number"},
        mistake_row{"Status",
                    "V\t270301120000Z\t\t01\tunknown\t/CN=x\nX\t270301120000Z\t\t02\tu\t/\n", 2, 1,
                    "'X' is no status", "R revoked"},
        mistake_row{"Expiry", "V\t27030112000Z\t\t01\tunknown\t/CN=x\n", 1, 3, "is no time",
                    "YYMMDDHHMMSSZ"},
        mistake_row{"Day", "V\t270231120000Z\t\t01\tunknown\t/CN=x\n", 1, 3, "is no time", ""},
        mistake_row{"NoRevocation", "R\t270301120000Z\t\t01\tunknown\t/CN=x\n", 1, 17,
                    "needs the time", ""},
        mistake_row{"Revocation", "V\t270301120000Z\t260301120000Z\t01\tunknown\t/CN=x\n", 1, 17,
                    "has no revocation", "R is"},
        mistake_row{"Reason", "R\t270301120000Z\t260301120000Z,stolen\t01\tunknown\t/CN=x\n", 1, 31,
                    "'stolen' is no reason", "keyCompromise"},
        mistake_row{"KeyTime", "R\t270301120000Z\t260301120000Z,keyTime\t01\tunknown\t/CN=x\n", 1,
                    31, "needs a time", ""},
        mistake_row{"Serial", "V\t270301120000Z\t\t0G\tunknown\t/CN=x\n", 1, 18,
                    "'0G' is no serial number", "hexadecimal"},
        mistake_row{
            "Twice",
            "V\t270301120000Z\t\t0A\tunknown\t/CN=x\nV\t270301120000Z\t\t0a\tunknown\t/CN=y\n", 2,
            18, "stands in line 1 already", "once"}),
    [](const auto& info) { return info.param.name; });

}  // namespace
}  // namespace staplelab::cli
