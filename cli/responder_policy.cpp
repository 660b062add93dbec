#include "cli/responder_policy.hpp"

#include <CLI/CLI.hpp>

#include <array>
#include <string_view>

#include "cli/failure.hpp"
#include "cli/input_file.hpp"
#include "cli/options.hpp"

namespace staplelab::cli {
namespace {

constexpr std::string_view at_every_answer = "What is answered";

responder::profile profile_option(std::string_view text) {
  using enum pki::verify_profile;
  std::vector<std::string_view> known;
  for (const auto each : {rfc6960, rfc9919, webpki})
    known.push_back(pki::to_string(each));
  return choice("--profile", text, pki::parse_verify_profile, known);
}

// "OID=HEX", "invalidityDate=TIME" or "reasonCode=REASON"; with "SERIAL:" in front for one
// certificate only.
responder::scripted_extension extension_option(const std::string& text) {
  constexpr std::string_view option = "--single-extension";
  constexpr std::string_view form =
      "it looks like 1.3.6.1.4.1.99999.1=0c0141 (an OID and DER in hexadecimal), "
      "invalidityDate=2026-03-01T00:00:00Z or reasonCode=keyCompromise, perhaps with SERIAL: in "
      "front";
  responder::scripted_extension result;
  std::string_view left = text;
  const auto equals = text.find('=');
  if (const auto colon = text.find(':'); colon < equals) {
    result.serial = pki::serial_number::from_hex(left.substr(0, colon));
    if (!result.serial) refuse_value(option, text, std::string(form));
    left.remove_prefix(colon + 1);
  }
  const auto name = left.substr(0, left.find('='));
  const auto value = left.substr(std::min(name.size() + 1, left.size()));
  if (name == "invalidityDate" && !value.empty()) {
    result.what = pki::invalidity_date(time_option(option, std::string(value)));
    return result;
  }
  if (name == "reasonCode") {
    result.what = pki::reason_code(reason_option(option, value));
    return result;
  }
  const auto oid = pki::parse_oid(name);
  const auto octets = pki::from_hex(value);
  if (!oid || !octets || equals == std::string::npos) {
    refuse_value(option, text, std::string(form));
  }
  result.what = {*oid, *octets};
  return result;
}

}  // namespace

void responder_policy_options::describe(CLI::App& app) {
  const std::string group(at_every_answer);
  app.add_option("--validity", validity_, "nextUpdate - thisUpdate")
      ->type_name("DURATION")
      ->capture_default_str();
  app.add_option("--profile", profile_, "rfc6960, rfc9919 or webpki")->capture_default_str();
  app.add_option("--non-issued", non_issued_,
                 "what serial numbers get that were never issued: unknown, unauthorized, "
                 "extended-revoke or good (default: unknown in rfc6960, else unauthorized)")
      ->type_name("ANSWER")
      ->group(group);
  app.add_option("--responder-id", responder_id_, "by-key or by-name")
      ->type_name("FORM")
      ->capture_default_str()
      ->group(group);
  app.add_option("--archive-cutoff", archive_cutoff_,
                 "adds archiveCutoff, that long before producedAt")
      ->type_name("DURATION")
      ->group(group);
  app.add_option("--crl-url", crl_url_, "adds CrlID with this URL")->type_name("URL")->group(group);
  app.add_option("--crl-number", crl_number_, "adds CrlID with this number")
      ->type_name("N")
      ->group(group);
  app.add_option("--crl-time", crl_time_, "adds CrlID with this time")
      ->type_name("TIME")
      ->group(group);
  app.add_option("--single-extension", single_extensions_,
                 "adds an extension to each answer, or to that for one serial number; "
                 "invalidityDate and reasonCode go into revoked answers only. May be repeated")
      ->type_name("[SERIAL:]OID=HEX")
      ->allow_extra_args(false)
      ->group(group);
  app.add_option("--client-ca", client_ca_,
                 "verifies the signatures of signed requests; a signer must be one of these "
                 "certificates, or below one")
      ->type_name("FILE")
      ->group(group);
  app.add_flag("--require-signed", require_signed_,
               "unsigned requests get sigRequired; needs --client-ca")
      ->group(group);
}

responder::answer_policy responder_policy_options::read() const {
  static constexpr std::array<std::string_view, 4> answers{"unknown", "unauthorized",
                                                           "extended-revoke", "good"};
  static constexpr std::array<std::string_view, 2> forms{"by-key", "by-name"};
  responder::answer_policy policy;
  policy.validity = duration_option("--validity", validity_);
  policy.profile = profile_option(profile_);
  if (!non_issued_.empty()) {
    policy.non_issued = choice("--non-issued", non_issued_, responder::parse_non_issued, answers);
  }
  policy.responder_id =
      choice("--responder-id", responder_id_, responder::parse_responder_id, forms);
  if (!archive_cutoff_.empty()) {
    policy.archive_retention = duration_option("--archive-cutoff", archive_cutoff_);
  }
  pki::crl_reference crl;
  if (!crl_url_.empty()) crl.url = crl_url_;
  crl.number = crl_number_;
  if (!crl_time_.empty()) crl.time = time_option("--crl-time", crl_time_);
  if (crl != pki::crl_reference{}) policy.crl = crl;
  for (const std::string& text : single_extensions_)
    policy.single_extensions.push_back(extension_option(text));
  if (!client_ca_.empty()) policy.requests.trusted = read_certificates(client_ca_);
  if (require_signed_ && client_ca_.empty()) {
    throw failure(exit_code::usage, "--require-signed needs --client-ca",
                  "name the certificates that may sign requests: --client-ca clients.pem");
  }
  policy.requests.required = require_signed_;
  if (const auto flaw = responder::flaw_of(policy)) throw failure(exit_code::usage, *flaw);
  return policy;
}

}  // namespace staplelab::cli
