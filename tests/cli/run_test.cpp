// `run` on files of the test: exit codes, reports, and that mistakes start nothing.
#include <gmock/gmock.h>
#include <signal.h>
#include <unistd.h>

#include <algorithm>
#include <filesystem>
#include <nlohmann/json.hpp>
#include <ostream>
#include <string>
#include <vector>

#include "tests/cli/process.hpp"

namespace staplelab::cli {
namespace {

using testing::HasSubstr;

constexpr const char* holds = R"({
  "title": "A certificate is revoked",
  "tags": ["first"],
  "vars": {"wait": "4d"},
  "matrix": {"mode": ["must", "never"], "must_staple": [true], "profile": ["resilient"]},
  "steps": [
    {"start": "endpoint"},
    {"handshake": {}, "expect": {"off": "none", "otherwise": "good"}},
    {"revoke": "server"},
    {"advance": "${wait}"},
    {"handshake": {}, "expect": {"off": "none", "otherwise": "refused"}}
  ]
}
)";

constexpr const char* fails = R"({
  "title": "A staple is expected of a server that has none",
  "matrix": {"mode": ["must", "never"], "must_staple": [true], "profile": ["resilient"]},
  "steps": [
    {"start": "endpoint"},
    {"handshake": {}, "expect": "good"}
  ]
}
)";

class scenario_run : public testing::Test {
 protected:
  ended_program run(std::vector<std::string> arguments) {
    arguments.insert(arguments.begin(), "run");
    return staplelab(arguments);
  }
  const scratch_folder folder;
  const std::string good = folder.write("good.json", holds);
  const std::string bad = folder.write("bad.json", fails);
};

TEST_F(scenario_run, of_what_holds_ends_with_0) {
  const auto ended = run({good});
  EXPECT_EQ(ended.exit_code, 0) << ended.out << ended.err;
  EXPECT_THAT(ended.out, HasSubstr("2 cases: 2 passed, 0 failed, 0 skipped, 0 errors"));
  EXPECT_EQ(ended.err, "");
}

TEST_F(scenario_run, checked_only_tells_what_expects_nothing) {
  const auto blind = folder.write("blind.json", R"({
  "title": "Nothing is expected",
  "steps": [
    {"start": "endpoint"},
    {"handshake": {}}
  ]
})");
  const auto ended = run({good, blind, "--check"});
  EXPECT_EQ(ended.exit_code, 0) << ended.err;
  EXPECT_THAT(ended.out, HasSubstr("2 scenarios, "));
  EXPECT_THAT(ended.out, HasSubstr("blind.json:5: note: this expects nothing"));
  EXPECT_THAT(ended.out, testing::Not(HasSubstr("good.json:")));
}

TEST_F(scenario_run, of_what_fails_ends_with_4_and_says_why) {
  const auto ended = run({bad});
  EXPECT_EQ(ended.exit_code, 4) << ended.out << ended.err;
  EXPECT_THAT(ended.out, testing::ContainsRegex(
                             "FAIL +bad +never +must-staple +resilient .*expected good, seen none"
                             ".*bad.json:6"));
  EXPECT_THAT(ended.out, HasSubstr("transcript around it"));
  EXPECT_THAT(ended.out, HasSubstr("2 cases: 1 passed, 1 failed, 0 skipped, 0 errors"));
  EXPECT_EQ(ended.out.find('\x1b'), std::string::npos);
}

TEST_F(scenario_run, narrows_to_what_is_asked_for) {
  const auto ids = [&](std::vector<std::string> arguments) {
    arguments.insert(arguments.begin(), {good, bad, "--list"});
    return run(arguments).out;
  };
  EXPECT_EQ(ids({}),
            "good::must::must-staple::builtin:resilient\n"
            "good::never::must-staple::builtin:resilient\n"
            "bad::must::must-staple::builtin:resilient\n"
            "bad::never::must-staple::builtin:resilient\n");
  EXPECT_EQ(ids({"--mode", "must", "--filter", "b*"}),
            "bad::must::must-staple::builtin:resilient\n");
  EXPECT_EQ(ids({"--filter", "*::never::*", "--tag", "first"}),
            "good::never::must-staple::builtin:resilient\n");
  EXPECT_EQ(run({good, "--profile", "nats"}).exit_code, 1);
}

