// A loopback port that is ours while nobody listens on it: connections to it are refused, and no
// other world in this process or another is given it.
//
// A server may listen on it at any time with SO_REUSEADDR, as every listener here does.
#pragma once

#include <cstdint>

#include "runtime/async.hpp"

namespace staplelab::scenarios {

class world_port {
 public:
  // Throws system_error when the kernel has none to give.
  world_port();
  world_port(const world_port&) = delete;
  world_port& operator=(const world_port&) = delete;
  ~world_port();

  std::uint16_t number() const { return number_; }
  runtime::tcp::endpoint endpoint() const;

 private:
  int socket_;  // bound, never listening; no io_context, since a world knows its ports before that
  std::uint16_t number_;
};

}  // namespace staplelab::scenarios
