#include <fmt/format.h>
#include <CLI/CLI.hpp>

#include <algorithm>
#include <cstdio>
#include <string>
#include <vector>

#include "cli/ca_files.hpp"
#include "cli/command.hpp"
#include "cli/issuing.hpp"
#include "cli/options.hpp"
#include "pki/errors.hpp"
#include "pki/mini_ca.hpp"

namespace staplelab::cli {
namespace {

class ca_init_command final : public command {
 public:
  void describe(CLI::App& app) override {
    app.add_option("DIR", directory_, "where to keep the CA; made if missing")->required();
    app.add_option("--days", days_, "validity of the authorities")
        ->check(CLI::Range(1, 36500))
        ->capture_default_str();
    app.add_option("--key", key_, "key type: p256, p384, rsa2048, rsa3072, ed25519")
        ->type_name("TYPE")
        ->capture_default_str();
    app.add_option("--intermediates", intermediates_,
                   "authorities below the root; the last one, named issuing, issues")
        ->check(CLI::Range(0, 8))
        ->capture_default_str();
    app.add_flag("--must-staple", must_staple_,
                 "the authority that issues carries TLS Feature: all it issues must (RFC 7633)");
    app.footer(R"(
Examples:
  staplelab ca init ca                      a root, and the authority "issuing" below it
  staplelab ca init ca --intermediates 0    a root that issues itself
  staplelab ca init ca --key rsa2048 --days 30

DIR then holds ca.db, and ca.pem with every authority for clients to trust.
)");
  }

  exit_code run() override {
    const pki::key_type type = key_type_option("--key", key_);
    const auto now = wall_clock_now();
    pki::mini_ca ca = create_or_resume();
    std::string issuer;
    for (const std::string& name : names()) {
      const auto present = ca.authority_names();
      if (std::find(present.begin(), present.end(), name) == present.end()) {
        ca.add_authority({.name = name,
                          .issuer = issuer,
                          .type = type,
                          .not_before = now - issue_backdate,
                          .not_after = now + std::chrono::days(days_),
                          .must_staple = must_staple_ && name == names().back()});
      }
      issuer = name;
    }
    write_ca_files(directory_, ca);
    fmt::print("made a CA in {}: {}\n", directory_, fmt::join(names(), " > "));
    return exit_code::success;
  }

 private:
  std::vector<std::string> names() const {
    std::vector<std::string> all{"root"};
    for (unsigned i = 1; i < intermediates_; ++i)
      all.push_back(fmt::format("intermediate-{}", i));
    if (intermediates_ > 0) all.push_back("issuing");
    return all;
  }

  // A CA without ca.pem is one whose making was cut short: its remaining authorities are added.
  pki::mini_ca create_or_resume() const {
    const std::filesystem::path directory(directory_);
    if (std::filesystem::exists(directory / "ca.db") &&
        !std::filesystem::exists(directory / "ca.pem")) {
      return open_ca(directory);
    }
    try {
      return pki::mini_ca::create(directory, pki::mini_ca::random_serials());
    } catch (const pki::store_error& error) {
      throw failure(exit_code::missing, error.what());
    }
  }

  std::string directory_, key_ = "p256";
  unsigned days_ = 3650, intermediates_ = 1;
  bool must_staple_ = false;
};

}  // namespace

std::unique_ptr<command> make_ca_init() {
  return std::make_unique<ca_init_command>();
}

}  // namespace staplelab::cli
