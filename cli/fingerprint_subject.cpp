#include "cli/fingerprint_subject.hpp"

#include <fmt/format.h>

#include <chrono>
#include <variant>

#include "fingerprint/story.hpp"
#include "scenarios/runner.hpp"

namespace staplelab::cli {
namespace {

constexpr scenarios::duration validity = std::chrono::days(7);

const stapler::endpoint_refused* refusal_in(const scenarios::case_result& result) {
  for (const auto& each : result.events) {
    const auto* told = std::get_if<stapler::event>(&each.what);
    const auto* refused = told ? std::get_if<stapler::endpoint_refused>(told) : nullptr;
    if (refused) return refused;
  }
  return nullptr;
}

}  // namespace

std::optional<std::string> why_no_mode(const scenarios::target& what, stapler::mode mode) {
  const auto& setting = setting_of(what, mode, {.must_staple = true, .names_responder = true});
  const auto* none = std::get_if<scenarios::not_applicable>(&setting);
  return none ? std::optional(none->why) : std::nullopt;
}

std::optional<std::string> why_not_started(const scenarios::target& what, stapler::mode mode) {
  const auto told = fingerprint::story("start", "It is started", validity).start().told();
  const scenarios::scenario_case one{
      .of = &told, .mode = mode, .must_staple = true, .profile = what.profile, .on = &what};
  scenarios::run_options how;
  how.time = what.time.travel ? scenarios::time_mode::real : scenarios::time_mode::travel;
  const auto result = scenarios::run_case(one, how);
  if (const auto* refused = refusal_in(result)) {
    return fmt::format("{} (exit code {})", refused->why.empty() ? "it said nothing" : refused->why,
                       refused->exit_code);
  }
  if (result.verdict == scenarios::case_verdict::pass) return std::nullopt;
  return result.reason;
}

}  // namespace staplelab::cli
