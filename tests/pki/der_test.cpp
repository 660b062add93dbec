#include <gtest/gtest.h>

#include "pki/asn1.hpp"
#include "tests/pki/sample_pki.hpp"

namespace staplelab::pki {
namespace {

using tests::at;
using tests::octets;

struct encoding {
  const char* name;
  const char* hex;
  bool is_der;
};
class der_strictness : public testing::TestWithParam<encoding> {};

TEST_P(der_strictness, is_as_the_table_says) {
  EXPECT_EQ(is_der(octets(GetParam().hex)), GetParam().is_der);
}

INSTANTIATE_TEST_SUITE_P(
    asn1, der_strictness,
    testing::Values(
        encoding{"empty", "", false}, encoding{"one_octet", "30", false},
        encoding{"empty_sequence", "3000", true}, encoding{"null", "0500", true},
        encoding{"trailing_octet", "300000", false}, encoding{"cut_content", "3001", false},
        encoding{"indefinite_length", "30800000", false},
        encoding{"indefinite_length_inside", "300430800000", false},
        encoding{"long_form_without_need", "04810105", false},
        encoding{"length_with_leading_zero", "0482000105", false},
        encoding{"length_of_five_octets", "0485000000000105", false},
        encoding{"length_beyond_the_end", "3084ffffffff", false},
        encoding{"two_octet_tag", "1f8100", false}, encoding{"boolean_true", "0101ff", true},
        encoding{"boolean_false", "010100", true}, encoding{"boolean_loose", "010101", false},
        encoding{"boolean_loose_inside", "3003010101", false},
        encoding{"boolean_of_two_octets", "0102ffff", false}),
    [](const auto& row) { return row.param.name; });

TEST(der, takes_lengths_on_both_sides_of_the_short_form) {
  for (const std::size_t size : {0x00, 0x7f, 0x80, 0xff, 0x100, 0xffff, 0x10000}) {
    const bytes der = wrap_der(der_tag::octet_string, bytes(size, 0xaa));
    EXPECT_TRUE(is_der(der)) << size;
    EXPECT_EQ(read_der(der)->content.size(), size);
  }
}

bytes nested(int depth) {
  bytes der;
  for (int i = 0; i < depth; ++i)
    der = wrap_der(der_tag::sequence, der);
  return der;
}

TEST(der, takes_nesting_up_to_its_limit) {
  EXPECT_TRUE(is_der(nested(30)));
  EXPECT_FALSE(is_der(nested(31)));
  EXPECT_FALSE(is_der(nested(20'000)));
}

TEST(generalized_time, R40_has_whole_seconds_and_ends_in_Z) {
  EXPECT_EQ(to_generalized_text(at("2026-03-01T01:02:03.999Z")), "20260301010203Z");
  EXPECT_EQ(to_generalized_text(at("1970-01-01T00:00:00Z")), "19700101000000Z");
}

TEST(generalized_time, refuses_years_that_four_digits_do_not_hold) {
  EXPECT_THROW(to_generalized_text(at("9999-12-31T23:59:59Z") + std::chrono::seconds{1}),
               crypto_error);
  EXPECT_THROW(to_generalized_text(at("0000-01-01T00:00:00Z") - std::chrono::seconds{1}),
               crypto_error);
}

std::optional<time_point> read_time(int type, std::string_view text) {
  const handle<ASN1_STRING, ASN1_STRING_free> t{ASN1_STRING_type_new(type)};
  ASN1_STRING_set(t.get(), text.data(), static_cast<int>(text.size()));
  return to_time_point(t.get());
}

TEST(asn1_time, reads_the_forms_of_rfc_5280) {
  EXPECT_EQ(read_time(V_ASN1_GENERALIZEDTIME, "20260301010203Z"), at("2026-03-01T01:02:03Z"));
  EXPECT_EQ(read_time(V_ASN1_UTCTIME, "491231235959Z"), at("2049-12-31T23:59:59Z"));
  EXPECT_EQ(read_time(V_ASN1_UTCTIME, "500101000000Z"), at("1950-01-01T00:00:00Z"));
}

TEST(asn1_time, refuses_every_other_form) {
  for (const char* text : {"", "Z", "20260301010203", "202603010102Z", "20260301010203.5Z",
                           "20260301010203+0100", "20260229010203Z", "2026030101020xZ"}) {
    EXPECT_FALSE(read_time(V_ASN1_GENERALIZEDTIME, text)) << text;
  }
  EXPECT_FALSE(read_time(V_ASN1_UTCTIME, ""));
  EXPECT_FALSE(read_time(V_ASN1_UTCTIME, "4912312359Z"));
}

}  // namespace
}  // namespace staplelab::pki
