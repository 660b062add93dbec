// Brings a scenario file and everything it includes together into one tree.
//
// Two ways to include: the top-level key merges fragments under the file, and a step that is an
// include takes the steps of another file in its place. Afterwards the tree holds neither, and no
// variable but the reserved ones. Every value still knows the file it came from.
#pragma once

#include <cstddef>
#include <filesystem>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "scenarios/json_document.hpp"
#include "scenarios/parse.hpp"
#include "scenarios/parse_diagnostics.hpp"
#include "scenarios/variables.hpp"

namespace staplelab::scenarios {

inline constexpr std::size_t max_include_depth = 8;
inline constexpr std::size_t max_includes = 256;  // of one scenario, each time counted

class includer {
 public:
  // `library` is where "library:fragments/x.json" is; empty: nowhere.
  includer(const overrides& vars, diagnostics& errors, std::filesystem::path library = {})
      : variables_(vars), errors_(&errors), library_(std::move(library)) {}

  // Empty when something is wrong that leaves nothing to go on with. The includer owns the texts
  // that the places in the tree point into.
  std::optional<json_value> assemble(const std::filesystem::path& file);

  const variable_table& variables() const { return variables_; }

 private:
  using path = std::filesystem::path;

  path resolved(const path& from, const std::string& name) const;
  std::string hint_for(const path& missing) const;
  const json_document* read(const path& file, const json_place* included_at);
  std::optional<json_value> merged(const path& file, const json_place* included_at);
  bool merge_fragments(const path& file, const json_value& list, json_value& into);
  void splice(const path& file, const json_value& steps, variable_table& variables,
              json_array& into);
  void splice_file(const path& from, const json_value& name, variable_table& variables,
                   json_array& into);
  bool enter(const path& file, const json_place* included_at);
  void leave() { open_.pop_back(); }

  variable_table variables_;
  diagnostics* errors_;
  path library_;
  std::map<path, std::unique_ptr<json_document>> documents_;  // by canonical path
  std::vector<path> open_;                                    // the chain of includes
  std::size_t includes_ = 0;
};

}  // namespace staplelab::scenarios
