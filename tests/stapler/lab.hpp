// A PKI, a responder that does as it is told, a TLS client and an endpoint in one simulated world.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "pki/mini_ca.hpp"
#include "pki/ocsp_message.hpp"
#include "runtime/http_server.hpp"
#include "runtime/listener.hpp"
#include "stapler/endpoint.hpp"
#include "tests/pki/run_program.hpp"
#include "tests/runtime/world.hpp"
#include "tests/stapler/tls_client.hpp"

namespace staplelab::stapler::test {

using namespace std::chrono_literals;

class responder_stub {
 public:
  using answering = std::function<runtime::http_action(const pki::ocsp_request&)>;
  struct seen_request {
    time_point at;
    std::string method;
    std::string target;
    std::string content_type;
    std::string cache_control;
    std::optional<pki::ocsp_request> asked;
  };

  responder_stub(runtime::world& world, pki::mini_ca& ca);

  std::string url() const;
  runtime::listener& listening() { return listener_; }
  // How it answers from now on.
  void answer_with(answering how) { how_ = std::move(how); }
  // Signed by the issuing CA, as the book says, valid from now.
  answering honest(duration validity);
  answering with_content(std::function<void(pki::response_content&)> change);
  static answering body(pki::bytes octets);
  static answering status(int http_status);
  static answering silent();

  std::vector<seen_request> requests;

 private:
  awaitable<void> serve(runtime::tcp_socket socket, runtime::connection_id port);
  awaitable<runtime::http_action> handle(runtime::http_request request);

  runtime::world& world_;
  pki::mini_ca& ca_;
  answering how_;
  runtime::listener listener_;
};

class lab {
 public:
  lab();
  // Ends what still runs, and lets it end.
  ~lab();

  // "site" and "other" are must-staple; "plain" is not. All name the stub.
  served_certificate certificate(const std::string& name);
  loaded_config config(mode m, profile p, const std::vector<std::string>& names = {"site"});
  endpoint& make_endpoint(loaded_config what);

  // "started", or "refused" and the exit code.
  awaitable<std::string> start();
  awaitable<sight> shake(client_wish wish);
  // Of a client that asks for a status and names nobody: the verdict on the staple for "site",
  // "alert" and its number, or "no connection".
  awaitable<std::string> verdict_now();
  // The status of the staple in `seen` now: "good", ..., or "none".
  std::string verdict(const sight& seen, const std::string& name = "site") const;

  template <class Event>
  std::vector<Event> told() const {
    std::vector<Event> found;
    for (const event& one : events) {
      if (const auto* it = std::get_if<Event>(&one)) found.push_back(*it);
    }
    return found;
  }
  void run(awaitable<void> story) { world.run(std::move(story)); }
  awaitable<void> sleep(duration length) {
    return world.time.sleep_until(world.time.now() + length);
  }

  tests::temporary_directory directory;
  runtime::world world;
  pki::mini_ca ca;
  responder_stub responder;
  std::vector<event> events;
  std::optional<endpoint> server;
};

}  // namespace staplelab::stapler::test
