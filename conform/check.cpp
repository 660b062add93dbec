#include "conform/check.hpp"

#include <algorithm>
#include <array>
#include <cassert>

namespace staplelab::conform {
namespace {

std::vector<check> joined() {
  constexpr std::array stages{stage::questions, stage::patience, stage::provocations};
  std::array<std::vector<check>, stages.size()> asking;
  std::vector<check> looking;
  for (const auto& part :
       {access_checks(), identity_checks(), content_checks(), refresh_checks(), cache_checks(),
        parsing_checks(), cert_id_checks(), extension_checks(), http_checks(), patience_checks()}) {
    for (const check& each : part) {
      (each.probes.empty() ? looking : asking[static_cast<std::size_t>(each.when)]).push_back(each);
    }
  }
  std::vector<check> all;
  for (const stage when : stages) {
    const auto& checks = asking[static_cast<std::size_t>(when)];
    all.insert(all.end(), checks.begin(), checks.end());
  }
  all.insert(all.end(), looking.begin(), looking.end());
  return all;
}

}  // namespace

std::string_view to_string(level which) {
  switch (which) {
    case level::must:
      return "must";
    case level::should:
      return "should";
    case level::may:
      return "may";
  }
  return {};
}

std::optional<level> levels::in(profile which) const {
  switch (which) {
    case profile::rfc6960:
      return rfc6960;
    case profile::rfc9919:
      return rfc9919;
    case profile::webpki:
      return webpki;
  }
  return std::nullopt;
}

std::string_view title_of(area which) {
  switch (which) {
    case area::parsing:
      return "requests";
    case area::content:
      return "content and signatures";
    case area::extensions:
      return "extensions";
    case area::http:
      return "HTTP";
  }
  return {};
}

std::optional<std::string> unmet(prerequisite what, const evidence& seen) {
  const auto base = seen.base();
  switch (what) {
    case prerequisite::nothing:
      return std::nullopt;
    case prerequisite::any_answer:
      if (base) return std::nullopt;
      return "neither POST nor GET brought an OCSP response (R64, R65)";
    case prerequisite::definitive_answer:
      if (base && seen.single_of(*base)) return std::nullopt;
      return "there is no definitive answer to the plain question (R21)";
    case prerequisite::get:
      if (seen.like_base(probe_id::get_encoded) || seen.like_base(probe_id::get_raw)) {
        return std::nullopt;
      }
      return "GET does not work (R65)";
  }
  return std::nullopt;
}

const std::vector<check>& all_checks() {
  static const std::vector<check> all = joined();
  return all;
}

const check& check_numbered(int number) {
  const auto& all = all_checks();
  const auto found = std::ranges::find(all, number, &check::number);
  assert(found != all.end());
  return *found;
}

finding weighed(finding found, std::optional<level> at) {
  if (!at) return skipped("this profile's documents have no such rule");
  if (*at == level::may && found.verdict == verdict::fail) found.verdict = verdict::acceptable;
  return found;
}

}  // namespace staplelab::conform
