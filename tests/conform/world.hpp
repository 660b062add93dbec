// Simulated time, real loopback sockets, and our own responder in them.
#pragma once

#include <algorithm>
#include <optional>
#include <stdexcept>
#include <string_view>
#include <utility>
#include <vector>

#include "bench.hpp"
#include "conform/examine.hpp"
#include "responder/server.hpp"
#include "runtime/task_group.hpp"
#include "runtime/virtual_clock.hpp"

namespace staplelab::conform::test {

using runtime::awaitable;

inline const checked& find(const examination& done, int number) {
  return *std::ranges::find_if(done.checks,
                               [&](const checked& each) { return each.what->number == number; });
}

class world {
 public:
  examination examine(target what, runtime::tcp::endpoint address, examination_limits limits = {}) {
    return examine(std::move(what), std::vector{address}, limits);
  }
  examination examine(target what, std::vector<runtime::tcp::endpoint> addresses,
                      examination_limits limits = {}) {
    what.url.port = addresses.front().port();
    what.addresses = std::move(addresses);
    what.url.path = "";
    std::optional<examination> done;
    run(store(clock, std::move(what), limits, done));
    return *std::move(done);
  }

  void run(awaitable<void> task) {
    bool done = false;
    tasks.spawn(mark(std::move(task), done));
    const auto ended = clock.run(io, [&] { return done; }, 30s);
    if (ended != runtime::virtual_clock::outcome::finished) throw std::runtime_error("stalled");
  }

  runtime::virtual_clock clock{start};
  runtime::asio::io_context io{1};
  runtime::task_group tasks{io.get_executor()};

 private:
  static awaitable<void> mark(awaitable<void> task, bool& done) {
    co_await std::move(task);
    done = true;
  }
  static awaitable<void> store(runtime::clock& time, target what, examination_limits limits,
                               std::optional<examination>& done) {
    const auto silent = [](const check&, std::size_t, std::size_t) {};
    auto examining = conform::examine(time, std::move(what), limits, silent);
    done = co_await std::move(examining);
  }
};

// Our responder, for as long as it lives.
class our_responder {
 public:
  our_responder(world& in, profile which, bool delegated)
      : in_(in),
        server(in.io.get_executor(), in.clock, shared_lab().ca, config(which, delegated),
               [](const responder::event&) {}) {}
  ~our_responder() {
    server.stop();
    in_.run(server.join());
  }

 private:
  static responder::server_config config(profile which, bool delegated) {
    responder::server_config made;
    made.policy.profile = which;
    made.policy.validity = 96h;
    responder::authority who{.issuer = shared_lab().issuer, .delegate = std::nullopt};
    if (delegated) who.delegate = shared_lab().delegate;
    made.authorities.push_back(std::move(who));
    return made;
  }
  world& in_;

 public:
  responder::server server;
};

inline responder::fault_rule rule(std::string_view name,
                                  const responder::fault_parameters& parameters = {}) {
  responder::fault_rule made;
  made.what = *responder::make_fault(name, parameters);
  return made;
}

}  // namespace staplelab::conform::test
