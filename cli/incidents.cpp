#include <fmt/format.h>
#include <CLI/CLI.hpp>

#include <filesystem>
#include <string>
#include <vector>

#include "cli/command.hpp"
#include "cli/library_folder.hpp"
#include "cli/loaded_scenarios.hpp"
#include "cli/program.hpp"
#include "scenarios/report_incidents.hpp"

namespace staplelab::cli {
namespace {

class incidents_command final : public command {
 public:
  void describe(CLI::App& app) override {
    app.add_option("PATH", paths_,
                   "scenario files, folders, or names of bundled ones; default: all of these");
    auto* json = app.add_flag("--json", json_, "a JSON array on stdout");
    app.add_flag("--markdown", markdown_, "as docs/incidents.md has it")->excludes(json);
    app.footer(R"(
Examples:
  staplelab incidents
  staplelab incidents double-slash --json
  staplelab run --explain incidents/ca-side/double-slash
  staplelab incidents --markdown > docs/incidents.md
)");
  }

  exit_code run() override {
    std::vector<std::filesystem::path> paths(paths_.begin(), paths_.end());
    if (paths.empty()) paths = {library_folder(this_program())};
    const auto loaded = load_or_fail(paths, {});
    const auto incidents = scenarios::incidents_among(loaded);
    fmt::print("{}", markdown_ ? scenarios::incident_markdown(incidents)
                     : json_   ? scenarios::incident_json(incidents)
                               : scenarios::incident_list(incidents));
    return exit_code::success;
  }

 private:
  std::vector<std::string> paths_;
  bool json_ = false, markdown_ = false;
};

}  // namespace

std::unique_ptr<command> make_incidents() {
  return std::make_unique<incidents_command>();
}

}  // namespace staplelab::cli
