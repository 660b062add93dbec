// Schedules that leave clients with answers past their nextUpdate.
#pragma once

#include <optional>
#include <string>

#include "responder/production.hpp"

namespace staplelab::responder {

// When an answer is still served after its nextUpdate, since the next one comes later: that, in a
// sentence. Empty where it never is. What the BR want is more (refresh_rules.hpp).
std::optional<std::string> gap_of(const answer_timing& timing);

}  // namespace staplelab::responder
