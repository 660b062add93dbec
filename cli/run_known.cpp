#include "cli/run_known.hpp"

#include <fmt/format.h>

#include "scenarios/target_fit.hpp"

namespace staplelab::cli {

std::string known_no_more(const scenarios::run_result& run) {
  std::string text;
  for (const auto& each : run.cases) {
    if (!each.started || each.verdict != scenarios::case_verdict::pass) continue;
    const auto* known = scenarios::known_of(each.what);
    if (!known) continue;
    text += fmt::format("known no more: {} passes; {} lists it: {}\n", each.what.id(),
                        each.what.on->file, known->why);
  }
  return text;
}

}  // namespace staplelab::cli
