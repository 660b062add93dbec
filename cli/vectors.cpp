#include <fmt/format.h>
#include <CLI/CLI.hpp>

#include <algorithm>
#include <cstdio>
#include <filesystem>
#include <string>
#include <string_view>
#include <system_error>

#include "cli/command.hpp"
#include "cli/output_file.hpp"
#include "vectors/vector_set.hpp"

namespace staplelab::cli {
namespace {

constexpr std::size_t longest_seed = 100;

class vectors_command final : public command {
 public:
  void describe(CLI::App& app) override {
    app.add_option("DIR", folder_, "where to write; made if it is missing")->required();
    app.add_option("--seed", seed_, "all keys are made from it")
        ->type_name("TEXT")
        ->capture_default_str();
    app.footer(R"(
Writes OCSP responses, good and bad, with the verdict that a careful verifier must reach: index.json
says what is what, index.schema.json what may stand in it. The same seed gives the same octets.

Example:
  staplelab vectors ocsp-vectors
)");
  }

  exit_code run() override {
    const auto printable = [](char c) { return c >= ' ' && c <= '~'; };
    if (seed_.empty() || seed_.size() > longest_seed || !std::ranges::all_of(seed_, printable)) {
      throw failure(exit_code::usage, "--seed must be 1 to 100 characters of plain ASCII");
    }
    const auto set = vectors::make_vectors(seed_);
    for (const auto& [name, octets] : vectors::files_of(set)) {
      const auto path = std::filesystem::path(folder_) / name;
      make_folder(path.parent_path());
      write_output(path.string(), {reinterpret_cast<const char*>(octets.data()), octets.size()});
    }
    std::fputs(fmt::format("{} cases in {}\n", set.cases.size(), folder_).c_str(), stdout);
    return exit_code::success;
  }

 private:
  static void make_folder(const std::filesystem::path& folder) {
    std::error_code error;
    std::filesystem::create_directories(folder, error);
    if (error) {
      throw failure(exit_code::missing,
                    fmt::format("cannot make the folder {}: {}", folder.string(), error.message()));
    }
  }

  std::string folder_, seed_ = "staplelab";
};

}  // namespace

std::unique_ptr<command> make_vectors() {
  return std::make_unique<vectors_command>();
}

}  // namespace staplelab::cli
