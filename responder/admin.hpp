// The admin API of a responder: HTTP with JSON, on a loopback port of its own.
//
//   GET    /status             what the responder is doing
//   GET    /policy             what is answered: {"profile", "validity", "backdate", "non_issued",
//                              "responder_id", "archive_cutoff"}
//   PATCH  /policy             changes what is given of it (POST does the same); 200 and the whole
//   GET    /faults             the rules in force, in order
//   POST   /faults             one rule, {"rules": [...]} for several: all of them or none; 201
//   DELETE /faults             all rules; 204
//   DELETE /faults/<name>      one rule; 204, or 404
//   POST   /signer             {"name": "..."}: one of the signers given at construction; 204
//   POST   /statuses/<serial>  body 0, 1 or 2 = good, revoked, unknown; decimal serial. This and
//   the GET    /statuses/<serial>  next line are the convention of nats-server's own test suite
//
// A rule is {"fault": name, ...parameters of the fault..., "name", "count", "probability", "from",
// "until", "serial", "method", "path_prefix"}. Durations are text ("90m", "7d"), times RFC 3339,
// serials hexadecimal. A mistake is answered with 400 and {"error": {"what", "where"}}, where
// `where` is a JSON pointer (or a line and column when it is no JSON), and nothing is applied. 409:
// the rule's name is taken, the signer is unfit, or the profile refuses the policy.
//
// It binds nothing but loopback addresses. A request whose Host or Origin names anything else is
// refused with 403, and there are no CORS fields, so that no web page can use a visitor's browser
// to drive it.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "responder/overriding_book.hpp"
#include "responder/server.hpp"
#include "runtime/clock.hpp"
#include "runtime/http_server.hpp"
#include "runtime/listener.hpp"

namespace staplelab::responder {

struct named_signer {
  std::string name;  // "ca", "delegate"
  authority who;
  signer_choice choice = signer_choice::fit_only;
};

struct admin_config {
  runtime::tcp::endpoint listen{runtime::asio::ip::address_v4::loopback(), 0};
  std::vector<named_signer> signers;
  runtime::http_server_limits limits{
      .message = {.header_octets = 8 * 1024, .body_octets = 64 * 1024}};
  std::size_t connections = 16;
};

// One request to the API, without a socket: what the listener below does for each.
runtime::http_response administer(server& target, overriding_book& statuses,
                                  const std::vector<named_signer>& signers,
                                  const runtime::http_request& request, runtime::time_point now);

class admin_server {
 public:
  // Listens when it returns. Throws pki::input_error for an address that is not loopback, and
  // system_error when it cannot be bound. The references outlive the io_context.
  admin_server(runtime::executor where, runtime::clock& time, server& target,
               overriding_book& statuses, admin_config config);

  std::uint16_t port() const { return listener_.local_endpoint().port(); }
  void stop();
  runtime::awaitable<void> join();

 private:
  runtime::awaitable<void> serve(runtime::tcp_socket socket, runtime::connection_id client_port);
  runtime::awaitable<runtime::http_action> handle(runtime::http_request request);

  runtime::clock& time_;
  server& target_;
  overriding_book& statuses_;
  std::vector<named_signer> signers_;
  runtime::http_server_limits limits_;
  runtime::listener listener_;
};

}  // namespace staplelab::responder
