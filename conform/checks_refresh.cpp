// R43 to R46: how old an answer may get before another takes its place (BR 4.9.9). One look shows
// the age of what is served now.
#include "conform/judging.hpp"

namespace staplelab::conform {
namespace {

using namespace std::chrono_literals;

// What BR 4.9.9 counts with; empty when a time is missing.
struct interval {
  runtime::time_point this_update, next_update, now;
};
std::optional<interval> interval_of(const evidence& seen, probe_id id) {
  const raw_single* single = seen.single_of(id);
  if (!single || !single->next_update || !single->next_update->at || !single->this_update.at) {
    return std::nullopt;
  }
  return interval{*single->this_update.at, *single->next_update->at, seen.answered_at(id)};
}

std::string hours(runtime::duration length) {
  return fmt::format("{:.1f} h", std::chrono::duration<double, std::ratio<3600>>(length).count());
}

finding judge_r43(const evidence& seen) {
  case_list cases;
  const auto base = *seen.base();
  const auto times = interval_of(seen, base);
  if (!times) return skipped("there is no nextUpdate to count with (R42)");
  const auto validity = times->next_update - times->this_update;
  if (validity < 8h || validity > std::chrono::days(10)) {
    cases.fail(base, "expected a validity of 8 hours to 10 days, seen " + hours(validity));
  } else {
    cases.pass(base, "valid for " + hours(validity));
  }
  return cases.conclude({});
}

finding judge_r44(const evidence& seen) {
  case_list cases;
  const auto base = *seen.base();
  const auto times = interval_of(seen, base);
  if (!times) return skipped("there is no nextUpdate to count with (R42)");
  const auto validity = times->next_update - times->this_update;
  if (validity >= 16h) return skipped("the validity is 16 hours or more (R45)");
  if (times->now - times->this_update > validity / 2 + clock_tolerance) {
    cases.fail(base, "expected a new response before half of the validity is over, seen one of " +
                         hours(times->now - times->this_update));
  } else {
    cases.pass(base, "the response is in the first half of its validity");
  }
  return cases.conclude({});
}

finding judge_r45(const evidence& seen) {
  case_list cases;
  const auto base = *seen.base();
  const auto times = interval_of(seen, base);
  if (!times) return skipped("there is no nextUpdate to count with (R42)");
  if (times->next_update - times->this_update < 16h) {
    return skipped("the validity is less than 16 hours (R44)");
  }
  if (times->next_update - times->now + clock_tolerance < 8h) {
    cases.fail(base, "expected a new response 8 hours before nextUpdate, seen one with " +
                         hours(times->next_update - times->now) + " left");
  } else if (times->now - times->this_update > std::chrono::days(4) + clock_tolerance) {
    cases.fail(base, "expected a new response within 4 days, seen one of " +
                         hours(times->now - times->this_update));
  } else {
    cases.pass(base, "the response is young enough");
  }
  return cases.conclude({});
}

finding judge_r46(const evidence& seen) {
  case_list cases;
  const auto base = *seen.base();
  const raw_single* single = seen.single_of(base);
  if (!seen.what().leaf.is_ca() || !single->this_update.at) {
    return skipped("the certificate asked about is no CA's");
  }
  const auto age = seen.answered_at(base) - *single->this_update.at;
  if (age > std::chrono::days(366)) {
    cases.fail(base, "the status of a CA is older than twelve months");
  } else {
    cases.pass(base, "the status of the CA is less than twelve months old");
  }
  return cases.conclude({});
}

}  // namespace

std::vector<check> refresh_checks() {
  constexpr auto a = area::content;
  constexpr auto basic = prerequisite::definitive_answer;
  constexpr levels br{{}, {}, level::must};
  return {
      {43, a, br, "valid for 8 hours to 10 days", "BR 4.9.9", basic, {}, judge_r43},
      {44,
       a,
       br,
       "short answers are replaced at half of their time",
       "BR 4.9.9",
       basic,
       {},
       judge_r44},
      {45, a, br, "long answers are replaced in time", "BR 4.9.9", basic, {}, judge_r45},
      {46,
       a,
       br,
       "the status of a CA is at most twelve months old",
       "BR 4.9.9",
       basic,
       {},
       judge_r46},
  };
}

}  // namespace staplelab::conform
