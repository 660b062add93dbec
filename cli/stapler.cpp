#include <fmt/format.h>
#include <CLI/CLI.hpp>

#include <csignal>
#include <exception>
#include <memory>
#include <optional>
#include <random>
#include <string>
#include <utility>
#include <variant>

#include "cli/command.hpp"
#include "cli/options.hpp"
#include "cli/run_loop.hpp"
#include "cli/run_selection.hpp"
#include "cli/server_log.hpp"
#include "runtime/signals.hpp"
#include "runtime/task_group.hpp"
#include "stapler/config.hpp"
#include "stapler/endpoint.hpp"
#include "stapler/loaded_config.hpp"

namespace staplelab::cli {
namespace {

using namespace runtime::asio::experimental::awaitable_operators;

// The configuration with its files, or what is wrong with it, ready to print.
struct reading {
  std::optional<stapler::loaded_config> config;
  std::string errors;
};

// What the command line says instead of the configuration.
struct instead {
  std::optional<runtime::tcp::endpoint> listen;
  std::optional<stapler::profile> profile;
};

reading read(const std::string& file, const instead& told) {
  auto parsed = stapler::read_config(file);
  if (!parsed) {
    reading failed;
    for (const auto& error : parsed.error().list)
      failed.errors += runtime::render(error);
    return failed;
  }
  if (told.listen) parsed->listen = *told.listen;
  if (told.profile) parsed->behaviour = *told.profile;
  auto loaded = stapler::load(*parsed);
  if (!loaded) return {std::nullopt, fmt::format("{}: {}\n", file, loaded.error().message)};
  return {*std::move(loaded), {}};
}

class service {
 public:
  service(std::string file, instead told, stapler::loaded_config config)
      : file_(std::move(file)),
        told_(std::move(told)),
        address_(config.listen),
        signals_(io_.get_executor()),
        endpoint_(io_.get_executor(), time_, std::move(config), std::random_device()(),
                  [](const stapler::event& what) { log(what); }) {}

  exit_code run() { return run_until_done(io_, serve()); }

 private:
  runtime::awaitable<exit_code> serve() {
    auto starting = start();
    const auto refused = co_await std::move(starting);
    if (refused) co_return *refused;
    announce("listening on", runtime::to_string({address_.address(), endpoint_.port()}));
    bool goes_on = true;
    while (goes_on) {
      auto waiting = endpoint_.wait_for_exit() || reload_when_told();
      const auto happened = co_await std::move(waiting);
      if (const auto* end = std::get_if<stapler::exit_outcome>(&happened)) {
        co_return static_cast<exit_code>(end->exit_code);
      }
      goes_on = std::get<bool>(happened);
    }
    co_await endpoint_.stop();
    co_return exit_code::success;
  }

  // False when it is to end. A signal can end a reload: it may hang at a responder.
  runtime::awaitable<bool> reload_when_told() {
    if (!std::exchange(hung_up_, false)) {
      const int signal = co_await signals_.next();
      if (signal != SIGHUP) co_return false;
    }
    auto reloading = reload() || wait_for_end();
    const auto first = co_await std::move(reloading);
    co_return std::holds_alternative<std::monostate>(first);
  }

  // How it ended, if it did not start. A signal ends the attempt as well.
  runtime::awaitable<std::optional<exit_code>> start() {
    auto starting = try_start() || wait_for_end();
    const auto happened = co_await std::move(starting);
    if (std::holds_alternative<stapler::started>(happened)) co_return std::nullopt;
    if (const auto* refusal = std::get_if<stapler::refused>(&happened)) {
      fmt::print(stderr, "staplelab: refuses to start: {}\n", refusal->why);
      co_return static_cast<exit_code>(refusal->exit_code);
    }
    if (const auto* error = std::get_if<runtime::error_code>(&happened)) {
      refuse_address(address_, *error);
    }
    log_info("ends before it has started");
    co_await endpoint_.stop();
    co_return exit_code::success;
  }