TEST_F(scenario_run, lists_plans_and_checks_without_running) {
  const auto listed = nlohmann::json::parse(run({bad, "--list", "--json"}).out);
  ASSERT_EQ(listed.size(), 2u);
  EXPECT_EQ(listed[1]["id"], "bad::never::must-staple::builtin:resilient");
  EXPECT_EQ(listed[1]["class"], "off");
  const auto planned = run({good, "--plan"});
  EXPECT_EQ(planned.exit_code, 0);
  EXPECT_THAT(planned.out, testing::ContainsRegex("\\+4d +handshake"));
  const auto checked = run({bad, "--check"});
  EXPECT_EQ(checked.exit_code, 0);
  EXPECT_THAT(checked.out, HasSubstr("no errors"));
}

TEST_F(scenario_run, sets_variables) {
  EXPECT_THAT(run({good, "--plan", "--var", "wait=9d"}).out,
              testing::ContainsRegex("\\+9d +handshake"));
  const auto unknown = run({good, "--var", "wiat=9d"});
  EXPECT_EQ(unknown.exit_code, 2);
  EXPECT_THAT(unknown.err, HasSubstr("wiat"));
}

TEST_F(scenario_run, writes_every_report_whole) {
  const std::string json = folder / "r.json", junit = folder / "r.xml", tap = folder / "r.tap";
  const std::string artifacts = folder / "failed";
  const auto ended = run({bad, good, "--report-json", json, "--report-junit", junit, "--report-tap",
                          tap, "--artifacts", artifacts, "--seed", "5"});
  EXPECT_EQ(ended.exit_code, 4) << ended.err;
  const auto report = nlohmann::json::parse(content_of(json));
  EXPECT_EQ(report["totals"]["cases"], 4);
  EXPECT_EQ(report["totals"]["failed"], 1);
  EXPECT_EQ(report["seed"], 5);
  EXPECT_EQ(report["cases"][1]["verdict"], "fail");
  EXPECT_EQ(run_program({"xmllint", "--noout", "--schema", JUNIT_SCHEMA, junit}).exit_code, 0);
  EXPECT_EQ(run_program({"prove", "-e", "cat", tap}).exit_code, 1);
  std::vector<std::filesystem::path> transcripts;
  for (const auto& each : std::filesystem::directory_iterator(artifacts)) {
    transcripts.push_back(each.path());
  }
  ASSERT_EQ(transcripts.size(), 1u);
  EXPECT_THAT(content_of(transcripts[0]), HasSubstr("bad::never::must-staple"));
}

TEST_F(scenario_run, writes_nothing_but_json_with_json) {
  const auto ended = run({bad, "--json"});
  EXPECT_EQ(ended.exit_code, 4);
  EXPECT_EQ(nlohmann::json::parse(ended.out)["totals"]["failed"], 1);
  EXPECT_EQ(ended.err, "");
}

TEST_F(scenario_run, starts_nothing_when_a_report_cannot_be_written) {
  for (const char* option :
       {"--report-json", "--report-junit", "--report-tap", "--pcap", "--keylog"}) {
    const auto ended = run({good, option, folder / "nowhere/report"});
    EXPECT_EQ(ended.exit_code, 5) << option;
    EXPECT_EQ(ended.out, "");
    EXPECT_THAT(ended.err, HasSubstr("nowhere"));
  }
  EXPECT_EQ(run({good, "--artifacts", "/dev/null/x"}).exit_code, 5);
  EXPECT_EQ(run({good, "--report-json", folder.path().string()}).exit_code, 5);
}

TEST_F(scenario_run, writes_a_report_to_a_device_without_replacing_it) {
  const auto ended = run({good, "--json", "--report-tap", "/dev/stderr"});
  EXPECT_THAT(ended.err, HasSubstr("1..2"));
  EXPECT_TRUE(std::filesystem::is_symlink("/dev/stderr"));
}

