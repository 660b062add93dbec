// What a step may look at, computed from the stream of events and from nothing else.
#pragma once

#include <cstddef>
#include <optional>

#include "scenarios/event.hpp"
#include "scenarios/expectation.hpp"

namespace staplelab::scenarios {

class event_view {
 public:
  // An endpoint that does not tell of its fetches: every request is one, but for those of queries.
  explicit event_view(bool endpoint_tells = true) : endpoint_tells_(endpoint_tells) {
    seen_.endpoint = endpoint_state::down;
  }
  // Handshakes and queries count from here; the staple seen last before is what a new one is
  // compared with.
  void begin_step();
  void take(const event& e);
  // Somebody else is about to ask the responder.
  void expect_query() { query_under_way_ = true; }
  const observation& seen() const { return seen_; }

 private:
  void take_from_endpoint(const stapler::event& told);
  void take_request(const responder::request_answered& request, time_point at);
  void fetch_ends();

  bool endpoint_tells_;
  bool query_under_way_ = false;
  observation seen_;
  std::optional<probe_facts> latest_staple_;
  // A fetch is a request that arrives while the endpoint waits for an answer; the others are
  // queries, and what goes elsewhere is none.
  std::size_t fetching_ = 0;
  std::size_t unanswered_ = 0;  // of those, the ones of which nothing has arrived
};

}  // namespace staplelab::scenarios
