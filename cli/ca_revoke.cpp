#include <fmt/format.h>
#include <CLI/CLI.hpp>

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "cli/ca_files.hpp"
#include "cli/command.hpp"
#include "cli/list_file.hpp"
#include "cli/options.hpp"
#include "pki/errors.hpp"
#include "pki/mini_ca.hpp"

namespace staplelab::cli {
namespace {

constexpr const char* which_help = "name, or serial number in hexadecimal";

class ca_revoke_command final : public command {
 public:
  void describe(CLI::App& app) override {
    app.add_option("DIR", directory_, "the CA")->required();
    app.add_option("SERIAL|NAME", which_, which_help);
    app.add_flag("--all", all_, "everything an authority has issued, as when its key is stolen");
    app.add_option("--list", list_, "all that a file names, one a line, in one act; # comments")
        ->type_name("FILE");
    app.add_option("--issuer", issuer_, "with --all: which authority; default: the last one made")
        ->type_name("NAME");
    app.add_option("--reason", reason_, "as in RFC 5280: keyCompromise, superseded, ...");
    app.add_option("--at", at_, "when it was revoked (RFC 3339); default: now")->type_name("TIME");
    app.add_option("--invalid-since", invalid_since_,
                   "since when it may not be trusted, for CRLs (invalidityDate)")
        ->type_name("TIME");
    app.footer(R"(
Examples:
  staplelab ca revoke ca www.example --reason keyCompromise
  staplelab ca revoke ca 1f2e3d4c --at 2026-03-01T00:00:00Z
  staplelab ca revoke ca www.example --reason certificateHold     removeFromCRL takes it back
  staplelab ca revoke ca --list leaked.txt --reason keyCompromise
  staplelab ca revoke ca --all --issuer issuing --reason cACompromise

A responder that serves this CA answers `revoked` from the next request on.
)");
  }

  exit_code run() override {
    const int ways = (all_ ? 1 : 0) + (which_.empty() ? 0 : 1) + (list_.empty() ? 0 : 1);
    if (ways != 1) {
      throw failure(exit_code::usage,
                    ways == 0 ? "the name or serial number to revoke is missing"
                              : "a name or serial number, --list and --all go one at a time",
                    "or --list for those in a file, --all for everything an authority has issued");
    }
    if (!all_ && !issuer_.empty()) throw failure(exit_code::usage, "--issuer belongs to --all");
    const auto now = wall_clock_now();
    if (reason_ == pki::to_string(pki::crl_reason::remove_from_crl) && !which_.empty()) {
      open_ca(directory_).release(which_, now);
      fmt::print("released {}\n", which_);
      return exit_code::success;
    }
    const pki::revocation what = revocation(now);
    auto ca = open_ca(directory_);
    if (all_) {
      revoke_all(ca, what, now);
    } else if (!list_.empty()) {
      revoke_listed(ca, what, now);
    } else {
      ca.revoke(which_, what, now);
      fmt::print("revoked {} {}\n", which_, told(what));
    }
    return exit_code::success;
  }

 private:
  void revoke_listed(pki::mini_ca& ca, const pki::revocation& what, pki::time_point now) const {
    const auto lines = read_list(list_);
    std::vector<std::string> which;
    for (const auto& line : lines)
      which.push_back(line.text);
    try {
      const auto count = ca.revoke_each(which, what, now);
      fmt::print("revoked {} certificate{} {}\n", count, count == 1 ? "" : "s", told(what));
    } catch (const pki::input_error& refused) {
      const std::string why = refused.what();
      for (const auto& line : lines) {  // the message quotes the one that is to blame
        if (why.find(fmt::format("'{}'", line.text)) == std::string::npos) continue;
        throw failure(exit_code::bad_input,
                      fmt::format("{}:{}: {}; nothing was revoked", list_, line.number, why));
      }
      throw;
    }
  }

  pki::revocation revocation(pki::time_point now) const {
    pki::revocation what{.reason = std::nullopt, .at = now};
    if (!reason_.empty()) what.reason = reason_option("--reason", reason_);
    if (!at_.empty()) what.at = time_option("--at", at_);
    if (!invalid_since_.empty())
      what.invalid_since = time_option("--invalid-since", invalid_since_);
    return what;
  }

  void revoke_all(pki::mini_ca& ca, const pki::revocation& what, pki::time_point now) const {
    const auto authorities = ca.authority_names();
    const std::string issuer =
        issuer_.empty() && !authorities.empty() ? authorities.back() : issuer_;
    const auto count = ca.revoke_all(issuer, what, now);
    fmt::print("revoked {} certificate{} of {} {}\n", count, count == 1 ? "" : "s", issuer,
               told(what));
  }

  static std::string told(const pki::revocation& what) {
    return fmt::format("at {}{}", pki::to_rfc3339(what.at),
                       what.reason ? fmt::format(", {}", pki::to_string(*what.reason)) : "");
  }

  std::string directory_, which_, list_, issuer_, reason_, at_, invalid_since_;
  bool all_ = false;
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
    open_ca(directory_).revoke(which_, {pki::crl_reason::certificate_hold, at}, wall_clock_now());
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
    open_ca(directory_).release(which_, wall_clock_now());
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
