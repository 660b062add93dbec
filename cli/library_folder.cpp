#include "cli/library_folder.hpp"

#include <fmt/format.h>

#include "cli/failure.hpp"

namespace staplelab::cli {

std::filesystem::path library_folder(const std::filesystem::path& program) {
  const auto installed =
      (program.parent_path() / ".." / "share" / "staplelab" / "library").lexically_normal();
  const std::filesystem::path built_from = STAPLELAB_SOURCE_LIBRARY;
  std::error_code ignored;
  for (const auto& folder : {installed, built_from}) {
    if (std::filesystem::is_directory(folder, ignored)) return folder;
  }
  throw failure(exit_code::missing, "the bundled scenarios are not there",
                fmt::format("looked in {} and {}", installed.string(), built_from.string()));
}

std::filesystem::path this_program() {
  return std::filesystem::read_symlink("/proc/self/exe");
}

}  // namespace staplelab::cli
