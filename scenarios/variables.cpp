#include "scenarios/variables.hpp"

#include <fmt/format.h>

#include <array>
#include <optional>
#include <utility>

#include "runtime/did_you_mean.hpp"

namespace staplelab::scenarios {

namespace {

constexpr std::array reserved{std::string_view("responder"), std::string_view("nowhere")};

bool is_reserved(std::string_view name) {
  return name == reserved[0] || name == reserved[1];
}

// What a person wrote on the command line, as the JSON scalar it looks like.
json_value typed(const std::string& text, const json_place& at) {
  const json_document read = parse_json("", text);
  json_value value{.is = text, .at = at};
  if (read.errors.empty() && read.root.object() == nullptr && read.root.array() == nullptr &&
      read.root.string() == nullptr && read.root.is.index() != 0) {
    value.is = read.root.is;
  }
  return value;
}

bool is_number(const json_value& value) {
  return std::holds_alternative<std::int64_t>(value.is) || std::holds_alternative<double>(value.is);
}

std::string written_out(const json_value& value) {
  if (const auto* text = value.string()) return *text;
  if (const auto* flag = value.boolean()) return *flag ? "true" : "false";
  if (const auto* whole = std::get_if<std::int64_t>(&value.is)) return std::to_string(*whole);
  return fmt::format("{}", std::get<double>(value.is));
}

}  // namespace

void variable_table::declare(const json_value& vars, diagnostics& errors) {
  const json_object* members = vars.object();
  if (members == nullptr) {
    errors.add(vars.at, fmt::format("expected an object of variables, found {}", vars.described()));
    return;
  }
  for (const auto& [name, name_at, declared] : *members) {
    if (is_reserved(name)) {
      errors.add(name_at, fmt::format("the variable '{}' is reserved", name));
      continue;
    }
    if (declared.string() == nullptr && declared.boolean() == nullptr && !is_number(declared)) {
      errors.add(declared.at, fmt::format("expected a text, a number or true/false, found {}",
                                          declared.described()));
      continue;
    }
    if (declared.string() != nullptr && declared.string()->find("${") != std::string::npos) {
      errors.add(declared.at, "a variable cannot be made of other variables");
      continue;
    }
    json_value value = declared;
    if (const auto given = given_->find(name); given != given_->end()) {
      used_.insert(name);
      if (declared.string() != nullptr) {
        value.is = given->second;
      } else {
        value = typed(given->second, declared.at);
        const bool fits = is_number(declared) ? is_number(value) : value.boolean() != nullptr;
        if (!fits) {
          errors.add(
              declared.at,
              fmt::format("the variable '{}' is {}, but was given as '{}'", name,
                          is_number(declared) ? "a number" : "true or false", given->second));
          continue;
        }
      }
    }
    known_.emplace(name, std::move(value));
  }
}

const json_value* variable_table::look_up(std::string_view name) {
  if (const auto known = known_.find(name); known != known_.end()) return &known->second;
  const auto given = given_->find(name);
  if (given == given_->end()) return nullptr;
  used_.insert(given->first);
  return &known_.emplace(given->first, typed(given->second, {})).first->second;
}

void variable_table::substitute(json_value& value, diagnostics& errors) {
  if (auto* elements = std::get_if<json_array>(&value.is)) {
    for (auto& element : *elements)
      substitute(element, errors);
  } else if (auto* members = std::get_if<json_object>(&value.is)) {
    for (auto& member : *members)
      substitute(member.value, errors);
  } else if (value.string() != nullptr) {
    substitute_text(value, errors);
  }
}

void variable_table::substitute_text(json_value& value, diagnostics& errors) {
  const std::string text = *value.string();
  std::string result;
  std::size_t at = 0;
  for (auto open = text.find("${"); open != std::string::npos; open = text.find("${", at)) {
    const auto close = text.find('}', open);
    if (close == std::string::npos) {
      errors.add(value.at, "a '${' without its '}'");
      return;
    }
    const std::string name = text.substr(open + 2, close - open - 2);
    result.append(text, at, open - at);
    at = close + 1;
    if (is_reserved(name)) {
      result.append(text, open, at - open);
      continue;
    }
    const json_value* variable = look_up(name);
    if (variable == nullptr) {
      std::vector<std::string_view> names(reserved.begin(), reserved.end());
      for (const auto& [known, _] : known_)
        names.emplace_back(known);
      errors.add(value.at, fmt::format("the variable '{}' is not defined", name),
                 runtime::did_you_mean(name, names));
      return;
    }
    if (open == 0 && at == text.size()) {
      value.is = variable->is;
      return;
    }
    result += written_out(*variable);
  }
  result.append(text, at);
  value.is = std::move(result);
}

}  // namespace staplelab::scenarios
