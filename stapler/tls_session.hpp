// One TLS connection of the endpoint: handshake with the right certificate and staple, then HTTP.
#pragma once

#include <memory>

#include "runtime/async.hpp"
#include "runtime/byte_stream.hpp"
#include "runtime/clock.hpp"
#include "runtime/time_limits.hpp"
#include "stapler/event.hpp"
#include "stapler/generation.hpp"
#include "stapler/tls_stream.hpp"

namespace staplelab::stapler {

struct session_surroundings {
  SSL_CTX* context;  // borrowed
  runtime::clock& time;
  runtime::time_limits& limits;  // watched as long as there are sessions
  event_sink tell;
};

// Returns when the connection is over; throws only when it is cancelled.
runtime::awaitable<void> serve_tls(runtime::byte_stream& transport,
                                   std::shared_ptr<generation> which, session_surroundings around);

}  // namespace staplelab::stapler
