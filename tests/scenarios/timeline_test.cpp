#include "scenarios/timeline.hpp"

#include <gtest/gtest.h>

#include <chrono>

#include "tests/scenarios/parsing.hpp"

namespace staplelab::scenarios {
namespace {

using namespace std::chrono_literals;

class Timeline : public parsing {};

TEST_F(Timeline, IsAsLongAsAllThatLetsTimePass) {
  EXPECT_EQ(longest_course(parsed(R"({"title": "t", "steps": [{"start": "endpoint"}]})")), 0h);
  EXPECT_EQ(longest_course(parsed(R"({"title": "t", "steps": [
                {"advance": "3h"}, {"handshake": {}}, {"advance": "1h"}, {"advance_to": "+6h"},
                {"eventually": {"within": "10h", "every": "1h"}, "expect": "good"},
                {"always": {"for": "2h", "every": "1h"}, "expect": "good"}]})")),
            18h);
}

}  // namespace
}  // namespace staplelab::scenarios
