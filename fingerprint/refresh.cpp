#include "fingerprint/refresh.hpp"

#include <algorithm>
#include <cmath>

#include "fingerprint/judgement.hpp"

namespace staplelab::fingerprint {

namespace {

using std::chrono::seconds;

// Between two looks real time passes as well.
constexpr duration drift = seconds(15);

// Fractions of two validities that agree this well are one: servers add some chance.
constexpr double agreement = 0.15;

double ratio(const refresh_sample& one) {
  return static_cast<double>(one.gap->count()) / static_cast<double>(one.validity.count());
}

long in_seconds(duration length) {
  return static_cast<long>(std::chrono::round<seconds>(length).count());
}

bool agree(double a, double b) {
  return std::abs(a - b) <= agreement * std::max(a, b);
}

// The largest group of samples that share a fraction; of two as large, that of longer validities.
std::vector<double> shared_fractions(const std::vector<refresh_sample>& samples) {
  std::vector<double> best;
  for (const auto& centre : samples) {
    std::vector<double> group;
    for (const auto& each : samples) {
      if (agree(ratio(each), ratio(centre))) group.push_back(ratio(each));
    }
    if (group.size() >= best.size()) best = std::move(group);
  }
  if (best.size() < 2) best.clear();
  return best;
}

double middle(std::vector<double> some) {
  std::ranges::sort(some);
  return some[some.size() / 2];
}

}  // namespace

refresh_sample sample_of(const course& life, duration validity, std::span<const duration> looks) {
  refresh_sample made{validity, {}};
  auto before = only<asked>(part_of(life, ""));
  std::ranges::move(only<asked>(part_of(life, again_part)), std::back_inserter(before));
  const auto after = only<asked>(part_of(life, life_part));
  if (before.empty() || after.empty()) return made;
  const duration gap = after.front().at - before.back().at;
  made.gap = gap;
  for (const auto look : looks) {
    if (gap >= look && gap <= look + drift) made.gap = look;
  }
  return made;
}

value refresh_of(std::vector<refresh_sample> samples) {
  std::erase_if(samples, [](const refresh_sample& one) { return !one.gap; });
  std::ranges::sort(samples, {}, &refresh_sample::validity);
  refresh_point found;
  if (samples.empty()) return found;
  const auto shared = shared_fractions(samples);
  const auto& shortest = samples.front();
  const auto& longest = samples.back();
  if (!shared.empty()) {
    const double fraction = middle(shared);
    found.fraction = std::round(fraction * 100) / 100;
    if (ratio(shortest) > fraction * (1 + agreement)) found.floor_s = in_seconds(*shortest.gap);
    if (ratio(longest) < fraction * (1 - agreement)) found.ceiling_s = in_seconds(*longest.gap);
    return found;
  }
  if (samples.size() < 2) return found;
  const auto gaps = std::ranges::minmax(samples, {}, &refresh_sample::gap);
  found.floor_s = in_seconds(*gaps.min.gap);
  const auto& next = samples[samples.size() - 2];
  if (agree(static_cast<double>(longest.gap->count()), static_cast<double>(next.gap->count()))) {
    found.ceiling_s = in_seconds(*longest.gap);
  }
  return found;
}

}  // namespace staplelab::fingerprint
