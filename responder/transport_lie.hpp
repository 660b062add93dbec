// What each transport fault makes of an HTTP response. Pure; the server carries it out.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <variant>

#include "responder/fault.hpp"
#include "runtime/clock.hpp"
#include "runtime/http.hpp"
#include "runtime/http_server.hpp"

namespace staplelab::responder {

// Written a piece at a time, the first at once; then the connection is closed.
struct dripping_octets {
  std::string head;  // written whole, before the first piece
  std::string body;
  std::size_t piece = 1;
  runtime::duration every{};
};

struct sending {
  runtime::duration wait{0};  // before anything is written
  std::variant<runtime::http_action, dripping_octets> then;
  std::optional<int> http_status;  // what the client gets to see; empty: no status line
  std::size_t body_octets = 0;
};

sending as_it_is(runtime::http_response response, bool head_only);
// `seed` makes the octets of garbage_body.
sending disturbed(const transport_fault& what, runtime::http_response response, bool head_only,
                  std::uint64_t seed);

}  // namespace staplelab::responder
