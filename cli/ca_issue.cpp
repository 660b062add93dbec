#include <fmt/format.h>
#include <CLI/CLI.hpp>

#include <array>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "cli/ca_files.hpp"
#include "cli/ca_issue_bulk.hpp"
#include "cli/command.hpp"
#include "cli/input_file.hpp"
#include "cli/issuing.hpp"
#include "cli/options.hpp"
#include "pki/mini_ca.hpp"
#include "pki/signing_request.hpp"
#include "runtime/http.hpp"

namespace staplelab::cli {
namespace {

pki::certificate_role role_option(std::string_view text) {
  static constexpr std::array<std::string_view, 2> known{"server", "ocsp-signer"};
  const auto parse = [](std::string_view name) -> std::optional<pki::certificate_role> {
    if (name == "server") return pki::certificate_role::server;
    if (name == "ocsp-signer") return pki::certificate_role::ocsp_signer;
    return std::nullopt;
  };
  return choice("--role", text, parse, known);
}

class ca_issue_command final : public command {
 public:
  void describe(CLI::App& app) override {
    app.add_option("DIR", directory_, "the CA")->required();
    app.add_option("NAME", name_, "common name, and the name of the files");
    app.add_option("--count", count_, "issue that many in one act: NAME-1, NAME-2, ...")
        ->check(CLI::Range(1, 10'000'000));
    app.add_option("--csv", csv_, "issue what a file lists in one act: NAME,MORE NAMES,... a line")
        ->type_name("FILE");
    app.add_flag("--must-staple", must_staple_, "TLS Feature extension (RFC 7633)");
    app.add_option("--san", names_, "DNS name or IP address, repeatable; default: NAME")
        ->type_name("NAME")
        ->allow_extra_args(false);
    auto* key = app.add_option("--key", key_, "key type: p256, p384, rsa2048, rsa3072, ed25519")
                    ->type_name("TYPE")
                    ->capture_default_str();
    app.add_option(
           "--csr", request_,
           "a signing request (PEM or DER): for its key, and must-staple if it asks for that")
        ->type_name("FILE")
        ->excludes(key);
    app.add_option("--days", days_, "validity")->check(CLI::Range(1, 36500))->capture_default_str();
    app.add_option("--issuer", issuer_, "authority that signs; default: the last one made")
        ->type_name("NAME");
    app.add_option("--ocsp-url", urls_, "address of the responder, repeatable; default: none")
        ->type_name("URL")
        ->allow_extra_args(false);
    app.add_option("--crl-url", crl_urls_, "address of the CRL, repeatable; default: none")
        ->type_name("URL")
        ->allow_extra_args(false);
    app.add_flag("--precertificate", precertificate_,
                 "poisoned, as logged before the real one (RFC 6962); its serial counts as issued");
    app.add_option("--role", role_, "server or ocsp-signer")->capture_default_str();
    app.footer(R"(
Examples:
  staplelab ca issue ca www.example --must-staple --ocsp-url http://127.0.0.1:8888
  staplelab ca issue ca www.example --crl-url http://127.0.0.1:8888/crl/issuing.crl
  staplelab ca issue ca load --count 100000       load-1 to load-100000
  staplelab ca issue ca --csv names.csv
  staplelab ca issue ca api --san api.example --san 127.0.0.1 --key rsa2048 --days 30
  openssl req -new -newkey rsa:2048 -nodes -subj / -keyout w.key -out w.csr \
    -addext tlsfeature=status_request
  staplelab ca issue ca www.example --csr w.csr

Writes NAME.pem (leaf, then chain), NAME.key, NAME.pem of each authority, and ca.pem (all of
them) into DIR. With --csr there is no NAME.key: the key never leaves whoever made the request.
What is issued by the count or from a list is in the CA only; `ca issue DIR NAME` writes the
files of one.
)");
  }

