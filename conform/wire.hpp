// Speaks a script on a fresh TCP connection and writes down what happens. Nothing that a peer does
// is an error here: silence, garbage, resets and endless bodies are findings.
#pragma once

#include "conform/exchange.hpp"
#include "runtime/async.hpp"
#include "runtime/clock.hpp"

namespace staplelab::conform {

// Ends at `deadline` at the latest. Writing and reading go on side by side, so that an answer that
// comes before the request was read whole is seen.
runtime::awaitable<exchange> converse(runtime::clock& time, runtime::tcp::endpoint address,
                                      wire_script script, runtime::time_point deadline);

}  // namespace staplelab::conform
