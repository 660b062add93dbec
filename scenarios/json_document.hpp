// A JSON text as a tree in which every key and every value knows where it stands in its file.
//
// Stricter than most readers: a key given twice, a byte order mark, a NUL, octets that are not
// UTF-8, a number that fits neither a 64-bit integer nor a double, and anything past the limits
// below are errors with a position. Reading never throws for what a file holds.
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "runtime/source_position.hpp"

namespace staplelab::scenarios {

inline constexpr std::size_t max_json_octets = 4 * 1024 * 1024;
inline constexpr std::size_t max_json_depth = 64;  // objects and arrays inside one another

struct source_text {
  std::string name;  // as shown in errors
  std::string text;
};

// Where a token begins.
struct json_place {
  const source_text* in = nullptr;
  std::size_t offset = 0;
  runtime::source_position position;
};

// An error that points at a token.
runtime::source_error error_at(const json_place& place, std::string message, std::string hint = {});

struct json_value;
struct json_member;
using json_array = std::vector<json_value>;
using json_object = std::vector<json_member>;  // in the order of the file; no key twice

struct json_value {
  std::variant<std::nullptr_t, bool, std::int64_t, double, std::string, json_array, json_object> is;
  json_place at;

  const json_object* object() const { return std::get_if<json_object>(&is); }
  const json_array* array() const { return std::get_if<json_array>(&is); }
  const std::string* string() const { return std::get_if<std::string>(&is); }
  const bool* boolean() const { return std::get_if<bool>(&is); }
  // The member of that name; null when there is none, or when this is no object.
  const json_value* find(std::string_view key) const;
  // "an object", "the text 'x'", "the number 5": for messages.
  std::string described() const;
};

struct json_member {
  std::string key;
  json_place key_at;
  json_value value;
};

// Owns the text that the places of its tree point into, so it outlives every copy of a value.
struct json_document {
  std::unique_ptr<const source_text> source;
  json_value root;
  std::vector<runtime::source_error> errors;  // not empty: `root` is not to be used
};

// `name` is shown in errors.
json_document parse_json(std::string name, std::string text);

// Takes at most max_json_octets and one more from the file.
json_document read_json(const std::filesystem::path& file);

}  // namespace staplelab::scenarios
