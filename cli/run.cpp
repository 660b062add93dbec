#include <fmt/format.h>
#include <CLI/CLI.hpp>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <optional>
#include <string>
#include <thread>
#include <utility>
#include <variant>
#include <vector>

#include "cli/command.hpp"
#include "cli/interrupt.hpp"
#include "cli/library_folder.hpp"
#include "cli/loaded_scenarios.hpp"
#include "cli/options.hpp"
#include "cli/program.hpp"
#include "cli/run_known.hpp"
#include "cli/run_parity.hpp"
#include "cli/run_plan.hpp"
#include "cli/run_repeat.hpp"
#include "cli/run_reports.hpp"
#include "cli/run_screen.hpp"
#include "cli/run_selection.hpp"
#include "cli/swept_folder.hpp"
#include "cli/target_choice.hpp"
#include "scenarios/parse.hpp"
#include "scenarios/report_github.hpp"
#include "scenarios/report_json.hpp"
#include "scenarios/runner.hpp"

namespace staplelab::cli {
namespace {

namespace fs = std::filesystem;

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

// A probe that expects nothing passes whatever it sees: that is told, since it may be forgotten.
std::string check_summary(const std::vector<scenarios::scenario>& loaded, std::size_t cases) {
  std::string text = fmt::format("{} scenario{}, {} case{}: no errors\n", loaded.size(),
                                 loaded.size() == 1 ? "" : "s", cases, cases == 1 ? "" : "s");
  for (const auto& each : loaded) {
    for (const auto& step : each.steps) {
      const bool probes = std::holds_alternative<scenarios::handshake_step>(step.what) ||
                          std::holds_alternative<scenarios::query_step>(step.what);
      if (!probes || !step.expect.alternatives.empty()) continue;
      text += fmt::format("{}:{}: note: this expects nothing, so it cannot fail\n", step.file,
                          step.where.line);
    }
  }
  return text;
}

scenarios::time_mode time_option(const std::string& text, bool on_targets, bool scaled) {
  static constexpr std::array<std::string_view, 3> known{"virtual", "travel", "real"};
  if (!text.empty() && std::find(known.begin(), known.end(), text) == known.end()) {
    refuse_choice("--time", text, known);
  }
  if (!on_targets && !text.empty() && text != "virtual") {
    throw failure(exit_code::missing,
                  fmt::format("--time {}: not available for the built-in targets", text),
                  "--time virtual runs everything in this process, days in milliseconds");
  }
  if (on_targets && text == "virtual") {
    throw failure(exit_code::usage, "--time virtual: not for servers that are not ours",
                  "--time travel moves the clock of the server under test");
  }
  if (text == "real") return scenarios::time_mode::real;
  if (scaled) throw failure(exit_code::usage, "--time-scale is for --time real only");
  return on_targets ? scenarios::time_mode::travel : scenarios::time_mode::virtual_;
}

class run_command final : public command {
 public:
  void describe(CLI::App& app) override;
  exit_code run() override;

 private:
  void describe_selection(CLI::App& app);
  void describe_output(CLI::App& app);
  void describe_time(CLI::App& app);
  run_selection selection();
  void choose_targets(run_selection& wanted);
  scenarios::run_options options() const;
  report_files reports() const;
  std::vector<fs::path> paths() const;
  scenarios::run_result run_all(const std::vector<scenarios::scenario_case>& cases) const;
  exit_code execute(const std::vector<scenarios::scenario_case>& cases) const;
  exit_code show_parity(const scenarios::run_result& theirs,
                        const std::vector<scenarios::scenario_case>& cases) const;

