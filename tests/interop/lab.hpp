// A CA on disk and its responder, as users run them, and what other people's programs need to talk
// to them. Everything is in a folder of the test and on loopback ports; nothing outlives the test.
#pragma once

#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <vector>

#include "tests/cli/process.hpp"

namespace staplelab::interop {

using cli::background_program;
using cli::ended_program;
using cli::run_program;
using command = std::vector<std::string>;

// The kernel ends it when the test ends in whatever way, even by a signal.
command mortal(command what);

bool is_installed(const std::string& program);
// An interpreter that can import the module: the one in PATH, or Debian's own. Empty: none can.
std::string python_with(const std::string& module);

#define SKIP_WITHOUT(program, package)                                                \
  if (!::staplelab::interop::is_installed(program)) {                                 \
    GTEST_SKIP() << (program) << " is not installed; Debian has it in " << (package); \
  }

class lab : public testing::Test {
 protected:
  // "www.example" is good and must-staple, "old.example" too but revoked, "plain.example" is good.
  void SetUp() override;

  std::string file(const std::string& name) const { return ca + "/" + name; }
  std::string leaf(const std::string& name) const;  // alone, without its chain

  // With other options than the test began with, on another port.
  std::string responder_with(command options);
  // Every answer from now on, until it is told again. Empty: none.
  void set_fault(const std::string& name) const;

  // The port of `staplelab stapler` with this certificate.
  std::string serve(const std::string& name, const std::string& mode);
  // What `staplelab probe` says of whoever serves this name there.
  std::string probed(const std::string& port, const std::string& name) const;

  cli::scratch_folder folder;
  const std::string ca = folder / "ca";
  std::string root, issuing;  // files of one certificate each
  std::string url;            // of the responder

 private:
  void split_authorities();
  std::string start_responder(command options);

  std::string admin_;
  std::vector<std::unique_ptr<background_program>> running_;
};

std::string port_of(const std::string& address);
// A port that was free a moment ago.
std::string free_port();

}  // namespace staplelab::interop
