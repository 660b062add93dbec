#include "scenarios/json_document.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>

namespace staplelab::scenarios {
namespace {

using runtime::source_position;
using testing::HasSubstr;

source_position at(std::size_t line, std::size_t column) {
  return {line, column};
}

TEST(json_document, knows_where_every_key_and_value_stands) {
  const auto read =
      parse_json("f", "{\n  \"a\": [1, {\"b\" : \"x\\\"y\"}],\n\t\"ü\": -2.5e1, \"c\": null}");
  ASSERT_TRUE(read.errors.empty()) << read.errors[0].message;
  const auto& members = *read.root.object();
  ASSERT_EQ(members.size(), 3U);
  EXPECT_EQ(read.root.at.position, at(1, 1));
  EXPECT_EQ(members[0].key_at.position, at(2, 3));
  const auto& list = *members[0].value.array();
  EXPECT_EQ(members[0].value.at.position, at(2, 8));
  EXPECT_EQ(list[0].at.position, at(2, 9));
  EXPECT_EQ(list[1].at.position, at(2, 12));
  EXPECT_EQ((*list[1].object())[0].key_at.position, at(2, 13));
  EXPECT_EQ((*list[1].object())[0].value.at.position, at(2, 19));
  EXPECT_EQ(*(*list[1].object())[0].value.string(), "x\"y");
  EXPECT_EQ(members[1].key_at.position, at(3, 2));
  EXPECT_EQ(members[1].value.at.position, at(3, 7)) << "columns count characters, not octets";
  EXPECT_EQ(members[2].key_at.position, at(3, 15));
  EXPECT_EQ(members[2].value.at.position, at(3, 20));
}

TEST(json_document, keeps_kinds_of_numbers_apart) {
  const auto read = parse_json("f", "[9223372036854775807, -9223372036854775808, 1.0, 1e2, 0]");
  ASSERT_TRUE(read.errors.empty());
  const auto& list = *read.root.array();
  EXPECT_EQ(std::get<std::int64_t>(list[0].is), std::numeric_limits<std::int64_t>::max());
  EXPECT_EQ(std::get<std::int64_t>(list[1].is), std::numeric_limits<std::int64_t>::min());
  EXPECT_EQ(std::get<double>(list[2].is), 1.0);
  EXPECT_EQ(std::get<double>(list[3].is), 100.0);
  EXPECT_EQ(std::get<std::int64_t>(list[4].is), 0);
}

struct flaw {
  std::string name;
  std::string text;
  source_position where;
  std::string message;
};
void PrintTo(const flaw& f, std::ostream* out) {
  *out << f.name;
}

class json_flaw : public testing::TestWithParam<flaw> {};

TEST_P(json_flaw, is_told_with_its_position) {
  const auto& given = GetParam();
  const auto read = parse_json("file.json", given.text);
  ASSERT_EQ(read.errors.size(), 1U);
  EXPECT_EQ(read.errors[0].file, "file.json");
  EXPECT_EQ(read.errors[0].where, given.where)
      << read.errors[0].where.line << ":" << read.errors[0].where.column;
  EXPECT_THAT(read.errors[0].message + " | " + read.errors[0].hint, HasSubstr(given.message));
}

INSTANTIATE_TEST_SUITE_P(
    table, json_flaw,
    testing::Values(
        flaw{"empty", "", at(1, 1), "is empty"}, flaw{"white_space", " \n\t", at(1, 1), "is empty"},
        flaw{"byte_order_mark", "\xEF\xBB\xBF{}", at(1, 1), "byte order mark"},
        flaw{"nul", std::string("{\"a\": \0}", 8), at(1, 7), "NUL"},
        flaw{"invalid_utf8", "{\"a\": \"\xC3(\"}", at(1, 8), "0xc3"},
        flaw{"overlong_utf8", "[\"\xC0\xAF\"]", at(1, 3), "0xc0"},
        flaw{"surrogate", "[\"\xED\xA0\x80\"]", at(1, 3), "0xed"},
        flaw{"cut_utf8", "[\"\xE2\x82", at(1, 3), "0xe2"},
        flaw{"nan", "{\n \"a\": NaN}", at(2, 7), "JSON has no such number"},
        flaw{"infinity", "[Infinity]", at(1, 2), "JSON has no such number"},
        flaw{"too_large_integer", "[1, 9223372036854775808]", at(1, 5), "too large"},
        flaw{"far_too_large_integer", "[123456789012345678901234567890]", at(1, 2), "too large"},
        flaw{"too_small_integer", "[-9223372036854775809]", at(1, 2), "too large"},
        flaw{"too_large_double", "[1e999]", at(1, 2), "too large"},
        flaw{"key_twice", "{\"a\": 1,\n \"b\": 2,\n \"a\": 3}", at(3, 2), "'a' is given twice"},
        flaw{"trailing_comma", "{\"a\": 1,\n}", at(2, 1), "comma before it is one too many"},
        flaw{"trailing_comma_in_array", "[1, ]", at(1, 5), "comma before it is one too many"},
        flaw{"comment", "{ // why\n}", at(1, 3), "JSON has no comments"},
        flaw{"single_quotes", "{'a': 1}", at(1, 2), "JSON quotes with"},
        flaw{"missing_comma", "[1\n 2]", at(2, 2), "unexpected number literal"},
        flaw{"missing_colon", "{\"a\" 1}", at(1, 6), "unexpected number literal"},
        flaw{"cut_short", "{\"a\": [", at(1, 8), "end of input"},
        flaw{"text_behind", "{} x", at(1, 4), "invalid literal"},
        flaw{"second_value", "{} {}", at(1, 4), "expected end of input"},
        flaw{"control_character", "[\"a\tb\"]", at(1, 4), "control character"},
        flaw{"bad_escape", "[\"a\\q\"]", at(1, 5), "forbidden character after backslash"}),
    [](const auto& info) { return info.param.name; });

TEST(json_document, has_a_limit_of_depth) {
  const auto nested = [](std::size_t depth) {
    return std::string(depth, '[') + std::string(depth, ']');
  };
  EXPECT_TRUE(parse_json("f", nested(max_json_depth)).errors.empty());
  const auto deeper = parse_json("f", nested(max_json_depth + 1));
  ASSERT_EQ(deeper.errors.size(), 1U);
  EXPECT_EQ(deeper.errors[0].where, at(1, max_json_depth + 1));
  EXPECT_THAT(deeper.errors[0].message, HasSubstr("64 levels"));
}

TEST(json_document, has_a_limit_of_size) {
  std::string text = "[\"\"]";
  text.insert(2, std::string(max_json_octets - text.size(), 'a'));
  EXPECT_TRUE(parse_json("f", text).errors.empty());
  text.insert(2, "a");
  const auto larger = parse_json("f", text);
  ASSERT_EQ(larger.errors.size(), 1U);
  EXPECT_THAT(larger.errors[0].message, HasSubstr("larger than 4 MiB"));
}

TEST(json_document, tells_one_error_of_a_hundred_megabytes_of_brackets) {
  const auto path = std::filesystem::temp_directory_path() / "staplelab-brackets.json";
  {
    std::ofstream out(path);
    const std::string brackets(1024 * 1024, '[');
    for (int i = 0; i < 100; ++i)
      out << brackets;
  }
  const auto read = read_json(path);
  std::filesystem::remove(path);
  ASSERT_EQ(read.errors.size(), 1U);
  EXPECT_THAT(read.errors[0].message, HasSubstr("larger than 4 MiB"));
}

TEST(json_document, tells_one_error_of_brackets_within_the_limit) {
  const auto read = parse_json("f", std::string(max_json_octets, '['));
  ASSERT_EQ(read.errors.size(), 1U);
  EXPECT_EQ(read.errors[0].where, at(1, max_json_depth + 1));
}

TEST(json_document, stays_quick_with_very_many_keys) {
  std::string text = "{\"k\": 0";
  for (int i = 0; i < 200'000; ++i)
    text += ",\"k" + std::to_string(i) + "\":0";
  const auto read = parse_json("f", text + "}");
  ASSERT_TRUE(read.errors.empty());
  EXPECT_EQ(read.root.object()->size(), 200'001U);
}

TEST(json_document, tells_a_bounded_number_of_repeated_keys) {
  std::string text = "[{}";
  for (int i = 0; i < 100'000; ++i)
    text += ",{\"a\":0,\"a\":0}";
  const auto read = parse_json("f", text + "]");
  EXPECT_EQ(read.errors.size(), 20U);
}

TEST(json_document, cannot_be_read_from_what_is_no_file) {
  const auto folder = read_json("/");
  ASSERT_EQ(folder.errors.size(), 1U);
  EXPECT_EQ(folder.errors[0].file, "/");
  EXPECT_THAT(folder.errors[0].message, HasSubstr("folder"));

  const auto missing = read_json("/nonexistent/file.json");
  ASSERT_EQ(missing.errors.size(), 1U);
  EXPECT_THAT(missing.errors[0].message, HasSubstr("No such file"));

  // Opens, but gives an error when it is read, even to root.
  const auto unreadable = read_json("/proc/self/mem");
  ASSERT_EQ(unreadable.errors.size(), 1U);
  EXPECT_THAT(unreadable.errors[0].message, HasSubstr("cannot be read"));
}

TEST(json_document, is_bounded_for_an_endless_file) {
  const auto read = read_json("/dev/zero");
  ASSERT_EQ(read.errors.size(), 1U);
  EXPECT_THAT(read.errors[0].message, HasSubstr("larger than 4 MiB"));
}

}  // namespace
}  // namespace staplelab::scenarios
