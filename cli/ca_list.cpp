#include <fmt/format.h>
#include <CLI/CLI.hpp>

#include <algorithm>
#include <cstdint>
#include <cstdio>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "cli/base64.hpp"
#include "cli/ca_files.hpp"
#include "cli/command.hpp"
#include "cli/options.hpp"
#include "cli/output_file.hpp"
#include "cli/terminal.hpp"
#include "pki/mini_ca.hpp"

namespace staplelab::cli {
namespace {

using nlohmann::ordered_json;

std::string status_text(const pki::ledger_entry& each) {
  const auto* revoked = std::get_if<pki::revoked_status>(&each.status);
  if (revoked == nullptr) return "good";
  const auto reason = revoked->reason ? pki::to_string(*revoked->reason) : std::string_view();
  return fmt::format("revoked {} {}", pki::to_rfc3339(revoked->at), reason);
}

std::string_view must_staple_text(const pki::ledger_entry& each) {
  if (!each.cert) return "?";
  return each.cert->must_staple() ? "yes" : "no";
}

ordered_json json_of(const pki::ledger_entry& each) {
  ordered_json object;
  object["name"] = each.name;
  object["serial"] = each.serial.hex();
  object["issuer"] = each.issuer;
  if (each.cert) object["not_before"] = pki::to_rfc3339(each.cert->not_before());
  object["not_after"] = pki::to_rfc3339(each.not_after);
  if (each.cert) {
    object["must_staple"] = each.cert->must_staple();
    object["ocsp_urls"] = each.cert->ocsp_urls();
    if (const auto urls = each.cert->crl_urls(); !urls.empty()) object["crl_urls"] = urls;
  } else {
    object["subject"] = each.subject;  // imported: known from an index only
  }
  const auto* revoked = std::get_if<pki::revoked_status>(&each.status);
  object["status"] = revoked ? "revoked" : "good";
  if (revoked) object["revoked_at"] = pki::to_rfc3339(revoked->at);
  if (revoked && revoked->reason) object["reason"] = pki::to_string(*revoked->reason);
  return object;
}

class ca_list_command final : public command {
 public:
  void describe(CLI::App& app) override {
    app.add_option("DIR", directory_, "the CA")->required();
    app.add_flag("--json", json_, "an array of objects on stdout");
    app.footer(R"(
Examples:
  staplelab ca list ca
  staplelab ca list ca --json | jq -r '.[] | select(.status == "revoked") | .name'
)");
  }

  exit_code run() override {
    const auto ca = open_ca(directory_);
    const auto all = ca.ledger();
    if (json_) {
      ordered_json array = ordered_json::array();
      for (const auto& each : all)
        array.push_back(json_of(each));
      fmt::print("{}\n", array.dump(2));
    } else {
      print_table(all);
    }
    return exit_code::success;
  }

 private:
  static void print_table(const std::vector<pki::ledger_entry>& all) {
    std::size_t width = 4;
    for (const auto& each : all)
      width = std::max(width, each.name.size());
    const auto style = style_of(stdout);
    const std::string head =
        fmt::format("{:<{}}  {:<32}  {:<12}  {:<20}  {:<11}  {}", "name", width, "serial", "issuer",
                    "until", "must-staple", "status");
    fmt::print("{}\n", painted(head, scenarios::ink::bold, style));
    for (const auto& each : all) {
      const bool good = std::holds_alternative<pki::good_status>(each.status);
      fmt::print(
          "{:<{}}  {:<32}  {:<12}  {:<20}  {:<11}  {}\n", each.name, width, each.serial.hex(),
          each.issuer, pki::to_rfc3339(each.not_after), must_staple_text(each),
          painted(status_text(each), good ? scenarios::ink::green : scenarios::ink::red, style));
    }
  }

  std::string directory_;
  bool json_ = false;
};

class ca_crl_command final : public command {
 public:
  void describe(CLI::App& app) override {
    app.add_option("DIR", directory_, "the CA")->required();
    app.add_option("--issuer", issuer_, "authority whose CRL it is; default: the last one made")
        ->type_name("NAME");
    app.add_option("--out", out_, "file to write; default: stdout")->type_name("FILE");
    app.add_option("--validity", validity_, "nextUpdate - thisUpdate")
        ->type_name("DURATION")
        ->capture_default_str();
    app.add_flag("--der", der_, "DER instead of PEM");
    app.add_option("--delta", base_, "only the changes since the CRL of that number")
        ->type_name("NUMBER")
        ->check(CLI::PositiveNumber);
    app.footer(R"(
Examples:
  staplelab ca crl ca --out ca.crl
  staplelab ca crl ca --delta 1 --validity 1d --out delta.crl
  staplelab ca crl ca --der | openssl crl -inform DER -noout -text
)");
  }

  exit_code run() override {
    const pki::duration validity = duration_option("--validity", validity_);
    auto ca = open_ca(directory_);
    const auto authorities = ca.authority_names();
    if (issuer_.empty() && !authorities.empty()) issuer_ = authorities.back();
    const auto now = wall_clock_now();
    const pki::bytes der = base_ ? ca.delta_crl(issuer_, *base_, now, now + validity)
                                 : ca.crl(issuer_, now, now + validity);
    const std::string content =
        der_ ? std::string(der.begin(), der.end()) : to_pem("X509 CRL", der);
    if (out_.empty()) {
      std::fwrite(content.data(), 1, content.size(), stdout);
    } else {
      write_output(out_, content);
    }
    return exit_code::success;
  }

 private:
  std::string directory_, issuer_, out_, validity_ = "7d";
  std::optional<std::int64_t> base_;
  bool der_ = false;
};

}  // namespace

std::unique_ptr<command> make_ca_list() {
  return std::make_unique<ca_list_command>();
}
std::unique_ptr<command> make_ca_crl() {
  return std::make_unique<ca_crl_command>();
}

}  // namespace staplelab::cli
