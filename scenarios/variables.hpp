// "${name}" in the texts of a scenario file.
//
// A text that is exactly one variable takes its type; inside a longer text the value is written
// out. What stands in a variable is not looked at again. "${responder}" and "${nowhere}" are left
// alone: they stand for addresses that are known only when a world runs.
#pragma once

#include <functional>
#include <map>
#include <set>
#include <string>
#include <string_view>

#include "scenarios/json_document.hpp"
#include "scenarios/parse.hpp"
#include "scenarios/parse_diagnostics.hpp"

namespace staplelab::scenarios {

inline constexpr std::string_view responder_variable = "${responder}";
inline constexpr std::string_view nowhere_variable = "${nowhere}";

class variable_table {
 public:
  explicit variable_table(const overrides& given) : given_(&given) {}

  // Adds the members of a "vars" object; those known already stay as they are.
  void declare(const json_value& vars, diagnostics& errors);
  // In every text of the tree; keys are left alone.
  void substitute(json_value& value, diagnostics& errors);

  // What a copy made for an included file has used.
  void note_used(const variable_table& copy) { used_.insert(copy.used_.begin(), copy.used_.end()); }
  // The given ones that this file declares or uses.
  const std::set<std::string, std::less<>>& used_overrides() const { return used_; }

 private:
  const json_value* look_up(std::string_view name);
  void substitute_text(json_value& value, diagnostics& errors);

  const overrides* given_;
  std::map<std::string, json_value, std::less<>> known_;
  std::set<std::string, std::less<>> used_;
};

}  // namespace staplelab::scenarios
