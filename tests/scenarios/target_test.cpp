#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>

#include "scenarios/parse_target.hpp"
#include "scenarios/target_template.hpp"

namespace staplelab::scenarios {
namespace {

namespace fs = std::filesystem;

struct filling {
  std::string_view name;
  std::string_view text;
  std::string_view result;
};

class filled : public testing::TestWithParam<filling> {};

TEST_P(filled, is_as_written) {
  const template_values values{{"port", "4222"}, {"url", ""}, {"deep", "${port}"}};
  EXPECT_EQ(filled_in(GetParam().text, values), GetParam().result);
}

INSTANTIATE_TEST_SUITE_P(
    templates, filled,
    testing::Values(filling{"nothing", "", ""}, filling{"no_use", "a $ b {c}\n", "a $ b {c}\n"},
                    filling{"one", "port ${port};", "port 4222;"},
                    filling{"two_in_a_line", "${port}-${port}\n", "4222-4222\n"},
                    filling{"empty_in_a_line", "url '${url}'\n", "url ''\n"},
                    filling{"line_of_empty_ones", "a\n  ${url}\nb\n", "a\nb\n"},
                    filling{"blank_lines_stay", "a\n\nb\n", "a\n\nb\n"},
                    filling{"a_value_is_not_looked_at", "${deep}", "${port}"},
                    filling{"without_a_value", "x${other}y", "xy"},
                    filling{"without_an_end", "x ${port", "x ${port"}),
    [](const auto& info) { return std::string(info.param.name); });

std::vector<fs::path> files_in(const fs::path& folder) {
  std::vector<fs::path> files;
  for (const auto& each : fs::directory_iterator(folder)) {
    if (!each.path().string().ends_with(".schema.json")) files.push_back(each.path());
  }
  std::ranges::sort(files);
  return files;
}

std::vector<fs::path> bad_files() {
  auto files = files_in(fs::path(SCENARIO_TEST_FOLDER) / "bad_targets");
  std::ranges::move(files_in(fs::path(SCENARIO_TEST_FOLDER) / "bad_targets_beyond_schema"),
                    std::back_inserter(files));
  return files;
}

std::string name_of(const testing::TestParamInfo<fs::path>& info) {
  auto name = info.param.stem().stem().string();
  std::ranges::replace(name, '-', '_');
  return name;
}

std::string rendered(const parse_errors& errors) {
  std::string all;
  for (const auto& error : errors)
    all += runtime::render(error);
  return all;
}

class bad_target : public testing::TestWithParam<fs::path> {};

// "unknown-key.3-5.json" has its mistake on line 3, column 5.
TEST_P(bad_target, is_refused_at_its_mark) {
  const std::string mark = GetParam().stem().extension().string();
  const auto dash = mark.find('-');
  const runtime::source_position where{std::stoul(mark.substr(1, dash - 1)),
                                       std::stoul(mark.substr(dash + 1))};
  const auto read = parse_target(GetParam());
  ASSERT_FALSE(read.has_value());
  EXPECT_EQ(read.error().size(), 1U) << rendered(read.error());
  EXPECT_EQ(read.error()[0].where, where) << rendered(read.error());
}

INSTANTIATE_TEST_SUITE_P(corpus, bad_target, testing::ValuesIn(bad_files()), name_of);

class bundled_target : public testing::TestWithParam<fs::path> {};

TEST_P(bundled_target, is_read_without_an_error) {
  const auto read = parse_target(GetParam());
  ASSERT_TRUE(read.has_value()) << rendered(read.error());
  EXPECT_EQ(read->name, GetParam().stem());
  EXPECT_FALSE(read->about.empty());
  EXPECT_EQ(read->modes.size(), 4U);
}

INSTANTIATE_TEST_SUITE_P(targets, bundled_target,
                         testing::ValuesIn(files_in(fs::path(SCENARIO_FOLDER) / "targets")),
                         name_of);

TEST(nats_server, is_described_as_the_facts_have_it) {
  const auto read = parse_target(fs::path(SCENARIO_FOLDER) / "targets" / "nats-server.json");
  ASSERT_TRUE(read.has_value());
  EXPECT_EQ(read->profile, "nats");
  EXPECT_EQ(read->entry, starttls::nats);
  EXPECT_TRUE(std::holds_alternative<staples_itself>(read->staples));
  for (const auto& [mode, of] : read->modes) {
    EXPECT_TRUE(std::holds_alternative<template_values>(of.must_staple));
    EXPECT_TRUE(std::holds_alternative<template_values>(of.plain));
  }
}

TEST(an_unknown_variable, is_told_with_the_one_meant) {
  const auto files = files_in(fs::path(SCENARIO_TEST_FOLDER) / "bad_targets_beyond_schema");
  const auto file = std::ranges::find_if(files, [](const auto& each) {
    return each.string().find("variable-unknown") != each.string().npos;
  });
  ASSERT_NE(file, files.end());
  const auto read = parse_target(*file);
  ASSERT_FALSE(read.has_value());
  EXPECT_EQ(read.error()[0].message, "there is no '${prot}'");
  EXPECT_EQ(read.error()[0].hint, "did you mean 'port'?");
}

}  // namespace
}  // namespace staplelab::scenarios
