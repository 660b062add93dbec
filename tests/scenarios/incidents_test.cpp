// The incidents of the library: that each tells servers apart, and that what is printed of them is
// what the files say.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <sstream>

#include "scenarios/parse.hpp"
#include "scenarios/report_explain.hpp"
#include "scenarios/report_incidents.hpp"
#include "scenarios/runner.hpp"
#include "stapler/mode.hpp"
#include "stapler/policy.hpp"

namespace staplelab::scenarios {
namespace {

namespace fs = std::filesystem;
using testing::HasSubstr;

const std::vector<scenario>& library() {
  static const std::vector<scenario> all = [] {
    const std::vector<fs::path> paths{fs::path(SCENARIO_FOLDER) / "library"};
    auto read = load(paths, {});
    return read ? *std::move(read) : std::vector<scenario>();
  }();
  return all;
}

std::vector<std::string> names_of_incidents() {
  std::vector<std::string> names;
  for (const scenario* one : incidents_among(library()))
    names.push_back(one->name);
  return names;
}

// From the names of the files alone: every test of this program asks for these before it begins.
std::vector<std::string> incident_files() {
  std::vector<std::string> names;
  const fs::path folder = fs::path(SCENARIO_FOLDER) / "library";
  for (const auto& entry : fs::recursive_directory_iterator(folder / "incidents")) {
    const auto relative = fs::relative(entry.path(), folder);
    if (relative.extension() == ".json" && relative.parent_path().filename() != "fragments")
      names.push_back(relative.parent_path() / relative.stem());
  }
  std::ranges::sort(names);
  return names;
}

const scenario& named(const std::string& name) {
  return *std::ranges::find(library(), name, &scenario::name);
}

// Where staples are only wished for, all that differs is how a server staples; where they are
// enforced, one that knows no modes would fail for that alone.
std::vector<stapler::mode> telling_modes(const scenario& all) {
  const auto& modes = all.over.modes;
  const bool has_auto = std::ranges::find(modes, stapler::mode::auto_) != modes.end();
  return has_auto ? std::vector{stapler::mode::auto_} : modes;
}

std::vector<scenario_case> cases_for(const scenario& all, stapler::profile policy) {
  std::vector<scenario_case> cases;
  for (const auto mode : telling_modes(all)) {
    for (const bool must_staple : all.over.must_staple) {
      scenario_case one{&all,    mode,       must_staple, std::string(stapler::to_string(policy)),
                        nullptr, "resilient"};
      cases.push_back(std::move(one));
    }
  }
  return cases;
}

struct score {
  std::vector<std::string> pass, fail;
};

// Every policy, judged by what a good server does.
score score_of(const scenario& all) {
  score result;
  for (const auto policy : stapler::all_profiles) {
    bool passed = true;
    bool failed = false;
    for (const auto& one : cases_for(all, policy)) {
      const auto ended = run_case(one, {});
      if (ended.verdict == case_verdict::error) ADD_FAILURE() << one.id() << ": " << ended.reason;
      passed = passed && ended.verdict == case_verdict::pass;
      failed = failed || ended.verdict == case_verdict::fail;
    }
    const std::string name(stapler::to_string(policy));
    if (passed) result.pass.push_back(name);
    if (failed) result.fail.push_back(name);
  }
  return result;
}

class incident_file : public testing::TestWithParam<std::string> {};

TEST_P(incident_file, tells_servers_apart) {
  const auto result = score_of(named(GetParam()));
  EXPECT_THAT(result.pass, testing::Contains("resilient"));
  EXPECT_THAT(result.fail, testing::Not(testing::IsEmpty()));
  RecordProperty("fail", testing::PrintToString(result.fail));
}

INSTANTIATE_TEST_SUITE_P(library, incident_file, testing::ValuesIn(incident_files()),
                         [](const auto& info) {
                           auto name = info.param.substr(info.param.rfind('/') + 1);
                           std::ranges::replace(name, '-', '_');
                           return name;
                         });

TEST(incidents, are_two_dozen_in_four_folders) {
  EXPECT_GE(names_of_incidents().size(), 24U);
  EXPECT_EQ(names_of_incidents().size(), incident_files().size());
  for (const auto* folder : {"ca-side", "mass-revocation", "servers", "clients"}) {
    const auto prefix = std::string("incidents/") + folder + "/";
    EXPECT_TRUE(std::ranges::any_of(names_of_incidents(), [&](const auto& name) {
      return name.starts_with(prefix);
    })) << folder;
  }
}

TEST(incidents, begin_before_their_date_is_over_and_not_years_before) {
  for (const scenario* one : incidents_among(library())) {
    const auto& date = one->replays->date;
    const bool month_only = !date.ok();
    const auto day = std::chrono::sys_days(month_only ? date.year() / date.month() / 1 : date);
    EXPECT_LT(one->start, day + std::chrono::days(31)) << one->name;
    EXPECT_GT(one->start, day - std::chrono::days(100)) << one->name;
  }
}

TEST(incidents, are_told_in_three_sentences) {
  for (const scenario* one : incidents_among(library())) {
    const std::string& told = one->replays->happened;
    std::size_t ends = 0;
    for (std::size_t i = 0; i < told.size(); ++i) {
      if (told[i] == '.' && (i + 1 == told.size() || told[i + 1] == ' ')) ++ends;
    }
    EXPECT_EQ(ends, 3U) << one->name << ": " << told;
  }
}

TEST(incidents, run_in_all_modes_and_under_both_profiles) {
  for (const scenario* one : incidents_among(library())) {
    EXPECT_EQ(one->over.modes.size(), stapler::all_modes.size()) << one->name;
    EXPECT_THAT(one->over.profiles, testing::UnorderedElementsAre("resilient", "nats"))
        << one->name;
    EXPECT_NE(std::ranges::find(one->over.must_staple, true), one->over.must_staple.end())
        << one->name;
  }
}

TEST(incidents, come_by_date) {
  const auto all = incidents_among(library());
  EXPECT_TRUE(std::ranges::is_sorted(all, {}, [](const auto* one) { return one->replays->date; }));
}

TEST(incidents, document_is_what_the_files_say) {
  std::ifstream file(fs::path(SCENARIO_FOLDER) / ".." / "docs" / "incidents.md");
  std::ostringstream text;
  text << file.rdbuf();
  EXPECT_EQ(text.str(), incident_markdown(incidents_among(library())))
      << "make it anew: staplelab incidents --markdown > docs/incidents.md";
}

scenario a_story() {
  scenario told;
  told.name = "incidents/servers/a_b";
  told.title = "A *story*";
  told.replays = incident{std::chrono::year(2017) / 5 / 18,
                          "First.\nSecond.",
                          {"https://example.org/a", "https://example.org/b"},
                          "this from that",
                          "Does that."};
  return told;
}

TEST(incident_report, lists_a_line_each) {
  const std::vector all{a_story()};
  EXPECT_EQ(incident_list(incidents_among(all)), "2017-05-18  incidents/servers/a_b  A *story*\n");
}

TEST(incident_report, lists_a_month_as_wide_as_a_day) {
  std::vector all{a_story()};
  all[0].replays->date = std::chrono::year(2023) / std::chrono::August / std::chrono::day(0);
  EXPECT_EQ(incident_list(incidents_among(all)), "2023-08     incidents/servers/a_b  A *story*\n");
}

TEST(incident_report, leaves_other_scenarios_out) {
  std::vector all{a_story(), a_story()};
  all[1].replays.reset();
  EXPECT_EQ(incidents_among(all).size(), 1U);
}

TEST(incident_report, writes_markdown_that_shows_the_text_as_it_is) {
  const std::vector all{a_story()};
  const auto text = incident_markdown(incidents_among(all));
  EXPECT_THAT(text, HasSubstr("## What servers did\n"));
  EXPECT_THAT(text, HasSubstr("### A \\*story\\*\n\n*18 May 2017*"));
  EXPECT_THAT(text, HasSubstr("First. Second."));
  EXPECT_THAT(text, HasSubstr("<https://example.org/a>, <https://example.org/b>"));
}

TEST(incident_report, names_a_month_where_the_day_is_not_known) {
  const std::chrono::year_month_day month =
      std::chrono::year(2023) / std::chrono::August / std::chrono::day(0);
  EXPECT_EQ(iso_date(month), "2023-08");
  EXPECT_EQ(spoken_date(month), "August 2023");
}

std::string told(const scenario_case& what) {
  return told_before(*what.of, {}) + told_after(run_case(what, {}), {});
}

TEST(explanation, tells_an_incident_by_its_calendar) {
  const auto& all = named("incidents/mass-revocation/keys-in-an-email");
  const auto text = told({&all, stapler::mode::auto_, true, "resilient", nullptr, {}});
  EXPECT_THAT(text, HasSubstr("28 February 2018"));
  EXPECT_THAT(text, HasSubstr(all.replays->sources.front()));
  EXPECT_THAT(text, HasSubstr("2018-02-28 12:00:00             The e-mail arrives.\n"));
  EXPECT_THAT(text, HasSubstr("2018-03-01 12:00:00  CA         server: revoked, keyCompromise\n"));
  EXPECT_THAT(text, HasSubstr("gets a staple: revoked"));
  EXPECT_THAT(text, HasSubstr("Everything held."));
  EXPECT_THAT(text, testing::Not(HasSubstr("GET")));
}

TEST(explanation, says_that_a_server_did_as_known_and_what_clients_made_of_it) {
  const auto& all = named("incidents/ca-side/signer-expired-at-midnight");
  const auto text = told({&all, stapler::mode::auto_, true, "nats", nullptr, {}});
  EXPECT_THAT(text, HasSubstr("Everything held.\n  As known for nats, and bad for clients: "));
  EXPECT_THAT(text, HasSubstr("it has expired"));
  EXPECT_THAT(text, HasSubstr("valid until 2017-10-20"));
  EXPECT_THAT(text, testing::Not(HasSubstr("good until")));
}

TEST(explanation, folds_attempts_that_brought_nothing_and_shows_their_pace) {
  const auto& all = named("incidents/ca-side/database-overload");
  const auto text = told({&all, stapler::mode::auto_, true, "apache-like", nullptr, "resilient"});
  EXPECT_THAT(text, HasSubstr("asks, and gets: error_status"));
  EXPECT_THAT(text, HasSubstr("drops its staple, and sends what it got instead: error_status"));
}

TEST(explanation, says_where_a_server_fell_short) {
  const auto& all = named("incidents/mass-revocation/keys-in-an-email");
  const auto text = told({&all, stapler::mode::auto_, true, "nginx-like", nullptr, "resilient"});
  EXPECT_THAT(text, HasSubstr("expected revoked, seen good"));
  EXPECT_THAT(text, HasSubstr("fail: "));
}

}  // namespace
}  // namespace staplelab::scenarios
