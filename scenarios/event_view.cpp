#include "scenarios/event_view.hpp"

#include <algorithm>
#include <utility>

#include "responder/overloaded.hpp"

namespace staplelab::scenarios {

using responder::overloaded;

void event_view::begin_step() {
  seen_.probes.clear();
  seen_.previous_staple = latest_staple_;
}

void event_view::take(const event& e) {
  const auto probed = [this](const probe_facts& found) { seen_.probes.push_back(found); };
  std::visit(overloaded{[&](const handshake_done& done) {
                          probed(done.found);
                          if (done.found.this_update) latest_staple_ = done.found;
                        },
                        [&](const query_done& done) {
                          probed(done.found);
                          query_under_way_ = false;
                        },
                        [&](const process_ended& ended) {
                          seen_.endpoint = endpoint_state::down;
                          seen_.exit_code = ended.exit_code;
                          fetching_ = unanswered_ = 0;  // they died with it
                        },
                        [&](const mark_set&) {
                          seen_.fetches.clear();
                          seen_.fetch_methods.clear();
                          seen_.warned = false;
                        },
                        [&](const stapler::event& told) { take_from_endpoint(told); },
                        [&](const responder::event& told) {
                          const auto* request = std::get_if<responder::request_answered>(&told);
                          if (request) take_request(*request, e.at);
                        },
                        [](const auto&) {}},
             e.what);
}

void event_view::take_from_endpoint(const stapler::event& told) {
  const auto became = [this](endpoint_state state, std::optional<int> exit_code) {
    seen_.endpoint = state;
    seen_.exit_code = exit_code;
  };
  std::visit(overloaded{[&](const stapler::fetch_started&) {
                          ++fetching_;
                          ++unanswered_;
                        },
                        [&](const stapler::fetch_ended&) { fetch_ends(); },
                        [&](const stapler::warned&) { seen_.warned = true; },
                        [&](const stapler::endpoint_reload_failed&) { seen_.warned = true; },
                        [&](const stapler::endpoint_started&) { became(endpoint_state::up, {}); },
                        [&](const stapler::endpoint_refused& refused) {
                          became(endpoint_state::refused, refused.exit_code);
                        },
                        [&](const stapler::endpoint_shut_down& ended) {
                          became(endpoint_state::down, ended.exit_code);
                        },
                        [](const auto&) {}},
             told);
}

void event_view::take_request(const responder::request_answered& request, time_point at) {
  if (endpoint_tells_) {
    if (unanswered_ == 0) return;
    --unanswered_;
  } else if (std::exchange(query_under_way_, false)) {
    return;
  }
  seen_.fetches.push_back(at);
  seen_.fetch_methods.push_back(request.method);
}

void event_view::fetch_ends() {
  if (fetching_ > 0) --fetching_;
  unanswered_ = std::min(unanswered_, fetching_);
}

}  // namespace staplelab::scenarios
