#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

#include "pki/digest.hpp"
#include "pki/errors.hpp"
#include "pki/ocsp_message.hpp"
#include "pki/ocsp_spoil.hpp"
#include "tests/pki/sample_pki.hpp"

namespace staplelab::pki {
namespace {

using tests::at;
using tests::by_delegate;
using tests::by_issuer;
using tests::children;
using tests::content_of;
using tests::noon;
using tests::octets;
using tests::sample;
using tests::single_of;

basic_response parsed(const bytes& response) {
  const auto result = parse_ocsp_response(response);
  EXPECT_TRUE(result) << (result ? "" : result.error().why);
  return result->basic.value();
}

// The elements of the first SingleResponse: CertID, certStatus, thisUpdate, nextUpdate.
std::vector<der_element> first_single(const bytes& response) {
  const auto data = tests::response_data_of(response);
  return children(children(data.at(2).content).at(0).content);
}

std::string hex_of(const der_element& element) {
  return to_hex(wrap_der(element.tag, element.content));
}

TEST(ocsp_response, is_read_as_it_was_built) {
  response_content content = content_of(good_status{});
  content.nonce = octets("00112233");
  const basic_response basic = parsed(build_ocsp_response(content, by_delegate()));
  EXPECT_EQ(basic.produced_at, content.produced_at);
  EXPECT_EQ(basic.nonce, content.nonce);
  ASSERT_EQ(basic.singles.size(), 1U);
  EXPECT_TRUE(same_certificate(basic.singles[0].id, content.singles[0].id));
  EXPECT_EQ(basic.singles[0].status, cert_status{good_status{}});
  EXPECT_EQ(basic.singles[0].this_update, content.singles[0].this_update);
  EXPECT_EQ(basic.singles[0].next_update, content.singles[0].next_update);
  EXPECT_THAT(basic.certs, testing::ElementsAre(sample().delegate.cert));
  EXPECT_FALSE(basic.unknown_critical_extension);
}

struct algorithm_row {
  key_type type;
  const char* name;
};
class signing_key : public testing::TestWithParam<algorithm_row> {};

TEST_P(signing_key, R21_R49_signs_with_its_algorithm) {
  const credential root = tests::make_root("Root", GetParam().type);
  const basic_response basic =
      parsed(build_ocsp_response(content_of(good_status{}), {root, false}));
  EXPECT_EQ(basic.signature_algorithm, GetParam().name);
}

INSTANTIATE_TEST_SUITE_P(
    ocsp, signing_key,
    testing::Values(algorithm_row{key_type::p256, "ecdsa-with-SHA256"},
                    algorithm_row{key_type::p384, "ecdsa-with-SHA384"},
                    algorithm_row{key_type::rsa2048, "sha256WithRSAEncryption"},
                    algorithm_row{key_type::rsa3072, "sha256WithRSAEncryption"},
                    algorithm_row{key_type::ed25519, "ED25519"}),
    [](const auto& row) { return std::string{to_string(row.param.type)}; });

TEST(ocsp_response, R7_echoes_cert_id_octet_for_octet) {
  for (const char* parameters : {"0500", ""}) {
    const cert_id real = cert_id::of(sample().leaf.cert, sample().root.cert, hash_algorithm::sha1);
    const bytes encoding =
        tests::sequence({tests::sequence({octets("06052b0e03021a"), octets(parameters)}),
                         wrap_der(0x04, real.issuer_name_hash),
                         wrap_der(0x04, real.issuer_key_hash), octets("02031f2e3d")});
    response_content content = content_of(good_status{});
    content.singles[0].id.der = encoding;
    const bytes response = build_ocsp_response(content, by_issuer());
    EXPECT_EQ(hex_of(first_single(response).at(0)), to_hex(encoding));
  }
}

TEST(ocsp_response, R5_R6_has_one_single_response_for_each_content_in_order) {
  response_content content = content_of(good_status{});
  content.singles.clear();
  for (const char* hex : {"03", "01", "02"}) {
    single_response single = single_of(unknown_status{});
    single.id = cert_id::of(tests::serial(hex), sample().root.cert, hash_algorithm::sha256);
    content.singles.push_back(single);
  }
  const basic_response basic = parsed(build_ocsp_response(content, by_issuer()));
  ASSERT_EQ(basic.singles.size(), 3U);
  EXPECT_EQ(basic.singles[0].id.serial.hex(), "03");
  EXPECT_EQ(basic.singles[1].id.serial.hex(), "01");
  EXPECT_EQ(basic.singles[2].id.serial.hex(), "02");
}

TEST(ocsp_response, R21_is_der_of_type_basic) {
  const bytes response = build_ocsp_response(content_of(good_status{}), by_issuer());
  EXPECT_TRUE(is_der(response));
  EXPECT_TRUE(is_der(tests::basic_of(response)));
}

TEST(ocsp_response, R22_omits_the_default_version) {
  const auto data =
      tests::response_data_of(build_ocsp_response(content_of(good_status{}), by_issuer()));
  EXPECT_EQ(data.at(0).tag, 0xa2);  // responderID byKey comes first
}

TEST(ocsp_response, R23_R24_names_the_signers_key_by_default) {
  const basic_response basic =
      parsed(build_ocsp_response(content_of(good_status{}), by_delegate()));
  const cert_id of_key =
      cert_id::of(tests::serial("01"), sample().delegate.cert, hash_algorithm::sha1);
  EXPECT_EQ(basic.responder_id, "key:" + to_hex(of_key.issuer_key_hash));
}

TEST(ocsp_response, R23_names_the_signers_subject_on_request) {
  response_content content = content_of(good_status{});
  content.responder_id = responder_id_form::by_name;
  EXPECT_EQ(parsed(build_ocsp_response(content, by_delegate())).responder_id, "name:CN=Signer");
  EXPECT_EQ(parsed(build_ocsp_response(content, by_issuer())).responder_id, "name:CN=Sample Root");
}

TEST(ocsp_response, R25_signed_by_the_issuer_has_no_certs_field) {
  const bytes response = build_ocsp_response(content_of(good_status{}), by_issuer());
  const auto basic = children(read_der(tests::basic_of(response))->content);
  EXPECT_EQ(basic.size(), 3U);  // tbsResponseData, signatureAlgorithm, signature
}

TEST(ocsp_response, R30_R31_encodes_each_status) {
  const time_point when = at("2026-02-03T04:05:06.789Z");
  const auto encoded = [](const cert_status& status) {
    return hex_of(first_single(build_ocsp_response(content_of(status), by_issuer())).at(1));
  };
  const std::string revocation_time = "180f" + to_hex(octets("32303236303230333034303530365a"));
  EXPECT_EQ(encoded(good_status{}), "8000");
  EXPECT_EQ(encoded(unknown_status{}), "8200");
  EXPECT_EQ(encoded(revoked_status{when, std::nullopt}), "a111" + revocation_time);
  EXPECT_EQ(encoded(revoked_status{when, crl_reason::unspecified}), "a111" + revocation_time);
  EXPECT_EQ(encoded(revoked_status{when, crl_reason::key_compromise}),
            "a116" + revocation_time + "a0030a0101");
  EXPECT_EQ(encoded(revoked_status{when, crl_reason::certificate_hold}),
            "a116" + revocation_time + "a0030a0106");
}

TEST(ocsp_response, R33_R36_has_no_single_extensions) {
  response_content content = content_of(revoked_status{noon, crl_reason::superseded});
  content.extended_revoke = true;
  const auto single = first_single(build_ocsp_response(content, by_issuer()));
  EXPECT_EQ(single.size(), 4U);
}

TEST(ocsp_response, R35_R36_marks_extended_revoke_in_the_response_extensions) {
  response_content content =
      content_of(revoked_status{at("1970-01-01T00:00:00Z"), crl_reason::certificate_hold});
  content.extended_revoke = true;
  const bytes response = build_ocsp_response(content, by_issuer());
  const auto data = tests::response_data_of(response);
  ASSERT_EQ(data.size(), 4U);
  // [1] { { { OID 1.3.6.1.5.5.7.48.1.9, OCTET STRING { NULL } } } }: no BOOLEAN, so not critical.
  EXPECT_EQ(hex_of(data.at(3)), "a1133011300f06092b060105050730010904020500");
  EXPECT_THAT(hex_of(first_single(response).at(1)),
              testing::HasSubstr("180f" + to_hex(octets("31393730303130313030303030305a"))));
}

TEST(ocsp_response, R40_R50_has_whole_seconds_in_every_time) {
  response_content content = content_of(good_status{});
  content.produced_at = at("2026-03-01T01:02:03.999Z");
  content.singles[0].this_update = at("2026-03-01T00:00:00.500Z");
  content.singles[0].next_update = at("2026-03-08T00:00:00.001Z");
  const basic_response basic = parsed(build_ocsp_response(content, by_issuer()));
  EXPECT_EQ(basic.produced_at, at("2026-03-01T01:02:03Z"));
  EXPECT_EQ(basic.singles[0].this_update, at("2026-03-01T00:00:00Z"));
  EXPECT_EQ(basic.singles[0].next_update, at("2026-03-08T00:00:00Z"));
}

TEST(ocsp_response, R42_may_leave_next_update_out) {
  response_content content = content_of(good_status{});
  content.singles[0].next_update.reset();
  const bytes response = build_ocsp_response(content, by_issuer());
  EXPECT_EQ(first_single(response).size(), 3U);
  EXPECT_FALSE(parsed(response).singles[0].next_update);
}

TEST(ocsp_response, R51_echoes_the_nonce_octet_for_octet) {
  for (const std::size_t size : {1U, 16U, 32U, 33U, 128U}) {
    response_content content = content_of(good_status{});
    content.nonce = bytes(size, 0xa5);
    const bytes response = build_ocsp_response(content, by_issuer());
    EXPECT_EQ(parsed(response).nonce, content.nonce);
    const auto extensions =
        children(children(tests::response_data_of(response).at(3).content).at(0).content);
    const auto fields = children(extensions.at(0).content);
    EXPECT_EQ(to_hex(fields.at(1).content), to_hex(wrap_der(0x04, *content.nonce)));
  }
}

TEST(ocsp_response, R55_echoes_a_raw_nonce_raw) {
  response_content content = content_of(good_status{});
  content.nonce = octets("deadbeef");
  content.raw_nonce = true;
  const bytes response = build_ocsp_response(content, by_issuer());
  const auto extensions =
      children(children(tests::response_data_of(response).at(3).content).at(0).content);
  EXPECT_EQ(to_hex(children(extensions.at(0).content).at(1).content), "deadbeef");
  EXPECT_EQ(parsed(response).nonce, content.nonce);
}

TEST(ocsp_response, without_nonce_has_no_response_extensions) {
  const bytes response = build_ocsp_response(content_of(good_status{}), by_issuer());
  EXPECT_EQ(tests::response_data_of(response).size(), 3U);
  EXPECT_FALSE(parsed(response).nonce);
}

TEST(ocsp_response, refuses_a_key_that_is_not_the_certificates) {
  const ocsp_signer mixed{{sample().delegate.cert, sample().root.key}, true};
  EXPECT_THROW(build_ocsp_response(content_of(good_status{}), mixed), crypto_error);
}

TEST(ocsp_error, R2_is_five_octets_without_a_signature) {
  const std::vector<std::pair<response_status, const char*>> rows{
      {response_status::malformed_request, "30030a0101"},
      {response_status::internal_error, "30030a0102"},
      {response_status::try_later, "30030a0103"},
      {response_status::sig_required, "30030a0105"},
      {response_status::unauthorized, "30030a0106"},
  };
  for (const auto& [status, hex] : rows) {
    EXPECT_EQ(to_hex(build_ocsp_error(status)), hex);
    const auto read = parse_ocsp_response(octets(hex));
    ASSERT_TRUE(read);
    EXPECT_EQ(read->status, status);
    EXPECT_FALSE(read->basic);
    EXPECT_EQ(parse_response_status(to_string(status)), status);
  }
  EXPECT_FALSE(parse_response_status("tryLater"));
}

struct malformed {
  const char* name;
  bytes der;
};
class malformed_ocsp_response : public testing::TestWithParam<malformed> {};
TEST_P(malformed_ocsp_response, is_refused_with_a_reason) {
  const auto read = parse_ocsp_response(GetParam().der);
  ASSERT_FALSE(read);
  EXPECT_FALSE(read.error().why.empty());
}

bytes good_response() {
  return build_ocsp_response(content_of(good_status{}), by_issuer());
}
bytes changed(const auto& change) {
  bytes response = good_response();
  change(response);
  return response;
}
// A response around this BasicOCSPResponse.
bytes around(const bytes& basic, std::string_view type = "06092b0601050507300101") {
  return tests::sequence(
      {octets("0a0100"),
       tests::tagged(0xa0, {tests::sequence({octets(type), wrap_der(0x04, basic)})})});
}
bytes basic_with(const auto& change) {
  const bytes response = good_response();
  const auto parts = children(read_der(tests::basic_of(response))->content);
  std::vector<bytes> data;
  for (const der_element& element : children(parts.at(0).content)) {
    data.push_back(wrap_der(element.tag, element.content));
  }
  change(data);
  return around(tests::sequence(
      {tests::sequence(data), octets(hex_of(parts.at(1))), octets(hex_of(parts.at(2)))}));
}

TEST(ocsp_response, put_together_from_its_parts_is_well_formed) {
  EXPECT_TRUE(parse_ocsp_response(basic_with([](std::vector<bytes>&) {})));
  EXPECT_TRUE(parse_ocsp_response(basic_with(
      [](std::vector<bytes>& data) { data.insert(data.begin(), octets("a003020100")); })));
}

INSTANTIATE_TEST_SUITE_P(
    ocsp, malformed_ocsp_response,
    testing::Values(
        malformed{"empty", {}}, malformed{"garbage", bytes(64, 0x55)},
        malformed{"status_4", octets("30030a0104")}, malformed{"status_7", octets("30030a0107")},
        malformed{"status_of_two_octets", octets("30040a020100")},
        malformed{"status_is_an_integer", octets("3003020103")},
        malformed{"successful_without_bytes", octets("30030a0100")},
        malformed{"error_with_bytes", changed([](bytes& response) { response.at(6) = 3; })},
        malformed{"trailing_octet", changed([](bytes& response) { response.push_back(0); })},
        malformed{"cut_short", changed([](bytes& response) { response.pop_back(); })},
        malformed{"type_not_basic", around(octets("3000"), "06092b0601050507300102")},
        malformed{"basic_is_empty", around(octets("3000"))},
        malformed{"basic_with_trailing_octets", around(octets("30000500"))},
        malformed{"version_2",
                  basic_with([](auto& data) { data.insert(data.begin(), octets("a003020101")); })},
        malformed{"no_single_response",
                  basic_with([](auto& data) { data.at(2) = octets("3000"); })},
        malformed{"produced_at_with_a_fraction", basic_with([](auto& data) {
                    data.at(1) = octets("181132303236303330313132303030302e355a");
                  })},
        malformed{"produced_at_on_no_day", basic_with([](auto& data) {
                    data.at(1) = octets("180f32303236303233303132303030305a");
                  })}),
    [](const auto& row) { return row.param.name; });

TEST(broken_signature, differs_in_the_signature_only) {
  const bytes response = good_response();
  const bytes broken = with_broken_signature(response);
  ASSERT_EQ(broken.size(), response.size());
  EXPECT_NE(broken, response);
  const auto before = tests::response_data_of(response);
  const auto after = tests::response_data_of(broken);
  ASSERT_EQ(before.size(), after.size());
  for (std::size_t i = 0; i < before.size(); ++i)
    EXPECT_EQ(hex_of(before[i]), hex_of(after[i]));
  EXPECT_EQ(with_broken_signature(broken), response);
}

TEST(broken_signature, needs_a_signature) {
  EXPECT_THROW(with_broken_signature(build_ocsp_error(response_status::try_later)), input_error);
  EXPECT_THROW(with_broken_signature(octets("00")), input_error);
}

}  // namespace
}  // namespace staplelab::pki
