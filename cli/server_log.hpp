// What the servers of the command line say of themselves, on stderr, a line an event.
#pragma once

#include <string>

#include "responder/event.hpp"
#include "stapler/event.hpp"

namespace staplelab::cli {

// Once, before the first line.
void start_log();

void log(const responder::event& what);
void log(const stapler::event& what);
void log_info(const std::string& text);
void log_warning(const std::string& text);

// "listening on 127.0.0.1:8888" on stdout, at once: what scripts wait for.
void announce(const std::string& what, const std::string& address);

}  // namespace staplelab::cli
