#include <CLI/CLI.hpp>

#include <cstdio>

#include "cli/command.hpp"
#include "cli/scenario_schema.hpp"

namespace staplelab::cli {
namespace {

class schema_command final : public command {
 public:
  void describe(CLI::App& app) override {
    app.add_flag("--target", target_, "that of descriptions of servers under test");
    app.footer(R"(
Examples:
  staplelab schema > scenario.schema.json
  staplelab schema --target > target.schema.json
)");
  }

  exit_code run() override {
    const auto schema = target_ ? target_schema : scenario_schema;
    std::fwrite(schema.data(), 1, schema.size(), stdout);
    return exit_code::success;
  }

 private:
  bool target_ = false;
};

}  // namespace

std::unique_ptr<command> make_schema() {
  return std::make_unique<schema_command>();
}

}  // namespace staplelab::cli
