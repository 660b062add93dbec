#include <CLI/CLI.hpp>

#include <cstdio>
#include <string>

#include "cli/command.hpp"
#include "cli/scenario_schema.hpp"

namespace staplelab::cli {
namespace {

class schema_command final : public command {
 public:
  void describe(CLI::App& app) override {
    app.footer(R"(
Example:
  staplelab schema > scenario.schema.json
)");
  }

  exit_code run() override {
    std::fwrite(scenario_schema.data(), 1, scenario_schema.size(), stdout);
    return exit_code::success;
  }
};

}  // namespace

std::unique_ptr<command> make_schema() {
  return std::make_unique<schema_command>();
}

}  // namespace staplelab::cli