TEST_F(scenario_run, annotates_for_github) {
  const std::string summary = folder.write("summary.md", "before\n");
  const auto ended = run_program({"env", "GITHUB_STEP_SUMMARY=" + summary,
                                  "GITHUB_WORKSPACE=" + folder.path().string(), STAPLELAB_PROGRAM,
                                  "run", bad, "--github"});
  EXPECT_THAT(ended.out, HasSubstr("::error file=bad.json,line=6,"));
  EXPECT_THAT(content_of(summary), testing::StartsWith("before\n"));
  EXPECT_THAT(content_of(summary), HasSubstr("1 failed"));
}

TEST_F(scenario_run, repeats_with_equal_transcripts) {
  const auto ended = run({good, "--repeat", "3"});
  EXPECT_EQ(ended.exit_code, 0) << ended.out;
}

TEST_F(scenario_run, shows_transcripts_when_asked) {
  const auto brief = run({good});
  const auto verbose = run({good, "-v"});
  EXPECT_THAT(verbose.out, HasSubstr("pass  good  must"));
  const auto lines = [](const std::string& text) {
    return std::count(text.begin(), text.end(), '\n');
  };
  EXPECT_GT(lines(verbose.out), lines(brief.out) + 10);
}

TEST_F(scenario_run, stops_at_the_first_failure_when_asked) {
  const auto ended = run({bad, good, "--fail-fast", "--jobs", "1", "--json"});
  EXPECT_EQ(ended.exit_code, 4);
  EXPECT_LT(nlohmann::json::parse(ended.out)["totals"]["passed"], 3);
}

TEST_F(scenario_run, lets_cases_end_when_interrupted) {
  background_program program({STAPLELAB_PROGRAM, "run", good, "--repeat", "1000000", "-v"});
  program.wait_for_line("pass  good  must");
  program.send(SIGINT);
  const auto ended = program.wait();
  EXPECT_EQ(ended.exit_code, 3);
  // Both cases of the one file had run; a repeat that was cut short says nothing against them.
  EXPECT_THAT(ended.out, HasSubstr("2 cases: 2 passed, 0 failed, 0 skipped, 0 errors"));
  EXPECT_THAT(ended.err, HasSubstr("interrupted after 2 of 2 cases"));
}

TEST_F(scenario_run, ends_in_the_same_way_when_a_job_is_cancelled) {
  const std::string report = folder / "report.json";
  background_program program(
      {STAPLELAB_PROGRAM, "run", good, "--repeat", "1000000", "-v", "--report-json", report});
  program.wait_for_line("pass  good  must");
  program.send(SIGTERM);
  const auto ended = program.wait();
  EXPECT_EQ(ended.exit_code, 3);
  EXPECT_THAT(ended.err, HasSubstr("interrupted after 2 of 2 cases"));
  EXPECT_EQ(nlohmann::json::parse(content_of(report))["totals"]["passed"], 2);
}

TEST_F(scenario_run, of_a_bundled_scenario_needs_no_path) {
  for (const char* name : {"revocation/turns-revoked", "turns-revoked"}) {
    const auto ended = run({name, "--list"});
    EXPECT_EQ(ended.exit_code, 0) << ended.err;
    EXPECT_THAT(ended.out, HasSubstr("revocation/turns-revoked::must::"));
  }
  EXPECT_THAT(run({"incidents/ca-side", "--list"}).out,
              HasSubstr("incidents/ca-side/double-slash::"));
}

// -- mistakes in files ------------------------------------------------------------------------

struct mistake {
  std::string name;
  std::string content;
  std::string says;
};

std::ostream& operator<<(std::ostream& out, const mistake& what) {
  return out << what.name;
}

class scenario_mistake : public testing::TestWithParam<mistake> {};

TEST_P(scenario_mistake, is_told_with_its_place_and_starts_nothing) {
  const scratch_folder folder;
  const std::string file = folder.write("in/x.json", GetParam().content);
  const std::string report = folder / "report.json";
  const auto ended = staplelab({"run", file, "--report-json", report});
  EXPECT_EQ(ended.exit_code, 2) << ended.out << ended.err;
  EXPECT_EQ(ended.out, "");
  EXPECT_THAT(ended.err, testing::ContainsRegex("x\\.json:[0-9]+:[0-9]+: error: "));
  EXPECT_THAT(ended.err, HasSubstr(GetParam().says));
  EXPECT_FALSE(std::filesystem::exists(report));
}

