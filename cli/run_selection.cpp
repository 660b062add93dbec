#include "cli/run_selection.hpp"

#include <fmt/format.h>
#include <fnmatch.h>

#include <algorithm>
#include <iterator>
#include <string_view>

#include "cli/options.hpp"
#include "runtime/did_you_mean.hpp"
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

// A pattern that is the end of a path names it: a scenario has a shorter name when its file is run
// alone than in its folder.
bool names(const std::string& pattern, const std::string& text) {
  return matches(pattern, text) || text.ends_with("/" + pattern);
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
        return names(pattern, what.id()) || names(pattern, what.of->name);
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

namespace {

std::string_view last_part(std::string_view name) {
  return name.substr(name.rfind('/') + 1);
}

std::string meant_by(const std::string& pattern, const std::vector<scenarios::scenario>& all) {
  std::vector<std::string_view> known;
  for (const auto& each : all) {
    if (each.name.starts_with(pattern + "/")) return fmt::format("'{}/*'", pattern);
    known.push_back(each.name);
    known.push_back(last_part(each.name));
  }
  const auto near = runtime::nearest_word(pattern, known);
  return near ? fmt::format("'{}'", *near) : std::string();
}

std::string meant_by_tag(const std::string& tag, const std::vector<scenarios::scenario>& all) {
  std::vector<std::string_view> known;
  for (const auto& each : all)
    known.insert(known.end(), each.tags.begin(), each.tags.end());
  const auto near = runtime::nearest_word(tag, known);
  return near ? fmt::format("'{}'", *near) : std::string();
}

bool is_tag(const std::string& tag, const std::vector<scenarios::scenario>& all) {
  return std::ranges::any_of(
      all, [&](const auto& each) { return std::ranges::find(each.tags, tag) != each.tags.end(); });
}

}  // namespace

std::string why_none(const std::vector<scenarios::scenario>& all, const run_selection& wanted) {
  for (const auto& pattern : wanted.patterns) {
    if (std::ranges::any_of(all, [&](const auto& each) { return names(pattern, each.name); }))
      continue;
    if (const auto meant = meant_by(pattern, all); !meant.empty()) {
      return fmt::format("no scenario is named '{}'; did you mean {}?", pattern, meant);
    }
  }
  for (const auto& tag : wanted.tags) {
    if (is_tag(tag, all)) continue;
    const auto meant = meant_by_tag(tag, all);
    return fmt::format("no scenario has the tag '{}'{}", tag,
                       meant.empty() ? "" : fmt::format("; did you mean {}?", meant));
  }
  return "see staplelab run --list; --mode, --profile, --filter and --tag narrow it";
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
