#include "scenarios/scenario.hpp"

#include <algorithm>
#include <cassert>

#include "scenarios/target.hpp"
#include "stapler/policy.hpp"

namespace staplelab::scenarios {

bool is_must_staple(must_staple_choice choice, bool of_matrix) {
  switch (choice) {
    case must_staple_choice::no:
      return false;
    case must_staple_choice::yes:
      return true;
    case must_staple_choice::as_matrix:
      return of_matrix;
  }
  assert(false);
  return false;
}

std::string member_name(std::string_view batch, unsigned number) {
  return std::string(batch) + "-" + std::to_string(number);
}

responder::answer_policy policy_of(const responder_spec& spec) {
  responder::answer_policy policy;
  policy.profile = spec.profile;
  policy.validity = spec.validity;
  policy.backdate = spec.backdate;
  policy.non_issued = spec.non_issued;
  policy.responder_id = spec.responder_id;
  if (spec.produce_every) {
    policy.production = responder::production_schedule{.every = *spec.produce_every,
                                                       .lag = spec.publication_lag,
                                                       .on_change = spec.produce_on_change};
  }
  return policy;
}

std::string scenario_case::id() const {
  return of->name + "::" + std::string(stapler::to_string(mode)) +
         "::" + (must_staple ? "must-staple" : "plain") + "::" + target_name(on, profile);
}

stapler::staple_class scenario_case::initial_class() const {
  const auto& first = of->endpoint.certificates.front();
  const auto spec = std::ranges::find(of->certificates, first, &certificate_spec::name);
  assert(spec != of->certificates.end());
  return stapler::classify(mode, is_must_staple(spec->must_staple, must_staple));
}

namespace {

constexpr std::string_view good_server = "resilient";

// Empty: no case of the file is for this profile.
std::optional<scenario_case> cell(const scenario& all, stapler::mode mode, bool must_staple,
                                  const std::string& profile) {
  const auto& own = all.over.profiles;
  const auto expects = [&](std::string_view name) {
    return own.empty() || std::ranges::find(own, name) != own.end();
  };
  scenario_case what{&all, mode, must_staple, profile, nullptr, {}};
  const bool named = !own.empty() && expects(profile);
  const auto known = stapler::parse_profile(profile);
  if (named || !known || !stapler::is_persona(*known)) return what;
  if (!expects(good_server)) return std::nullopt;
  what.judged_as = good_server;
  return what;
}

}  // namespace

std::vector<scenario_case> expand(const scenario& all, const std::vector<std::string>& otherwise) {
  auto profiles = all.over.profiles.empty() ? otherwise : all.over.profiles;
  for (const auto& each : otherwise) {
    const auto known = stapler::parse_profile(each);
    const bool persona = known && stapler::is_persona(*known);
    if (persona && std::ranges::find(profiles, each) == profiles.end()) profiles.push_back(each);
  }
  std::vector<scenario_case> cases;
  for (const auto mode : all.over.modes) {
    for (const bool must_staple : all.over.must_staple) {
      for (const auto& profile : profiles) {
        if (auto one = cell(all, mode, must_staple, profile)) cases.push_back(*std::move(one));
      }
    }
  }
  return cases;
}

}  // namespace staplelab::scenarios
