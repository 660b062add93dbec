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
#include <utility>
#include <variant>
#include <vector>

#include "cli/ca_files.hpp"
#include "cli/command.hpp"
#include "cli/failure.hpp"
#include "cli/options.hpp"
#include "cli/responder_fast.hpp"
#include "cli/responder_policy.hpp"
#include "cli/responder_production.hpp"
#include "cli/run_loop.hpp"
#include "cli/served_authorities.hpp"
#include "cli/server_log.hpp"
#include "pki/mini_ca.hpp"
#include "responder/admin.hpp"
#include "responder/fast_path.hpp"
#include "responder/fast_threads.hpp"
#include "responder/overriding_book.hpp"
#include "responder/production_gap.hpp"
#include "responder/server.hpp"
#include "runtime/signals.hpp"
#include "runtime/task_group.hpp"

namespace staplelab::cli {
namespace {

std::optional<signer_kind> parse_signer(std::string_view name) {
  if (name == "ca") return signer_kind::ca;
  if (name == "delegate") return signer_kind::delegate;
  return std::nullopt;
}

struct service_config {
  responder::server_config server;
  std::optional<runtime::tcp::endpoint> admin;
  signer_plan signer;
  responder::crl_schedule crls;
  std::size_t threads = 0;  // 0: the full path alone, which logs each request
  std::vector<std::string> directories = {};
};

// Everything that serves one or several CAs, from their databases to the port.
class service {
 public:
  service(std::vector<served_ca> cas, const service_config& config)
      : cas_(std::move(cas)),
        book_(cas_),
        config_(config),
        crls_(config.crls),
        renewing_(io_.get_executor()) {
    config_.server.authorities = cas_.signing(config_.signer, time_.now());
    cas_.publish_crls(crls_);
    config_.server.beside = [this](const runtime::http_request& request, pki::time_point now) {
      return crls_.answer(request, now);
    };
    if (config_.threads > 0) {
      fast_.emplace(fast_sources_for(config_.directories, config_.server.policy, time_.now()),
                    config_.threads);
      config_.server.fast = &*fast_;
    }
  }

  exit_code run() { return run_until_done(io_, serve()); }

 private:
  runtime::awaitable<exit_code> serve() {
    runtime::signals asked_to_end(io_.get_executor());
    listen();
    if (config_.signer.kind == signer_kind::delegate)
      renewing_.spawn(renew_delegates(time_, cas_, config_.signer, *server_));
    int signal = SIGHUP;  // there is nothing to reload: revocations show by themselves
    while (signal == SIGHUP)
      signal = co_await asked_to_end.next();
    log_info("ends");
    server_->stop();
    renewing_.cancel();
    co_await renewing_.join();
    producing_.reset();
    if (fast_) fast_->slow_signatures().close();
    threads_.reset();
    if (admin_) {
      admin_->stop();
      co_await admin_->join();
    }
    co_await server_->join();
    co_return exit_code::success;
  }

