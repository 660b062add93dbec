#include "scenarios/target_fit.hpp"

#include <algorithm>

#include "responder/overloaded.hpp"
#include "scenarios/target.hpp"

namespace staplelab::scenarios {

using responder::overloaded;

namespace {

using reason = std::optional<std::string>;

bool concerns(const step& one, const scenario_case& what) {
  auto only = one.only;
  only.classes.clear();  // a reload may change the class
  return selects(only, {what.initial_class(), what.mode, what.must_staple, what.expectations()});
}

reason lacks(const target& on, target_feature feature) {
  const auto found = on.lacks.find(feature);
  return found == on.lacks.end() ? reason() : found->second;
}

reason mode_unfit(const target& on, stapler::mode mode, bool must_staple) {
  const auto& of_mode = on.modes.at(mode);
  const auto* none =
      std::get_if<not_applicable>(must_staple ? &of_mode.must_staple : &of_mode.plain);
  return none ? none->why : reason();
}

reason several_unfit(const target& on, const std::vector<std::string>& certificates) {
  return certificates.size() > 1 ? lacks(on, target_feature::several_certificates) : reason();
}

reason url_unfit(const target& on, const std::optional<responder_address>& url) {
  if (!url) return {};
  if (auto why = lacks(on, target_feature::responder_url)) return why;
  if (!on.with_responder_url.empty()) return {};
  return "the responder's address cannot be set";
}

reason reload_unfit(const target& on, const reload_step& reload, bool must_staple) {
  if (const auto* none = std::get_if<not_applicable>(&on.reload)) return none->why;
  if (reload.mode) {
    if (auto why = mode_unfit(on, *reload.mode, must_staple)) return why;
  }
  if (reload.certificates) {
    if (auto why = several_unfit(on, *reload.certificates)) return why;
  }
  return url_unfit(on, reload.url);
}

reason store_unfit(const target& on) {
  if (auto why = lacks(on, target_feature::store)) return why;
  if (auto why = lacks(on, target_feature::store_acts)) return why;
  if (!on.with_store.empty()) return {};
  return "it keeps no staples over a restart";
}

reason step_unfit(const target& on, const step& one, const scenario_case& what, time_mode mode) {
  return std::visit(overloaded{[&](const reload_step& reload) {
                                 return reload_unfit(on, reload, what.must_staple);
                               },
                               [&](const store_step&) { return store_unfit(on); },
                               [&](const skew_step& skew) -> reason {
                                 if (mode != time_mode::real || skew.who != party::endpoint)
                                   return {};
                                 return "a server's clock can be wrong only where it is moved";
                               },
                               [](const auto&) { return reason(); }},
                    one.what);
}

// Where the scenario wants nothing to outlive a restart.
reason kept_unfit(const target& on, const scenario& what) {
  if (what.endpoint.store || std::holds_alternative<staples_itself>(on.staples)) return {};
  const bool restarts = std::ranges::any_of(
      what.steps, [](const step& one) { return std::holds_alternative<restart_step>(one.what); });
  return restarts ? reason("the staple that it is given outlives a restart") : reason();
}

reason time_unfit(const target& on, time_mode mode) {
  const auto& none = mode == time_mode::travel ? on.time.travel : on.time.real;
  return mode != time_mode::virtual_ && none ? none->why : reason();
}

template <class T>
void widen(std::optional<range<T>>& limits, T slack) {
  if (!limits) return;
  if (limits->at_least) *limits->at_least -= slack;
  if (limits->at_most) *limits->at_most += slack;
}

// A gap between fetches is eight jumps long or more, and may be a jump longer; the first of them is
// not late. Below four nothing is lost.
void allow_late(std::optional<range<long>>& fetches) {
  constexpr long few = 4;
  if (!fetches || !fetches->at_least || *fetches->at_least < few) return;
  fetches->at_least = 1 + (*fetches->at_least - 1) * 8 / 9;
}

bool starts_endpoint(const step& one) {
  if (const auto* start = std::get_if<start_step>(&one.what)) return start->who == party::endpoint;
  return std::holds_alternative<restart_step>(one.what);
}

}  // namespace

reason why_unfit(const scenario_case& what, time_mode mode) {
  if (!what.on) return {};
  const auto& on = *what.on;
  if (auto why = time_unfit(on, mode)) return why;
  const auto& profiles = what.of->over.profiles;
  if (!profiles.empty() && std::ranges::find(profiles, what.profile) == profiles.end()) {
    return "the scenario expects nothing of the profile " + what.profile;
  }
  if (std::ranges::none_of(what.of->steps, starts_endpoint)) {
    return "the scenario never starts the server";
  }
  if (auto why = mode_unfit(on, what.mode, what.must_staple)) return why;
  if (!what.of->endpoint.issuer) return "a server is always given the chain of its certificate";
  if (auto why = several_unfit(on, what.of->endpoint.certificates)) return why;
  if (auto why = url_unfit(on, what.of->endpoint.url)) return why;
  if (auto why = kept_unfit(on, *what.of)) return why;
  for (const auto& one : what.of->steps) {
    if (!concerns(one, what)) continue;
    if (auto why = step_unfit(on, one, what, mode)) return why;
  }
  return {};
}

expectation observable(expectation what, const target* on) {
  if (!on) return what;
  if (on->warning.empty() || lacks(*on, target_feature::warnings)) what.warned.reset();
  if (lacks(*on, target_feature::exit_codes)) what.exit_code.reset();
  if (!std::holds_alternative<staples_itself>(on->staples)) {
    what.fetches.reset();  // those are ours
    what.fetch_spacing.reset();
    what.fetch_method.reset();
    what.warned.reset();
  }
  return what;
}

expectation widened(expectation what, duration slack) {
  widen(what.age, slack);
  widen(what.expires_in, slack);
  widen(what.fetch_spacing, slack);
  if (slack > duration::zero()) allow_late(what.fetches);
  return what;
}

}  // namespace staplelab::scenarios
