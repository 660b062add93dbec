// Where the bundled scenarios and descriptions of servers are.
#pragma once

#include <filesystem>

namespace staplelab::cli {

// `program` is the executable: the library installed beside it (../share/staplelab/library), else
// the one in the source folder it was built from. Throws failure with code 5 when neither is there.
std::filesystem::path library_folder(const std::filesystem::path& program);
std::filesystem::path targets_folder(const std::filesystem::path& program);

// A path below the working directory reads better without what leads there; others stay as they
// are.
std::filesystem::path below_here(const std::filesystem::path& path);

// This process's executable.
std::filesystem::path this_program();

}  // namespace staplelab::cli
