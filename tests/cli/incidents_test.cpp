// `incidents`, and what `run` does with them: personas, and the story told while it runs.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <string>

#include "tests/cli/process.hpp"

namespace staplelab::cli {
namespace {

using testing::HasSubstr;
using testing::Not;

constexpr const char* story = R"({
  "title": "A responder in trouble",
  "date": "2017-05-18",
  "happened": "It answered with errors.",
  "sources": ["https://example.org/a"],
  "discriminates": "who keeps a good staple",
  "good_server": "Keeps it.",
  "start": "2017-05-18T12:00:00Z",
  "matrix": {"mode": ["auto", "must"], "must_staple": true, "profile": "resilient"},
  "steps": [
    {"start": "endpoint"},
    {"handshake": {}, "expect": "any"},
    {"handshake": {}, "expect": "good"},
    {"note": "Trouble begins.", "fault": "try_later"},
    {"advance": "2h"},
    {"handshake": {}, "expect": "good"}
  ]
}
)";

class incidents : public testing::Test {
 protected:
  const scratch_folder folder;
  const std::string file = folder.write("trouble.json", story);
};

TEST_F(incidents, are_listed_with_date_and_one_line) {
  const auto ended = staplelab({"incidents", file});
  EXPECT_EQ(ended.exit_code, 0) << ended.err;
  EXPECT_EQ(ended.out, "2017-05-18  trouble  A responder in trouble\n");
}

TEST_F(incidents, are_given_whole_in_json) {
  const auto ended = staplelab({"incidents", "--json", file});
  EXPECT_EQ(ended.exit_code, 0) << ended.err;
  const auto all = nlohmann::json::parse(ended.out);
  ASSERT_EQ(all.size(), 1U);
  EXPECT_EQ(all[0]["date"], "2017-05-18");
  EXPECT_EQ(all[0]["title"], "A responder in trouble");
  EXPECT_EQ(all[0]["sources"][0], "https://example.org/a");
  EXPECT_EQ(all[0]["good_server"], "Keeps it.");
}

TEST_F(incidents, of_the_bundled_library_are_listed_by_date) {
  const auto ended = staplelab({"incidents", "--json"});
  EXPECT_EQ(ended.exit_code, 0) << ended.err;
  const auto all = nlohmann::json::parse(ended.out);
  ASSERT_GE(all.size(), 24U);
  for (std::size_t i = 1; i < all.size(); ++i)
    EXPECT_LE(all[i - 1]["date"].get<std::string>().substr(0, 7),
              all[i]["date"].get<std::string>().substr(0, 7));
}

TEST_F(incidents, are_told_by_date_while_they_run) {
  const auto ended = staplelab({"run", "--explain", file});
  EXPECT_EQ(ended.exit_code, 0) << ended.err;
  EXPECT_THAT(ended.out, HasSubstr("A responder in trouble, 18 May 2017\n"));
  EXPECT_THAT(ended.out, HasSubstr("It answered with errors."));
  EXPECT_THAT(ended.out, HasSubstr("auto, must-staple certificate, builtin:resilient\n"));
  EXPECT_THAT(ended.out, HasSubstr("2017-05-18 12:00:00  responder  misbehaves: try_later\n"));
  EXPECT_THAT(ended.out, HasSubstr("2017-05-18 14:00:00  client     gets a staple: good"));
  EXPECT_THAT(ended.out, HasSubstr("The same as: auto, must-staple certificate"));
}

TEST_F(incidents, fail_on_a_persona_that_does_what_the_good_server_does_not) {
  const auto ended = staplelab({"run", "--profile", "apache-like", "--explain", file});
  EXPECT_EQ(ended.exit_code, 4) << ended.err;
  EXPECT_THAT(ended.out, HasSubstr("expected good, seen error_status"));
  EXPECT_EQ(staplelab({"run", "--profile", "nginx-like", file}).exit_code, 0);
}

TEST_F(incidents, without_a_source_are_refused_at_their_place) {
  const std::string bad = folder.write("bad.json", R"({
  "title": "t",
  "date": "2017-05-18",
  "steps": [{"start": "endpoint"}]
}
)");
  const auto ended = staplelab({"incidents", bad});
  EXPECT_EQ(ended.exit_code, 2);
  EXPECT_THAT(ended.err, HasSubstr("bad.json:3:3: error: the story of an incident needs"));
}

TEST_F(incidents, in_two_formats_at_once_are_a_mistake) {
  EXPECT_EQ(staplelab({"incidents", "--json", "--markdown"}).exit_code, 1);
}

}  // namespace
}  // namespace staplelab::cli
