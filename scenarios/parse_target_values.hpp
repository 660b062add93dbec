// Readers of single values that only descriptions of servers have. Unlike those of scenarios, their
// texts may hold "${name}".
#pragma once

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "scenarios/parse_decoder.hpp"
#include "scenarios/target.hpp"

namespace staplelab::scenarios {

std::optional<std::string> read_lines(decoder& d, const json_value& value);  // or one for each line
std::optional<target_command> read_command(decoder& d, const json_value& value);
// Below the server's folder, and nowhere else.
std::optional<std::string> read_path(decoder& d, const json_value& value);
std::optional<std::vector<std::pair<std::string, std::string>>> read_pairs(decoder& d,
                                                                           const json_value& value);
std::optional<std::vector<target_file>> read_files(decoder& d, const json_value& value);
// Names that templates are given by the description itself.
std::optional<template_values> read_values(decoder& d, const json_value& value);
std::optional<target_signal> read_signal(decoder& d, const json_value& value);
// A regular expression, ECMAScript.
std::optional<std::string> read_pattern(decoder& d, const json_value& value);

}  // namespace staplelab::scenarios
