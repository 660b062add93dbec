// The responder of one world: the server, and the scenario's names for faults and signers.
//
// What it does is told by the server's own events. A fault or a signer that the server refuses is
// pki::input_error.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "responder/crl_publisher.hpp"
#include "responder/server.hpp"
#include "runtime/async.hpp"
#include "runtime/clock.hpp"
#include "runtime/task_group.hpp"
#include "scenarios/scenario.hpp"
#include "scenarios/world_pki.hpp"

namespace staplelab::scenarios {

class world_responder {
 public:
  // `time` is the responder's own clock. Everything referred to outlives the io_context.
  world_responder(runtime::executor where, runtime::clock& time, world_pki& pki,
                  const responder_spec& spec, const runtime::tcp::endpoint& listen,
                  std::uint64_t seed, runtime::traffic_log& traffic, responder::event_sink tell);

  void start() { server_.start(); }
  void stop() { server_.stop(); }
  duration validity() const { return server_.policy().validity; }
  bool is_listening() const { return server_.is_listening(); }
  runtime::awaitable<void> join();

  void choose_signer(std::string_view name);
  void publish_crl(std::string_view authority);
  void change(const responder_step& what);
  void purge() { server_.purge_cache(); }

  void add_fault(const fault_step& what);
  // By the name or the kind of a fault; empty: all. The names of what was cleared.
  std::vector<std::string> clear_faults(std::string_view name);

 private:
  void install_signer(std::string_view name);
  // The CA issues the delegate anew before it expires, as long as it signs.
  runtime::awaitable<void> renew(std::string name);

  struct standing_fault {
    std::string name;  // in the scenario
    std::string kind;
    std::string rule;  // in the server's plan
  };

  runtime::clock& time_;
  world_pki& pki_;
  bool announcing_;
  time_point start_;  // productions and CRLs are counted from here
  responder::crl_publisher crls_;
  responder::server server_;
  std::vector<standing_fault> faults_;
  runtime::task_group renewing_;
};

}  // namespace staplelab::scenarios
