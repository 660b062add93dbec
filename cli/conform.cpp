#include <CLI/CLI.hpp>

#include <algorithm>
#include <array>
#include <boost/asio/ip/address.hpp>
#include <cstdio>
#include <exception>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "cli/command.hpp"
#include "cli/input_file.hpp"
#include "cli/options.hpp"
#include "cli/output_file.hpp"
#include "cli/resolve.hpp"
#include "cli/terminal.hpp"
#include "conform/examine.hpp"
#include "conform/report.hpp"
#include "runtime/async.hpp"
#include "runtime/clock.hpp"

namespace staplelab::cli {
namespace {

constexpr std::array<std::string_view, 3> profile_names{"rfc6960", "rfc9919", "webpki"};
constexpr std::array<std::string_view, 2> detail_names{"hex", "decoded"};

// A long number without a prefix is decimal, as in `openssl ca -status`; "0x" or colons make it
// hexadecimal, and so does a letter.
std::optional<pki::serial_number> parse_serial(std::string_view text) {
  const bool hexadecimal = text.find_first_of("xX:abcdefABCDEF") != std::string_view::npos;
  auto serial =
      hexadecimal ? pki::serial_number::from_hex(text) : pki::serial_number::from_decimal(text);
  if (serial && serial->negative()) return std::nullopt;
  return serial;
}

class conform_command final : public command {
 public:
  void describe(CLI::App& app) override {
    app.add_option("URL", url_, "the responder, http://host[:port][/path]")->required();
    app.add_option("--issuer", issuer_, "certificate of the issuer, or a chain that holds it")
        ->type_name("FILE")
        ->required();
    app.add_option("--cert", cert_, "a certificate that the responder knows")
        ->type_name("FILE")
        ->required();
    app.add_option("--revoked", revoked_, "a certificate that is revoked")->type_name("FILE");
    app.add_option("--unknown-serial", unknown_,
                   "a serial number that was never issued; default: an unlikely one")
        ->type_name("N");
    app.add_option("--profile", profile_, "rfc6960, rfc9919 or webpki")
        ->type_name("NAME")
        ->capture_default_str();
    app.add_option("--timeout", timeout_, "for each exchange")
        ->type_name("DURATION")
        ->capture_default_str();
    app.add_option("--skip", skip_, "checks to leave out, R20,R48")->type_name("R[,R...]");
    app.add_option("--show", show_, "the exchanges themselves: hex or decoded")->type_name("FORM");
    app.add_flag("--json", json_, "one JSON object on stdout");
    app.add_option("--report-junit", junit_, "write JUnit XML as well")->type_name("FILE");
    app.footer(R"(
Examples:
  staplelab conform http://127.0.0.1:8888/ --issuer ca/ca.pem --cert ca/www.pem
  staplelab conform http://ocsp.example/ --issuer ca.pem --cert www.pem --profile webpki --json
  staplelab conform http://ocsp.example/ --issuer ca.pem --cert www.pem --revoked old.pem \
      --show decoded --report-junit conform.xml

Makes at most 150 exchanges, some of them with connections left silent on purpose, and is over
within a minute. Ends with 4 when a MUST is broken, with 5 when nothing can be reached, else with 0.
)");
  }

  exit_code run() override {
    const auto form = show_.empty() ? conform::detail::summary
                                    : choice("--show", show_, conform::parse_detail, detail_names);
    conform::examination_limits limits;
    limits.exchange = duration_option("--timeout", timeout_);
    limits.left_out = left_out();
    conform::target what = target();
    if (!junit_.empty()) check_writable(junit_);

    const conform::examination done = examine(std::move(what), limits);
    const std::string text = json_ ? conform::json_report(done, url_, form)
                                   : conform::text_report(done, url_, form, style());
    std::fputs(text.c_str(), stdout);
    if (!junit_.empty()) write_output(junit_, conform::junit_report(done, url_));
    if (!done.reached) {
      throw failure(exit_code::missing, "nothing can be reached at " + url_,
                    "is the responder running, and the port right?");
    }
    return conform::count(done).must_failed > 0 ? exit_code::unmet : exit_code::success;
  }

