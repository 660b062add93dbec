#include <fmt/format.h>
#include <CLI/CLI.hpp>

#include <array>
#include <boost/asio/ip/address.hpp>
#include <cstdio>
#include <exception>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "cli/command.hpp"
#include "cli/input_file.hpp"
#include "cli/judgement_text.hpp"
#include "cli/options.hpp"
#include "cli/resolve.hpp"
#include "cli/terminal.hpp"
#include "runtime/async.hpp"
#include "runtime/clock.hpp"
#include "scenarios/probe.hpp"

namespace staplelab::cli {
namespace {

std::optional<scenarios::tls_version> parse_tls(std::string_view name) {
  if (name == "1.2") return scenarios::tls_version::tls12;
  if (name == "1.3") return scenarios::tls_version::tls13;
  return std::nullopt;
}

std::vector<std::string_view> starttls_names() {
  std::vector<std::string_view> names;
  for (const auto protocol : scenarios::all_starttls)
    names.push_back(scenarios::to_string(protocol));
  return names;
}

constexpr std::array<std::string_view, 2> tls_names{"1.2", "1.3"};

class probe_command final : public command {
 public:
  void describe(CLI::App& app) override {
    app.add_option("HOST:PORT", address_, "the server")->required();
    app.add_option("--ca", ca_, "roots to trust; default: the chain is not judged")
        ->type_name("FILE");
    app.add_option("--starttls", starttls_, "smtp, imap, pop3, ftp, postgres, mysql or nats")
        ->type_name("PROTO");
    app.add_option("--sni", sni_, "server name to ask for; default: HOST, unless an address")
        ->type_name("NAME");
    app.add_option("--tls", tls_, "1.2 or 1.3; default: what is negotiated")->type_name("VERSION");
    app.add_flag("--no-status", no_status_, "do not ask for a staple");
    app.add_flag("--strict", strict_,
                 "end the handshake with an alert when the staple does not satisfy");
    app.add_option("--at", at_, "judge as of this time (RFC 3339); default: now")
        ->type_name("TIME");
    app.add_option("--timeout", timeout_, "for the whole handshake")
        ->type_name("DURATION")
        ->capture_default_str();
    app.add_flag("--json", json_, "one JSON object on stdout");
    app.footer(R"(
Examples:
  staplelab probe 127.0.0.1:8443 --ca ca/ca.pem
  staplelab probe www.example:443 --tls 1.2 --json
  staplelab probe 127.0.0.1:4222 --starttls nats --ca ca/ca.pem

Ends with 0 when the verdict is good, or no staple was asked for and none came, and the chain is
trusted where --ca says by whom; with 4 otherwise. A must-staple certificate without a staple has
the verdict none, and must_staple.
)");
  }

  exit_code run() override {
    auto request = options();
    const auto roots = request.roots;
    runtime::system_clock wall;
    runtime::skewed_clock time(wall, time_option("--at", at_) - wall_clock_now());
    const scenarios::probe_result found = probe_once(time, std::move(request));
    judged what{.verdict = found.verdict,
                .staple = found.staple,
                .alert = found.alert,
                .sent_alert = found.sent_alert,
                .must_staple = {},
                .chain_trusted = {},
                .latency_ms = {},
                .tls = {},
                .why = found.why};
    if (!found.chain.empty()) what.must_staple = found.must_staple;
    if (!found.chain.empty() && !roots.empty()) {
      what.chain_trusted = scenarios::is_trusted(found.chain, roots, time.now());
    }
    if (!found.tls.empty()) {
      what.latency_ms = found.latency_ms;
      what.tls = found.tls;
    }
    const std::string text = json_ ? to_json(what) : to_text(what, style_of(stdout));
    std::fputs(text.c_str(), stdout);
    const bool well = is_well(found.verdict) && what.chain_trusted.value_or(true);
    return well ? exit_code::success : exit_code::unmet;
  }

 private:
  // RFC 7633 4.2.3: a client that does not ask must not miss what it did not ask for.
  bool is_well(scenarios::probe_verdict verdict) const {
    return verdict == scenarios::probe_verdict::good ||
           (no_status_ && verdict == scenarios::probe_verdict::none);
  }

  scenarios::probe_request options() const {
    scenarios::probe_request request;
    request.timeout = duration_option("--timeout", timeout_);
    request.status_request = !no_status_;
    request.strict = strict_;
    if (!starttls_.empty()) {
      request.entry = choice("--starttls", starttls_, scenarios::parse_starttls, starttls_names());
    }
    if (!tls_.empty()) request.tls = choice("--tls", tls_, parse_tls, tls_names);
    const host_port server = parse_host_port("HOST:PORT", address_);
    boost::system::error_code no_literal;
    runtime::asio::ip::make_address(server.host, no_literal);
    request.sni = !sni_.empty() || !no_literal ? sni_ : server.host;
    if (!ca_.empty()) request.roots = read_certificates(ca_);
    request.address = resolve(server);
    return request;
  }

  static scenarios::probe_result probe_once(runtime::clock& time,
                                            scenarios::probe_request request) {
    std::optional<scenarios::probe_result> found;
    std::exception_ptr failed;
    runtime::asio::io_context io(1);
    runtime::asio::co_spawn(
        io.get_executor(), scenarios::probe(time, std::move(request)),
        [&](std::exception_ptr error, std::optional<scenarios::probe_result> result) {
          failed = error;
          found = std::move(result);
        });
    io.run();
    if (failed) std::rethrow_exception(failed);
    return *std::move(found);
  }

  std::string address_, ca_, starttls_, sni_, tls_, at_, timeout_ = "10s";
  bool no_status_ = false, strict_ = false, json_ = false;
};

}  // namespace

std::unique_ptr<command> make_probe() {
  return std::make_unique<probe_command>();
}

}  // namespace staplelab::cli