  std::vector<std::string> paths_, modes_, profiles_, targets_, filters_, tags_, vars_;
  std::string time_, against_;
  std::optional<std::string> timeout_;
  std::optional<double> time_scale_;
  std::vector<scenarios::target> foreign_;  // of targets_
  std::string report_json_, report_junit_, report_tap_, report_html_, report_markdown_, artifacts_,
      pcap_, keylog_;
  std::optional<std::uint64_t> seed_;
  unsigned jobs_ = std::max(1u, std::thread::hardware_concurrency());
  unsigned repeat_ = 1;
  bool fail_fast_ = false, list_ = false, check_ = false, plan_ = false;
  bool json_ = false, github_ = false, verbose_ = false, explain_ = false;
};

void run_command::describe(CLI::App& app) {
  app.add_option("PATH", paths_,
                 "scenario files, folders, or names of bundled ones; default: all of these");
  describe_selection(app);
  describe_output(app);
  app.footer(R"(
Examples:
  staplelab run                                       the bundled library, all modes
  staplelab run --filter 'revocation/*' --mode must,always
  staplelab run my.json -v                            with the transcript of each case
  staplelab run my.json --explain                     as a post-mortem tells it
  staplelab run double-slash --explain                a bundled one, by its name
  staplelab run my.json --plan                        the steps, without running them
  staplelab run --target nats-server                  the same against a real server
  staplelab run --target nats-server --against builtin:nats
  staplelab run --report-junit junit.xml --artifacts failed

Ends with 0 when everything held, 2 when a scenario has an error, 3 when it was interrupted or a
case could not be run, 4 when an expectation was not met.
)");
}

void run_command::describe_selection(CLI::App& app) {
  app.add_option("--mode", modes_, "auto, must, always, never; several with commas")
      ->type_name("M[,M]")
      ->allow_extra_args(false);
  app.add_option("--target", targets_, "see staplelab targets; or the path of a description")
      ->type_name("NAME")
      ->allow_extra_args(false);
  app.add_option("--profile", profiles_, "resilient, nats, or a persona: nginx-like, ...")
      ->type_name("P")
      ->allow_extra_args(false);
  app.add_option("--filter", filters_,
                 "shell pattern for case ids and scenario names, or a name's last part")
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
  // CLI11 would take -1 for a very large number.
  app.add_option("--seed", seed_, "for every random draw; default: each file's own")
      ->type_name("N")
      ->check([](const std::string& text) {
        const bool digits = text.find_first_not_of("0123456789") == std::string::npos;
        return digits ? "" : "a seed is a number from 0 to 18446744073709551615";
      });
  app.add_option("--repeat", repeat_, "run everything N times; transcripts must be equal")
      ->check(CLI::Range(1, 1000000))
      ->type_name("N");
  app.add_flag("--fail-fast", fail_fast_, "start no case after the first that did not pass");
  app.add_option("--timeout", timeout_,
                 "real time for one case; with --time real, beyond its own; default: 2m, 5m with "
                 "other servers")
      ->type_name("DURATION");
  describe_time(app);
}

void run_command::describe_time(CLI::App& app) {
  app.add_option("--time", time_, "virtual, travel or real; default: travel with other servers")
      ->type_name("MODE");
  app.add_option(
         "--time-scale", time_scale_,
         "with --time real: durations are divided by X; default: what suits them, at most 500")
      ->type_name("X")
      ->check(CLI::Range(1.0, 1e7));
  app.add_option("--against", against_, "tell where the target differs from builtin:PROFILE")
      ->type_name("NAME");
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
  app.add_option("--report-markdown", report_markdown_, "scenarios against servers, as a page")
      ->type_name("FILE");
  app.add_flag("--github", github_, "annotations and a job summary for GitHub Actions");
  app.add_option("--artifacts", artifacts_, "a transcript for each case that did not pass")
      ->type_name("DIR");
  app.add_option("--pcap", pcap_, "what passed between clients, server and responder, as packets")
      ->type_name("FILE");
  app.add_option("--keylog", keylog_, "TLS secrets, so that Wireshark reads the packets")
      ->type_name("FILE");
  app.add_flag("-v,--verbose", verbose_, "the transcript of every case as well");
  app.add_flag("--explain", explain_, "tell each case as a post-mortem would, one after another");
  app.add_flag("--json", json_, "the JSON report, or with --list the cases, on stdout");
}

run_selection run_command::selection() {
  run_selection wanted{
      .modes = {}, .profiles = {}, .targets = {}, .patterns = filters_, .tags = split_list(tags_)};
  for (const auto& text : split_list(modes_))
    wanted.modes.push_back(mode_option(text));
  for (const auto& text : split_list(profiles_))
    wanted.profiles.push_back(profile_option(text));
  choose_targets(wanted);
  return wanted;
}

void run_command::choose_targets(run_selection& wanted) {
  foreign_.clear();
  bool ours = false;
  for (const auto& text : split_list(targets_)) {
    auto chosen = choose_target(text);
    if (const auto* builtin = std::get_if<builtin_target>(&chosen)) {
      wanted.profiles.push_back(builtin->profile);
      ours = true;
    } else {
      foreign_.push_back(std::get<scenarios::target>(std::move(chosen)));
    }
  }
  if (ours && !foreign_.empty()) {
    throw failure(exit_code::usage, "--target: our own endpoint runs in another time than others",
                  "run them one after another, or compare them with --against");
  }
  if (!against_.empty() && foreign_.empty()) {
    throw failure(exit_code::usage, "--against needs a --target that is not ours");
  }
  for (const auto& each : foreign_)
    wanted.targets.push_back(&each);
}

scenarios::run_options run_command::options() const {
  const std::string usual_timeout = foreign_.empty() ? "2m" : "5m";
  return {.jobs = explain_ ? 1 : jobs_,
          .seed = seed_,
          .fail_fast = fail_fast_,
          .timeout = duration_option("--timeout", timeout_.value_or(usual_timeout)),
          .traffic = !pcap_.empty(),
          .time = time_option(time_, !foreign_.empty(), time_scale_.has_value()),
          .time_scale = time_scale_};
}

report_files run_command::reports() const {
  return {.json = report_json_,
          .junit = report_junit_,
          .tap = report_tap_,
          .html = report_html_,
          .markdown = report_markdown_,
          .artifacts = artifacts_,
          .summary = github_ ? variable("GITHUB_STEP_SUMMARY") : "",
          .pcap = pcap_,
          .keylog = keylog_};
}

std::vector<fs::path> run_command::paths() const {
  if (paths_.empty()) return {below_here(library_folder(this_program()))};
  return {paths_.begin(), paths_.end()};
}

exit_code run_command::run() {
  const run_selection wanted = selection();
  const auto vars = variables_of(vars_);
  options();  // so that a mistake there is told before any in the files
  const auto loaded = load_or_fail(paths(), vars);
  const auto cases = select_cases(loaded, wanted);
  if (cases.empty()) {
    throw failure(exit_code::usage, "no case is left to run", why_none(loaded, wanted));
  }
  if (check_) {
    if (!json_) fmt::print("{}", check_summary(loaded, cases.size()));
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
                    : explain_ ? run_screen::detail::story
                    : verbose_ ? run_screen::detail::transcripts
                               : run_screen::detail::lines,
                    cases.size());
  const auto show = [&](const scenarios::case_result& result) { screen.case_ended(result); };
  scenarios::run_result result = scenarios::run_cases(cases, options(), show, interrupted());
  if (repeat_ > 1) {
    const repeat_check same(result);
    for (unsigned repeat = 2; repeat <= repeat_ && !interrupted(); ++repeat) {
      const auto again = scenarios::run_cases(cases, options(), {}, interrupted());
      same.compare(result, again, repeat);
    }
  }
  screen.run_ended(result);
  return result;
}

exit_code run_command::execute(const std::vector<scenarios::scenario_case>& cases) const {
  check_reports(reports());
  for (const auto& each : foreign_)
    require_installed(each);
  const swept_folder swept(foreign_.empty() ? swept_folder::place::memory
                                            : swept_folder::place::disk);
  catch_interrupt();
  const scenarios::run_result result = run_all(cases);
  write_reports(reports(), result);
  if (json_) fmt::print("{}", scenarios::json_report(result, program_version, explain_));
  if (github_) {
    fmt::print(json_ ? stderr : stdout, "{}",
               scenarios::github_annotations(result, variable("GITHUB_WORKSPACE")));
  }
  const scenarios::run_totals totals = result.totals();
  if (interrupted()) {
    throw failure(exit_code::could_not_run,
                  fmt::format("interrupted after {} of {} cases", totals.started, cases.size()));
  }
  if (!against_.empty()) return show_parity(result, cases);
  fmt::print(stderr, "{}", known_no_more(result));
  if (totals.failed > 0) return exit_code::unmet;
  return totals.errors > 0 ? exit_code::could_not_run : exit_code::success;
}

// What differs is what counts here, not what a scenario expects.
exit_code run_command::show_parity(const scenarios::run_result& theirs,
                                   const std::vector<scenarios::scenario_case>& cases) const {
  const auto chosen = choose_target(against_);
  const auto* builtin = std::get_if<builtin_target>(&chosen);
  if (!builtin) {
    throw failure(exit_code::usage, "--against: only with our own endpoint, as builtin:nats");
  }
  auto own = options();
  own.time = scenarios::time_mode::virtual_;
  const auto ours =
      scenarios::run_cases(on_builtin(cases, builtin->profile), own, {}, interrupted());
  const auto compared = compare_courses(ours.cases, theirs.cases);
  fmt::print(json_ ? stderr : stdout, "\n{} against {}\n{}", foreign_.front().title, against_,
             compared.text);
  return compared.unknown > 0 ? exit_code::unmet : exit_code::success;
}

}  // namespace

std::unique_ptr<command> make_run() {
  return std::make_unique<run_command>();
}

}  // namespace staplelab::cli
