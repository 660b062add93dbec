#include <fmt/format.h>
#include <CLI/CLI.hpp>

#include <optional>
#include <string>

#include "cli/ca_files.hpp"
#include "cli/command.hpp"
#include "cli/options.hpp"
#include "pki/mini_ca.hpp"

namespace staplelab::cli {
namespace {

constexpr const char* which_help = "name, or serial number in hexadecimal";

class ca_revoke_command final : public command {
 public:
  void describe(CLI::App& app) override {
    app.add_option("DIR", directory_, "the CA")->required();
    app.add_option("SERIAL|NAME", which_, which_help)->required();
    app.add_option("--reason", reason_, "as in RFC 5280: keyCompromise, superseded, ...");
    app.add_option("--at", at_, "when it was revoked (RFC 3339); default: now")->type_name("TIME");
    app.footer(R"(
Examples:
  staplelab ca revoke ca www.example --reason keyCompromise
  staplelab ca revoke ca 1f2e3d4c --at 2026-03-01T00:00:00Z

A responder that serves this CA answers `revoked` from the next request on.
)");
  }

  exit_code run() override {
    std::optional<pki::crl_reason> reason;
    if (!reason_.empty()) reason = reason_option("--reason", reason_);
    const auto at = time_option("--at", at_);
    auto ca = open_ca(directory_);
    if (reason == pki::crl_reason::certificate_hold) {
      ca.hold(which_, at);
    } else {
      ca.revoke(which_, reason, at);
    }
    fmt::print("revoked {} at {}{}\n", which_, pki::to_rfc3339(at),
               reason ? fmt::format(", {}", pki::to_string(*reason)) : "");
    return exit_code::success;
  }

 private:
  std::string directory_, which_, reason_, at_;
};

class ca_hold_command final : public command {
 public:
  void describe(CLI::App& app) override {
    app.add_option("DIR", directory_, "the CA")->required();
    app.add_option("SERIAL|NAME", which_, which_help)->required();
    app.add_option("--at", at_, "since when (RFC 3339); default: now")->type_name("TIME");
    app.footer(R"(
Example:
  staplelab ca hold ca www.example     revoked with reason certificateHold, until released
)");
  }

  exit_code run() override {
    const auto at = time_option("--at", at_);
    open_ca(directory_).hold(which_, at);
    fmt::print("on hold {} since {}\n", which_, pki::to_rfc3339(at));
    return exit_code::success;
  }

 private:
  std::string directory_, which_, at_;
};

class ca_release_command final : public command {
 public:
  void describe(CLI::App& app) override {
    app.add_option("DIR", directory_, "the CA")->required();
    app.add_option("SERIAL|NAME", which_, which_help)->required();
    app.footer(R"(
Example:
  staplelab ca release ca www.example
)");
  }

  exit_code run() override {
    open_ca(directory_).release(which_);
    fmt::print("released {}\n", which_);
    return exit_code::success;
  }

 private:
  std::string directory_, which_;
};

}  // namespace

std::unique_ptr<command> make_ca_revoke() {
  return std::make_unique<ca_revoke_command>();
}
std::unique_ptr<command> make_ca_hold() {
  return std::make_unique<ca_hold_command>();
}
std::unique_ptr<command> make_ca_release() {
  return std::make_unique<ca_release_command>();
}

}  // namespace staplelab::cli
