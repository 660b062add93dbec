// What a step may look at, computed from the stream of events and from nothing else.
#pragma once

#include <optional>

#include "scenarios/event.hpp"
#include "scenarios/expectation.hpp"

namespace staplelab::scenarios {

class event_view {
 public:
  event_view() { seen_.endpoint = endpoint_state::down; }
  // Handshakes and queries count from here; the staple seen last before is what a new one is
  // compared with.
  void begin_step();
  void take(const event& e);
  const observation& seen() const { return seen_; }

 private:
  void take_fetch(const stapler::fetch_started& fetch, time_point at);
  void take_from_endpoint(const stapler::event& e, time_point at);

  observation seen_;
  std::optional<probe_facts> latest_staple_;
};

}  // namespace staplelab::scenarios
