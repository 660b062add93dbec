#include "conform/finding.hpp"

#include <algorithm>
#include <utility>

namespace staplelab::conform {

std::string_view to_string(verdict which) {
  switch (which) {
    case verdict::pass:
      return "pass";
    case verdict::fail:
      return "fail";
    case verdict::acceptable:
      return "acceptable";
    case verdict::skip:
      return "skip";
  }
  return {};
}

finding skipped(std::string why) {
  return {verdict::skip, std::move(why), std::nullopt};
}

void case_list::add(verdict which, std::optional<probe_id> shown, std::string why) {
  cases_.push_back({which, std::move(why), shown});
}

void case_list::pass(probe_id shown, std::string what) {
  add(verdict::pass, shown, std::move(what));
}

void case_list::accept(std::optional<probe_id> shown, std::string why) {
  add(verdict::acceptable, shown, std::move(why));
}

void case_list::fail(std::optional<probe_id> shown, std::string why) {
  add(verdict::fail, shown, std::move(why));
}

finding case_list::conclude(std::string_view if_none) const {
  for (const verdict worst : {verdict::fail, verdict::acceptable, verdict::pass}) {
    finding all{worst, {}, std::nullopt};
    for (const finding& each : cases_) {
      if (each.verdict != worst) continue;
      if (!all.shown) all.shown = each.shown;
      // The same thing may show in many answers.
      if (each.why.empty() || all.why.find(each.why) != std::string::npos) continue;
      all.why += (all.why.empty() ? "" : "; ") + each.why;
    }
    const bool any =
        std::ranges::any_of(cases_, [&](const finding& each) { return each.verdict == worst; });
    if (any) return all;
  }
  return skipped(std::string(if_none));
}

}  // namespace staplelab::conform
