#include "cli/library_folder.hpp"

#include <fmt/format.h>

#include "cli/failure.hpp"

namespace staplelab::cli {

namespace {

std::filesystem::path bundled(const std::filesystem::path& program, const char* name) {
  const auto installed =
      (program.parent_path() / ".." / "share" / "staplelab" / name).lexically_normal();
  const auto built_from = std::filesystem::path(STAPLELAB_SOURCE_SCENARIOS) / name;
  std::error_code ignored;
  for (const auto& folder : {installed, built_from}) {
    if (std::filesystem::is_directory(folder, ignored)) return folder;
  }
  throw failure(exit_code::missing, fmt::format("the bundled {} is not there", name),
                fmt::format("looked in {} and {}", installed.string(), built_from.string()));
}

}  // namespace

std::filesystem::path library_folder(const std::filesystem::path& program) {
  return bundled(program, "library");
}

std::filesystem::path targets_folder(const std::filesystem::path& program) {
  return bundled(program, "targets");
}

std::filesystem::path below_here(const std::filesystem::path& path) {
  std::error_code error;
  const auto relative = path.lexically_relative(std::filesystem::current_path(error));
  return error || relative.empty() || *relative.begin() == ".." ? path : relative;
}

std::filesystem::path this_program() {
  return std::filesystem::read_symlink("/proc/self/exe");
}

}  // namespace staplelab::cli
