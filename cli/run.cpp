#include <fmt/format.h>
#include <CLI/CLI.hpp>

#include <algorithm>
#include <atomic>
#include <csignal>
#include <cstdlib>
#include <filesystem>
#include <optional>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "cli/command.hpp"
#include "cli/library_folder.hpp"
#include "cli/options.hpp"
#include "cli/program.hpp"
#include "cli/run_plan.hpp"
#include "cli/run_repeat.hpp"
#include "cli/run_reports.hpp"
#include "cli/run_screen.hpp"
#include "cli/run_selection.hpp"
#include "runtime/source_position.hpp"
#include "scenarios/parse.hpp"
#include "scenarios/report_github.hpp"
#include "scenarios/report_json.hpp"
#include "scenarios/runner.hpp"

namespace staplelab::cli {
namespace {

namespace fs = std::filesystem;

std::atomic<bool> interrupted{false};
static_assert(std::atomic<bool>::is_always_lock_free);  // a signal handler sets it

// The first Ctrl-C lets running cases end; the second one ends the program.
void catch_interrupt() {
  struct sigaction action = {};
  action.sa_handler = [](int) { interrupted = true; };
  action.sa_flags = static_cast<int>(SA_RESETHAND);
  ::sigaction(SIGINT, &action, nullptr);
}

// A path below the working directory reads better without what leads there.
fs::path shortened(const fs::path& path) {
  std::error_code error;
  const fs::path relative = path.lexically_relative(fs::current_path(error));
  return error || relative.empty() || *relative.begin() == ".." ? path : relative;
}

std::string variable(const char* name) {
  const char* value = std::getenv(name);
  return value == nullptr ? "" : value;
}

scenarios::overrides variables_of(const std::vector<std::string>& assignments) {
  scenarios::overrides vars;
  for (const std::string& assignment : assignments) {
    const auto equals = assignment.find('=');
    if (equals == std::string::npos || equals == 0) {
      refuse_value("--var", assignment, "a variable is given as name=value");
    }
    vars[assignment.substr(0, equals)] = assignment.substr(equals + 1);
  }
  return vars;
}

std::vector<scenarios::scenario> load_or_fail(const std::vector<fs::path>& paths,
                                              const scenarios::overrides& vars) {
  auto loaded = scenarios::load(paths, vars);
  if (loaded) return *std::move(loaded);
  for (const auto& error : loaded.error())
    fmt::print(stderr, "{}", runtime::render(error));
  const std::size_t count = loaded.error().size();
  throw failure(exit_code::bad_input, fmt::format("{} error{} in scenarios; nothing was run", count,
                                                  count == 1 ? "" : "s"));
}

void check_time_mode(const std::string& text) {
  static constexpr std::array<std::string_view, 3> known{"virtual", "travel", "real"};
  if (std::find(known.begin(), known.end(), text) == known.end()) {
    refuse_choice("--time", text, known);
  }
  if (text != "virtual") {
    throw failure(exit_code::missing,
                  fmt::format("--time {}: not available for the built-in targets", text),
                  "--time virtual runs everything in this process, days in milliseconds");
  }
}

class run_command final : public command {
 public:
  void describe(CLI::App& app) override;
  exit_code run() override;

 private:
  void describe_selection(CLI::App& app);
  void describe_output(CLI::App& app);
  run_selection selection() const;
  scenarios::run_options options() const;
  report_files reports() const;
  std::vector<fs::path> paths() const;
  scenarios::run_result run_all(const std::vector<scenarios::scenario_case>& cases) const;
  exit_code execute(const std::vector<scenarios::scenario_case>& cases) const;

