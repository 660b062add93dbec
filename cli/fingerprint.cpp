#include <fmt/format.h>
#include <CLI/CLI.hpp>

#include <algorithm>
#include <cstdio>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "cli/fingerprint.hpp"
#include "cli/fingerprint_subject.hpp"
#include "cli/interrupt.hpp"
#include "cli/options.hpp"
#include "cli/program.hpp"
#include "cli/swept_folder.hpp"
#include "cli/target_choice.hpp"
#include "cli/terminal.hpp"
#include "fingerprint/examine.hpp"
#include "fingerprint/page.hpp"
#include "fingerprint/report.hpp"
#include "fingerprint/version.hpp"
#include "stapler/mode.hpp"

namespace staplelab::cli {
namespace {

class fingerprint_command final : public command {
 public:
  void describe(CLI::App& app) override {
    app.add_option("TARGET", targets_,
                   "a bundled server, the JSON file of your own, or builtin:PROFILE");
    app.add_flag("--installed", installed_, "every bundled server that is on this machine");
    app.add_option("--cell", cells_, "only these cells, NAME[,NAME]")->type_name("NAME");
    app.add_flag("--transcript", transcript_, "what happened in the experiments behind the cells");
    app.add_option("--mode", mode_, "auto, must or always: the mode the row is about")
        ->type_name("MODE")
        ->capture_default_str();
    app.add_option("--jobs", jobs_, "experiments at the same time")
        ->check(CLI::Range(1, 64))
        ->type_name("N")
        ->capture_default_str();
    app.add_option("--times", times_, "in a row that a cell has to be the same")
        ->check(CLI::Range(1, 7))
        ->type_name("N")
        ->capture_default_str();
    app.add_flag("--json", json_, "one JSON object on stdout; an array for several servers");
    app.add_flag("--markdown", markdown_, "a page with tables and what is surprising");
    app.footer(R"(
Examples:
  staplelab fingerprint nginx
  staplelab fingerprint ./my-server.json --json
  staplelab fingerprint builtin:nats --cell on_wrong_cert --transcript
  staplelab fingerprint --installed --markdown > servers.md

Each cell is tried until it is the same three times in a row; one that never is, is unsteady. See
docs/fingerprint.md for what the cells mean.
)");
  }

  exit_code run() override {
    const auto how = options();
    auto chosen = choose(how.mode);
    std::optional<swept_folder> swept;
    if (std::ranges::any_of(chosen, is_foreign)) swept.emplace(swept_folder::place::disk);
    catch_interrupt();
    std::vector<fingerprint::row> rows;
    std::size_t not_started = 0;
    for (const auto& each : chosen) {
      if (interrupted()) break;
      if (const auto why = why_not_started(each, how.mode)) {
        ++not_started;
        fmt::print(stderr, "{}: {} does not start: {}\n", program_name, each.name, *why);
        continue;
      }
      auto found = examine_one(each, how);
      if (interrupted()) break;  // it is not whole
      rows.push_back(std::move(found));
      if (!json_ && !markdown_) print(rows.back());
      if (rows.size() < chosen.size()) tell_time(rows.back());
    }
    if (json_) {
      // One server is an object, or nothing when it was not examined to the end.
      const bool one = chosen.size() == 1;
      if (!one) fmt::print("{}", fingerprint::json_report(rows));
      if (one && !rows.empty()) fmt::print("{}", json_report(rows.front()));
    }
    if (markdown_) fmt::print("{}", fingerprint::page(rows, page_options(chosen)));
    if (not_started > 0) {
      throw failure(exit_code::could_not_run,
                    fmt::format("{} of {} servers did not start", not_started, chosen.size()));
    }
    if (interrupted()) {
      throw failure(exit_code::could_not_run,
                    fmt::format("interrupted after {} of {} servers", rows.size(), chosen.size()));
    }
    return exit_code::success;
  }

 private:
  struct chosen_target {
    std::string name;
    target_choice what;
  };

  static bool is_foreign(const chosen_target& each) {
    return std::holds_alternative<scenarios::target>(each.what);
  }

  static std::optional<std::string> why_not_started(const chosen_target& each, stapler::mode mode) {
    const auto* foreign = std::get_if<scenarios::target>(&each.what);
    return foreign ? cli::why_not_started(*foreign, mode) : std::nullopt;
  }

