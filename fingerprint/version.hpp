// What a server says of its own version.
#pragma once

#include <string>

#include "scenarios/target.hpp"

namespace staplelab::fingerprint {

// The first line that the command of the description prints, at most 80 octets of it; "unknown" for
// a program that prints nothing within five seconds.
std::string version_of(const scenarios::target& what);

}  // namespace staplelab::fingerprint
