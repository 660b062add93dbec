#include "scenarios/target_fit.hpp"

#include <fnmatch.h>

#include <algorithm>

#include "responder/overloaded.hpp"

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

// What the server is configured with at a point of the story.
struct configured {
  stapler::mode mode;
  std::string certificate;  // the first
  bool url;                 // takes the place of the certificate's own
};

const certificate_spec& certificate_of(const scenario& of, const std::string& name) {
  const auto listed = std::ranges::find(of.certificates, name, &certificate_spec::name);
  if (listed != of.certificates.end()) return *listed;
  for (const auto& one : of.steps) {
    const auto* issue = std::get_if<issue_step>(&one.what);
    if (!issue) continue;
    if (issue->what.name == name) return issue->what;
    for (unsigned i = 1; i <= issue->count.value_or(0); ++i) {
      if (member_name(issue->what.name, i) == name) return issue->what;
    }
  }
  return of.certificates.front();  // the parser refuses names that stand for nothing
}

reason mode_unfit(const scenario_case& what, const configured& now) {
  const auto& certificate = certificate_of(*what.of, now.certificate);
  const leaf_kind kind{is_must_staple(certificate.must_staple, what.must_staple),
                       now.url || !certificate.responders.empty()};
  const auto* none = std::get_if<not_applicable>(&setting_of(*what.on, now.mode, kind));
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

// Leaves in `now` what the server is configured with from then on.
reason reload_unfit(const scenario_case& what, const reload_step& reload, configured& now) {
  const auto& on = *what.on;
  if (const auto* none = std::get_if<not_applicable>(&on.reload)) return none->why;
  now.mode = reload.mode.value_or(now.mode);
  now.url = now.url || reload.url;
  if (reload.certificates) {
    now.certificate = reload.certificates->front();
    if (auto why = several_unfit(on, *reload.certificates)) return why;
  }
  if (auto why = mode_unfit(what, now)) return why;
  return url_unfit(on, reload.url);
}

reason store_unfit(const target& on) {
  if (auto why = lacks(on, target_feature::store)) return why;
  if (auto why = lacks(on, target_feature::store_acts)) return why;
  if (!on.with_store.empty()) return {};
  return "it keeps no staples over a restart";
}

reason step_unfit(const scenario_case& what, const step& one, time_mode mode, configured& now) {
  return std::visit(
      overloaded{[&](const reload_step& reload) { return reload_unfit(what, reload, now); },
                 [&](const store_step&) { return store_unfit(*what.on); },
                 [&](const skew_step& skew) -> reason {
                   if (mode != time_mode::real || skew.who != party::endpoint) return {};
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
  const auto& endpoint = what.of->endpoint;
  configured now{what.mode, endpoint.certificates.front(), endpoint.url.has_value()};
  if (auto why = mode_unfit(what, now)) return why;
  if (!endpoint.issuer) return "a server is always given the chain of its certificate";
  if (auto why = several_unfit(on, endpoint.certificates)) return why;
  if (auto why = url_unfit(on, endpoint.url)) return why;
  if (auto why = kept_unfit(on, *what.of)) return why;
  for (const auto& one : what.of->steps) {
    if (!concerns(one, what)) continue;
    if (auto why = step_unfit(what, one, mode, now)) return why;
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

const known_deviation* known_of(const scenario_case& what) {
  if (!what.on) return nullptr;
  const auto matches = [&](const known_deviation& each) {
    return ::fnmatch(each.cases.c_str(), what.id().c_str(), 0) == 0 ||
           ::fnmatch(each.cases.c_str(), what.of->name.c_str(), 0) == 0;
  };
  const auto& listed = what.on->known;
  const auto found = std::ranges::find_if(listed, matches);
  return found == listed.end() ? nullptr : &*found;
}

void excuse_known(case_result& result) {
  const auto* known = known_of(result.what);
  if (!known || result.verdict != case_verdict::fail) return;
  result.verdict = case_verdict::skip;
  result.reason = "known: " + known->why + "; " + result.reason;
}

expectation widened(expectation what, duration slack) {
  widen(what.age, slack);
  widen(what.expires_in, slack);
  widen(what.fetch_spacing, slack);
  if (slack > duration::zero()) allow_late(what.fetches);
  return what;
}

}  // namespace staplelab::scenarios