  std::vector<chosen_target> choose(stapler::mode mode) const {
    std::vector<chosen_target> all;
    for (const auto& text : targets_)
      all.push_back({text, choose_target(text)});
    if (installed_) {
      for (auto& each : bundled_targets()) {
        auto name = each.name;
        if (!is_installed(each) || why_no_mode(each, mode)) continue;
        all.push_back({std::move(name), std::move(each)});
      }
    }
    if (all.empty()) {
      throw failure(exit_code::usage, "fingerprint: a TARGET is missing",
                    "see staplelab targets for their names");
    }
    if (json_ && markdown_) {
      throw failure(exit_code::usage, "fingerprint: --json and --markdown exclude each other");
    }
    for (const auto& each : all) {
      const auto* foreign = std::get_if<scenarios::target>(&each.what);
      if (!foreign) continue;
      require_installed(*foreign);
      if (const auto why = why_no_mode(*foreign, mode)) {
        throw failure(exit_code::usage,
                      fmt::format("--mode {}: {} has no such mode: {}", mode_, each.name, *why));
      }
    }
    return all;
  }

  fingerprint::examination_options options() const {
    fingerprint::examination_options how;
    std::vector<std::string_view> known;
    for (const auto each : fingerprint::all_cells())
      known.push_back(fingerprint::to_string(each));
    for (const auto& name : split_list(cells_))
      how.only.push_back(choice("--cell", name, fingerprint::parse_cell, known));
    const std::string_view modes[] = {"auto", "must", "always"};
    const bool staples = std::ranges::find(modes, mode_) != std::end(modes);
    if (!staples) refuse_choice("--mode", mode_, modes);
    how.mode = *stapler::parse_mode(mode_);
    how.jobs = static_cast<unsigned>(jobs_);
    how.times = static_cast<unsigned>(times_);
    return how;
  }

  // A description of one's own is named by its path, and has no documentation beside it.
  fingerprint::page_options page_options(const std::vector<chosen_target>& chosen) const {
    fingerprint::page_options how{.of_documentation = installed_};
    for (const auto& each : chosen) {
      const auto* foreign = std::get_if<scenarios::target>(&each.what);
      if (foreign) how.commands[foreign->name] = each.name;
    }
    return how;
  }

  fingerprint::row examine_one(const chosen_target& each,
                               const fingerprint::examination_options& how) const {
    fingerprint::subject who{.name = each.name, .on = nullptr};
    if (const auto* foreign = std::get_if<scenarios::target>(&each.what)) {
      who.name = foreign->name;
      who.on = foreign;
      who.version = fingerprint::version_of(*foreign);
    } else {
      who.profile = std::get<builtin_target>(each.what).profile;
      who.version = fmt::format("{} {}", program_name, program_version);
    }
    const bool shown = is_terminal(stderr);
    const auto tell = [&](std::size_t ended, std::size_t needed) {
      if (!shown) return;
      fmt::print(stderr, "\r\x1b[K{}: {}/{} experiments", who.name, ended, needed);
      std::fflush(stderr);
    };
    auto found = fingerprint::examine(who, how, tell, interrupted());
    if (shown) fmt::print(stderr, "\r\x1b[K");
    return found;
  }

  // Of several servers, those that follow take minutes.
  void tell_time(const fingerprint::row& found) const {
    if (!json_ && !markdown_) return;
    fmt::print(stderr, "{}: {:.0f} s\n", found.target, found.duration_ms / 1000);
  }

  void print(const fingerprint::row& found) const {
    fmt::print("{}", fingerprint::text_report(found, style_of(stdout)));
    if (transcript_) fmt::print("{}", fingerprint::transcripts(found));
    std::fflush(stdout);
  }

  std::vector<std::string> targets_;
  std::vector<std::string> cells_;
  std::string mode_ = "auto";
  int jobs_ = 4;
  int times_ = 3;
  bool installed_ = false;
  bool transcript_ = false;
  bool json_ = false;
  bool markdown_ = false;
};

}  // namespace

std::unique_ptr<command> make_fingerprint() {
  return std::make_unique<fingerprint_command>();
}

}  // namespace staplelab::cli
