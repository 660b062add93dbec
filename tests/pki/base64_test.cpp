#include "pki/base64.hpp"

#include <gtest/gtest.h>

#include <string>
#include <string_view>

namespace staplelab::pki {
namespace {

// RFC 4648 section 10.
TEST(base64, vectors_of_the_rfc) {
  const struct {
    std::string_view plain;
    std::string_view encoded;
  } rows[] = {{"", ""},
              {"f", "Zg=="},
              {"fo", "Zm8="},
              {"foo", "Zm9v"},
              {"foob", "Zm9vYg=="},
              {"fooba", "Zm9vYmE="},
              {"foobar", "Zm9vYmFy"}};
  for (const auto& row : rows) {
    EXPECT_EQ(to_base64(bytes(row.plain.begin(), row.plain.end())), row.encoded);
  }
}

TEST(base64, is_one_line_however_long) {
  const std::string text = to_base64(bytes(300, 0xFB));
  EXPECT_EQ(text.size(), 400U);
  EXPECT_EQ(text.find('\n'), std::string::npos);
  EXPECT_EQ(text.substr(0, 4), "+/v7");
}

}  // namespace
}  // namespace staplelab::pki
