#include "scenarios/parse_target_templates.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "runtime/did_you_mean.hpp"
#include "scenarios/target_template.hpp"

namespace staplelab::scenarios {

namespace {

using names = std::set<std::string, std::less<>>;

// All that hold templates, but for those of the settings themselves.
constexpr std::array texts{"command", "environment", "files", "reload", "staples"};

void add_names(names& to, const template_values& values) {
  for (const auto& [name, text] : values)
    to.insert(name);
}

names set_by_modes(const target& what) {
  names all;
  for (const auto& [mode, of] : what.modes) {
    for (const auto* setting : {&of.must_staple, &of.plain}) {
      if (const auto* values = std::get_if<template_values>(setting)) add_names(all, *values);
    }
  }
  return all;
}

names set_by_scenarios(const target& what) {
  names all;
  add_names(all, what.with_responder_url);
  add_names(all, what.with_store);
  return all;
}

void for_each_text(const json_value& value, const auto& see) {
  if (value.string() != nullptr) return see(value, *value.string());
  if (const auto* elements = value.array()) {
    for (const auto& each : *elements)
      for_each_text(each, see);
  }
  if (const auto* members = value.object()) {
    for (const auto& each : *members)
      for_each_text(each.value, see);
  }
}

void check_uses(decoder& d, const json_value& value, std::span<const std::string_view> known) {
  for_each_text(value, [&](const json_value& where, const std::string& text) {
    for (const auto& use : uses_in(text)) {
      if (std::ranges::find(known, use.name) != known.end()) continue;
      d.error(where.at, fmt::format("there is no '${{{}}}'", use.name),
              runtime::did_you_mean(use.name, known));
    }
  });
}

// The values a description gives may use what every template may; the other texts those, too.
void check_uses(decoder& d, const json_value& root, const names& modes, const names& scenarios) {
  const auto always = template_names();
  std::vector<std::string_view> all(always.begin(), always.end());
  for (const auto* given : {&modes, &scenarios})
    all.insert(all.end(), given->begin(), given->end());
  for (const auto* key : {"modes", "with"}) {
    if (const auto* section = root.find(key)) check_uses(d, *section, always);
  }
  for (const std::string_view key : texts) {
    if (key == "staples") all.push_back(staple_name);
    if (const auto* section = root.find(key)) check_uses(d, *section, all);
  }
}

names used_of(const names& given, const json_value& root) {
  names used;
  for (const auto* key : texts) {
    const auto* section = root.find(key);
    if (!section) continue;
    for_each_text(*section, [&](const json_value&, const std::string& text) {
      for (const auto& use : uses_in(text))
        if (given.contains(use.name)) used.emplace(use.name);
    });
  }
  return used;
}

void check_setting(decoder& d, const json_value& setting, const names& needed) {
  if (setting.string() != nullptr) return;  // there is no such mode
  const auto* set = setting.find("set");
  for (const auto& name : needed) {
    if (set != nullptr && set->find(name) != nullptr) continue;
    d.error(setting.at, fmt::format("'${{{}}}' is used, and not set here", name),
            fmt::format("\"{}\": \"\" leaves it out", name));
  }
}

void check_settings(decoder& d, const json_value& modes, const names& needed) {
  for (const auto& mode : *modes.object()) {
    const auto* must_staple = mode.value.find("must_staple");
    const auto* plain = mode.value.find("plain");
    if (must_staple) check_setting(d, *must_staple, needed);
    if (plain) check_setting(d, *plain, needed);
    if (!must_staple && !plain) check_setting(d, mode.value, needed);
  }
}

}  // namespace

void check_templates(decoder& d, const json_value& root, const target& what) {
  auto by_modes = set_by_modes(what);
  const auto by_scenarios = set_by_scenarios(what);
  check_uses(d, root, by_modes, by_scenarios);
  if (d.error_count() > 0) return;  // what is wrong already may be why something is not set
  for (const auto& name : by_scenarios)
    by_modes.erase(name);
  check_settings(d, *root.find("modes"), used_of(by_modes, root));
}

}  // namespace staplelab::scenarios