INSTANTIATE_TEST_SUITE_P(
    files, scenario_mistake,
    testing::Values(
        mistake{"empty_file", "", ""},
        mistake{"unknown_key", R"({"title": "x", "stpes": []})", "steps"},
        mistake{"wrong_type", R"({"title": "x", "steps": [{"advance": 5}]})", ""},
        mistake{"missing_certificate", R"({"title": "x", "steps": [{"revoke": "servre"}]})",
                "servre"},
        mistake{"negative_duration", R"({"title": "x", "steps": [{"advance": "-5h"}]})", "-5h"},
        mistake{
            "misspelt_mode",
            R"({"title": "x", "matrix": {"mode": ["alway"]}, "steps": [{"start": "endpoint"}]})",
            "always"},
        mistake{"deep_nesting", std::string(100'000, '['), ""}),
    [](const auto& param) { return param.param.name; });

TEST(scenario_files, of_100_megabytes_are_refused) {
  const scratch_folder folder;
  const std::string file = folder.write("x.json", std::string(100 * 1024 * 1024, '['));
  const auto ended = staplelab({"run", file});
  EXPECT_EQ(ended.exit_code, 2);
  EXPECT_THAT(ended.err, HasSubstr("x.json"));
  EXPECT_LT(ended.err.size(), 4096u);
}

// Root reads everything: then the program is run by another user, out of a folder open to all.
ended_program as_somebody(const scratch_folder& folder, std::vector<std::string> arguments) {
  if (::geteuid() != 0) return staplelab(std::move(arguments));
  const std::filesystem::path program = folder / "staplelab";
  std::filesystem::copy_file(STAPLELAB_PROGRAM, program);
  std::filesystem::permissions(folder.path(), std::filesystem::perms::others_exec,
                               std::filesystem::perm_options::add);
  std::vector<std::string> words{"setpriv", "--reuid=65534", "--clear-groups", "--", program};
  words.insert(words.end(), arguments.begin(), arguments.end());
  return run_program(words);
}

TEST(scenario_files, that_cannot_be_read_are_refused) {
  EXPECT_EQ(staplelab({"run", "/nowhere"}).exit_code, 2);
  EXPECT_EQ(staplelab({"run", "/dev/null/x"}).exit_code, 2);
  const scratch_folder folder;
  EXPECT_EQ(staplelab({"run", folder.path().string()}).exit_code, 2);  // nothing in it
  const std::string file = folder.write("closed/x.json", holds);
  std::filesystem::permissions(folder / "closed", std::filesystem::perms::none);
  const auto ended = as_somebody(folder, {"run", folder / "closed"});
  EXPECT_EQ(ended.exit_code, 2) << ended.err;
  EXPECT_THAT(ended.err, HasSubstr("closed"));
  std::filesystem::permissions(folder / "closed", std::filesystem::perms::owner_all);
}

TEST(bundled_library, is_found_and_has_no_errors) {
  const auto ended = staplelab({"run", "--check"});
  EXPECT_EQ(ended.exit_code, 0) << ended.err;
}

TEST(schema, is_json_and_knows_steps) {
  const auto ended = staplelab({"schema"});
  ASSERT_EQ(ended.exit_code, 0);
  const auto schema = nlohmann::json::parse(ended.out);
  EXPECT_EQ(schema["$schema"], "https://json-schema.org/draft/2020-12/schema");
  EXPECT_TRUE(schema["properties"].contains("steps"));
}

TEST_F(scenario_run, writes_packets_and_the_secrets_to_read_them) {
  const std::string pcap = folder / "run.pcap", keylog = folder / "run.keys";
  ASSERT_EQ(run({good, "--pcap", pcap, "--keylog", keylog}).exit_code, 0);
  EXPECT_THAT(content_of(keylog), HasSubstr("CLIENT_TRAFFIC_SECRET_0 "));
  const auto packets = content_of(pcap);
  EXPECT_THAT(packets, testing::StartsWith("\xd4\xc3\xb2\xa1"));
  EXPECT_THAT(packets, HasSubstr("GET /"));  // the fetch
  EXPECT_THAT(packets, HasSubstr("application/ocsp-response"));
  EXPECT_THAT(packets, HasSubstr(std::string("\x16\x03\x01")));  // a record with a ClientHello
}

}  // namespace
}  // namespace staplelab::cli