  void listen() {
    explain_listening(config_.server.listen, [&] {
      server_.emplace(io_.get_executor(), time_, book_, config_.server,
                      [this](const responder::event& what) {
                        log(what);
                        follow_listening(what);
                      });
      if (config_.threads > 1) start_threads();
      if (fast_ && config_.server.policy.production) {
        producing_.emplace(*fast_, time_, config_.server.policy.timing(),
                           production_of(config_.directories, config_.threads));
      }
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

  void start_threads() {
    const auto& limits = config_.server.limits;
    threads_.emplace(config_.threads - 1, *fast_, time_, server_->local_endpoint(),
                     limits.connections, io_.get_executor(),
                     [this](runtime::tcp_socket socket, std::string arrived) {
                       server_->adopt(std::move(socket), std::move(arrived));
                     });
  }

  void follow_listening(const responder::event& what) {
    const auto* change = std::get_if<responder::listening_changed>(&what);
    if (change == nullptr || !threads_) return;
    change->listening ? threads_->listen() : threads_->refuse();
  }

  // "ca" and "delegate" for the authority that issues.
  std::vector<responder::named_signer> named_signers() {
    signer_plan delegated = config_.signer;
    delegated.kind = signer_kind::delegate;
    return {{.name = "ca", .who = cas_.issuing({}, time_.now())},
            {.name = "delegate", .who = cas_.issuing(delegated, time_.now())}};
  }

  served_authorities cas_;
  responder::overriding_book book_;
  service_config config_;
  responder::crl_publisher crls_;
  runtime::system_clock time_;
  std::optional<responder::fast_path> fast_;
  runtime::asio::io_context io_{1};
  runtime::task_group renewing_;
  std::optional<responder::server> server_;
  std::optional<responder::admin_server> admin_;
  std::optional<responder::fast_threads> threads_;
  std::optional<responder::producer> producing_;
};

class responder_command final : public command {
 public:
  void describe(CLI::App& app) override {
    app.add_option("--ca", directories_, "the CA to answer for, repeatable")
        ->type_name("DIR")
        ->allow_extra_args(false)
        ->required();
    app.add_option("--listen", listen_, "where to listen; port 0 asks for a free one")
        ->type_name("ADDR:PORT")
        ->capture_default_str();
    app.add_option("--signer", signer_, "ca, or delegate: made and renewed as needed")
        ->capture_default_str();
    app.add_option("--delegate-key", delegate_keys_,
                   "type of the delegate's key; repeated: further delegates, for clients that "
                   "prefer their algorithms")
        ->type_name("TYPE")
        ->allow_extra_args(false);
    app.add_option("--threads", threads_,
                   "answer by the fast path, with that many threads; requests are then counted, "
                   "not logged")
        ->check(CLI::Range(1, 256));
    policy_.describe(app);
    production_.describe(app);
    app.add_option("--admin", admin_, "policy, faults and signers over HTTP, on a loopback address")
        ->type_name("ADDR:PORT");
    app.footer(R"(
Examples:
  staplelab responder --ca ca --listen 127.0.0.1:8888
  staplelab responder --ca ca --listen 127.0.0.1:0 --signer delegate --validity 1h
  staplelab responder --ca ca --signer delegate --delegate-key p256 --delegate-key rsa2048
  staplelab responder --ca ca --profile webpki --non-issued unknown --validity 4d
  staplelab responder --ca ca --profile rfc6960 --non-issued extended-revoke --responder-id by-name
  staplelab responder --ca ca --archive-cutoff 3650d --crl-url http://crl.example/ca.crl
  staplelab responder --ca ca --crl-number 4711 --crl-time 2026-03-01T00:00:00Z
  staplelab responder --ca ca --single-extension 0x1f2e:invalidityDate=2026-03-01T00:00:00Z
  staplelab responder --ca ca --single-extension 1.3.6.1.4.1.99999.1=0c0141
  staplelab responder --ca ca --client-ca clients.pem --require-signed
  staplelab responder --ca ca --ca another --produce-every 12h --publication-lag 1h
  staplelab responder --ca ca --crl-every 1d     http://127.0.0.1:8888/crl/issuing.crl
  staplelab responder --ca ca --admin 127.0.0.1:8889
  curl -d '{"fault": "try_later", "count": 3}' http://127.0.0.1:8889/faults

Prints "listening on ADDR:PORT" when it is ready, and serves until SIGTERM or SIGINT. What
`staplelab ca` does to the CA meanwhile shows in the next answer; with --produce-every, in the next
that is produced. CRLs are at /crl/NAME.crl, for each authority.
Profiles, faults and the admin API are described in docs/responder.md, schedules and CRLs in
docs/ca.md.
)");
  }

  exit_code run() override {
    static constexpr std::array<std::string_view, 2> signers{"ca", "delegate"};
    service_config config{.server = {}, .admin = {}, .signer = {}, .crls = {}};
    config.signer.kind = choice("--signer", signer_, parse_signer, signers);
    config.signer.delegate_keys = delegate_keys(config.signer.kind);
    config.server.listen = listen_option("--listen", listen_);
    config.server.policy = policy_.read();
    config.server.policy.production = production_.production();
    config.crls = production_.crls();
    config.threads = threads_;
    config.directories = directories_;
    if (const auto flaw = responder::flaw_of(config.server.policy)) {
      throw failure(exit_code::usage, *flaw);
    }
    config.server.seed = std::random_device()();
    if (!admin_.empty()) config.admin = listen_option("--admin", admin_);
    auto cas = open_cas(directories_);
    start_log();
    if (const auto gap = responder::gap_of(config.server.policy.timing())) log_warning(*gap);
    return service(std::move(cas), config).run();
  }

 private:
  std::vector<pki::key_type> delegate_keys(signer_kind kind) const {
    if (!delegate_keys_.empty() && kind != signer_kind::delegate) {
      throw failure(exit_code::usage, "--delegate-key needs --signer delegate",
                    "the CA itself signs with the key it has");
    }
    std::vector<pki::key_type> keys;
    for (const std::string& text : delegate_keys_) {
      const auto key = key_type_option("--delegate-key", text);
      if (std::ranges::find(keys, key) != keys.end()) {
        refuse_value("--delegate-key", text, "one delegate with a key of this type will do");
      }
      keys.push_back(key);
    }
    return keys;
  }

  std::vector<std::string> directories_, delegate_keys_;
  responder_policy_options policy_;
  responder_production_options production_;
  std::size_t threads_ = 0;
  std::string listen_ = "127.0.0.1:8888", signer_ = "ca", admin_;
};

}  // namespace

std::unique_ptr<command> make_responder() {
  return std::make_unique<responder_command>();
}

}  // namespace staplelab::cli
