#include "cli/target_choice.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

#include "cli/failure.hpp"
#include "cli/library_folder.hpp"
#include "runtime/did_you_mean.hpp"
#include "runtime/process.hpp"
#include "runtime/source_position.hpp"
#include "scenarios/parse_target.hpp"
#include "stapler/policy.hpp"

namespace staplelab::cli {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view builtin = "builtin:";
constexpr std::string_view schema_ending = ".schema.json";

scenarios::target read_or_fail(const fs::path& file) {
  auto read = scenarios::parse_target(file);
  if (read) return *std::move(read);
  for (const auto& error : read.error())
    fmt::print(stderr, "{}", runtime::render(error));
  const auto count = read.error().size();
  throw failure(exit_code::bad_input, fmt::format("{} error{} in {}; nothing was run", count,
                                                  count == 1 ? "" : "s", file.string()));
}

std::vector<fs::path> bundled_files() {
  std::vector<fs::path> files;
  std::error_code missing;
  for (const auto& each : fs::directory_iterator(targets_folder(this_program()), missing)) {
    const bool described = each.path().extension() == ".json";
    if (described && !each.path().string().ends_with(schema_ending)) files.push_back(each.path());
  }
  std::sort(files.begin(), files.end());
  return files;
}

bool is_path(const std::string& text) {
  return text.find('/') != std::string::npos || text.ends_with(".json");
}

// A command may begin with a program that only becomes another user: see the version as well.
std::optional<std::string> missing_program(const scenarios::target& what) {
  for (const auto* words : {&what.version, &what.command}) {
    const auto& program = words->front();
    if (!program.starts_with("${") && !runtime::find_program(program)) return program;
  }
  return std::nullopt;
}

}  // namespace

target_choice choose_target(const std::string& text) {
  if (is_path(text)) return read_or_fail(text);
  std::vector<std::string> names;
  for (const auto profile : stapler::all_profiles) {
    names.push_back(fmt::format("{}{}", builtin, stapler::to_string(profile)));
    if (text == names.back()) return builtin_target{text.substr(builtin.size())};
  }
  for (const auto& file : bundled_files()) {
    if (file.stem() == text) return read_or_fail(file);
    names.push_back(file.stem().string());
  }
  const std::vector<std::string_view> known(names.begin(), names.end());
  const auto near = runtime::nearest_word(text, known);
  const std::string all = fmt::format("known targets: {}; or the path of a description of your own",
                                      fmt::join(names, ", "));
  throw failure(exit_code::missing, fmt::format("--target: no such target: '{}'", text),
                near ? fmt::format("did you mean {}? {}", *near, all) : all);
}

std::vector<scenarios::target> bundled_targets() {
  std::vector<scenarios::target> all;
  for (const auto& file : bundled_files())
    all.push_back(read_or_fail(file));
  return all;
}

bool is_installed(const scenarios::target& what) {
  return !missing_program(what);
}

void require_installed(const scenarios::target& what) {
  const auto missing = missing_program(what);
  if (!missing) return;
  throw failure(exit_code::missing,
                fmt::format("--target {}: {} is not installed", what.name, *missing),
                fmt::format("as root: apt-get install {}", what.package));
}

}  // namespace staplelab::cli
