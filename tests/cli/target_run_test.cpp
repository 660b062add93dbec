// `run` against servers that are not ours: real programs, on a clock that is moved, and in real
// time.
#include <gmock/gmock.h>
#include <signal.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "runtime/process.hpp"
#include "tests/cli/process.hpp"

namespace staplelab::cli {
namespace {

namespace fs = std::filesystem;
using testing::HasSubstr;
using testing::Not;

constexpr const char* unmovable = "its clock cannot be moved on this machine";

// A description of openssl's server, with a command of the test's own.
std::string description(const nlohmann::json& command) {
  nlohmann::json all{
      {"title", "s_server"},
      {"package", "openssl"},
      {"version", {"openssl", "version"}},
      {"command", command},
      {"reload", "it reads its certificate once"},
      {"tls", "direct"},
      {"staples", "itself"},
      {"lacks", {{"exit_codes", "they are its own"}}},
      {"modes",
       {{"auto", nlohmann::json::object()},
        {"must", "it never shuts down"},
        {"always", "it never shuts down"},
        {"never", "it has no such setting"}}},
  };
  return all.dump(2);
}

std::vector<std::string> s_server() {
  return {"openssl", "s_server", "-accept",     "127.0.0.1:${port}", "-cert",   "${cert}",
          "-key",    "${key}",   "-cert_chain", "${chain}",          "-CAfile", "${chain}",
          "-www",    "-status"};
}

constexpr const char* good_once = R"({
  "title": "A staple from the first handshake",
  "matrix": {"must_staple": [true]},
  "responder": {"validity": "100d"},
  "steps": [
    {"start": "endpoint", "expect": "up"},
    {"handshake": {}, "expect": {"off": "none", "otherwise": "good"}},
    {"advance": "6h"},
    {"handshake": {}, "expect": {"off": "none", "otherwise": "good"}}
  ]
}
)";

constexpr const char* start_only = R"({
  "title": "It starts",
  "matrix": {"must_staple": [true], "mode": ["auto"]},
  "steps": [{"start": "endpoint", "expect": "up"}]
}
)";

class target_run : public testing::Test {
 protected:
  target_run() {
    const char* before = std::getenv("TMPDIR");
    if (before) temporary_before_ = before;
    fs::create_directories(folder / "tmp");
    ::setenv("TMPDIR", (folder / "tmp").c_str(), 1);
  }
  ~target_run() override {
    if (temporary_before_.empty()) {
      ::unsetenv("TMPDIR");
    } else {
      ::setenv("TMPDIR", temporary_before_.c_str(), 1);
    }
  }
  bool nothing_left() const { return fs::is_empty(folder / "tmp"); }
  // The scenario against a server that is called `mine`.
  ended_program in_real_time(const nlohmann::json& command,
                             const std::string& time_scale = "20000") const {
    const auto server = folder.write("mine.json", description(command));
    return staplelab({"run", scenario, "--target", server, "--time", "real", "--time-scale",
                      time_scale, "--mode", "auto"});
  }

  const scratch_folder folder;
  const std::string scenario = folder.write("once.json", good_once);

 private:
  std::string temporary_before_;
};

TEST_F(target_run, of_a_description_of_ones_own) {
  const auto server = folder.write("mine.json", description(s_server()));
  const auto ended = staplelab({"run", scenario, "--target", server});
  if (ended.out.find(unmovable) != std::string::npos) GTEST_SKIP() << unmovable;
  EXPECT_EQ(ended.exit_code, 0) << ended.out << ended.err;
  EXPECT_THAT(ended.out, HasSubstr("4 cases: 1 passed, 0 failed, 3 skipped, 0 errors"));
  EXPECT_THAT(ended.out, HasSubstr("it never shuts down"));
  EXPECT_TRUE(nothing_left());
}

TEST_F(target_run, in_real_time_leaves_the_clock_alone) {
  const auto ended = in_real_time(s_server());
  EXPECT_EQ(ended.exit_code, 0) << ended.out << ended.err;
  EXPECT_THAT(ended.out, HasSubstr("1 cases: 1 passed"));
}

TEST_F(target_run, faster_than_its_answers_can_tell_judges_nothing) {
  const auto ended = in_real_time(s_server(), "1000000");
  EXPECT_EQ(ended.exit_code, 0) << ended.out << ended.err;
  EXPECT_THAT(ended.out, HasSubstr("1 cases: 0 passed, 0 failed, 1 skipped"));
  EXPECT_THAT(ended.out, HasSubstr("a lower one helps"));
}

