#include "cli/run_selection.hpp"

#include <fnmatch.h>

#include <algorithm>
#include <iterator>
#include <string_view>

#include "cli/options.hpp"
#include "stapler/policy.hpp"

namespace staplelab::cli {
namespace {

template <class T>
bool allows(const std::vector<T>& wanted, const T& value) {
  return wanted.empty() || std::find(wanted.begin(), wanted.end(), value) != wanted.end();
}

// `*` stands for slashes as well: names are paths, and people want "revocation*".
bool matches(const std::string& pattern, const std::string& text) {
  return ::fnmatch(pattern.c_str(), text.c_str(), 0) == 0;
}

}  // namespace

bool selects(const run_selection& wanted, const scenarios::scenario_case& what) {
  const auto& tags = what.of->tags;
  const bool tagged =
      wanted.tags.empty() || std::any_of(tags.begin(), tags.end(),
                                         [&](const auto& tag) { return allows(wanted.tags, tag); });
  const bool named =
      wanted.patterns.empty() ||
      std::any_of(wanted.patterns.begin(), wanted.patterns.end(), [&](const std::string& pattern) {
        return matches(pattern, what.id()) || matches(pattern, what.of->name);
      });
  const bool ours = !what.on;
  const bool on_target =
      ours ? wanted.targets.empty() || !wanted.profiles.empty() : allows(wanted.targets, what.on);
  return tagged && named && allows(wanted.modes, what.mode) && on_target &&
         (!ours || allows(wanted.profiles, what.profile));
}

namespace {

// Those on our own endpoint, and behind them those on each target. A target has one profile.
std::vector<scenarios::scenario_case> cells_of(const scenarios::scenario& all,
                                               const run_selection& wanted) {
  auto cells =
      wanted.profiles.empty() ? scenarios::expand(all) : scenarios::expand(all, wanted.profiles);
  for (const auto* on : wanted.targets) {
    for (const auto mode : all.over.modes) {
      for (const bool must_staple : all.over.must_staple)
        cells.push_back({&all, mode, must_staple, on->profile, on});
    }
  }
  return cells;
}

}  // namespace

std::vector<scenarios::scenario_case> select_cases(const std::vector<scenarios::scenario>& all,
                                                   const run_selection& wanted) {
  std::vector<scenarios::scenario_case> selected;
  for (const scenarios::scenario& each : all) {
    const auto cells = cells_of(each, wanted);
    std::ranges::copy_if(cells, std::back_inserter(selected),
                         [&](const auto& cell) { return selects(wanted, cell); });
  }
  return selected;
}

stapler::mode mode_option(const std::string& text) {
  std::vector<std::string_view> known;
  for (const stapler::mode mode : stapler::all_modes)
    known.push_back(stapler::to_string(mode));
  return choice("--mode", text, stapler::parse_mode, known);
}

std::string profile_option(const std::string& text) {
  std::vector<std::string_view> known;
  for (const auto profile : stapler::all_profiles)
    known.push_back(stapler::to_string(profile));
  return std::string(stapler::to_string(choice("--profile", text, stapler::parse_profile, known)));
}

}  // namespace staplelab::cli
