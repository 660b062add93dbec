#include "scenarios/target_template.hpp"

#include <algorithm>
#include <array>

namespace staplelab::scenarios {

namespace {

constexpr std::array<std::string_view, 15> names{
    "port",   "dir",   "cert",     "key",  "issuer",  "chain",        "ca",  "bundle",
    "staple", "store", "ocsp_url", "mode", "program", "control_port", "user"};

bool is_blank(std::string_view text) {
  return text.find_first_not_of(" \t") == std::string_view::npos;
}

std::string filled_line(std::string_view line, const template_values& values) {
  std::string result;
  std::size_t after = 0;
  for (const auto& use : uses_in(line)) {
    if (use.name.empty()) continue;
    result += line.substr(after, use.at - after);
    if (const auto value = values.find(use.name); value != values.end()) result += value->second;
    after = use.at + use.name.size() + 3;
  }
  return result += line.substr(after);
}

}  // namespace

std::span<const std::string_view> template_names() {
  return names;
}

std::vector<template_use> uses_in(std::string_view text) {
  std::vector<template_use> uses;
  for (auto at = text.find("${"); at != std::string_view::npos; at = text.find("${", at + 2)) {
    const auto end = text.find('}', at);
    const auto name =
        end == std::string_view::npos ? std::string_view() : text.substr(at + 2, end - at - 2);
    uses.push_back({name, at});
  }
  return uses;
}

std::string filled_in(std::string_view text, const template_values& values) {
  std::string result;
  std::size_t begin = 0;
  while (begin <= text.size()) {
    const auto end = std::min(text.find('\n', begin), text.size());
    const auto line = text.substr(begin, end - begin);
    auto filled = filled_line(line, values);
    const bool left_out = is_blank(filled) && !is_blank(line);
    if (!left_out) {
      result += filled;
      if (end < text.size()) result += '\n';
    }
    begin = end + 1;
  }
  return result;
}

}  // namespace staplelab::scenarios
