// What a request may ask for beside its certificates (RFC 6960 4.4.3 and 4.4.7).
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "pki/ocsp_message.hpp"
#include "tests/pki/sample_pki.hpp"

namespace staplelab::pki {
namespace {

using testing::ElementsAre;
using tests::octets;
using tests::sample;
using tests::sequence;
using tests::tagged;

constexpr std::string_view oid_acceptable = "06092b0601050507300104";
constexpr std::string_view oid_preferred = "06092b0601050507300108";
constexpr std::string_view oid_basic = "06092b0601050507300101";
constexpr std::string_view oid_unheard_of = "06032a0304";
constexpr std::string_view oid_ecdsa_sha1 = "06072a8648ce3d0401";
constexpr std::string_view oid_ecdsa_sha256 = "06082a8648ce3d040302";
constexpr std::string_view oid_ecdsa_sha384 = "06082a8648ce3d040303";
constexpr std::string_view oid_rsa_sha256 = "06092a864886f70d01010b";
constexpr std::string_view oid_ed25519 = "06032b6570";
constexpr std::string_view oid_ec_key = "06072a8648ce3d0201";
constexpr std::string_view oid_prime256v1 = "06082a8648ce3d030107";
constexpr std::string_view oid_secp384r1 = "06052b81040022";

bytes request_with(std::string_view oid, const bytes& value, bool critical = false) {
  const cert_id id = cert_id::of(sample().leaf.cert, sample().root.cert, hash_algorithm::sha1);
  const bytes extension =
      sequence({octets(oid), critical ? octets("0101ff") : bytes{}, wrap_der(0x04, value)});
  return sequence(
      {sequence({sequence({sequence({id.der})}), tagged(0xa2, {sequence({extension})})})});
}
bytes preference(std::string_view algorithm, const std::vector<bytes>& key = {},
                 std::string_view parameters = "") {
  return sequence(
      {sequence({octets(algorithm), octets(parameters)}), key.empty() ? bytes{} : sequence(key)});
}
std::vector<signature_algorithm> preferred_in(const std::vector<bytes>& entries) {
  const auto parsed = parse_ocsp_request(request_with(oid_preferred, sequence(entries)));
  EXPECT_TRUE(parsed);
  std::vector<signature_algorithm> algorithms;
  if (!parsed) return algorithms;
  for (const auto& wanted : parsed->preferred_signatures)
    algorithms.push_back(wanted.algorithm);
  return algorithms;
}

TEST(ocsp_request_extensions, R60_acceptable_responses_may_list_basic_or_not) {
  const auto accepts_basic = [](const std::vector<bytes>& types) {
    return parse_ocsp_request(request_with(oid_acceptable, sequence(types)))->accepts_basic;
  };
  EXPECT_TRUE(accepts_basic({octets(oid_basic)}));
  EXPECT_TRUE(accepts_basic({octets(oid_unheard_of), octets(oid_basic)}));
  EXPECT_FALSE(accepts_basic({octets(oid_unheard_of)}));
  EXPECT_FALSE(accepts_basic({}));
}

TEST(ocsp_request_extensions, R60_a_critical_list_without_basic_cannot_be_honoured) {
  const auto parsed =
      parse_ocsp_request(request_with(oid_acceptable, sequence({octets(oid_unheard_of)}), true));
  ASSERT_TRUE(parsed);
  EXPECT_TRUE(parsed->unknown_critical_extension);
}

TEST(ocsp_request_extensions, R61_preferences_keep_their_order_without_those_unheard_of) {
  EXPECT_THAT(preferred_in({preference(oid_ecdsa_sha384), preference(oid_unheard_of),
                            preference(oid_rsa_sha256, {}, "0500"), preference(oid_ed25519)}),
              ElementsAre(signature_algorithm::ecdsa_sha384, signature_algorithm::rsa_sha256,
                          signature_algorithm::ed25519));
  EXPECT_THAT(preferred_in({}), ElementsAre());
}

TEST(ocsp_request_extensions, R49_weak_preferences_are_read_by_name_so_that_they_can_be_refused) {
  EXPECT_THAT(preferred_in({preference(oid_ecdsa_sha1)}),
              ElementsAre(signature_algorithm::ecdsa_sha1));
  EXPECT_EQ(strength_of(signature_algorithm::ecdsa_sha1), 0);
}

TEST(ocsp_request_extensions, R61_a_preference_may_name_the_kind_of_key) {
  const auto parsed = parse_ocsp_request(request_with(
      oid_preferred,
      sequence({preference(oid_ecdsa_sha256, {octets(oid_ec_key), octets(oid_secp384r1)}),
                preference(oid_ecdsa_sha256, {octets(oid_ec_key), octets(oid_prime256v1)}),
                preference(oid_ecdsa_sha256, {octets(oid_ec_key)})})));
  ASSERT_TRUE(parsed);
  const key p256 = key::generate(key_type::p256);
  const key p384 = key::generate(key_type::p384);
  std::vector<std::pair<bool, bool>> satisfied;
  for (const auto& wanted : parsed->preferred_signatures) {
    satisfied.emplace_back(can_satisfy(p256, wanted), can_satisfy(p384, wanted));
  }
  EXPECT_THAT(satisfied,
              ElementsAre(std::pair{false, true}, std::pair{true, false}, std::pair{true, true}));
}

struct malformed_extension {
  const char* name;
  std::string_view oid;
  bytes value;
};
class malformed_request_extension : public testing::TestWithParam<malformed_extension> {};
TEST_P(malformed_request_extension, is_no_request) {
  const auto parsed = parse_ocsp_request(request_with(GetParam().oid, GetParam().value));
  ASSERT_FALSE(parsed);
  EXPECT_EQ(parsed.error().flaw, request_flaw::bad_extension);
}
INSTANTIATE_TEST_SUITE_P(
    ocsp, malformed_request_extension,
    testing::Values(
        malformed_extension{"R60_no_sequence", oid_acceptable, octets("0500")},
        malformed_extension{"R60_empty", oid_acceptable, {}},
        malformed_extension{"R60_of_integers", oid_acceptable, octets("3003020101")},
        malformed_extension{"R60_trailing_octets", oid_acceptable, octets("30000500")},
        malformed_extension{"R61_no_sequence", oid_preferred, octets("020101")},
        malformed_extension{"R61_of_identifiers", oid_preferred, sequence({octets(oid_ed25519)})},
        malformed_extension{"R61_entry_without_identifier", oid_preferred, octets("30023000")},
        malformed_extension{
            "R61_key_is_no_sequence", oid_preferred,
            sequence({sequence({sequence({octets(oid_ed25519)}), octets("0500")})})},
        malformed_extension{"R61_length_beyond_the_end", oid_preferred, octets("3005300330")}),
    [](const auto& row) { return row.param.name; });

TEST(signature_algorithm, R49_usual_and_default_algorithms_are_never_weaker_than_the_issuers) {
  const key p256 = key::generate(key_type::p256);
  const key p384 = key::generate(key_type::p384);
  const key rsa = key::generate(key_type::rsa2048);
  const key edwards = key::generate(key_type::ed25519);
  using enum signature_algorithm;
  EXPECT_EQ(usual_algorithm(p256), ecdsa_sha256);
  EXPECT_EQ(usual_algorithm(p384), ecdsa_sha384);
  EXPECT_EQ(usual_algorithm(rsa), rsa_sha256);
  EXPECT_EQ(usual_algorithm(edwards), ed25519);
  EXPECT_EQ(default_algorithm(p256, p384), ecdsa_sha384);
  EXPECT_EQ(default_algorithm(rsa, p384), rsa_sha384);
  EXPECT_EQ(default_algorithm(p384, p256), ecdsa_sha384);
  EXPECT_EQ(default_algorithm(edwards, p384), ed25519);
  for (const key* issuer : {&p256, &p384, &rsa, &edwards}) {
    EXPECT_FALSE(is_strong_enough(rsa_sha1, *issuer));
    EXPECT_FALSE(is_strong_enough(ecdsa_sha1, *issuer));
    EXPECT_EQ(is_strong_enough(ecdsa_sha256, *issuer), issuer != &p384);
    EXPECT_TRUE(is_strong_enough(rsa_sha512, *issuer));
  }
}

}  // namespace
}  // namespace staplelab::pki