TEST_F(target_run, of_a_server_that_ends_at_once_is_a_refusal_to_start) {
  const auto ended = in_real_time({"sh", "-c", "echo no key; exit 7"});
  EXPECT_EQ(ended.exit_code, 4) << ended.out << ended.err;
  EXPECT_THAT(ended.out, HasSubstr("expected up, seen refused"));
  // Whose it is, what the server said last, and how it ended, in the line of the case.
  EXPECT_THAT(ended.out, HasSubstr("FAIL "));
  EXPECT_THAT(ended.out, HasSubstr("  mine  start at +"));
  EXPECT_THAT(ended.out, HasSubstr("expected up, seen refused: no key (exit code 7)"));
  EXPECT_THAT(ended.out, HasSubstr("target in each cell: mine"));
  EXPECT_THAT(ended.out, HasSubstr("and 2 more steps that found nobody listening"));
}

TEST_F(target_run, of_a_server_that_goes_into_the_background_says_what_to_do) {
  const auto ended = in_real_time({"sh", "-c", "exit 0"});
  EXPECT_EQ(ended.exit_code, 4) << ended.out << ended.err;
  EXPECT_THAT(ended.out, HasSubstr("stay in the foreground"));
}

TEST_F(target_run, of_which_every_case_is_skipped_warns_that_nothing_was_tested) {
  const auto server = folder.write("mine.json", description(s_server()));
  for (const bool json : {false, true}) {
    std::vector<std::string> arguments{"run", scenario, "--target", server, "--mode", "must"};
    if (json) arguments.push_back("--json");
    const auto ended = staplelab(arguments);
    EXPECT_EQ(ended.exit_code, 0) << ended.out << ended.err;
    EXPECT_THAT(ended.err, HasSubstr("nothing was tested: all 1 cases were skipped"));
  }
}

TEST_F(target_run, gives_a_server_the_time_to_start_by_the_clock_that_it_sees) {
  const auto server = folder.write("mine.json", description({"sleep", "86400"}));
  const auto ended = staplelab({"run", scenario, "--target", server, "--mode", "auto", "-v"});
  if (ended.out.find(unmovable) != std::string::npos) GTEST_SKIP() << unmovable;
  EXPECT_EQ(ended.exit_code, 4) << ended.out << ended.err;
  // After ten seconds, and what a busy machine adds.
  EXPECT_THAT(ended.out,
              testing::ContainsRegex("0d00h00m[1-3][0-9][.][0-9]+s +endpoint +refuses to start: "));
}

TEST_F(target_run, of_what_is_not_installed_ends_with_5_and_says_how_to_install_it) {
  const auto server = folder.write("mine.json", description({"no-such-program-here"}));
  const auto ended = staplelab({"run", scenario, "--target", server});
  EXPECT_EQ(ended.exit_code, 5) << ended.out << ended.err;
  EXPECT_THAT(ended.err, HasSubstr("apt-get install openssl"));
}

TEST_F(target_run, of_a_program_that_was_built_beside_its_description) {
  const auto start = folder.write("start.json", start_only);
  const auto program = folder.write("server", "#!/bin/sh\necho it is mine\nexit 7\n");
  const auto server = folder.write("mine.json", description({"./server"}));
  const auto absent = staplelab({"run", start, "--target", server});
  EXPECT_EQ(absent.exit_code, 5) << absent.out << absent.err;
  EXPECT_THAT(absent.err, HasSubstr(program + " is not there"));
  EXPECT_THAT(absent.err, Not(HasSubstr("apt-get")));
  fs::permissions(program, fs::perms::owner_all);
  const auto ended = staplelab({"run", start, "--target", server, "--time", "real"});
  EXPECT_EQ(ended.exit_code, 4) << ended.out << ended.err;
  EXPECT_THAT(ended.out, HasSubstr("it is mine"));
}

