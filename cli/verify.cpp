#include <CLI/CLI.hpp>

#include <array>
#include <cstdio>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "cli/command.hpp"
#include "cli/input_file.hpp"
#include "cli/judgement_text.hpp"
#include "cli/options.hpp"
#include "cli/terminal.hpp"
#include "pki/ocsp_verify.hpp"
#include "scenarios/probe.hpp"

namespace staplelab::cli {
namespace {

std::optional<pki::revocable_delegate> parse_without_nocheck(std::string_view name) {
  if (name == "trust") return pki::revocable_delegate::trust;
  if (name == "refuse") return pki::revocable_delegate::refuse;
  if (name == "prove") return pki::revocable_delegate::prove;
  return std::nullopt;
}

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
    app.add_option("--profile", profile_,
                   "rfc6960, or rfc9919 and webpki, which want nextUpdate in every answer")
        ->type_name("PROFILE")
        ->capture_default_str();
    app.add_option("--trust-signer", trusted_, "a responder trusted locally for this issuer")
        ->type_name("FILE");
    app.add_option("--nonce", nonce_, "the nonce that was sent: another one is refused")
        ->type_name("HEX");
    app.add_flag("--require-nonce", require_nonce_, "refuse an answer without that nonce as well");
    app.add_option("--without-nocheck", without_nocheck_,
                   "a delegate without id-pkix-ocsp-nocheck: trust, refuse or prove")
        ->type_name("POLICY")
        ->capture_default_str();
    app.add_option("--delegate-status", delegate_answers_,
                   "OCSP response about the delegate; proves it good, or revoked")
        ->type_name("FILE");
    app.add_option("--min-rsa", min_rsa_, "shortest RSA key whose signature counts")
        ->type_name("BITS")
        ->capture_default_str();
    app.add_flag("--json", json_, "one JSON object on stdout");
    app.footer(R"(
Examples:
  staplelab verify --issuer ca/ca.pem --cert ca/www.pem response.der
  staplelab verify --issuer ca/ca.pem --cert ca/www.pem --at 2026-03-01T00:00:00Z --json - <r.der
  staplelab verify --issuer ca/ca.pem --cert ca/www.pem --profile rfc9919 --skew 5m response.der
  staplelab verify --issuer ca/ca.pem --cert ca/www.pem --trust-signer ours.pem response.der

Ends with 0 when the verdict is good, with 4 when it is anything else.
)");
  }

  exit_code run() override {
    const auto now = time_option("--at", at_);
    const pki::verify_rules what_counts = rules();
    const pki::client_knowledge known = knowledge();
    const pki::certificate leaf = read_certificates(cert_).front();
    const pki::certificate issuer = issuer_among(read_certificates(issuer_), leaf);
    const auto judgement =
        pki::verify_ocsp(read_ocsp(response_), leaf, issuer, what_counts, known, now);

    judged what{.verdict = scenarios::verdict_of(judgement),
                .staple = judgement,
                .alert = {},
                .sent_alert = {},
                .must_staple = leaf.must_staple(),
                .latency_ms = {},
                .tls = {},
                .why = judgement.why};
    const std::string text = json_ ? to_json(what) : to_text(what, style_of(stdout));
    std::fputs(text.c_str(), stdout);
    return judgement.verdict == pki::ocsp_verdict::good ? exit_code::success : exit_code::unmet;
  }

 private:
  pki::verify_rules rules() const {
    static constexpr std::array<std::string_view, 3> profiles{"rfc6960", "rfc9919", "webpki"};
    static constexpr std::array<std::string_view, 3> policies{"trust", "refuse", "prove"};
    pki::verify_rules rules =
        pki::rules_of(choice("--profile", profile_, pki::parse_verify_profile, profiles));
    rules.skew = duration_option("--skew", skew_);
    if (!max_age_.empty()) rules.max_age = duration_option("--max-age", max_age_);
    rules.require_nonce = require_nonce_;
    if (require_nonce_ && nonce_.empty()) {
      throw failure(exit_code::usage, "--require-nonce without --nonce",
                    "say with --nonce what was sent");
    }
    rules.without_nocheck =
        choice("--without-nocheck", without_nocheck_, parse_without_nocheck, policies);
    rules.strength.rsa_bits = min_rsa_;
    return rules;
  }

  pki::client_knowledge knowledge() const {
    pki::client_knowledge known;
    if (!nonce_.empty()) {
      known.nonce = pki::from_hex(nonce_);
      if (!known.nonce) refuse_value("--nonce", nonce_, "hexadecimal digits, two for each octet");
    }
    for (const std::string& file : trusted_) {
      for (auto& cert : read_certificates(file))
        known.trusted_signers.push_back(std::move(cert));
    }
    for (const std::string& file : delegate_answers_)
      known.delegate_answers.push_back(read_ocsp(file));
    return known;
  }

  std::string response_, issuer_, cert_, at_, skew_ = "0s", max_age_, profile_ = "rfc6960", nonce_,
                                              without_nocheck_ = "trust";
  std::vector<std::string> trusted_, delegate_answers_;
  int min_rsa_ = 2048;
  bool require_nonce_ = false, json_ = false;
};

}  // namespace

std::unique_ptr<command> make_verify() {
  return std::make_unique<verify_command>();
}

}  // namespace staplelab::cli