  // `||` waits for a value: an exception would leave it waiting for a signal.
  runtime::awaitable<std::variant<stapler::started, stapler::refused, runtime::error_code>>
  try_start() {
    runtime::error_code failed;
    try {
      auto outcome = co_await endpoint_.start();
      if (auto* refusal = std::get_if<stapler::refused>(&outcome)) co_return *refusal;
      co_return std::get<stapler::started>(outcome);
    } catch (const boost::system::system_error& error) {
      failed = error.code();
    }
    co_return failed;
  }

  // A SIGHUP that comes meanwhile is kept.
  runtime::awaitable<int> wait_for_end() {
    int signal = co_await signals_.next();
    while (signal == SIGHUP) {
      hung_up_ = true;
      signal = co_await signals_.next();
    }
    co_return signal;
  }

  // As with try_start(), an exception would go unseen until a signal comes.
  runtime::awaitable<void> reload() {
    try {
      co_await try_reload();
    } catch (const std::exception& failure) {
      if (runtime::means_cancelled(std::current_exception())) throw;
      log_warning(fmt::format("reload failed: {}", failure.what()));
    }
  }

  runtime::awaitable<void> try_reload() {
    auto [config, errors] = read(file_, told_);
    if (!config) {
      log_warning(fmt::format("reload: the old configuration stays in force\n{}", errors));
      co_return;
    }
    co_await endpoint_.reload(*std::move(config));
  }

  std::string file_;
  instead told_;
  runtime::tcp::endpoint address_;
  runtime::system_clock time_;
  runtime::asio::io_context io_{1};
  runtime::signals signals_;
  stapler::endpoint endpoint_;
  bool hung_up_ = false;  // a SIGHUP has not been acted upon
};

class stapler_command final : public command {
 public:
  void describe(CLI::App& app) override {
    app.add_option("--config", file_, "configuration, in NATS's syntax or JSON")
        ->type_name("FILE")
        ->required();
    app.add_option("--listen", listen_, "instead of the configuration's address")
        ->type_name("ADDR:PORT");
    app.add_option("--profile", profile_, "instead of the configuration's")->type_name("P");
    app.add_flag("--check-config", check_, "read the configuration and its files, then end");
    app.footer(R"(
Example configuration:
  ocsp { mode: must, url: "http://127.0.0.1:8888" }
  store_dir: "staples"
  tls { cert_file: "ca/www.example.pem", key_file: "ca/www.example.key", ca_file: "ca/ca.pem" }

Examples:
  staplelab stapler --config stapler.conf --listen 127.0.0.1:8443
  staplelab stapler --config stapler.conf --profile nginx-like
  staplelab stapler --config stapler.conf --check-config

Prints "listening on ADDR:PORT" when it is ready. SIGHUP reads the configuration again. Ends with 0
after SIGTERM or SIGINT, with 2 when the configuration has an error, with 3 when it refuses to start
or shuts down because a certificate was revoked (profile nats: 1 and 0, as nats-server does).
)");
  }

  exit_code run() override {
    instead told;
    if (!listen_.empty()) told.listen = listen_option("--listen", listen_);
    if (!profile_.empty()) told.profile = stapler::parse_profile(profile_option(profile_));
    auto [config, errors] = read(file_, told);
    if (!config) {
      fmt::print(stderr, "{}", errors);
      throw failure(exit_code::bad_input, fmt::format("{}: not a usable configuration", file_));
    }
    if (check_) {
      for (const std::string& warning : stapler::warnings_of(*config)) {
        fmt::print(stderr, "staplelab: warning: {}\n", warning);
      }
      fmt::print("{}: no errors\n", file_);
      return exit_code::success;
    }
    start_log();
    return service(file_, std::move(told), *std::move(config)).run();
  }

 private:
  std::string file_, listen_, profile_;
  bool check_ = false;
};

}  // namespace

std::unique_ptr<command> make_stapler() {
  return std::make_unique<stapler_command>();
}

}  // namespace staplelab::cli
