#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "scenarios/include.hpp"
#include "tests/scenarios/parsing.hpp"

namespace staplelab::scenarios {
namespace {

namespace fs = std::filesystem;
using namespace std::chrono_literals;
using std::chrono::days;
using testing::Contains;
using testing::ElementsAre;
using testing::Field;
using testing::HasSubstr;
using testing::IsEmpty;

TEST_F(parsing, variables_keep_their_type_or_are_written_out) {
  const auto read = parsed(R"({"title": "for ${days} days, ${yes} ${half}",
    "vars": {"days": 3, "yes": true, "half": 0.5, "life": "2d"},
    "responder": {"validity": "${life}", "up": "${yes}"},
    "steps": [{"advance": "${days}d"}, {"handshake": {"count": "${days}"}}]})");
  EXPECT_EQ(read.title, "for 3 days, true 0.5");
  EXPECT_EQ(read.responder.validity, days(2));
  EXPECT_EQ(action_of<advance_step>(read, 0).by, days(3));
  EXPECT_EQ(action_of<handshake_step>(read, 1).count, 3U);
}

TEST_F(parsing, variables_are_replaced_from_outside) {
  const std::string text = R"({"title": "t", "vars": {"n": 1, "s": "x", "b": false},
    "endpoint": {"store": "${b}"},
    "steps": [{"handshake": {"count": "${n}"}}, {"note": "${s} ${other}"}]})";
  const auto read = parsed(text, {{"n", "7"}, {"s", "8"}, {"b", "true"}, {"other", "o"}});
  EXPECT_EQ(action_of<handshake_step>(read, 0).count, 7U);
  EXPECT_EQ(read.steps[1].note, "8 o");
  EXPECT_TRUE(read.endpoint.store);
  EXPECT_THAT(errors(text, {{"n", "many"}, {"other", "o"}}),
              Contains(Field(&diagnostic::message, HasSubstr("'n' is a number, but was given"))));
  EXPECT_THAT(errors(text, {{"b", "1"}, {"other", "o"}}),
              Contains(Field(&diagnostic::message, HasSubstr("'b' is true or false"))));
}

TEST_F(parsing, what_stands_in_a_variable_is_not_looked_at_again) {
  const auto read = parsed(
      R"({"title": "t", "vars": {"u": ""}, "endpoint": {"url": "${u}"}, "steps": [{"note": "n"}]})",
      {{"u", "${nowhere}/x"}});
  EXPECT_EQ(read.endpoint.url->on, responder_address::base::nowhere);
}

TEST_F(parsing, fragments_merge_under_the_file) {
  write("a/one.json", R"({"about": "first", "vars": {"life": "1d", "up": true},
    "tags": ["one"], "seed": 5, "matrix": {"mode": ["auto", "must"], "profile": "nats"},
    "pki": {"certificates": {"server": {"valid": "5d", "key": "p384"}}},
    "responder": {"validity": "${life}"}})");
  write("a/two.json", R"({"include": ["one.json"], "vars": {"life": "2d"},
    "matrix": {"mode": "never"}, "endpoint": {"store": false}})");
  const auto read = parsed(R"({"title": "t", "include": ["a/two.json"], "seed": 6,
    "pki": {"certificates": {"server": {"valid": "9d"}}},
    "responder": {"up": "${up}"}, "steps": [{"note": "n"}]})");
  EXPECT_EQ(read.seed, 6U) << "the file wins";
  EXPECT_THAT(read.tags, ElementsAre("one"));
  EXPECT_THAT(read.over.modes, ElementsAre(stapler::mode::never)) << "the later fragment wins";
  EXPECT_THAT(read.over.profiles, ElementsAre("nats"));
  EXPECT_EQ(read.certificates.at(0).valid, days(9));
  EXPECT_EQ(read.certificates.at(0).key, pki::key_type::p384) << "objects merge key by key";
  EXPECT_EQ(read.responder.validity, days(2));
  EXPECT_FALSE(read.endpoint.store);
  EXPECT_TRUE(read.about.empty());
}

TEST_F(parsing, steps_of_other_files_take_the_place_of_an_include) {
  write("inner.json", R"({"title": "i", "vars": {"by": "1h", "own": "x"},
                          "steps": [{"advance": "${by}"}, {"note": "${own}"}]})");
  write("outer.json", R"({"title": "o", "steps": [{"include": "inner.json"}, {"mark": "m"}]})");
  const auto read = parsed(R"({"title": "t", "vars": {"by": "2h", "file": "outer"},
                               "steps": [{"include": "${file}.json", "note": "n"},
                                         {"include": "inner.json"}]})");
  ASSERT_EQ(read.steps.size(), 5U);
  EXPECT_EQ(action_of<advance_step>(read, 0).by, 2h) << "the including file's variables win";
  EXPECT_EQ(read.steps[1].note, "x");
  action_of<mark_step>(read, 2);
}

