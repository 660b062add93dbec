#include "responder/production_gap.hpp"

#include <fmt/format.h>

#include "runtime/duration_text.hpp"

namespace staplelab::responder {

// An answer is at its oldest just before the next one is served.
std::optional<std::string> gap_of(const answer_timing& timing) {
  if (!timing.production) return std::nullopt;
  const auto longest = timing.backdate + timing.production->every + timing.production->lag;
  if (longest <= timing.validity) return std::nullopt;
  return fmt::format(
      "answers will be served after they have expired: each is valid for {} and served until {} "
      "after its thisUpdate (backdate, interval of production and publication lag together)",
      runtime::to_text(timing.validity), runtime::to_text(longest));
}

}  // namespace staplelab::responder
