#include "cli/target_choice.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <unistd.h>

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

bool is_there(const std::string& program) {
  return program.starts_with("${") || runtime::find_program(program).has_value();
}

struct want {
  std::string what;
  std::string hint;
};

std::string apt_line(const scenarios::target& what) {
  return what.package.empty() ? "" : fmt::format("as root: apt-get install {}", what.package);
}

// A command may begin with a program that only becomes another user; then it is the version's that
// is missing, and the package may help. Otherwise the package is there and the description wrong.
std::optional<want> missing_from(const scenarios::target& what) {
  const auto& program = what.command.front();
  if (!is_there(program)) {
    const bool is_path = program.find('/') != program.npos;
    return want{
        fmt::format("{} is not {}", program, is_path ? "there, or no program" : "installed"),
        is_path ? fmt::format("'command' in {}", what.file) : apt_line(what)};
  }
  if (!what.version.empty() && !is_there(what.version.front())) {
    auto hint = fmt::format("'version' in {}", what.file);
    if (!what.package.empty()) hint += fmt::format("; if it comes with it: {}", apt_line(what));
    return want{fmt::format("{}, which tells its version, is not there", what.version.front()),
                std::move(hint)};
  }
  if (!what.user.empty() && ::geteuid() == 0 && !runtime::find_user(what.user)) {
    return want{fmt::format("there is no user '{}' on this machine", what.user),
                fmt::format("'user' in {}", what.file)};
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
  const auto here = text + ".json";
  if (std::error_code error; fs::exists(here, error)) {
    throw failure(exit_code::missing, fmt::format("no such target: '{}'", text),
                  fmt::format("the description here is ./{}", here));
  }
  const std::string all = fmt::format("known targets: {}; or the path of a description of your own",
                                      fmt::join(names, ", "));
  throw failure(exit_code::missing, fmt::format("no such target: '{}'", text),
                near ? fmt::format("did you mean {}? {}", *near, all) : all);
}

std::vector<scenarios::target> bundled_targets() {
  std::vector<scenarios::target> all;
  for (const auto& file : bundled_files())
    all.push_back(read_or_fail(file));
  return all;
}

bool is_installed(const scenarios::target& what) {
  return !missing_from(what);
}

void require_installed(const scenarios::target& what) {
  auto missing = missing_from(what);
  if (!missing) return;
  throw failure(exit_code::missing, fmt::format("target {}: {}", what.name, missing->what),
                std::move(missing->hint));
}

}  // namespace staplelab::cli