TEST_F(parsing, includes_reach_into_the_library_by_its_name) {
  const auto library =
      write("library/fragments/waits.json", R"({"title": "w", "steps": [{"advance": "1h"}]})")
          .parent_path()
          .parent_path();
  const auto own = [this](const std::string& path) {
    return write("mine/own.json", R"({"title": "t", "steps": [{"include": ")" + path + R"("}]})");
  };
  const auto read = parse_file(own("library:fragments/waits.json"), {}, library);
  ASSERT_TRUE(read);
  EXPECT_EQ(action_of<advance_step>(*read, 0).by, 1h);
  const auto moved = parse_file(own("../../fragments/waits.json"), {}, library);
  ASSERT_FALSE(moved);
  EXPECT_EQ(moved.error().front().hint, "for the bundled one: \"library:fragments/waits.json\"");
  EXPECT_FALSE(parse_file(own("library:fragments/waits.json"), {}));
}

TEST_F(parsing, an_error_in_an_included_file_points_there) {
  write("fragment.json", "{\n  \"responder\": {\"validty\": \"1d\"}\n}");
  write("steps.json", "{\"title\": \"s\",\n \"steps\": [{\"advance\": 5}]}");
  const auto found = errors(R"({"title": "t", "include": ["fragment.json"],
                                "steps": [{"include": "steps.json"}]})");
  ASSERT_EQ(found.size(), 2U);
  EXPECT_EQ(fs::path(found[0].file).filename(), "fragment.json");
  EXPECT_EQ(found[0].where, (runtime::source_position{2, 17}));
  EXPECT_EQ(found[0].hint, "did you mean 'validity'?");
  EXPECT_EQ(fs::path(found[1].file).filename(), "steps.json");
  EXPECT_EQ(found[1].where, (runtime::source_position{2, 24}));
}

TEST_F(parsing, a_fragment_cannot_hold_everything) {
  write("fragment.json", R"({"title": "t", "steps": [{"note": "n"}]})");
  EXPECT_THAT(errors(with_steps(R"({"note": "n"})", R"("include": ["fragment.json"], )")),
              ElementsAre(Field(&diagnostic::message, HasSubstr("'title' has no place")),
                          Field(&diagnostic::message, HasSubstr("'steps' has no place"))));
  write("steps.json", R"({"title": "t", "responder": {}, "steps": [{"note": "n"}]})");
  EXPECT_THAT(errors(with_steps(R"({"include": "steps.json"})")),
              ElementsAre(Field(&diagnostic::message, HasSubstr("'responder' has no place"))));
  write("no-steps.json", R"({"seed": 1})");
  EXPECT_FALSE(errors(with_steps(R"({"include": "no-steps.json"})")).empty());
}

// A chain of fragments of that many levels below the scenario.
TEST_F(parsing, includes_have_a_limit_of_depth) {
  const auto chain = [&](std::size_t levels) {
    for (std::size_t i = 1; i <= levels; ++i) {
      const auto next = R"(, "include": ["f)" + std::to_string(i + 1) + R"(.json"])";
      write("f" + std::to_string(i) + ".json", R"({"seed": 1)" + (i < levels ? next : "") + "}");
    }
    return errors(with_steps(R"({"note": "n"})", R"("include": ["f1.json"], )"));
  };
  EXPECT_THAT(chain(max_include_depth), IsEmpty());
  EXPECT_THAT(chain(max_include_depth + 1),
              ElementsAre(Field(&diagnostic::message, HasSubstr("deeper than 8 levels"))));
}

TEST_F(parsing, includes_have_a_limit_of_number) {
  write("empty.json", "{}");
  const auto many = [&](std::size_t count) {
    std::string list = R"("include": ["empty.json")";
    for (std::size_t i = 1; i < count; ++i)
      list += R"(, "empty.json")";
    return errors(with_steps(R"({"note": "n"})", list + "], "));
  };
  EXPECT_THAT(many(max_includes), IsEmpty());
  EXPECT_THAT(many(max_includes + 1),
              ElementsAre(Field(&diagnostic::message, HasSubstr("more than 256 includes"))));
}

TEST_F(parsing, includes_that_multiply_end_soon) {
  std::string list = R"("x0.json")";
  for (int i = 1; i < 100; ++i)
    list += R"(, "x0.json")";
  for (int level = 0; level < 7; ++level) {
    auto here = list;
    for (auto at = here.find("x0"); at != std::string::npos; at = here.find("x0", at)) {
      here.replace(at, 2, "x" + std::to_string(level + 1));
    }
    write("x" + std::to_string(level) + ".json", R"({"include": [)" + here + "]}");
  }
  write("x7.json", "{}");
  EXPECT_THAT(errors(with_steps(R"({"note": "n"})", R"("include": [)" + list + "], ")),
              ElementsAre(Field(&diagnostic::message, HasSubstr("more than 256 includes"))));
}

TEST_F(parsing, step_includes_cannot_go_in_circles) {
  write("a.json", R"({"title": "a", "steps": [{"include": "b.json"}]})");
  write("b.json", R"({"title": "b", "steps": [{"include": "a.json"}]})");
  EXPECT_THAT(errors(with_steps(R"({"include": "a.json"})")),
              ElementsAre(Field(&diagnostic::message, HasSubstr("includes itself"))));
}

}  // namespace
}  // namespace staplelab::scenarios
