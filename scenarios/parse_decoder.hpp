// From JSON values to typed ones: the table-driven core that the readers of parse_*.cpp share.
//
// A reader takes one value and gives what it means, or reports why it means nothing and gives
// nothing. An object is read by a table with one row for each key, so that unknown keys, missing
// ones and wrong types are told in one way everywhere.
#pragma once

#include <algorithm>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "scenarios/json_document.hpp"
#include "scenarios/parse_diagnostics.hpp"
#include "scenarios/scenario.hpp"

namespace staplelab::scenarios {

// Names declared so far: what a reference may refer to.
struct declared_names {
  std::vector<std::string> authorities;
  std::vector<std::string> intermediates;  // authorities that another one issued
  std::vector<std::string> signers;
  std::vector<std::string> certificates;
  // By certificate, and those that are issued together among them: too many to be listed above.
  std::map<std::string, must_staple_choice, std::less<>> must_staple;
  std::vector<std::string> batches;  // of certificates
  std::vector<std::string> faults;   // set by an earlier step
  bool incomplete = false;           // something wrong was told of a name that should be here
};

// What is in force in a case at some step, as far as can be told without running it: a reload may
// be refused, so both sides of it stay possible.
struct possible_configuration {
  stapler::mode mode;
  bool must_staple;  // of the endpoint's first certificate
  bool operator==(const possible_configuration&) const = default;
};
struct case_outlook {
  scenario_case of;
  std::vector<possible_configuration> possible;
};

class decoder {
 public:
  explicit decoder(diagnostics& errors) : errors_(&errors) {}

  declared_names names;
  std::string default_certificate;  // the endpoint's first
  time_point start;
  std::vector<case_outlook> cases;

  void error(const json_place& at, std::string message, std::string hint = {}) {
    errors_->add(at, std::move(message), std::move(hint));
  }
  // "expected a duration such as "7d", found the number 5"
  void expected(const json_value& found, std::string_view what, std::string hint = {});
  // Whether something has been told of this very token, so that the next mistake follows from it.
  bool told(const json_value& value) const { return errors_->told(value.at); }
  // "there is no signer 'x'", with what was most likely meant.
  void no_such(const json_value& found, std::string_view kind, std::span<const std::string> known);
  void unknown_key(const json_member& found, std::string_view where,
                   std::span<const std::string_view> known);
  bool found_errors() const { return !errors_->empty(); }
  std::size_t error_count() const { return errors_->count(); }

 private:
  diagnostics* errors_;
};

template <class T>
using reader = std::optional<T> (*)(decoder&, const json_value&);

enum class presence { optional, required };

template <class Struct>
struct key_row {
  std::string_view key;
  void (*read)(decoder&, const json_value&, Struct&);
  presence need = presence::optional;
};

namespace table {

template <class M>
struct member_of;
template <class Struct, class T>
struct member_of<T Struct::*> {
  using owner = Struct;
};

}  // namespace table

// The `read` of a row: what the reader gives goes into that member.
template <auto Member, auto Read>
void into(decoder& d, const json_value& value,
          typename table::member_of<decltype(Member)>::owner& owner) {
  if (auto read = Read(d, value)) owner.*Member = *std::move(read);
}

// The `read` of a row that somebody else looks at.
template <class Struct>
void elsewhere(decoder&, const json_value&, Struct&) {}

// Reads the members of `value` by the table. False when it is no object.
template <class Struct, std::size_t N>
bool read_object(decoder& d, const json_value& value, std::string_view what,
                 const key_row<Struct> (&rows)[N], Struct& result) {
  const json_object* members = value.object();
  if (members == nullptr) {
    d.expected(value, what);
    return false;
  }
  for (const auto& member : *members) {
    const auto row = std::ranges::find(rows, std::string_view(member.key), &key_row<Struct>::key);
    if (row != std::end(rows)) {
      row->read(d, member.value, result);
      continue;
    }
    std::vector<std::string_view> known;
    for (const auto& each : rows)
      known.push_back(each.key);
    d.unknown_key(member, what, known);
  }
  for (const auto& row : rows) {
    if (row.need == presence::required && value.find(row.key) == nullptr) {
      d.error(value.at, std::string(what) + " needs '" + std::string(row.key) + "'");
    }
  }
  return true;
}

// A list of what `Read` reads; what is wrong with an element is told, and the others are read.
template <auto Read>
auto list_of(decoder& d, const json_value& value) {
  using element = typename decltype(Read(d, value))::value_type;
  std::optional<std::vector<element>> result;
  const json_array* elements = value.array();
  if (elements == nullptr) {
    d.expected(value, "an array");
    return result;
  }
  result.emplace();
  for (const auto& each : *elements) {
    if (auto read = Read(d, each)) result->push_back(*std::move(read));
  }
  return result;
}

// The same, and one element may stand alone.
template <auto Read>
auto one_or_list_of(decoder& d, const json_value& value) {
  if (value.array() != nullptr) return list_of<Read>(d, value);
  decltype(list_of<Read>(d, value)) result;
  if (auto read = Read(d, value)) result.emplace().push_back(*std::move(read));
  return result;
}

// One word out of a closed list.
template <class T>
struct word {
  std::string_view text;
  T meaning;
};
std::string list_words(std::span<const std::string_view> words);  // "'a', 'b' or 'c'"
void not_one_of(decoder& d, const json_value& value, std::span<const std::string_view> words);

template <class T, std::size_t N>
std::optional<T> read_word(decoder& d, const json_value& value, const word<T> (&words)[N]) {
  if (const std::string* text = value.string()) {
    const auto found = std::ranges::find(words, std::string_view(*text), &word<T>::text);
    if (found != std::end(words)) return found->meaning;
  }
  std::vector<std::string_view> known;
  for (const auto& each : words)
    known.push_back(each.text);
  not_one_of(d, value, known);
  return {};
}

}  // namespace staplelab::scenarios
