// Whether there is anything to find out about a server, before hours are spent on it.
#pragma once

#include <optional>
#include <string>

#include "scenarios/target.hpp"
#include "stapler/mode.hpp"

namespace staplelab::cli {

// Why the server has no such mode, as its description says; empty when it has.
std::optional<std::string> why_no_mode(const scenarios::target& what, stapler::mode mode);

// Starts it, with a responder that is well, and ends it again. Why it does not start, with what it
// said last; empty when it does.
std::optional<std::string> why_not_started(const scenarios::target& what, stapler::mode mode);

}  // namespace staplelab::cli