  std::vector<std::string> paths_, modes_, profiles_, targets_, filters_, tags_, vars_;
  std::string time_ = "virtual", timeout_ = "2m";
  std::string report_json_, report_junit_, report_tap_, report_html_, artifacts_, pcap_, keylog_;
  std::optional<std::uint64_t> seed_;
  unsigned jobs_ = std::max(1u, std::thread::hardware_concurrency());
  unsigned repeat_ = 1;
  bool fail_fast_ = false, list_ = false, check_ = false, plan_ = false;
  bool json_ = false, github_ = false, verbose_ = false;
};

void run_command::describe(CLI::App& app) {
  app.add_option("PATH", paths_, "scenario files or folders; default: the bundled library");
  describe_selection(app);
  describe_output(app);
  app.footer(R"(
Examples:
  staplelab run                                       the bundled library, all modes
  staplelab run --filter 'revocation/*' --mode must,always
  staplelab run my.json -v                            with the transcript of each case
  staplelab run my.json --plan                        the steps, without running them
  staplelab run --report-junit junit.xml --artifacts failed

Ends with 0 when everything held, 2 when a scenario has an error, 3 when it was interrupted or a
case could not be run, 4 when an expectation was not met.
)");
}

void run_command::describe_selection(CLI::App& app) {
  app.add_option("--mode", modes_, "auto, must, always, never; several with commas")
      ->type_name("M[,M]")
      ->allow_extra_args(false);
  app.add_option("--target", targets_, "builtin:resilient or builtin:nats")
      ->type_name("NAME")
      ->allow_extra_args(false);
  app.add_option("--profile", profiles_, "resilient or nats")
      ->type_name("P")
      ->allow_extra_args(false);
  app.add_option("--filter", filters_, "shell pattern for case ids and scenario names")
      ->type_name("GLOB")
      ->allow_extra_args(false);
  app.add_option("--tag", tags_, "scenarios with this tag")
      ->type_name("T")
      ->allow_extra_args(false);
  app.add_option("--var", vars_, "set a variable of the scenarios")
      ->type_name("K=V")
      ->allow_extra_args(false);
  app.add_option("--jobs", jobs_, "cases at the same time; default: one a processor")
      ->check(CLI::Range(1, 1024));
  app.add_option("--seed", seed_, "for every random draw; default: each file's own")
      ->type_name("N");
  app.add_option("--repeat", repeat_, "run everything N times; transcripts must be equal")
      ->check(CLI::Range(1, 1000000))
      ->type_name("N");
  app.add_flag("--fail-fast", fail_fast_, "start no case after the first that did not pass");
  app.add_option("--timeout", timeout_, "real time for one case")
      ->type_name("DURATION")
      ->capture_default_str();
  app.add_option("--time", time_, "virtual, travel or real")->capture_default_str();
}

void run_command::describe_output(CLI::App& app) {
  app.add_flag("--list", list_, "print the cases without running them");
  app.add_flag("--check", check_, "read the scenarios without running them");
  app.add_flag("--plan", plan_, "print the timeline of steps without running them");
  app.add_option("--report-json", report_json_, "JSON report")->type_name("FILE");
  app.add_option("--report-junit", report_junit_, "JUnit XML report")->type_name("FILE");
  app.add_option("--report-tap", report_tap_, "TAP report")->type_name("FILE");
  app.add_option("--report-html", report_html_, "one page with every case and its timeline")
      ->type_name("FILE");
  app.add_flag("--github", github_, "annotations and a job summary for GitHub Actions");
  app.add_option("--artifacts", artifacts_, "a transcript for each case that did not pass")
      ->type_name("DIR");
  app.add_option("--pcap", pcap_, "what passed between clients, server and responder, as packets")
      ->type_name("FILE");
  app.add_option("--keylog", keylog_, "TLS secrets, so that Wireshark reads the packets")
      ->type_name("FILE");
  app.add_flag("-v,--verbose", verbose_, "a line and the transcript of every case");
  app.add_flag("--json", json_, "the JSON report, or with --list the cases, on stdout");
}

run_selection run_command::selection() const {
  run_selection wanted{
      .modes = {}, .profiles = {}, .patterns = filters_, .tags = split_list(tags_)};
  for (const auto& text : split_list(modes_))
    wanted.modes.push_back(mode_option(text));
  for (const auto& text : split_list(profiles_))
    wanted.profiles.push_back(profile_option(text));
  for (const auto& text : split_list(targets_))
    wanted.profiles.push_back(target_option(text));
  return wanted;
}

scenarios::run_options run_command::options() const {
  return {.jobs = jobs_,
          .seed = seed_,
          .fail_fast = fail_fast_,
          .timeout = duration_option("--timeout", timeout_),
          .traffic = !pcap_.empty()};
}

report_files run_command::reports() const {
  return {.json = report_json_,
          .junit = report_junit_,
          .tap = report_tap_,
          .html = report_html_,
          .artifacts = artifacts_,
          .summary = github_ ? variable("GITHUB_STEP_SUMMARY") : "",
          .pcap = pcap_,
          .keylog = keylog_};
}

std::vector<fs::path> run_command::paths() const {
  if (paths_.empty()) return {shortened(library_folder(this_program()))};
  return {paths_.begin(), paths_.end()};
}

exit_code run_command::run() {
  check_time_mode(time_);
  const run_selection wanted = selection();
  const auto vars = variables_of(vars_);
  options();  // so that a mistake there is told before any in the files
  const auto loaded = load_or_fail(paths(), vars);
  const auto cases = select_cases(loaded, wanted);
  if (cases.empty()) {
    throw failure(exit_code::usage, "no case is left to run",
                  "see staplelab run --list; --mode, --profile, --filter and --tag narrow it");
  }
  if (check_) {
    if (!json_) fmt::print("{} scenarios, {} cases: no errors\n", loaded.size(), cases.size());
    return exit_code::success;
  }
  if (list_ || plan_) {
    fmt::print("{}", plan_ ? timeline(cases) : json_ ? case_list_json(cases) : case_list(cases));
    return exit_code::success;
  }
  return execute(cases);
}

scenarios::run_result run_command::run_all(
    const std::vector<scenarios::scenario_case>& cases) const {
  run_screen screen(json_      ? run_screen::detail::silent
                    : verbose_ ? run_screen::detail::everything
                               : run_screen::detail::failures,
                    cases.size());
  const auto show = [&](const scenarios::case_result& result) { screen.case_ended(result); };
  scenarios::run_result result = scenarios::run_cases(cases, options(), show, interrupted);
  if (repeat_ > 1) {
    const repeat_check same(result);
    for (unsigned repeat = 2; repeat <= repeat_ && !interrupted; ++repeat) {
      const auto again = scenarios::run_cases(cases, options(), {}, interrupted);
      same.compare(result, again, repeat);
    }
  }
  screen.run_ended(result);
  return result;
}

exit_code run_command::execute(const std::vector<scenarios::scenario_case>& cases) const {
  check_reports(reports());
  catch_interrupt();
  const scenarios::run_result result = run_all(cases);
  write_reports(reports(), result);
  if (json_) fmt::print("{}", scenarios::json_report(result, program_version));
  if (github_) {
    fmt::print(json_ ? stderr : stdout, "{}",
               scenarios::github_annotations(result, variable("GITHUB_WORKSPACE")));
  }
  const scenarios::run_totals totals = result.totals();
  if (interrupted) {
    throw failure(exit_code::could_not_run, fmt::format("interrupted after {} of {} cases",
                                                        result.cases.size(), cases.size()));
  }
  if (totals.failed > 0) return exit_code::unmet;
  return totals.errors > 0 ? exit_code::could_not_run : exit_code::success;
}

}  // namespace

std::unique_ptr<command> make_run() {
  return std::make_unique<run_command>();
}

}  // namespace staplelab::cli