 private:
  conform::target target() const {
    const auto url = runtime::http_url::parse(url_);
    if (!url) refuse_value("URL", url_, "give http://host[:port][/path]; OCSP uses no https");
    const auto leaf = read_certificates(cert_).front();
    const auto issuer = issuer_among(read_certificates(issuer_), leaf);
    must_be_issued_by(issuer, leaf, cert_);
    auto unassigned = conform::likely_unassigned_serial(leaf);
    if (!unknown_.empty()) {
      const auto given = parse_serial(unknown_);
      if (!given) refuse_value("--unknown-serial", unknown_, "give 1234 or 0x1f2e, not negative");
      unassigned = *given;
    }
    std::optional<pki::certificate> revoked;
    if (!revoked_.empty()) {
      revoked = read_certificates(revoked_).front();
      must_be_issued_by(issuer, *revoked, revoked_);
    }
    const auto held_to = choice("--profile", profile_, pki::parse_verify_profile, profile_names);
    return {.url = *url,
            .addresses = resolve_all({.host = url->host, .port = url->port}),
            .held_to = held_to,
            .issuer = issuer,
            .leaf = leaf,
            .revoked = revoked,
            .unassigned = unassigned};
  }

  // Whatever a responder says of somebody else's certificate, it would be judged wrongly.
  static void must_be_issued_by(const pki::certificate& issuer, const pki::certificate& cert,
                                const std::string& file) {
    if (cert.signed_by(issuer)) return;
    throw failure(exit_code::bad_input, file + ": not issued by " + issuer.subject(),
                  "--issuer takes the certificate that signed those of --cert and --revoked");
  }

  std::set<int> left_out() const {
    std::set<int> numbers;
    for (const std::string& name : split_list(skip_)) {
      const auto& all = conform::all_checks();
      const auto found = std::ranges::find(all, name, &conform::check::id);
      if (found == all.end()) refuse_value("--skip", name, "checks are named R1 to R78");
      numbers.insert(found->number);
    }
    return numbers;
  }

  static conform::report_style style() {
    const auto terminal = style_of(stdout);
    return {.colour = terminal.colour, .unicode = terminal.unicode};
  }

  // One line that is written over, on a terminal only.
  static void show_progress(const conform::check& next, std::size_t place, std::size_t of) {
    if (!is_terminal(stderr)) return;
    std::fprintf(stderr, "\r\x1b[K%zu/%zu %s", place, of, next.id().c_str());
    if (place == of) std::fputs("\r\x1b[K", stderr);
    std::fflush(stderr);
  }

  static conform::examination examine(conform::target what,
                                      const conform::examination_limits& limits) {
    runtime::system_clock time;
    std::optional<conform::examination> done;
    std::exception_ptr failed;
    runtime::asio::io_context io(1);
    runtime::asio::co_spawn(io.get_executor(), store(time, std::move(what), limits, done),
                            [&](std::exception_ptr error) { failed = error; });
    io.run();
    if (failed) std::rethrow_exception(failed);
    return *std::move(done);
  }

  static runtime::awaitable<void> store(runtime::clock& time, conform::target what,
                                        conform::examination_limits limits,
                                        std::optional<conform::examination>& done) {
    auto examining = conform::examine(time, std::move(what), limits, show_progress);
    done = co_await std::move(examining);
  }

  std::string url_, issuer_, cert_, revoked_, unknown_, profile_ = "rfc6960", timeout_ = "5s";
  std::string show_, junit_;
  std::vector<std::string> skip_;
  bool json_ = false;
};

}  // namespace

std::unique_ptr<command> make_conform() {
  return std::make_unique<conform_command>();
}

}  // namespace staplelab::cli
