#include <fmt/format.h>
#include <CLI/CLI.hpp>

#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "cli/command.hpp"
#include "cli/target_choice.hpp"
#include "scenarios/target.hpp"
#include "stapler/policy.hpp"

namespace staplelab::cli {
namespace {

const char* time_words(const scenarios::target& what) {
  const bool travel = !what.time.travel;
  const bool real = !what.time.real;
  if (travel && real) return "travel, real";
  return travel ? "travel" : real ? "real" : "none";
}

class targets_command final : public command {
 public:
  void describe(CLI::App& app) override {
    app.add_flag("--json", json_, "a JSON array on stdout");
    app.footer(R"(
Example:
  staplelab targets
  staplelab run --target nats-server --time travel
A server of your own: --target ./my-server.json, see docs/targets.md.
)");
  }

  exit_code run() override {
    const auto all = bundled_targets();
    if (json_) {
      print_json(all);
      return exit_code::success;
    }
    std::size_t wide = 30;
    for (const auto& each : all)
      wide = std::max(wide, each.title.size() + 2);
    fmt::print("{:<22}{:<{}}{}\n", "NAME", "SERVER", wide, "TIME");
    for (const auto profile : stapler::all_profiles) {
      fmt::print("{:<22}{:<{}}{:<14}{}\n", fmt::format("builtin:{}", stapler::to_string(profile)),
                 "in this process", wide, "virtual", "ready");
    }
    for (const auto& each : all) {
      fmt::print("{:<22}{:<{}}{:<14}{}\n", each.name, each.title, wide, time_words(each),
                 is_installed(each) ? "ready" : "apt-get install " + each.package);
    }
    return exit_code::success;
  }

 private:
  static void print_json(const std::vector<scenarios::target>& all) {
    auto array = nlohmann::ordered_json::array();
    for (const auto& each : all) {
      nlohmann::ordered_json object;
      object["name"] = each.name;
      object["title"] = each.title;
      object["package"] = each.package;
      object["profile"] = each.profile;
      object["installed"] = is_installed(each);
      object["travel"] = !each.time.travel;
      object["real"] = !each.time.real;
      object["file"] = each.file;
      array.push_back(std::move(object));
    }
    fmt::print("{}\n", array.dump(2));
  }

  bool json_ = false;
};

}  // namespace

std::unique_ptr<command> make_targets() {
  return std::make_unique<targets_command>();
}

}  // namespace staplelab::cli
