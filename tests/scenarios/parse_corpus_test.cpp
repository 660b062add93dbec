#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>

#include "responder/fault.hpp"
#include "scenarios/json_document.hpp"
#include "scenarios/parse.hpp"

namespace staplelab::scenarios {
namespace {

namespace fs = std::filesystem;

// "unknown-key.3-5.json" has its mistake on line 3, column 5.
runtime::source_position marked_in(const fs::path& file) {
  const std::string mark = file.stem().extension().string();  // ".3-5"
  const auto dash = mark.find('-');
  return {std::stoul(mark.substr(1, dash - 1)), std::stoul(mark.substr(dash + 1))};
}

std::vector<fs::path> bad_files() {
  std::vector<fs::path> files;
  for (const auto* folder : {"bad", "bad_beyond_schema"}) {
    for (const auto& each : fs::directory_iterator(fs::path(SCENARIO_TEST_FOLDER) / folder)) {
      files.push_back(each.path());
    }
  }
  std::ranges::sort(files);
  return files;
}

class bad_file : public testing::TestWithParam<fs::path> {};

TEST_P(bad_file, is_refused_at_its_mark) {
  const auto read = parse_file(GetParam(), {});
  ASSERT_FALSE(read.has_value());
  std::string all;
  for (const auto& error : read.error())
    all += runtime::render(error);
  EXPECT_EQ(read.error().size(), 1U) << all;
  EXPECT_EQ(read.error()[0].where, marked_in(GetParam())) << all;
}

INSTANTIATE_TEST_SUITE_P(corpus, bad_file, testing::ValuesIn(bad_files()), [](const auto& info) {
  auto name = info.param.stem().stem().string();
  std::ranges::replace(name, '-', '_');
  return name;
});

TEST(library, is_read_without_an_error) {
  const std::vector<fs::path> paths{fs::path(SCENARIO_FOLDER) / "library"};
  const auto read = load(paths, {});
  if (!read) {
    for (const auto& error : read.error())
      ADD_FAILURE() << runtime::render(error);
    return;
  }
  EXPECT_GE(read->size(), 30U);
  std::size_t cases = 0;
  for (const auto& each : *read) {
    cases += expand(each).size();
    EXPECT_TRUE(!each.about.empty() || each.replays) << each.name;
    EXPECT_FALSE(each.tags.empty()) << each.name;
    // What a CA's side does is the same in every mode; an incident had one kind of certificate; and
    // one scenario is about what a single mode promises.
    if (each.name.starts_with("production/") || each.name.starts_with("incidents/") ||
        each.name == "content/must-staple-under-never") {
      continue;
    }
    EXPECT_EQ(each.over.modes.size(), 4U) << each.name;
    EXPECT_EQ(each.over.must_staple.size(), 2U) << each.name;
  }
  EXPECT_GE(cases, 240U);
}

// The schema lists words that the code knows, too.
std::vector<std::string> words_in_schema(const std::string& definition) {
  const auto schema = read_json(fs::path(SCENARIO_FOLDER) / "schema.json");
  const auto* found = schema.root.find("$defs")->find(definition);
  if (found->find("anyOf") != nullptr) found = &found->find("anyOf")->array()->front();
  std::vector<std::string> words;
  for (const auto& each : *found->find("enum")->array())
    words.push_back(*each.string());
  return words;
}

TEST(schema, knows_the_words_of_the_code) {
  const auto faults = responder::fault_names();
  EXPECT_THAT(words_in_schema("fault_kind"),
              testing::UnorderedElementsAreArray(faults.begin(), faults.end()));
  std::vector<std::string> verdicts;
  for (const auto verdict : all_probe_verdicts)
    verdicts.emplace_back(to_string(verdict));
  EXPECT_THAT(words_in_schema("verdict"), testing::UnorderedElementsAreArray(verdicts));
  std::vector<std::string> keys;
  for (const auto type : pki::all_key_types)
    keys.emplace_back(pki::to_string(type));
  EXPECT_THAT(words_in_schema("key_type"), testing::UnorderedElementsAreArray(keys));
}

}  // namespace
}  // namespace staplelab::scenarios
