#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "scenarios/parse_diagnostics.hpp"
#include "tests/scenarios/parsing.hpp"

namespace staplelab::scenarios {
namespace {

using testing::ElementsAre;
using testing::Field;
using testing::HasSubstr;
using testing::IsEmpty;

std::string repeated(const std::string& what, std::size_t times) {
  std::string all = what;
  for (std::size_t i = 1; i < times; ++i)
    all += "," + what;
  return all;
}

TEST_F(parsing, steps_have_a_limit_of_number) {
  EXPECT_EQ(parsed(with_steps(repeated(R"({"note":"n"})", max_steps))).steps.size(), max_steps);
  EXPECT_THAT(errors(with_steps(repeated(R"({"note":"n"})", max_steps + 1))),
              ElementsAre(Field(&diagnostic::message, HasSubstr("more than 10000 steps"))));
  write("half.json", with_steps(repeated(R"({"note":"n"})", max_steps / 2)));
  parsed(with_steps(R"({"include": "half.json"}, {"include": "half.json"})"));
  EXPECT_THAT(errors(with_steps(R"({"include": "half.json"}, {"include": "half.json"},
                                   {"note": "n"})")),
              ElementsAre(Field(&diagnostic::message, HasSubstr("more than 10000 steps"))));
}

TEST_F(parsing, names_have_a_limit_of_length_and_number) {
  const auto named = [](std::size_t length) {
    return with_steps(R"({"note": "n"})",
                      R"("pki": {"signers": {")" + std::string(length, 'a') + R"(": {}}}, )");
  };
  EXPECT_THAT(errors(named(max_name_length)), IsEmpty());
  EXPECT_THAT(errors(named(max_name_length + 1)),
              ElementsAre(Field(&diagnostic::message, HasSubstr("longer than 64"))));

  const auto many = [](std::size_t signers) {
    std::string list;
    for (std::size_t i = 0; i < signers; ++i) {
      list += (i == 0 ? "\"s" : ", \"s") + std::to_string(i) + "\": {}";
    }
    return with_steps(R"({"note": "n"})", R"("pki": {"signers": {)" + list + "}}, ");
  };
  // Beside the two authorities and one certificate of the defaults.
  EXPECT_THAT(errors(many(max_names - 2)), IsEmpty());
  EXPECT_THAT(errors(many(max_names - 1)),
              ElementsAre(Field(&diagnostic::message, HasSubstr("more than 1000"))));
}

TEST_F(parsing, handshakes_have_limits) {
  const auto handshakes = [&](const std::string& count, const std::string& parallel) {
    return errors(
        with_steps(R"({"handshake": {"count": )" + count + R"(, "parallel": )" + parallel + "}}"));
  };
  EXPECT_THAT(handshakes("100", "1000"), IsEmpty());
  EXPECT_THAT(handshakes("101", "1000"),
              ElementsAre(Field(&diagnostic::message, HasSubstr("more than 100000 handshakes"))));
  EXPECT_THAT(handshakes("100000", "1"), IsEmpty());
  EXPECT_EQ(handshakes("100001", "1").size(), 1U);
  EXPECT_EQ(handshakes("1", "1001").size(), 1U);
  const auto rounds = [&](const std::string& length) {
    return errors(
        with_steps(R"({"always": {"for": ")" + length + R"(", "every": "1s"}, "expect": "any"})"));
  };
  EXPECT_THAT(rounds("99999s"), IsEmpty());
  EXPECT_EQ(rounds("100000s").size(), 1U);
}

TEST_F(parsing, time_has_an_end) {
  const auto until = [&](const std::string& start) {
    return errors(with_steps(R"({"advance": "36500d"})", R"("start": ")" + start + R"(", )"));
  };
  EXPECT_THAT(until("2100-01-01T00:00:00Z"), IsEmpty());
  EXPECT_THAT(until("2100-02-01T00:00:00Z"),
              ElementsAre(Field(&diagnostic::message, HasSubstr("beyond 2200-01-01"))));
  EXPECT_EQ(until("2200-01-01T00:00:00Z").size(), 1U);
  EXPECT_EQ(until("1999-12-31T23:59:59Z").size(), 1U);
}

TEST_F(parsing, errors_have_a_limit_of_number) {
  const auto wrong = [&](std::size_t count) {
    return errors(with_steps(repeated(R"({"advance":0})", count))).size();
  };
  EXPECT_EQ(wrong(max_diagnostics), max_diagnostics);
  EXPECT_EQ(wrong(max_diagnostics + 1), max_diagnostics);
}

// What follows the last error that is kept must not pass for right.
TEST_F(parsing, errors_past_the_limit_are_errors_still) {
  const auto found = errors(with_steps(
      repeated(R"({"advance":0})", max_diagnostics) +
      R"(, {"always": {"for": "1h", "every": "0s"}, "expect": "any"}, {"fault": {"kind": 5}})"));
  EXPECT_EQ(found.size(), max_diagnostics);
}

}  // namespace
}  // namespace staplelab::scenarios
