// The actions that a step can take: one row for each, and a reader behind it.
#pragma once

#include <array>
#include <optional>
#include <span>
#include <string_view>

#include "scenarios/parse_decoder.hpp"
#include "scenarios/parse_sections.hpp"

namespace staplelab::scenarios {

using maybe_action = std::optional<action>;

struct action_row {
  std::string_view key;
  // `value` is what the key holds, `step` the whole step, for the keys beside.
  std::optional<action> (*read)(decoder& d, const json_value& value, const json_value& step);
  std::span<const std::string_view> beside;
  step_kind kind = step_kind::other;
  bool needs_expectation = false;
};

// What the CA does (parse_ca_actions.cpp).
inline constexpr std::array<std::string_view, 3> beside_revoke{"reason", "at", "count"};
maybe_action read_issue(decoder& d, const json_value& value, const json_value& step);
maybe_action read_revoke(decoder& d, const json_value& value, const json_value& step);
maybe_action read_hold(decoder& d, const json_value& value, const json_value& step);
maybe_action read_release(decoder& d, const json_value& value, const json_value& step);

std::span<const action_row> action_rows();
const action_row* action_named(std::string_view key);  // null: there is none
// The action beside which that key stands; empty: none.
std::string_view action_with_beside(std::string_view key);

}  // namespace staplelab::scenarios
