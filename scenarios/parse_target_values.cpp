#include "scenarios/parse_target_values.hpp"

#include <fmt/format.h>
#include <signal.h>

#include <filesystem>
#include <regex>

#include "scenarios/parse_values.hpp"
#include "scenarios/target_template.hpp"

namespace staplelab::scenarios {

namespace {

std::optional<std::string> read_word_text(decoder& d, const json_value& value) {
  const std::string* text = value.string();
  if (text != nullptr && !text->empty() && text->find('\n') == std::string::npos) return *text;
  d.expected(value, "a text of one line");
  return {};
}

// Below the server's folder, and nowhere else.
bool check_path(decoder& d, const std::string& path, const json_place& at) {
  const std::filesystem::path as_path(path);
  const bool climbs = std::ranges::find(as_path, std::filesystem::path("..")) != std::end(as_path);
  if (!path.empty() && !as_path.is_absolute() && !climbs) return true;
  d.error(at, fmt::format("'{}' does not lie below the server's folder", path));
  return false;
}

constexpr word<int> signal_words[] = {{"HUP", SIGHUP},   {"INT", SIGINT},    {"QUIT", SIGQUIT},
                                      {"TERM", SIGTERM}, {"USR1", SIGUSR1},  {"USR2", SIGUSR2},
                                      {"KILL", SIGKILL}, {"WINCH", SIGWINCH}};

}  // namespace

// A text, or one for each line.
std::optional<std::string> read_lines(decoder& d, const json_value& value) {
  if (const std::string* text = value.string()) return *text;
  const json_array* lines = value.array();
  if (lines == nullptr) {
    d.expected(value, "a text, or an array of lines");
    return {};
  }
  std::string all;
  for (const auto& line : *lines) {
    if (line.string() == nullptr) {
      d.expected(line, "a line");
      continue;
    }
    all += *line.string() + '\n';
  }
  return all;
}

std::optional<target_command> read_command(decoder& d, const json_value& value) {
  auto words = list_of<read_word_text>(d, value);
  if (!words || !words->empty() || !value.array()->empty()) return words;
  d.error(value.at, "a command needs at least the name of a program");
  return {};
}

std::optional<std::string> read_path(decoder& d, const json_value& value) {
  auto path = read_text(d, value);
  return path && check_path(d, *path, value.at) ? path : std::nullopt;
}

std::optional<std::vector<std::pair<std::string, std::string>>> read_pairs(
    decoder& d, const json_value& value) {
  const json_object* members = value.object();
  if (members == nullptr) {
    d.expected(value, "an object of texts");
    return {};
  }
  std::vector<std::pair<std::string, std::string>> pairs;
  for (const auto& member : *members) {
    if (auto text = read_lines(d, member.value)) pairs.emplace_back(member.key, *std::move(text));
  }
  return pairs;
}

std::optional<std::vector<target_file>> read_files(decoder& d, const json_value& value) {
  const auto pairs = read_pairs(d, value);
  if (!pairs) return {};
  std::vector<target_file> files;
  for (const auto& [path, text] : *pairs) {
    const auto member = std::ranges::find(*value.object(), path, &json_member::key);
    if (check_path(d, path, member->key_at)) files.push_back({path, text});
  }
  return files;
}

// Names that templates are given by the description itself.
std::optional<template_values> read_values(decoder& d, const json_value& value) {
  const auto pairs = read_pairs(d, value);
  if (!pairs) return {};
  const auto taken = template_names();
  for (const auto& member : *value.object()) {
    if (!check_new_name(d, member.key, member.key_at)) continue;
    if (std::ranges::find(taken, std::string_view(member.key)) == taken.end()) continue;
    d.error(member.key_at, fmt::format("'{}' has a meaning of its own", member.key));
  }
  return template_values(pairs->begin(), pairs->end());
}

std::optional<target_signal> read_signal(decoder& d, const json_value& value) {
  const auto number = read_word(d, value, signal_words);
  return number ? std::optional(target_signal{*number}) : std::nullopt;
}

std::optional<std::string> read_pattern(decoder& d, const json_value& value) {
  auto text = read_word_text(d, value);
  if (!text) return {};
  try {
    const std::regex tried(*text);
    return text;
  } catch (const std::regex_error&) {
    d.error(value.at, "this is no regular expression (ECMAScript)");
    return {};
  }
}

}  // namespace staplelab::scenarios
