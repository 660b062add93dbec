#include <fmt/format.h>
#include <CLI/CLI.hpp>

#include <algorithm>
#include <array>
#include <csignal>
#include <memory>
#include <optional>
#include <random>
#include <string>
#include <string_view>
#include <vector>

#include "cli/ca_files.hpp"
#include "cli/command.hpp"
#include "cli/delegate.hpp"
#include "cli/options.hpp"
#include "cli/responder_policy.hpp"
#include "cli/run_loop.hpp"
#include "cli/server_log.hpp"
#include "pki/mini_ca.hpp"
#include "responder/admin.hpp"
#include "responder/overriding_book.hpp"
#include "responder/server.hpp"
#include "runtime/signals.hpp"
#include "runtime/task_group.hpp"

namespace staplelab::cli {
namespace {

enum class signer_kind { ca, delegate };

std::optional<signer_kind> parse_signer(std::string_view name) {
  if (name == "ca") return signer_kind::ca;
  if (name == "delegate") return signer_kind::delegate;
  return std::nullopt;
}

struct service_config {
  responder::server_config server;
  std::optional<runtime::tcp::endpoint> admin;
  signer_kind signer;
};

// Everything that serves one CA, from its database to its port.
class service {
 public:
  service(pki::mini_ca& ca, const service_config& config)
      : ca_(ca), book_(ca), config_(config), renewing_(io_.get_executor()) {
    config_.server.authorities = authorities();
  }

  exit_code run() { return run_until_done(io_, serve()); }

 private:
  responder::authority authority(const std::string& name) {
    responder::authority who{.issuer = ca_.authority(name), .delegate = std::nullopt};
    if (config_.signer == signer_kind::delegate) who.delegate = delegate_of(ca_, name, time_.now());
    return who;
  }

  std::vector<responder::authority> authorities() {
    std::vector<responder::authority> all;
    for (const std::string& name : ca_.authority_names())
      all.push_back(authority(name));
    return all;
  }

  runtime::awaitable<exit_code> serve() {
    runtime::signals asked_to_end(io_.get_executor());
    listen();
    if (config_.signer == signer_kind::delegate) renewing_.spawn(renew());
    int signal = SIGHUP;  // there is nothing to reload: revocations show by themselves
    while (signal == SIGHUP)
      signal = co_await asked_to_end.next();
    log_info("ends");
    renewing_.cancel();
    co_await renewing_.join();
    if (admin_) {
      admin_->stop();
      co_await admin_->join();
    }
    server_->stop();
    co_await server_->join();
    co_return exit_code::success;
  }

  void listen() {
    explain_listening(config_.server.listen, [&] {
      server_.emplace(io_.get_executor(), time_, book_, config_.server,
                      [](const responder::event& what) { log(what); });
    });
    if (config_.admin) {
      responder::admin_config admin{.listen = *config_.admin, .signers = named_signers()};
      explain_listening(*config_.admin, [&] {
        admin_.emplace(io_.get_executor(), time_, *server_, book_, std::move(admin));
      });
    }
    announce("listening on", runtime::to_string(server_->local_endpoint()));
    if (admin_) log_info(fmt::format("admin API on port {}", admin_->port()));
  }

  // "ca" and "delegate" for the authority that issues: the last one made.
  std::vector<responder::named_signer> named_signers() {
    const auto names = ca_.authority_names();
    if (names.empty()) return {};
    const responder::authority direct{.issuer = ca_.authority(names.back()),
                                      .delegate = std::nullopt};
    responder::authority delegated = direct;
    delegated.delegate = delegate_of(ca_, names.back(), time_.now());
    return {{.name = "ca", .who = direct}, {.name = "delegate", .who = std::move(delegated)}};
  }

  // Delegates end; answers signed by one that has ended are worth nothing.
  runtime::awaitable<void> renew() {
    while (true) {
      auto next = runtime::time_point::max();
      for (const auto& who : server_->signers().authorities()) {
        if (who.delegate) next = std::min(next, renewal_time(who.delegate->cert));
      }
      co_await time_.sleep_until(next);
      for (auto& who : authorities()) {
        server_->set_signer(std::move(who), responder::signer_choice::fit_only);
      }
    }
  }

  pki::mini_ca& ca_;
  responder::overriding_book book_;
  service_config config_;
  runtime::system_clock time_;
  runtime::asio::io_context io_{1};
  runtime::task_group renewing_;
  std::optional<responder::server> server_;
  std::optional<responder::admin_server> admin_;
};

class responder_command final : public command {
 public:
  void describe(CLI::App& app) override {
    app.add_option("--ca", directory_, "the CA to answer for")->type_name("DIR")->required();
    app.add_option("--listen", listen_, "where to listen; port 0 asks for a free one")
        ->type_name("ADDR:PORT")
        ->capture_default_str();
    app.add_option("--signer", signer_, "ca, or delegate: made and renewed as needed")
        ->capture_default_str();
    policy_.describe(app);
    app.add_option("--admin", admin_, "policy, faults and signers over HTTP, on a loopback address")
        ->type_name("ADDR:PORT");
    app.footer(R"(
Examples:
  staplelab responder --ca ca --listen 127.0.0.1:8888
  staplelab responder --ca ca --listen 127.0.0.1:0 --signer delegate --validity 1h
  staplelab responder --ca ca --profile webpki --non-issued unknown --validity 4d
  staplelab responder --ca ca --profile rfc6960 --non-issued extended-revoke --responder-id by-name
  staplelab responder --ca ca --archive-cutoff 3650d --crl-url http://crl.example/ca.crl
  staplelab responder --ca ca --single-extension 0x1f2e:invalidityDate=2026-03-01T00:00:00Z
  staplelab responder --ca ca --single-extension 1.3.6.1.4.1.99999.1=0c0141
  staplelab responder --ca ca --client-ca clients.pem --require-signed
  staplelab responder --ca ca --admin 127.0.0.1:8889
  curl -d '{"fault": "try_later", "count": 3}' http://127.0.0.1:8889/faults

Prints "listening on ADDR:PORT" when it is ready, and serves until SIGTERM or SIGINT. What
`staplelab ca` does to the CA meanwhile shows in the next answer. Profiles, faults and the admin API
are described in docs/responder.md.
)");
  }

  exit_code run() override {
    static constexpr std::array<std::string_view, 2> signers{"ca", "delegate"};
    service_config config{.server = {}, .admin = {}, .signer = signer_kind::ca};
    config.signer = choice("--signer", signer_, parse_signer, signers);
    config.server.listen = listen_option("--listen", listen_);
    config.server.policy = policy_.read();
    config.server.seed = std::random_device()();
    if (!admin_.empty()) config.admin = listen_option("--admin", admin_);
    auto ca = open_ca(directory_);
    start_log();
    return service(ca, config).run();
  }

 private:
  std::string directory_, listen_ = "127.0.0.1:8888", signer_ = "ca", admin_;
  responder_policy_options policy_;
};

}  // namespace

std::unique_ptr<command> make_responder() {
  return std::make_unique<responder_command>();
}

}  // namespace staplelab::cli
