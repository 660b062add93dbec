#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/scenarios/parsing.hpp"

namespace staplelab::scenarios {
namespace {

namespace fs = std::filesystem;
using testing::ElementsAre;
using testing::Field;
using testing::HasSubstr;

TEST_F(parsing, tells_all_errors_in_the_order_of_the_file) {
  const auto found = errors(
      "{\n \"titel\": 1,\n \"seed\": -1,\n \"matrix\": {\"mode\": 5},\n"
      " \"steps\": [{\"advance\": \"x\"}, {\"revoke\": \"y\"}]}");
  std::vector<std::size_t> lines;
  for (const auto& error : found)
    lines.push_back(error.where.line);
  EXPECT_THAT(lines, ElementsAre(1, 2, 3, 4, 5, 5));
}

TEST_F(parsing, shows_the_line_with_a_caret) {
  const auto found = errors("{\"title\": \"t\",\n  \"steps\": [{\"advanse\": \"1d\"}]}");
  ASSERT_EQ(found.size(), 1U);
  EXPECT_EQ(runtime::render(found[0]), found[0].file +
                                           ":2:14: error: unknown key 'advanse' in a step\n"
                                           "    \"steps\": [{\"advanse\": \"1d\"}]}\n"
                                           "               ^\n"
                                           "  did you mean 'advance'?\n");
}

TEST_F(parsing, a_misspelt_class_is_not_taken_for_a_field) {
  for (const char* expected : {R"({"of": "none"})", R"({"of": "none", "otherwise": "good"})"}) {
    const auto found = errors(R"({"title": "t", "steps": [{"start": "endpoint"}, {"handshake": {},
        "expect": )" + std::string(expected) +
                              "}]}");
    ASSERT_FALSE(found.empty()) << expected;
    EXPECT_THAT(found[0].message, HasSubstr("unknown key 'of'"));
    EXPECT_EQ(found[0].hint, "did you mean 'off'?");
  }
}

TEST_F(parsing, folders_are_searched_and_named_by_path) {
  const auto text = with_steps(R"({"note": "n"})");
  write("lib/b/two.json", text);
  write("lib/a/deep/one.json", text);
  write("lib/zero.json", text);
  write("lib/notes.txt", "no scenario");
  write("lib/fragments/fragment.json", "{}");
  write("lib/a/fragments/fragment.json", "nonsense");
  const auto single = write("single.json", text);
  const std::vector<fs::path> paths{folder_ / "lib", single};
  const auto read = load(paths, {});
  ASSERT_TRUE(read.has_value());
  std::vector<std::string> names;
  for (const auto& each : *read)
    names.push_back(each.name);
  EXPECT_THAT(names, ElementsAre("a/deep/one", "b/two", "zero", "single"));
  EXPECT_EQ((*read)[3].file, single.string());
}

TEST_F(parsing, mistakes_of_all_files_are_told_together) {
  write("lib/a.json", "{");
  write("lib/b.json", R"({"title": "t", "steps": [{"advance": 1}]})");
  const std::vector<fs::path> paths{folder_ / "lib", folder_ / "missing.json"};
  const auto read = load(paths, {});
  ASSERT_FALSE(read.has_value());
  ASSERT_EQ(read.error().size(), 3U);
  EXPECT_THAT(read.error()[0].message, HasSubstr("end of input"));
  EXPECT_THAT(read.error()[1].message, HasSubstr("expected a duration"));
  EXPECT_THAT(read.error()[2].message, HasSubstr("No such file"));
}

TEST_F(parsing, a_folder_without_scenarios_is_an_error) {
  fs::create_directories(folder_ / "empty");
  const std::vector<fs::path> paths{folder_ / "empty"};
  const auto read = load(paths, {});
  ASSERT_FALSE(read.has_value());
  EXPECT_THAT(read.error().at(0).message, HasSubstr("holds no scenario"));
}

TEST_F(parsing, scenarios_of_one_run_have_a_limit_of_number) {
  const auto file = write("one.json", with_steps(R"({"note": "n"})"));
  std::vector<fs::path> paths(max_scenario_files, file);
  const auto all = load(paths, {});
  ASSERT_TRUE(all.has_value());
  EXPECT_EQ(all->size(), max_scenario_files);
  paths.push_back(file);
  const auto more = load(paths, {});
  ASSERT_FALSE(more.has_value());
  EXPECT_THAT(more.error(),
              ElementsAre(Field(&diagnostic::message, HasSubstr("more than 10000 scenarios"))));
}

TEST_F(parsing, a_variable_that_no_file_knows_is_an_error) {
  write("lib/a.json", R"({"title": "t", "vars": {"x": 1}, "steps": [{"note": "n"}]})");
  write("lib/b.json", with_steps(R"({"note": "n"})"));
  const std::vector<fs::path> paths{folder_ / "lib"};
  EXPECT_TRUE(load(paths, {{"x", "2"}}).has_value());
  const auto read = load(paths, {{"y", "2"}});
  ASSERT_FALSE(read.has_value());
  EXPECT_THAT(read.error(), ElementsAre(Field(&diagnostic::message,
                                              HasSubstr("no scenario has a variable 'y'"))));
}

TEST_F(parsing, a_matrix_makes_cases_with_names) {
  const auto read = parsed(R"({"title": "t", "matrix": {"mode": ["auto", "always"],
    "must_staple": [true, false], "profile": ["resilient", "nats"]}, "steps": [{"note": "n"}]})");
  const auto cases = expand(read);
  ASSERT_EQ(cases.size(), 8U);
  EXPECT_EQ(cases[0].id(), "scenario::auto::must-staple::builtin:resilient");
  EXPECT_EQ(cases[7].id(), "scenario::always::plain::builtin:nats");
  EXPECT_EQ(cases[0].initial_class(), stapler::staple_class::staple);
  EXPECT_EQ(cases[2].initial_class(), stapler::staple_class::off);
  EXPECT_EQ(cases[7].initial_class(), stapler::staple_class::enforce);
}

}  // namespace
}  // namespace staplelab::scenarios