TEST_F(target_run, tells_a_failure_that_is_known_from_one_that_is_not) {
  const auto start = folder.write("start.json", start_only);
  auto known = nlohmann::json::parse(description({"sh", "-c", "echo no key; exit 7"}));
  known["known"].push_back({{"case", "start::auto::*"}, {"why", "it has no key yet"}});
  const auto server = folder.write("mine.json", known.dump());
  const std::vector<std::string> run{"run", start, "--target", server, "--time", "real"};
  const auto ended = staplelab(run);
  EXPECT_EQ(ended.exit_code, 0) << ended.out << ended.err;
  EXPECT_THAT(ended.out, HasSubstr("known: it has no key yet; line 4"));
  known["command"] = s_server();
  folder.write("mine.json", known.dump());
  const auto passed = staplelab(run);
  EXPECT_EQ(passed.exit_code, 0) << passed.out << passed.err;
  EXPECT_THAT(passed.err, HasSubstr("known no more: start::auto::must-staple::mine passes"));
}

TEST_F(target_run, of_a_description_with_a_mistake_ends_with_2_and_shows_it) {
  const auto server = folder.write("mine.json", "{\n  \"titel\": \"x\"\n}\n");
  const auto ended = staplelab({"run", scenario, "--target", server});
  EXPECT_EQ(ended.exit_code, 2);
  EXPECT_THAT(ended.err, HasSubstr("mine.json:2:3: error: unknown key 'titel'"));
  EXPECT_THAT(ended.err, HasSubstr("did you mean 'title'?"));
}

TEST_F(target_run, that_is_killed_leaves_no_process_and_no_folder) {
  const auto pid_file = folder / "pid";
  const auto own = "echo $$ > " + pid_file +
                   "; exec openssl s_server -accept 127.0.0.1:${port} -cert ${cert} -key ${key} "
                   "-www -status -CAfile ${chain}";
  const auto server = folder.write("mine.json", description({"sh", "-c", own}));
  const auto long_one = folder.write("long.json", R"({
    "title": "It goes on",
    "matrix": {"must_staple": [true]},
    "steps": [{"start": "endpoint"}, {"advance": "10m"}]
  })");
  background_program run(
      {STAPLELAB_PROGRAM, "run", long_one, "--target", server, "--time", "real", "--mode", "auto"});
  const auto wait_until = [](const auto& condition) {
    for (int tries = 0; tries < 300 && !condition(); ++tries)
      ::usleep(100'000);
    return condition();
  };
  ASSERT_TRUE(wait_until([&] { return fs::exists(pid_file) && fs::file_size(pid_file) > 0; }));
  EXPECT_FALSE(nothing_left());
  run.send(SIGKILL);
  run.wait();
  const auto pid = static_cast<pid_t>(std::stol(content_of(pid_file)));
  EXPECT_TRUE(wait_until([&] { return ::kill(pid, 0) != 0; }));
  EXPECT_TRUE(wait_until([&] { return nothing_left(); }));
}

// A staple's life of seven days, and half a life more, of a program that is not changed and not
// told.
TEST_F(target_run, takes_nats_server_through_the_life_of_a_staple) {
  if (!runtime::find_program("nats-server")) GTEST_SKIP() << "nats-server is not installed";
  const auto ended = staplelab({"run", "--filter", "revocation/a-week-and-a-half", "--target",
                                "nats-server", "--time", "travel", "--mode", "auto,must"});
  if (ended.out.find(unmovable) != std::string::npos) GTEST_SKIP() << unmovable;
  EXPECT_EQ(ended.exit_code, 0) << ended.out << ended.err;
  EXPECT_THAT(ended.out, HasSubstr("4 cases: 4 passed"));
  EXPECT_TRUE(nothing_left());
}

TEST(targets, are_listed_with_what_installs_them) {
  const auto ended = staplelab({"targets"});
  EXPECT_EQ(ended.exit_code, 0) << ended.err;
  EXPECT_THAT(ended.out, HasSubstr("nats-server"));
  EXPECT_THAT(ended.out, HasSubstr("builtin:resilient"));
  const auto listed = nlohmann::json::parse(staplelab({"targets", "--json"}).out);
  EXPECT_GE(listed.size(), 4U);
  for (const auto& each : listed)
    EXPECT_FALSE(each.at("package").get<std::string>().empty()) << each;
}

TEST(schema, of_targets_is_printed) {
  const auto printed = nlohmann::json::parse(staplelab({"schema", "--target"}).out);
  EXPECT_EQ(printed.at("title"), "staplelab target");
}

}  // namespace
}  // namespace staplelab::cli
