// Files that a person asks for: written whole or not at all. What cannot be written is a failure
// with code 5 that names the file.
#pragma once

#include <sys/types.h>

#include <filesystem>
#include <string_view>

namespace staplelab::cli {

// Throws unless a file can be made or replaced there; changes nothing. For asking before long work.
void check_writable(const std::filesystem::path& file);

// A device or pipe ("/dev/stdout") is written to; a symbolic link is followed.
void write_output(const std::filesystem::path& file, std::string_view content, mode_t mode = 0644);

}  // namespace staplelab::cli
