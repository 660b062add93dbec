#include "scenarios/include.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <string_view>
#include <utility>

#include "runtime/did_you_mean.hpp"

namespace staplelab::scenarios {

namespace {

// What a fragment may hold; `about` explains it and goes no further.
constexpr std::array<std::string_view, 11> fragment_keys{
    "$schema",   "about",    "include", "vars",  "matrix", "pki",
    "responder", "endpoint", "tags",    "start", "seed"};
// What a file may hold whose steps are included by a step.
constexpr std::array<std::string_view, 6> step_file_keys{"$schema", "title", "about",
                                                         "tags",    "vars",  "steps"};
constexpr std::string_view of_library = "library:";
constexpr std::array<std::string_view, 2> include_step_keys{"include", "note"};

void check_keys(const json_object& members, std::span<const std::string_view> known,
                std::string_view where, diagnostics& errors) {
  for (const auto& member : members) {
    if (std::ranges::find(known, std::string_view(member.key)) != known.end()) continue;
    errors.add(member.key_at, fmt::format("the key '{}' has no place in {}", member.key, where),
               runtime::did_you_mean(member.key, known));
  }
}

// Objects merge key by key; everything else is replaced by the later one.
void overlay(json_object& under, const json_object& over) {
  for (const auto& member : over) {
    const auto found = std::ranges::find(under, member.key, &json_member::key);
    if (found == under.end()) {
      under.push_back(member);
      continue;
    }
    auto* lower = std::get_if<json_object>(&found->value.is);
    const auto* upper = member.value.object();
    if (lower != nullptr && upper != nullptr) {
      overlay(*lower, *upper);
      found->key_at = member.key_at;
      found->value.at = member.value.at;
    } else {
      *found = member;
    }
  }
}

json_value take(json_object& members, std::string_view key) {
  const auto found = std::ranges::find(members, key, &json_member::key);
  if (found == members.end()) return {};
  json_value value = std::move(found->value);
  members.erase(found);
  return value;
}

}  // namespace

std::optional<json_value> includer::assemble(const path& file) {
  std::optional<json_value> root = merged(file, nullptr);
  if (!root) return {};
  auto& members = std::get<json_object>(root->is);
  const json_value vars = take(members, "vars");
  if (vars.at.in != nullptr) variables_.declare(vars, *errors_);

  const auto steps = std::ranges::find(members, "steps", &json_member::key);
  if (steps != members.end() && steps->value.array() != nullptr) {
    json_array spliced;
    enter(file, nullptr);
    splice(file, steps->value, variables_, spliced);
    leave();
    steps->value.is = std::move(spliced);
  }
  for (auto& member : members) {
    if (member.key != "steps") variables_.substitute(member.value, *errors_);
  }
  return root;
}

includer::path includer::resolved(const path& from, const std::string& name) const {
  if (name.starts_with(of_library)) return library_ / name.substr(of_library.size());
  return from.parent_path() / name;
}

// A scenario that was copied from the library left its fragments there.
std::string includer::hint_for(const path& missing) const {
  const auto bundled = path("fragments") / missing.filename();
  std::error_code failed;
  if (library_.empty() || !std::filesystem::exists(library_ / bundled, failed)) return {};
  return fmt::format("for the bundled one: \"{}{}\"", of_library, bundled.generic_string());
}

const json_document* includer::read(const path& file, const json_place* included_at) {
  std::error_code failed;
  if (included_at != nullptr && !std::filesystem::is_regular_file(file, failed)) {
    errors_->add(*included_at, fmt::format("there is no file '{}' to include", file.string()),
                 hint_for(file));
    return nullptr;
  }
  auto& document = documents_[std::filesystem::weakly_canonical(file, failed)];
  if (document == nullptr) {
    document = std::make_unique<json_document>(read_json(file));
    errors_->add(document->errors);
    if (document->errors.empty() && document->root.object() == nullptr) {
      errors_->add(document->root.at,
                   fmt::format("expected a JSON object, found {}", document->root.described()));
    }
  }
  return document->errors.empty() && document->root.object() != nullptr ? document.get() : nullptr;
}

// False: told why not. Otherwise `leave` must follow.
bool includer::enter(const path& file, const json_place* included_at) {
  std::error_code failed;
  const path name = std::filesystem::weakly_canonical(file, failed);
  if (included_at != nullptr) {
    if (std::ranges::find(open_, name) != open_.end()) {
      errors_->add(*included_at, fmt::format("'{}' includes itself", file.string()));
      return false;
    }
    if (open_.size() > max_include_depth) {
      errors_->add(*included_at,
                   fmt::format("includes go deeper than {} levels", max_include_depth));
      return false;
    }
    if (++includes_ > max_includes) {
      if (includes_ == max_includes + 1) {
        errors_->add(*included_at, fmt::format("more than {} includes", max_includes));
      }
      return false;
    }
  }
  open_.push_back(name);
  return true;
}

std::optional<json_value> includer::merged(const path& file, const json_place* included_at) {
  if (!enter(file, included_at)) return {};
  const json_document* document = read(file, included_at);
  if (document == nullptr) {
    leave();
    return {};
  }
  json_object own = *document->root.object();
  if (included_at != nullptr) {
    check_keys(own, fragment_keys, "an included fragment", *errors_);
    take(own, "about");
  }
  json_value result{.is = json_object{}, .at = document->root.at};
  const json_value list = take(own, "include");
  const bool complete = list.at.in == nullptr || merge_fragments(file, list, result);
  leave();
  if (!complete) return {};
  overlay(std::get<json_object>(result.is), own);
  return result;
}

bool includer::merge_fragments(const path& file, const json_value& list, json_value& into) {
  if (list.array() == nullptr) {
    errors_->add(list.at, fmt::format("expected an array of paths, found {}", list.described()));
    return false;
  }
  bool complete = true;
  for (const auto& name : *list.array()) {
    if (name.string() == nullptr) {
      errors_->add(name.at, fmt::format("expected a path, found {}", name.described()));
      complete = false;
      continue;
    }
    const auto fragment = merged(resolved(file, *name.string()), &name.at);
    if (fragment) {
      overlay(std::get<json_object>(into.is), *fragment->object());
    } else {
      complete = false;
    }
  }
  return complete;
}

void includer::splice(const path& file, const json_value& steps, variable_table& variables,
                      json_array& into) {
  for (const auto& step : *steps.array()) {
    if (into.size() > max_steps) return;  // told by whoever counts the steps
    json_value copy = step;
    variables.substitute(copy, *errors_);
    if (const json_value* name = copy.find("include")) {
      check_keys(*copy.object(), include_step_keys, "an include step", *errors_);
      splice_file(file, *name, variables, into);
    } else {
      into.push_back(std::move(copy));
    }
  }
}

void includer::splice_file(const path& from, const json_value& name, variable_table& variables,
                           json_array& into) {
  if (name.string() == nullptr) {
    errors_->add(name.at, fmt::format("expected a path, found {}", name.described()));
    return;
  }
  const path file = resolved(from, *name.string());
  if (!enter(file, &name.at)) return;
  if (const json_document* document = read(file, &name.at)) {
    check_keys(*document->root.object(), step_file_keys, "a file that a step includes", *errors_);
    const json_value* steps = document->root.find("steps");
    if (steps == nullptr || steps->array() == nullptr) {
      errors_->add(name.at, fmt::format("'{}' has no array of steps", file.string()));
    } else {
      variable_table inner = variables;  // its own variables are defaults, and end with it
      if (const json_value* vars = document->root.find("vars")) inner.declare(*vars, *errors_);
      splice(file, *steps, inner, into);
      variables.note_used(inner);
    }
  }
  leave();
}

}  // namespace staplelab::scenarios
