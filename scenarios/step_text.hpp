// A step in words: for timelines, transcripts and reports.
#pragma once

#include <string>
#include <string_view>

#include "scenarios/expectation.hpp"
#include "scenarios/scenario.hpp"

namespace staplelab::scenarios {

// The action's key in the file, "handshake"; "check" and "note" for steps without an action.
std::string_view kind_of(const action& what);

// "server.example, TLS 1.3"; empty where the kind says it all.
std::string describe(const action& what);

// "good, fetches 1 or more"; "any" when nothing is expected.
std::string describe(const expectation& what);

// What was seen of the things that `expected` is about, in the same words: for people, at a glance.
std::string describe_seen(const expectation& expected, const observation& seen);

std::string_view to_string(party who);
std::string_view to_string(store_step::act what);

}  // namespace staplelab::scenarios
