// Whether the "${name}" in a description can be filled in, whatever case is run. Pure.
#pragma once

#include "scenarios/parse_decoder.hpp"
#include "scenarios/target.hpp"

namespace staplelab::scenarios {

// Refuses a use of what nobody gives, and a mode that leaves out what others set: where it counts,
// the configuration would hold half a line.
void check_templates(decoder& d, const json_value& root, const target& what);

}  // namespace staplelab::scenarios
