// One request, one response, one connection, one deadline.
//
// Holds the clock while it waits, so that simulated time stands still for real I/O; a peer that
// stalls on purpose lifts that hold, and then the deadline counts in simulated time.
#pragma once

#include <boost/system/result.hpp>
#include <string>
#include <string_view>

#include "runtime/async.hpp"
#include "runtime/clock.hpp"
#include "runtime/http.hpp"

namespace staplelab::runtime {

enum class exchange_failure {
  bad_url,
  not_resolved,
  refused,
  unreachable,
  timed_out,
  closed_early,  // the peer closed or reset before a whole response
  malformed,
  too_large,
};
std::string_view to_string(exchange_failure failure);  // "connection refused", ...

struct exchange_error {
  exchange_failure failure;
};

// `request.target` empty: the path of the URL, or "/". The Host field is written here. Redirects
// are not followed: a 3xx is a response like any other.
awaitable<boost::system::result<http_response, exchange_error>> http_exchange(
    clock& time, http_url url, http_request request, http_limits limits, time_point deadline);

}  // namespace staplelab::runtime
