// One case as a small world of its own: clocks, certificates, a responder, an endpoint and its
// store, all in this thread, over real loopback sockets. The endpoint may be a process of its own.
//
// It only stands there; scenarios/world_play.hpp makes things happen in it. The order of the
// members is the order of life: whatever a suspended coroutine may refer to outlives the
// io_context.
#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "runtime/async.hpp"
#include "runtime/clock.hpp"
#include "runtime/packet_capture.hpp"
#include "scenarios/scenario.hpp"
#include "scenarios/world_endpoint.hpp"
#include "scenarios/world_pki.hpp"
#include "scenarios/world_port.hpp"
#include "scenarios/world_record.hpp"
#include "scenarios/world_responder.hpp"
#include "scenarios/world_store.hpp"
#include "scenarios/world_time.hpp"

namespace staplelab::scenarios {

struct world {
  // `case_` outlives the world. Throws what its parts throw when the case cannot be built.
  world(const scenario_case& case_, std::uint64_t seed, time_mode mode = time_mode::virtual_);
  world(const world&) = delete;
  world& operator=(const world&) = delete;

  const scenario_case& what;
  std::uint64_t seed;
  time_mode mode;
  double scale = 1;  // the scenario's durations were divided by it
  std::unique_ptr<world_time> passing;
  runtime::clock& time;  // the one that passes
  runtime::skewed_clock endpoint_time;
  runtime::skewed_clock responder_time;
  runtime::skewed_clock client_time;
  world_port responder_port;
  world_port endpoint_port;
  world_port nowhere_port;
  world_store store;
  world_pki pki;
  world_record record;
  runtime::traffic_log traffic;
  std::string tls_secrets;  // of the clients, as a key log of NSS has them
  runtime::asio::io_context io;
  world_responder responder;
  std::unique_ptr<world_endpoint> endpoint;

 private:
  outsiders those_outside();
  std::unique_ptr<world_endpoint> make_endpoint();

  std::size_t events_looked_at_ = 0;
};

// Independent streams of chance out of one seed.
std::uint64_t stream_of(std::uint64_t seed, std::uint32_t stream);

}  // namespace staplelab::scenarios
