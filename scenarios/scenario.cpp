#include "scenarios/scenario.hpp"

#include <algorithm>
#include <cassert>

#include "scenarios/target.hpp"

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

std::vector<scenario_case> expand(const scenario& all, const std::vector<std::string>& otherwise) {
  const auto& profiles = all.over.profiles.empty() ? otherwise : all.over.profiles;
  std::vector<scenario_case> cases;
  for (const auto mode : all.over.modes) {
    for (const bool must_staple : all.over.must_staple) {
      for (const auto& profile : profiles) {
        cases.push_back({&all, mode, must_staple, profile, nullptr});
      }
    }
  }
  return cases;
}

}  // namespace staplelab::scenarios
