// Runs made by hand, for the tests of the reports: nothing is run.
#pragma once

#include <gtest/gtest.h>
#include <sys/wait.h>

#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <deque>
#include <filesystem>
#include <fstream>
#include <string>
#include <utility>
#include <vector>

#include "scenarios/result.hpp"

namespace staplelab::scenarios {

inline constexpr time_point sample_start = std::chrono::sys_days(std::chrono::year(2026) / 3 / 1);

// Everything that some format gives a meaning to.
inline const std::string nasty =
    "a \"q\" 'a' <b> & # c \\ ]]> % :: , | `d` \x01\x1b[31m \xff\xfe \xc3\xa9\nnext\rline\ttab";

// Keeps the scenarios that the cases point to; a deque does not move them.
class sample_run {
 public:
  const scenario& add_scenario(std::string name) {
    scenario made{};
    made.name = name;
    made.file = "library/" + name + ".json";
    made.title = name;
    made.start = sample_start;
    certificate_spec server{};
    server.name = "server";
    made.certificates = {server};
    made.endpoint.certificates = {"server"};
    return scenarios_.emplace_back(std::move(made));
  }

  case_result& add_case(const scenario& of, stapler::mode mode, bool must_staple,
                        std::string profile, case_verdict verdict, std::string reason = {}) {
    case_result result{.what = {.of = &of,
                                .mode = mode,
                                .must_staple = must_staple,
                                .profile = std::move(profile)},
                       .seed = 7,
                       .verdict = verdict,
                       .reason = std::move(reason),
                       .steps = {},
                       .events = {},
                       .simulated = std::chrono::hours(24),
                       .wall_ms = 2.5};
    return run.cases.emplace_back(std::move(result));
  }

  // A handshake after three days that expected `good` and saw `none`, amid six notes.
  case_result& add_failure(const scenario& of, std::string observed = "none") {
    case_result& result = add_case(of, stapler::mode::must, true, "resilient", case_verdict::fail,
                                   "a step did not hold");
    for (int hour = 0; hour < 12; ++hour) {
      event noted{};
      noted.at = sample_start + std::chrono::hours(hour);
      noted.what = note_made{"note " + std::to_string(hour)};
      result.events.push_back(noted);
    }
    step_result before{};
    before.at = sample_start;
    before.kind = "start";
    result.steps.push_back(before);
    step_result broken{};
    broken.at = sample_start + std::chrono::days(3);
    broken.kind = "handshake";
    broken.detail = "server.example";
    broken.verdict = case_verdict::fail;
    broken.shortfalls = {{.field = "verdict",
                          .expected = "good",
                          .observed = observed,
                          .why = "clients that must see a staple turn away"}};
    broken.expected = "good";
    broken.observed = observed;
    broken.where = {.line = 41, .column = 7};
    broken.first_event = 6;
    result.steps.push_back(broken);
    step_result after{};
    after.at = broken.at;
    after.kind = "stop";
    after.first_event = 7;
    result.steps.push_back(after);
    return result;
  }

  run_result run{.cases = {}, .seed = 7, .started = sample_start, .wall_ms = 2000};

 private:
  std::deque<scenario> scenarios_;
};

// One case of each verdict in one scenario.
inline sample_run four_verdicts() {
  sample_run sample;
  const scenario& of = sample.add_scenario("revocation/turns-revoked");
  sample.add_case(of, stapler::mode::auto_, true, "resilient", case_verdict::pass);
  sample.add_failure(of);
  sample.add_case(of, stapler::mode::always, true, "resilient", case_verdict::skip,
                  "needs # a process");
  sample.add_case(of, stapler::mode::never, true, "resilient", case_verdict::error,
                  "no world: out of ports");
  return sample;
}

struct ended_process {
  int exit_code;
  std::string output;  // stdout and stderr
};

inline ended_process shell(const std::string& command) {
  std::FILE* pipe = ::popen(("{ " + command + "; } 2>&1").c_str(), "r");
  if (pipe == nullptr) return {-1, {}};
  std::string output;
  char room[4096];
  while (const std::size_t got = std::fread(room, 1, sizeof room, pipe))
    output.append(room, got);
  const int status = ::pclose(pipe);
  return {WIFEXITED(status) ? WEXITSTATUS(status) : -1, output};
}

// A file that is gone with the test.
class sample_file {
 public:
  explicit sample_file(const std::string& content) {
    std::string name = (std::filesystem::temp_directory_path() / "report-XXXXXX").string();
    const int file = ::mkstemp(name.data());
    EXPECT_GE(file, 0);
    path_ = name;
    std::ofstream(path_, std::ios::binary) << content;
  }
  sample_file(const sample_file&) = delete;
  sample_file& operator=(const sample_file&) = delete;
  ~sample_file() { std::filesystem::remove(path_); }
  const std::string& path() const { return path_; }

 private:
  std::string path_;
};

}  // namespace staplelab::scenarios
