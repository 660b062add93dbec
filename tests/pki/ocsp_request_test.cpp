#include <gtest/gtest.h>

#include "pki/ocsp_message.hpp"
#include "tests/pki/run_program.hpp"
#include "tests/pki/sample_pki.hpp"

namespace staplelab::pki {
namespace {

using tests::octets;
using tests::sample;
using tests::sequence;
using tests::tagged;

// The parts of a request, as octets.
bytes algorithm_sha1(std::string_view parameters) {
  return sequence({octets("06052b0e03021a"), octets(parameters)});
}
bytes cert_id_der(std::string_view parameters = "0500", std::string_view serial = "02031f2e3d") {
  const cert_id id = cert_id::of(sample().leaf.cert, sample().root.cert, hash_algorithm::sha1);
  return sequence({algorithm_sha1(parameters), wrap_der(0x04, id.issuer_name_hash),
                   wrap_der(0x04, id.issuer_key_hash), octets(serial)});
}
bytes extension(std::string_view oid_der, const bytes& value, bool critical = false) {
  return sequence({octets(oid_der), critical ? octets("0101ff") : bytes{}, wrap_der(0x04, value)});
}
constexpr std::string_view oid_nonce = "06092b0601050507300102";
constexpr std::string_view oid_acceptable = "06092b0601050507300104";
constexpr std::string_view oid_service_locator = "06092b0601050507300107";
constexpr std::string_view oid_unheard_of = "06032a0304";

bytes request_of(const std::vector<bytes>& singles, const std::vector<bytes>& extensions = {},
                 const bytes& version = {}) {
  bytes requested_extensions;
  if (!extensions.empty()) requested_extensions = tagged(0xa2, {sequence(extensions)});
  return sequence({sequence({version, sequence(singles), requested_extensions})});
}
bytes single(const bytes& id, const std::vector<bytes>& extensions = {}) {
  if (extensions.empty()) return sequence({id});
  return sequence({id, tagged(0xa0, {sequence(extensions)})});
}

std::optional<request_flaw> flaw_of(bytes_view der) {
  const auto parsed = parse_ocsp_request(der);
  if (parsed) return std::nullopt;
  return parsed.error().flaw;
}

TEST(ocsp_request, is_read_as_it_was_built) {
  const cert_id id = cert_id::of(sample().leaf.cert, sample().root.cert, hash_algorithm::sha256);
  const bytes nonce(32, 0x5a);
  const auto parsed = parse_ocsp_request(build_ocsp_request(id, nonce));
  ASSERT_TRUE(parsed);
  ASSERT_EQ(parsed->certificates.size(), 1U);
  EXPECT_TRUE(same_certificate(parsed->certificates.front(), id));
  EXPECT_EQ(parsed->nonce, nonce);
  EXPECT_FALSE(parsed->raw_nonce);
  EXPECT_FALSE(parsed->is_signed);
  EXPECT_FALSE(parsed->unknown_critical_extension);
}

struct refused {
  const char* name;
  bytes der;
  request_flaw flaw;
};
class refused_request : public testing::TestWithParam<refused> {};
TEST_P(refused_request, has_the_flaw_of_the_table) {
  EXPECT_EQ(flaw_of(GetParam().der), GetParam().flaw);
}

bytes with_padded_length() {  // 30 81 LL for a length that one octet holds
  bytes der = request_of({single(cert_id_der())});
  der.insert(der.begin() + 1, 0x81);
  return der;
}
bytes with_indefinite_length() {
  bytes der = request_of({single(cert_id_der())});
  der[1] = 0x80;
  der.insert(der.end(), {0, 0});
  return der;
}
bytes with_trailing_octet() {
  bytes der = request_of({single(cert_id_der())});
  der.push_back(0);
  return der;
}
bytes cut_in_half() {
  bytes der = request_of({single(cert_id_der())});
  der.resize(der.size() / 2);
  return der;
}

INSTANTIATE_TEST_SUITE_P(
    ocsp, refused_request,
    testing::Values(
        refused{"R1_empty_body", {}, request_flaw::not_der},
        refused{"R1_garbage", bytes(100, 0xff), request_flaw::not_der},
        refused{"R1_text", octets("474554202f20485454502f312e310d0a"), request_flaw::not_der},
        refused{"R1_truncated", cut_in_half(), request_flaw::not_der},
        refused{"R1_trailing_octet", with_trailing_octet(), request_flaw::not_der},
        refused{"R1_indefinite_length", with_indefinite_length(), request_flaw::not_der},
        refused{"R1_length_not_minimal", with_padded_length(), request_flaw::not_der},
        refused{"R1_indefinite_length_in_algorithm_parameters",
                request_of({single(cert_id_der("30800000"))}), request_flaw::not_der},
        refused{"R1_another_structure", sequence({octets("020101")}), request_flaw::not_der},
        refused{"R1_serial_not_minimal", request_of({single(cert_id_der("0500", "02020001"))}),
                request_flaw::not_der},
        refused{"R3_empty_request_list", request_of({}), request_flaw::empty_list},
        refused{"R4_version_2", request_of({single(cert_id_der())}, {}, octets("a003020101")),
                request_flaw::wrong_version},
        refused{"R4_version_minus_1", request_of({single(cert_id_der())}, {}, octets("a0030201ff")),
                request_flaw::wrong_version},
        refused{"R52_nonce_of_0_octets",
                request_of({single(cert_id_der())}, {extension(oid_nonce, octets("0400"))}),
                request_flaw::bad_nonce},
        refused{"R52_nonce_of_129_octets",
                request_of({single(cert_id_der())},
                           {extension(oid_nonce, wrap_der(0x04, bytes(129, 1)))}),
                request_flaw::bad_nonce},
        refused{"R52_raw_nonce_of_0_octets",
                request_of({single(cert_id_der())}, {extension(oid_nonce, {})}),
                request_flaw::bad_nonce},
        refused{"two_nonces",
                request_of({single(cert_id_der())}, {extension(oid_nonce, octets("040101")),
                                                     extension(oid_nonce, octets("040102"))}),
                request_flaw::bad_nonce}),
    [](const auto& row) { return row.param.name; });

TEST(ocsp_request, R4_may_write_version_1_out) {
  EXPECT_TRUE(parse_ocsp_request(request_of({single(cert_id_der())}, {}, octets("a003020100"))));
}

TEST(ocsp_request, R5_keeps_the_order_of_its_certificates) {
  const auto parsed = parse_ocsp_request(
      request_of({single(cert_id_der("0500", "020103")), single(cert_id_der("0500", "020101")),
                  single(cert_id_der("0500", "020102"))}));
  ASSERT_TRUE(parsed);
  std::vector<std::string> serials;
  for (const cert_id& id : parsed->certificates)
    serials.push_back(id.serial.hex());
  EXPECT_EQ(serials, (std::vector<std::string>{"03", "01", "02"}));
}

TEST(ocsp_request, R7_keeps_absent_and_null_algorithm_parameters_apart) {
  for (const char* parameters : {"0500", ""}) {
    const auto parsed = parse_ocsp_request(request_of({single(cert_id_der(parameters))}));
    ASSERT_TRUE(parsed);
    EXPECT_EQ(parsed->certificates.front().der, cert_id_der(parameters));
    EXPECT_EQ(parsed->certificates.front().hash, hash_algorithm::sha1);
    EXPECT_TRUE(parsed->certificates.front().names_issuer(sample().root.cert));
  }
}

TEST(ocsp_request, R9_may_use_a_hash_nobody_knows) {
  const bytes id = sequence(
      {sequence({octets(oid_unheard_of)}), octets("040101"), octets("040102"), octets("020105")});
  const auto parsed = parse_ocsp_request(request_of({single(id)}));
  ASSERT_TRUE(parsed);
  EXPECT_FALSE(parsed->certificates.front().hash);
  EXPECT_FALSE(parsed->certificates.front().names_issuer(sample().root.cert));
  EXPECT_EQ(parsed->certificates.front().der, id);
}

TEST(ocsp_request, R11_reads_serial_numbers_as_integers) {
  const std::vector<std::pair<const char*, const char*>> rows{
      {"020100", "00"},
      {"02020080", "80"},
      {"020180", "-80"},
      {"0201ff", "-01"},
      {"0214ffffffffffffffffffffffffffffffffffffffff", "-01"},
      {"02147fffffffffffffffffffffffffffffffffffffff", "7fffffffffffffffffffffffffffffffffffffff"},
      {"021500ffffffffffffffffffffffffffffffffffffffff",
       "ffffffffffffffffffffffffffffffffffffffff"},
  };
  for (const auto& [der, hex] : rows) {
    const auto parsed = parse_ocsp_request(request_of({single(cert_id_der("0500", der))}));
    const bool padded = std::string_view{der}.starts_with("0214ff");
    ASSERT_EQ(parsed.has_value(), !padded) << der;
    if (parsed) {
      EXPECT_EQ(parsed->certificates.front().serial.hex(), hex);
    }
  }
}

TEST(ocsp_request, R12_ignores_extensions_that_are_not_critical) {
  const auto parsed = parse_ocsp_request(
      request_of({single(cert_id_der(), {extension(oid_unheard_of, octets("0500"))})},
                 {extension(oid_unheard_of, octets("0500"))}));
  ASSERT_TRUE(parsed);
  EXPECT_FALSE(parsed->unknown_critical_extension);
}

TEST(ocsp_request, R13_tells_of_an_unknown_critical_extension) {
  const auto in_request = parse_ocsp_request(
      request_of({single(cert_id_der())}, {extension(oid_unheard_of, octets("0500"), true)}));
  ASSERT_TRUE(in_request);
  EXPECT_TRUE(in_request->unknown_critical_extension);
  const auto in_single = parse_ocsp_request(
      request_of({single(cert_id_der("0500", "020101")),
                  single(cert_id_der(), {extension(oid_unheard_of, octets("0500"), true)})}));
  ASSERT_TRUE(in_single);
  EXPECT_TRUE(in_single->unknown_critical_extension);
}

TEST(ocsp_request, R18_R60_may_make_critical_what_is_understood) {
  const auto parsed = parse_ocsp_request(
      request_of({single(cert_id_der(), {extension(oid_service_locator, octets("3000"), true)})},
                 {extension(oid_acceptable, octets("300b06092b0601050507300101"), true),
                  extension(oid_nonce, octets("040101"), true)}));
  ASSERT_TRUE(parsed);
  EXPECT_FALSE(parsed->unknown_critical_extension);
}

TEST(ocsp_request, R51_takes_nonces_of_1_to_128_octets) {
  for (const std::size_t size : {1U, 16U, 32U, 33U, 127U, 128U}) {
    const bytes nonce(size, 0x00);
    const auto parsed = parse_ocsp_request(
        request_of({single(cert_id_der())}, {extension(oid_nonce, wrap_der(0x04, nonce))}));
    ASSERT_TRUE(parsed) << size;
    EXPECT_EQ(parsed->nonce, nonce);
  }
}

TEST(ocsp_request, R55_keeps_a_raw_nonce_as_it_is) {
  const bytes raw = octets("deadbeef00");
  const auto parsed =
      parse_ocsp_request(request_of({single(cert_id_der())}, {extension(oid_nonce, raw)}));
  ASSERT_TRUE(parsed);
  EXPECT_EQ(parsed->nonce, raw);
  EXPECT_TRUE(parsed->raw_nonce);
}

TEST(ocsp_request, R56_does_not_take_a_nonce_from_a_single_request) {
  const auto parsed = parse_ocsp_request(
      request_of({single(cert_id_der(), {extension(oid_nonce, octets("040101"))})}));
  ASSERT_TRUE(parsed);
  EXPECT_FALSE(parsed->nonce);
}

TEST(ocsp_request, R14_R15_may_be_signed_or_name_its_requestor) {
  const bytes requestor = tagged(0xa1, {tagged(0x82, {octets("61")})});  // [2] dNSName "a"
  const bytes tbs = sequence({requestor, sequence({single(cert_id_der())})});
  const bytes signature =
      tagged(0xa0, {sequence({sequence({octets("06082a8648ce3d040302")}), octets("03020001")})});
  const auto unsigned_request = parse_ocsp_request(sequence({tbs}));
  ASSERT_TRUE(unsigned_request);
  EXPECT_FALSE(unsigned_request->is_signed);
  const auto signed_request = parse_ocsp_request(sequence({tbs, signature}));
  ASSERT_TRUE(signed_request);
  EXPECT_TRUE(signed_request->is_signed);
}

TEST(ocsp_request, with_ten_thousand_certificates_is_read) {
  const std::vector<bytes> singles(10'000, single(cert_id_der()));
  const auto parsed = parse_ocsp_request(request_of(singles));
  ASSERT_TRUE(parsed);
  EXPECT_EQ(parsed->certificates.size(), 10'000U);
}

// What openssl itself writes.
struct request_by_openssl {
  const char* name;
  std::vector<std::string> options;
  std::size_t certificates;
  bool has_nonce;
};
class openssl_request : public testing::TestWithParam<request_by_openssl> {};

TEST_P(openssl_request, is_read) {
  const tests::temporary_directory files;
  const std::string leaf = files.file("leaf.pem", sample().leaf.cert.to_pem());
  const std::string out = (files.path() / "request.der").string();
  std::vector<std::string> command{"openssl", "ocsp",
                                   "-reqout", out,
                                   "-issuer", files.file("root.pem", sample().root.cert.to_pem())};
  for (const std::string& option : GetParam().options) {
    command.push_back(option == "LEAF" ? leaf : option);
  }
  const auto made = tests::run_program(command);
  ASSERT_EQ(made.exit_code, 0) << made.output;
  const auto parsed = parse_ocsp_request(tests::read_file(out));
  ASSERT_TRUE(parsed);
  EXPECT_EQ(parsed->certificates.size(), GetParam().certificates);
  EXPECT_EQ(parsed->nonce.has_value(), GetParam().has_nonce);
  EXPECT_TRUE(parsed->certificates.front().names_issuer(sample().root.cert));
  EXPECT_EQ(parsed->certificates.front().serial, sample().leaf.cert.serial());
}

INSTANTIATE_TEST_SUITE_P(
    ocsp, openssl_request,
    testing::Values(
        request_by_openssl{"sha1_with_nonce", {"-cert", "LEAF"}, 1, true},
        request_by_openssl{"sha1_without_nonce", {"-no_nonce", "-cert", "LEAF"}, 1, false},
        request_by_openssl{"R9_sha256", {"-sha256", "-cert", "LEAF"}, 1, true},
        request_by_openssl{"R9_sha512", {"-sha512", "-no_nonce", "-cert", "LEAF"}, 1, false},
        request_by_openssl{"R5_three_certificates",
                           {"-cert", "LEAF", "-serial", "0x02", "-serial", "-3"},
                           3,
                           true}),
    [](const auto& row) { return row.param.name; });

}  // namespace
}  // namespace staplelab::pki
