#include "cli/output_file.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <cerrno>
#include <cstdint>
#include <cstring>
#include <fstream>
#include <span>
#include <string>

#include "cli/failure.hpp"
#include "runtime/file.hpp"

namespace staplelab::cli {
namespace {

namespace fs = std::filesystem;

[[noreturn]] void refuse(const fs::path& file, const std::string& why) {
  throw failure(exit_code::missing, fmt::format("cannot write {}: {}", file.string(), why));
}

bool is_device(const fs::path& file) {
  std::error_code ignored;
  const auto status = fs::status(file, ignored);
  return fs::exists(status) && !fs::is_regular_file(status) && !fs::is_directory(status);
}

// Where a link leads, so that replacing the file leaves the link.
fs::path target_of(const fs::path& file) {
  std::error_code error;
  if (!fs::is_symlink(file, error)) return file;
  const fs::path target = fs::weakly_canonical(file, error);
  return error ? file : target;
}

}  // namespace

void check_writable(const fs::path& file) {
  std::error_code ignored;
  if (fs::is_directory(file, ignored)) refuse(file, "it is a directory");
  if (is_device(file)) {
    if (::access(file.c_str(), W_OK) != 0) refuse(file, std::strerror(errno));
    return;
  }
  const fs::path target = target_of(file);
  const fs::path directory = target.has_parent_path() ? target.parent_path() : fs::path(".");
  if (!fs::is_directory(directory, ignored)) {
    refuse(file, fmt::format("there is no directory {}", directory.string()));
  }
  if (::access(directory.c_str(), W_OK | X_OK) != 0) refuse(file, std::strerror(errno));
}

void write_output(const fs::path& file, std::string_view content, mode_t mode) {
  if (is_device(file)) {
    std::ofstream stream(file, std::ios::binary);
    stream.write(content.data(), static_cast<std::streamsize>(content.size()));
    if (!stream.flush()) refuse(file, std::strerror(errno));
    return;
  }
  const std::span octets(reinterpret_cast<const std::uint8_t*>(content.data()), content.size());
  const auto error = runtime::write_durably(target_of(file).string(), octets, mode);
  if (error) refuse(file, error.message());
}

}  // namespace staplelab::cli
