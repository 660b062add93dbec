// Which of the cases a person wants to run. Pure.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "scenarios/scenario.hpp"
#include "scenarios/target.hpp"
#include "stapler/mode.hpp"

namespace staplelab::cli {

// Empty lists: any.
struct run_selection {
  std::vector<stapler::mode> modes;
  std::vector<std::string> profiles;
  std::vector<const scenarios::target*> targets;  // outlive the cases; our own endpoint: profiles
  // Shell patterns for the case's id or the scenario's name; or what that ends with,
  // "double-slash".
  std::vector<std::string> patterns;
  std::vector<std::string> tags;  // the scenario has one of them
};

bool selects(const run_selection& wanted, const scenarios::scenario_case& what);

// In the order of the files and of each matrix. The scenarios outlive the cases. A scenario that
// names no profile is played with those that are wanted.
std::vector<scenarios::scenario_case> select_cases(const std::vector<scenarios::scenario>& all,
                                                   const run_selection& wanted);

// What a person may have meant whose selection leaves no case: "did you mean ...?".
std::string why_none(const std::vector<scenarios::scenario>& all, const run_selection& wanted);

// Throw a usage failure with a suggestion.
stapler::mode mode_option(const std::string& text);
std::string profile_option(const std::string& text);

}  // namespace staplelab::cli
