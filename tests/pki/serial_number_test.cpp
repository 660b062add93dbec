#include "pki/serial_number.hpp"

#include <gtest/gtest.h>

namespace staplelab::pki {
namespace {

struct spelling {
  const char* name;
  const char* text;
  const char* hex;  // null: refused
};
class serial_from_hex : public testing::TestWithParam<spelling> {};

TEST_P(serial_from_hex, is_read_or_refused) {
  const auto serial = serial_number::from_hex(GetParam().text);
  if (GetParam().hex == nullptr) {
    EXPECT_FALSE(serial);
  } else {
    ASSERT_TRUE(serial);
    EXPECT_EQ(serial->hex(), GetParam().hex);
  }
}

INSTANTIATE_TEST_SUITE_P(
    serial, serial_from_hex,
    testing::Values(spelling{"plain", "1f2e3d", "1f2e3d"}, spelling{"upper", "1F2E3D", "1f2e3d"},
                    spelling{"prefixed", "0x1f2e3d", "1f2e3d"},
                    spelling{"colons", "1f:2e:3d", "1f2e3d"}, spelling{"zero", "0", "00"},
                    spelling{"odd_digits", "f2e", "0f2e"},
                    spelling{"leading_zeros", "00001f", "1f"}, spelling{"negative", "-01", "-01"},
                    spelling{"no_negative_zero", "-00", "00"},
                    spelling{"twenty_octets", "7fffffffffffffffffffffffffffffffffffffff",
                             "7fffffffffffffffffffffffffffffffffffffff"},
                    spelling{"empty", "", nullptr}, spelling{"only_prefix", "0x", nullptr},
                    spelling{"only_sign", "-", nullptr}, spelling{"letters", "xyz", nullptr},
                    spelling{"colon_at_the_end", "1f:", nullptr},
                    spelling{"colon_at_the_start", ":1f", nullptr},
                    spelling{"uneven_groups", "1f2:e3", nullptr},
                    spelling{"long_groups", "1f2e:3d", nullptr},
                    spelling{"space", "1f 2e", nullptr}),
    [](const auto& row) { return row.param.name; });

TEST(serial_number, R11_does_not_count_leading_zero_octets) {
  EXPECT_EQ(serial_number::from_magnitude(bytes{0x00, 0x80}),
            serial_number::from_magnitude(bytes{0x80}));
  EXPECT_EQ(serial_number::from_magnitude(bytes{0x00, 0x00}), serial_number{});
}

TEST(serial_number, R11_tells_a_negative_number_from_its_magnitude) {
  EXPECT_NE(serial_number::from_magnitude(bytes{0x01}, true),
            serial_number::from_magnitude(bytes{0x01}));
}

TEST(serial_number, reads_and_writes_decimal) {
  EXPECT_EQ(serial_number::from_decimal("2043453")->hex(), "1f2e3d");
  EXPECT_EQ(serial_number::from_hex("1f2e3d")->decimal(), "2043453");
  EXPECT_EQ(serial_number::from_decimal("-255")->hex(), "-ff");
  EXPECT_EQ(serial_number::from_hex("-ff")->decimal(), "-255");
  EXPECT_EQ(serial_number{}.decimal(), "0");
  EXPECT_EQ(serial_number::from_decimal("1461501637330902918203684832716283019655932542975")->hex(),
            "ffffffffffffffffffffffffffffffffffffffff");
}

TEST(serial_number, refuses_decimal_that_is_none) {
  for (const char* text : {"", "-", "12a", "0x10", " 1", "+1"}) {
    EXPECT_FALSE(serial_number::from_decimal(text)) << text;
  }
}

TEST(serial_number, reads_decimal_up_to_its_limit_of_digits) {
  EXPECT_TRUE(serial_number::from_decimal(std::string(1000, '9')));
  EXPECT_FALSE(serial_number::from_decimal(std::string(1001, '9')));
}

TEST(hexadecimal, reads_what_it_writes) {
  const bytes octets{0x00, 0x0f, 0xf0, 0xff};
  EXPECT_EQ(to_hex(octets), "000ff0ff");
  EXPECT_EQ(from_hex("000FF0ff"), octets);
  EXPECT_EQ(from_hex(""), bytes{});
}

TEST(hexadecimal, refuses_what_is_none) {
  EXPECT_FALSE(from_hex("0"));
  EXPECT_FALSE(from_hex("0g"));
  EXPECT_FALSE(from_hex("00:11"));
}

}  // namespace
}  // namespace staplelab::pki