  exit_code run() override {
    if (name_.empty() == csv_.empty()) {
      throw failure(exit_code::usage, csv_.empty() ? "the certificate's name is missing"
                                                   : "--csv goes without a name");
    }
    if (count_ > 0 && !csv_.empty()) {
      throw failure(exit_code::usage, "--count and --csv go one at a time");
    }
    if (!request_.empty() && (count_ > 0 || !csv_.empty())) {
      throw failure(exit_code::usage, "--csr is for one certificate");
    }
    if (!csv_.empty()) return issue_csv(directory_, description(), csv_);
    check_file_name(name_);
    const pki::issue_description what = description();
    if (count_ > 0) return issue_count(directory_, what, count_);
    const auto request = read_request();
    auto ca = open_ca(directory_);
    refuse_authority_name(name_, ca);
    const auto before = ca.find(name_);
    // A process that was killed between the database and the files leaves a name without files.
    const bool resumes =
        before && !issued_files_exist(directory_, *before) && is_for_same_key(*before, request);
    if (!resumes) issue(ca, with_issuer(what, ca), request);
    const auto issued = ca.find(name_).value();
    write_issued_files(directory_, ca, issued);
    write_ca_files(directory_, ca);
    report(issued.cert, resumes);
    if (request) report(*request);
    return exit_code::success;
  }

 private:
  std::optional<pki::signing_request> read_request() const {
    if (request_.empty()) return std::nullopt;
    return pki::signing_request::parse(read_input(request_, max_certificate_file_octets), request_);
  }

  static void issue(pki::mini_ca& ca, const pki::issue_description& what,
                    const std::optional<pki::signing_request>& request) {
    if (request) {
      ca.issue(what, *request, wall_clock_now());
    } else {
      ca.issue(what, wall_clock_now());
    }
  }

  static bool is_for_same_key(const pki::issued_certificate& before,
                              const std::optional<pki::signing_request>& request) {
    return request ? request->has_key_of(before.cert) : before.has_key;
  }

  pki::issue_description description() const {
    for (const std::string& url : urls_) {
      if (!runtime::http_url::parse(url)) {
        refuse_value("--ocsp-url", url, "an OCSP responder's address begins with http://");
      }
    }
    for (const std::string& url : crl_urls_) {
      if (!runtime::http_url::parse(url)) {
        refuse_value("--crl-url", url, "a CRL's address begins with http://");
      }
    }
    const auto now = wall_clock_now();
    return {.name = name_,
            .issuer = issuer_,
            .role = role_option(role_),
            .type = key_type_option("--key", key_),
            .subject_alt_names = names_.empty() ? std::vector{name_} : names_,
            .not_before = now - issue_backdate,
            .not_after = now + std::chrono::days(days_),
            .ocsp_urls = urls_,
            .crl_urls = crl_urls_,
            .must_staple = must_staple_,
            .precertificate = precertificate_};
  }

  static pki::issue_description with_issuer(pki::issue_description what, const pki::mini_ca& ca) {
    const auto authorities = ca.authority_names();
    if (what.issuer.empty() && !authorities.empty()) what.issuer = authorities.back();
    return what;
  }

  void report(const pki::certificate& cert, bool resumed) const {
    if (resumed) fmt::print("{} had been issued; its files were missing\n", name_);
    fmt::print("issued {}, serial {}, until {}\n", name_, cert.serial().hex(),
               pki::to_rfc3339(cert.not_after()));
    const std::string key_file =
        request_.empty() ? fmt::format("  {}/{}.key", directory_, name_) : std::string();
    fmt::print("  {0}/{1}.pem{2}  {0}/ca.pem\n", directory_, name_, key_file);
    if (cert.must_staple() && urls_.empty()) {
      fmt::print(stderr, "  note: no --ocsp-url: a server must be told the responder's address\n");
    }
  }

  void report(const pki::signing_request& request) const {
    if (request.must_staple() && !must_staple_) {
      fmt::print("  must-staple, as the request asks for it\n");
    }
    if (request.other_extensions().empty()) return;
    fmt::print(stderr,
               "  note: the request also asks for {}, which is left out; options such as --san say "
               "what a certificate holds\n",
               fmt::join(request.other_extensions(), ", "));
  }

  std::string directory_, name_, key_ = "p256", request_, issuer_, role_ = "server";
  std::vector<std::string> names_, urls_, crl_urls_;
  std::string csv_;
  std::size_t count_ = 0;
  unsigned days_ = 90;
  bool must_staple_ = false, precertificate_ = false;
};

}  // namespace

std::unique_ptr<command> make_ca_issue() {
  return std::make_unique<ca_issue_command>();
}

}  // namespace staplelab::cli
