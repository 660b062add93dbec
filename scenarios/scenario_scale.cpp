#include "scenarios/scenario_scale.hpp"

#include <algorithm>
#include <cmath>

#include "responder/overloaded.hpp"
#include "scenarios/step_text.hpp"

namespace staplelab::scenarios {

using responder::overloaded;

namespace {

void shorten(duration& length, const time_scale& scale) {
  length = duration(std::llround(static_cast<double>(length.count()) / scale.factor));
}
void shorten(std::optional<duration>& length, const time_scale& scale) {
  if (length) shorten(*length, scale);
}
void shorten(std::optional<range<duration>>& limits, const time_scale& scale) {
  if (!limits) return;
  shorten(limits->at_least, scale);
  shorten(limits->at_most, scale);
}

void shorten(certificate_spec& what, const time_scale& scale) {
  shorten(what.valid, scale);
  shorten(what.backdate, scale);
}

void shorten(action& what, const time_scale& scale) {
  std::visit(overloaded{[&](issue_step& step) { shorten(step.what, scale); },
                        [&](revoke_step& step) { shorten(step.at, scale); },
                        [&](fault_step& step) {
                          shorten(step.from, scale);
                          shorten(step.lasts, scale);
                        },
                        [&](responder_step& step) {
                          shorten(step.validity, scale);
                          shorten(step.backdate, scale);
                          shorten(step.produce_every, scale);
                          shorten(step.publication_lag, scale);
                          shorten(step.cache, scale);
                        },
                        [&](advance_step& step) { shorten(step.by, scale); },
                        [&](advance_to_step& step) {
                          auto after = step.to - scale.from;
                          shorten(after, scale);
                          step.to = scale.to + after;
                        },
                        [&](skew_step& step) { shorten(step.by, scale); },
                        [&](eventually_step& step) {
                          shorten(step.within, scale);
                          shorten(step.every, scale);
                        },
                        [&](always_step& step) {
                          shorten(step.lasts, scale);
                          shorten(step.every, scale);
                        },
                        [](auto&) {}},
             what);
}

void shorten(expectation_tree& tree, const time_scale& scale) {
  for (auto& alternative : tree.alternatives) {
    shorten(alternative.expect.age, scale);
    shorten(alternative.expect.expires_in, scale);
    shorten(alternative.expect.fetch_spacing, scale);
  }
}

void restore(time_point& t, const time_scale& scale) {
  const auto after = static_cast<double>((t - scale.to).count()) * scale.factor;
  t = scale.from + duration(std::llround(after));
}
void restore(std::optional<time_point>& t, const time_scale& scale) {
  if (t) restore(*t, scale);
}
void restore(probe_facts& found, const time_scale& scale) {
  restore(found.this_update, scale);
  restore(found.next_update, scale);
}

void restore(happening& what, const time_scale& scale) {
  std::visit(overloaded{[&](handshake_done& done) { restore(done.found, scale); },
                        [&](query_done& done) { restore(done.found, scale); },
                        [&](clock_moved& moved) { restore(moved.from, scale); },
                        [&](responder::event& told) {
                          auto* answered = std::get_if<responder::request_answered>(&told);
                          if (answered) restore(answered->next_update, scale);
                        },
                        [](auto&) {}},
             what);
}

}  // namespace

scenario scaled(scenario what, const time_scale& scale) {
  what.start = scale.to;
  for (auto& authority : what.authorities)
    shorten(authority.valid, scale);
  for (auto& certificate : what.certificates)
    shorten(certificate, scale);
  for (auto& signer : what.signers)
    shorten(signer.valid, scale);
  shorten(what.responder.validity, scale);
  shorten(what.responder.backdate, scale);
  shorten(what.responder.produce_every, scale);
  shorten(what.responder.publication_lag, scale);
  shorten(what.responder.crl_every, scale);
  shorten(what.responder.crl_validity, scale);
  shorten(what.responder.cache, scale);
  for (auto& step : what.steps) {
    shorten(step.what, scale);
    shorten(step.expect, scale);
  }
  return what;
}

double fitting_scale(const scenario& what) {
  constexpr double fastest = 500;
  constexpr duration least_validity = std::chrono::minutes(10);  // real time
  const auto times = static_cast<double>(what.responder.validity.count()) /
                     static_cast<double>(least_validity.count());
  return std::clamp(std::floor(times), 1.0, fastest);
}

void restore(case_result& result, const time_scale& scale) {
  const auto& written = result.what.of->steps;
  for (auto& step : result.steps) {
    restore(step.at, scale);
    restore(step.ended, scale);
    const auto original = std::ranges::find_if(written, [&step](const scenarios::step& one) {
      return one.where == step.where && kind_of(one.what) == step.kind;
    });
    if (original != written.end()) step.detail = describe(original->what);
  }
  for (auto& e : result.events) {
    restore(e.at, scale);
    restore(e.what, scale);
  }
  const auto simulated = static_cast<double>(result.simulated.count()) * scale.factor;
  result.simulated = duration(std::llround(simulated));
}

}  // namespace staplelab::scenarios
