// A TLS server that staples: several certificates by SNI, each with a staple of its own, and a
// small HTTP/1.1 service that says what it holds.
//
// TLS 1.2 and 1.3, no session tickets and no cache, since a resumed session carries no staple. It
// installs no signal handler and ends no process: it reports how it ended. `time` and the sink are
// declared before the io_context; the endpoint outlives neither.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "runtime/async.hpp"
#include "runtime/clock.hpp"
#include "stapler/event.hpp"
#include "stapler/loaded_config.hpp"
#include "stapler/staple_keeper.hpp"

namespace staplelab::stapler {

struct started {
  std::uint16_t port;
};
struct refused {
  std::string why;
  int exit_code;
};
using start_outcome = std::variant<started, refused>;

struct reloaded {};
struct reload_failed {
  std::string why;
  bool serves_without_staple;  // false: the old configuration stays in force
};
using reload_outcome = std::variant<reloaded, reload_failed>;

enum class exit_cause {
  refused,  // never listened
  stopped,
  killed,
  staple,  // it shut itself down
  failed,  // it could not go on keeping a staple
};
struct exit_outcome {
  exit_cause cause;
  int exit_code;  // as a process would end with; 137 when killed
};

class endpoint {
 public:
  static constexpr std::size_t max_sessions = 1024;

  endpoint(runtime::executor where, runtime::clock& time, loaded_config what, std::uint64_t seed,
           event_sink tell);
  ~endpoint();
  endpoint(const endpoint&) = delete;
  endpoint& operator=(const endpoint&) = delete;

  // Once. Throws system_error when the address cannot be bound.
  runtime::awaitable<start_outcome> start();
  // The listening address stays what it was. One at a time. Meanwhile the old configuration serves
  // what it holds and fetches nothing. Cancelled: the old one stays in force.
  runtime::awaitable<reload_outcome> reload(loaded_config what);
  // Lets nothing new in, ends what runs, and returns when it has ended. Exit code 0.
  runtime::awaitable<void> stop();
  // As if the process had died: connections are reset, nothing is written any more.
  void kill();
  // Returns once it has ended, whatever ended it.
  runtime::awaitable<exit_outcome> wait_for_exit();

  std::optional<exit_outcome> exited() const;
  std::uint16_t port() const;  // 0 before it listens

  std::vector<certificate_state> certificates() const;

 private:
  struct running;
  class reload_under_way;
  std::shared_ptr<running> state_;  // sessions under way share it with the handle
};

}  // namespace staplelab::stapler
