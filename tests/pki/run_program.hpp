// Running the programs that tests take for oracles, and the files they read.
#pragma once

#include <sys/types.h>

#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "pki/bytes.hpp"

namespace staplelab::tests {

// Made empty, removed with everything in it.
class temporary_directory {
 public:
  temporary_directory();
  temporary_directory(const temporary_directory&) = delete;
  temporary_directory& operator=(const temporary_directory&) = delete;
  ~temporary_directory();

  const std::filesystem::path& path() const { return path_; }
  // Writes a file and gives its path.
  std::string file(std::string_view name, std::string_view text) const;
  std::string file(std::string_view name, pki::bytes_view octets) const;

 private:
  std::filesystem::path path_;
};

pki::bytes read_file(const std::filesystem::path& file);

// A running program, its standard output and error on one pipe. Killed, and waited for, when this
// value dies before it.
class child_process {
 public:
  explicit child_process(const std::vector<std::string>& command);
  child_process(const child_process&) = delete;
  child_process& operator=(const child_process&) = delete;
  ~child_process();

  // The next line without its end; empty at the end of the output.
  std::optional<std::string> read_line();
  void kill();
  int wait();  // exit code, or 128 + the signal

 private:
  pid_t pid_ = -1;
  int output_ = -1;
  std::string pending_;
};

struct program_result {
  int exit_code;
  std::string output;  // standard output and error
};
program_result run_program(const std::vector<std::string>& command);

bool is_installed(std::string_view program);

}  // namespace staplelab::tests
