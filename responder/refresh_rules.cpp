#include "responder/refresh_rules.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>

#include "runtime/duration_text.hpp"

namespace staplelab::responder {

namespace {

using namespace std::chrono_literals;
using std::chrono::days;

constexpr pki::duration shortest_validity = 8h;
constexpr pki::duration longest_validity = days(10);
constexpr pki::duration short_validity = 16h;  // below it, half of the validity counts
constexpr pki::duration head_start = 8h;
constexpr pki::duration longest_age = days(4);
constexpr pki::duration revocation_limit = 24h;

pki::time_point twelve_months_after(pki::time_point t) {
  const auto day = std::chrono::floor<days>(t);
  const auto later = std::chrono::year_month_day{day} + std::chrono::years(1);
  // February 29th has no anniversary: March 1st.
  const auto there = later.ok() ? std::chrono::sys_days{later}
                                : std::chrono::sys_days{later.year() / std::chrono::March / 1};
  return there + (t - day);
}

std::optional<refresh_breach> breach_of_validity(pki::duration validity) {
  if (validity < shortest_validity) return refresh_breach::validity_too_short;
  if (validity > longest_validity) return refresh_breach::validity_too_long;
  return std::nullopt;
}

// Which rule latest_refresh() comes from.
refresh_breach breach_by_age(certified whom, pki::duration validity) {
  if (whom == certified::authority) return refresh_breach::past_twelve_months;
  if (validity < short_validity) return refresh_breach::past_half;
  return validity - head_start < longest_age ? refresh_breach::near_expiry
                                             : refresh_breach::past_four_days;
}

std::string why(refresh_breach which, const answer_timing& timing) {
  return fmt::format("{} (BR 4.9.9), and the validity is {}", to_string(which),
                     runtime::to_text(timing.validity));
}

}  // namespace

std::string_view to_string(refresh_breach which) {
  switch (which) {
    case refresh_breach::validity_too_short:
      return "validity must be at least 8h";
    case refresh_breach::validity_too_long:
      return "validity must be at most 10d";
    case refresh_breach::past_half:
      return "with a validity below 16h a new answer must be served before half of it is left";
    case refresh_breach::near_expiry:
      return "a new answer must be served at least 8h before nextUpdate";
    case refresh_breach::past_four_days:
      return "a new answer must be served at most 4d after thisUpdate";
    case refresh_breach::past_twelve_months:
      return "a CA's certificate needs a new answer every twelve months";
    case refresh_breach::late_revocation:
      return "a CA's certificate must show as revoked within 24h";
  }
  return {};
}

pki::time_point latest_refresh(certified whom, pki::time_point this_update,
                               pki::time_point next_update) {
  if (whom == certified::authority) return twelve_months_after(this_update);
  const auto validity = next_update - this_update;
  if (validity < short_validity) return this_update + validity / 2;
  return std::min(next_update - head_start, this_update + longest_age);
}

std::optional<refresh_breach> breach_of(certified whom, pki::time_point this_update,
                                        pki::time_point next_update, pki::time_point now) {
  const auto validity = next_update - this_update;
  if (whom == certified::subscriber) {
    if (const auto breach = breach_of_validity(validity)) return breach;
  }
  // What is served at that moment is replaced after it at the earliest.
  if (now < latest_refresh(whom, this_update, next_update)) return std::nullopt;
  return breach_by_age(whom, validity);
}

std::optional<refresh_breach> breach_of_revocation(pki::time_point known, pki::time_point shown) {
  if (shown - known <= revocation_limit) return std::nullopt;
  return refresh_breach::late_revocation;
}

std::optional<refresh_flaw> breach_of(certified whom, const answer_timing& timing) {
  if (whom == certified::subscriber) {
    if (const auto breach = breach_of_validity(timing.validity)) {
      return refresh_flaw{*breach, why(*breach, timing)};
    }
  }
  auto age = timing.backdate;  // when the next answer takes its place
  pki::duration until_shown{0};
  if (timing.production) {
    const auto& schedule = *timing.production;
    age += schedule.every + schedule.lag;
    until_shown = schedule.on_change ? schedule.lag : age;
  }
  const pki::time_point then{};
  const auto limit = latest_refresh(whom, then, then + timing.validity);
  const auto by_age = breach_by_age(whom, timing.validity);
  const bool in_time =
      by_age == refresh_breach::past_half ? then + age < limit : then + age <= limit;
  if (!in_time) {
    return refresh_flaw{by_age, fmt::format("{}; an answer would be served until it is {} old",
                                            why(by_age, timing), runtime::to_text(age))};
  }
  if (whom == certified::authority) {
    if (const auto breach = breach_of_revocation(then, then + until_shown)) {
      return refresh_flaw{*breach,
                          fmt::format("{} (BR 4.9.9), and that would take up to {}; produce more "
                                      "often, or at each change",
                                      to_string(*breach), runtime::to_text(until_shown))};
    }
  }
  return std::nullopt;
}

}  // namespace staplelab::responder
