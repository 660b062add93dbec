#include <CLI/CLI.hpp>

#include <cstdio>
#include <string>

#include "cli/command.hpp"
#include "cli/input_file.hpp"
#include "cli/judgement_text.hpp"
#include "cli/options.hpp"
#include "cli/terminal.hpp"
#include "pki/ocsp_verify.hpp"
#include "scenarios/probe.hpp"

namespace staplelab::cli {
namespace {

class verify_command final : public command {
 public:
  void describe(CLI::App& app) override {
    app.add_option("RESPONSE", response_, "OCSP response: DER, base64 or PEM; - for stdin")
        ->required();
    app.add_option("--issuer", issuer_, "certificate of the issuer, or a chain that holds it")
        ->type_name("FILE")
        ->required();
    app.add_option("--cert", cert_, "the certificate in question")->type_name("FILE")->required();
    app.add_option("--at", at_, "judge as of this time (RFC 3339); default: now")
        ->type_name("TIME");
    app.add_option("--skew", skew_, "tolerance for clocks that differ")
        ->type_name("DURATION")
        ->capture_default_str();
    app.add_option("--max-age", max_age_, "greatest age of an answer without nextUpdate")
        ->type_name("DURATION");
    app.add_flag("--json", json_, "one JSON object on stdout");
    app.footer(R"(
Examples:
  staplelab verify --issuer ca/ca.pem --cert ca/www.pem response.der
  staplelab verify --issuer ca/ca.pem --cert ca/www.pem --at 2026-03-01T00:00:00Z --json - <r.der

Ends with 0 when the verdict is good, with 4 when it is anything else.
)");
  }

  exit_code run() override {
    pki::verify_rules rules;
    rules.skew = duration_option("--skew", skew_);
    if (!max_age_.empty()) rules.max_age = duration_option("--max-age", max_age_);
    const auto now = time_option("--at", at_);
    const pki::certificate leaf = read_certificates(cert_).front();
    const pki::certificate issuer = issuer_among(read_certificates(issuer_), leaf);
    const auto judgement = pki::verify_ocsp(read_ocsp(response_), leaf, issuer, rules, now);

    judged what{.verdict = scenarios::verdict_of(judgement),
                .staple = judgement,
                .alert = {},
                .must_staple = leaf.must_staple(),
                .latency_ms = {},
                .tls = {},
                .why = judgement.why};
    const std::string text = json_ ? to_json(what) : to_text(what, style_of(stdout));
    std::fputs(text.c_str(), stdout);
    return judgement.verdict == pki::ocsp_verdict::good ? exit_code::success : exit_code::unmet;
  }

 private:
  std::string response_, issuer_, cert_, at_, skew_ = "0s", max_age_;
  bool json_ = false;
};

}  // namespace

std::unique_ptr<command> make_verify() {
  return std::make_unique<verify_command>();
}

}  // namespace staplelab::cli
