#include "scenarios/json_document.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <fstream>
#include <nlohmann/json.hpp>
#include <utility>

namespace staplelab::scenarios {

namespace {

using runtime::source_error;

constexpr std::size_t max_json_errors = 20;  // then reading ends

constexpr std::string_view byte_order_mark = "\xEF\xBB\xBF";

// The number of octets of the well-formed UTF-8 sequence (RFC 3629) at the front; 0: there is none.
std::size_t utf8_length(std::string_view text) {
  const auto octet = [&](std::size_t i) { return static_cast<unsigned char>(text[i]); };
  const unsigned char first = octet(0);
  if (first < 0x80) return 1;
  const std::size_t length = first >= 0xF0 ? 4 : first >= 0xE0 ? 3 : 2;
  if (first < 0xC2 || first > 0xF4 || text.size() < length) return 0;
  for (std::size_t i = 1; i < length; ++i) {
    if ((octet(i) & 0xC0) != 0x80) return 0;
  }
  const bool overlong = (first == 0xE0 && octet(1) < 0xA0) || (first == 0xF0 && octet(1) < 0x90);
  const bool surrogate = first == 0xED && octet(1) > 0x9F;
  const bool beyond = first == 0xF4 && octet(1) > 0x8F;
  return overlong || surrogate || beyond ? 0 : length;
}

// What makes a text unfit before its grammar is looked at.
std::vector<source_error> unfit(const source_text& source) {
  const std::string_view text = source.text;
  const auto error = [&](std::size_t offset, std::string message, std::string hint = {}) {
    return std::vector{runtime::error_at(source.name, text, offset, std::move(message), hint)};
  };
  if (text.size() > max_json_octets) {
    return error(max_json_octets,
                 fmt::format("the file is larger than {} MiB, the most that is read",
                             max_json_octets / (1024 * 1024)));
  }
  if (text.find_first_not_of(" \t\r\n") == std::string_view::npos) {
    return error(0, "the file is empty", "expected a JSON object");
  }
  if (text.starts_with(byte_order_mark)) {
    return error(0, "the file begins with a byte order mark", "save it as UTF-8 without one");
  }
  for (std::size_t at = 0; at < text.size();) {
    if (text[at] == '\0') return error(at, "a NUL octet cannot stand in JSON");
    const std::size_t length = utf8_length(text.substr(at));
    if (length == 0) {
      return error(at, fmt::format("the octet 0x{:02x} is not valid UTF-8 here",
                                   static_cast<unsigned char>(text[at])));
    }
    at += length;
  }
  return {};
}

// Finds where tokens begin. The grammar is checked by the reader, so between two tokens stand only
// white space, commas and colons.
class token_cursor {
 public:
  explicit token_cursor(const source_text& source) : source_(source) {}

  json_place next() {
    while (at_ < text().size() && is_between(text()[at_]))
      step();
    const json_place place{&source_, at_, position_};
    pass_token();
    return place;
  }

 private:
  static bool is_between(char c) { return std::strchr(" \t\r\n,:", c) != nullptr; }
  std::string_view text() const { return source_.text; }

  void step() {
    const char c = text()[at_++];
    if (c == '\n') {
      ++position_.line;
      position_.column = 1;
    } else if (at_ == text().size() || (static_cast<unsigned char>(text()[at_]) & 0xC0) != 0x80) {
      ++position_.column;  // once for each character, after its last octet
    }
  }

  void pass_token() {
    if (at_ >= text().size()) return;
    const char first = text()[at_];
    step();
    if (first == '"') {
      while (at_ < text().size() && text()[at_] != '"') {
        if (text()[at_] == '\\') step();
        if (at_ < text().size()) step();
      }
      if (at_ < text().size()) step();
    } else if (std::strchr("{}[]", first) == nullptr) {
      while (at_ < text().size() && std::strchr(" \t\r\n,:{}[]", text()[at_]) == nullptr)
        step();
    }
  }

  const source_text& source_;
  std::size_t at_ = 0;
  runtime::source_position position_;
};

// A mistake that people make often deserves more than the grammar's point of view.
std::string syntax_hint(std::string_view text, std::size_t offset) {
  const std::string_view rest = text.substr(std::min(offset, text.size()));
  const auto last = text.substr(0, std::min(offset, text.size())).find_last_not_of(" \t\r\n");
  if (rest.starts_with("//") || rest.starts_with("/*") || rest.starts_with('#')) {
    return "JSON has no comments; a step may carry a \"note\"";
  }
  if (rest.starts_with('\'')) return "JSON quotes with \"";
  if ((rest.starts_with('}') || rest.starts_with(']')) && last != std::string_view::npos &&
      text[last] == ',') {
    return "the comma before it is one too many";
  }
  for (const std::string_view word : {"NaN", "Infinity", "-Infinity"}) {
    if (rest.starts_with(word)) return "JSON has no such number";
  }
  return {};
}

// "[…] parse error at line 1, column 2: syntax error while parsing value - unexpected …; last read:
// '…'; expected …" without the position, which we tell ourselves, and without the text, which may
// be as long as the file.
std::string reason_of(const nlohmann::json::exception& e) {
  std::string what = e.what();
  if (const auto colon = what.find(": "); colon != std::string::npos) what.erase(0, colon + 2);
  if (what.starts_with("syntax error while parsing ")) what.erase(0, what.find(" - ") + 3);
  if (const auto read = what.find("; last read: "); read != std::string::npos) {
    const auto expected = what.rfind("; expected ");
    const bool after = expected != std::string::npos && expected > read;
    what.erase(read, after ? expected - read : std::string::npos);
  }
  return what;
}

// Builds the tree from the reader's events (the SAX interface of nlohmann::json).
class tree_builder {
 public:
  explicit tree_builder(json_document& into)
      : document_(into), cursor_(*into.source), open_{&into.root} {}

  bool null() { return add(nullptr); }
  bool boolean(bool v) { return add(v); }
  bool number_integer(std::int64_t v) { return add(v); }
  bool number_unsigned(std::uint64_t v) {
    if (std::in_range<std::int64_t>(v)) return add(static_cast<std::int64_t>(v));
    return refuse(cursor_.next(), fmt::format("the number {} is too large", v));
  }
  bool number_float(double v, const std::string& token) {
    // The reader falls back to a double for integers that do not fit.
    if (token.find_first_of(".eE") == std::string::npos) {
      return refuse(cursor_.next(), fmt::format("the number {} is too large", token));
    }
    return add(v);
  }
  bool string(std::string& v) { return add(std::move(v)); }
  bool binary(std::vector<std::uint8_t>&) { return false; }  // never in JSON

  bool start_object(std::size_t) { return open(json_object{}); }
  bool start_array(std::size_t) { return open(json_array{}); }
  bool end_array() { return close(); }
  bool end_object() {
    report_repeated_key(*open_.back()->object());
    return close() && document_.errors.size() < max_json_errors;
  }
  bool key(std::string& name) {
    auto& members = std::get<json_object>(open_.back()->is);
    members.push_back({std::move(name), cursor_.next(), {}});
    return true;
  }

  bool parse_error(std::size_t octets_read, const std::string&,
                   const nlohmann::json::exception& e) {
    const std::string_view text = document_.source->text;
    constexpr int number_overflow = 406;  // exception id; every other one here is about grammar
    if (e.id == number_overflow) return refuse(cursor_.next(), "the number is too large");
    const std::string what = reason_of(e);
    // The reader has just taken the octet it stumbled over, or the last one of an unexpected token;
    // a token is pointed at from its beginning, except for a mistake inside a text.
    std::size_t offset = octets_read == 0 ? 0 : octets_read - 1;
    if (what.find("unexpected end of input") != std::string::npos) {
      offset = text.size();
    } else if (what.find("invalid string") == std::string::npos) {
      offset = std::min(offset, cursor_.next().offset);
    }
    document_.errors.push_back(runtime::error_at(document_.source->name, text, offset,
                                                 fmt::format("not valid JSON: {}", what),
                                                 syntax_hint(text, offset)));
    return false;
  }

 private:
  template <class T>
  json_value& place(T&& v) {
    json_value& top = *open_.back();
    json_value* slot = &top;
    if (open_.size() > 1) {
      if (auto* elements = std::get_if<json_array>(&top.is)) {
        slot = &elements->emplace_back();
      } else {
        slot = &std::get<json_object>(top.is).back().value;
      }
    }
    slot->is = std::forward<T>(v);
    slot->at = cursor_.next();
    return *slot;
  }
  template <class T>
  bool add(T&& v) {
    place(std::forward<T>(v));
    return true;
  }
  template <class T>
  bool open(T&& container) {
    json_value& opened = place(std::forward<T>(container));
    if (open_.size() > max_json_depth) {
      return refuse(opened.at, fmt::format("nested deeper than {} levels", max_json_depth));
    }
    // An element that is open is the last of its container, so growth of the container, which
    // happens only after it was closed, cannot move it.
    open_.push_back(&opened);
    return true;
  }
  bool close() {
    cursor_.next();
    open_.pop_back();
    return true;
  }
  bool refuse(const json_place& at, std::string message) {
    document_.errors.push_back(error_at(at, std::move(message)));
    return false;
  }

  // The first one only: one is enough to refuse the file.
  void report_repeated_key(const json_object& members) {
    std::vector<const json_member*> sorted;
    sorted.reserve(members.size());
    for (const auto& member : members)
      sorted.push_back(&member);
    std::ranges::sort(sorted, {}, [](const json_member* m) {
      return std::pair(std::string_view(m->key), m->key_at.offset);
    });
    for (std::size_t i = 1; i < sorted.size(); ++i) {
      if (sorted[i]->key != sorted[i - 1]->key) continue;
      const auto& first = *std::ranges::find(sorted, sorted[i]->key, &json_member::key);
      document_.errors.push_back(
          error_at(sorted[i]->key_at, fmt::format("the key '{}' is given twice", sorted[i]->key),
                   fmt::format("first on line {}", first->key_at.position.line)));
      return;
    }
  }

  json_document& document_;
  token_cursor cursor_;
  std::vector<json_value*> open_;  // the root's slot, then each container that is open
};

json_document unreadable(std::string name, std::string message) {
  json_document document;
  document.source = std::make_unique<source_text>(source_text{std::move(name), {}});
  document.errors.push_back(runtime::error_at(document.source->name, {}, 0, std::move(message)));
  return document;
}

}  // namespace

source_error error_at(const json_place& place, std::string message, std::string hint) {
  return runtime::error_at(place.in->name, place.in->text, place.offset, std::move(message),
                           std::move(hint));
}

const json_value* json_value::find(std::string_view key) const {
  const json_object* members = object();
  if (members == nullptr) return nullptr;
  const auto found = std::ranges::find(*members, key, &json_member::key);
  return found == members->end() ? nullptr : &found->value;
}

std::string json_value::described() const {
  struct describe {
    std::string operator()(std::nullptr_t) const { return "null"; }
    std::string operator()(bool v) const { return v ? "true" : "false"; }
    std::string operator()(std::int64_t v) const { return fmt::format("the number {}", v); }
    std::string operator()(double v) const { return fmt::format("the number {}", v); }
    std::string operator()(const std::string& v) const {
      constexpr std::size_t longest = 40;
      return v.size() > longest ? "a text" : fmt::format("the text '{}'", v);
    }
    std::string operator()(const json_array&) const { return "an array"; }
    std::string operator()(const json_object&) const { return "an object"; }
  };
  return std::visit(describe{}, is);
}

json_document parse_json(std::string name, std::string text) {
  json_document document;
  document.source = std::make_unique<source_text>(source_text{std::move(name), std::move(text)});
  document.errors = unfit(*document.source);
  if (!document.errors.empty()) return document;
  tree_builder builder(document);
  nlohmann::json::sax_parse(document.source->text, &builder);
  return document;
}

json_document read_json(const std::filesystem::path& file) {
  std::error_code failed;
  if (std::filesystem::is_directory(file, failed)) {
    return unreadable(file.string(), "this is a folder, expected a file");
  }
  errno = 0;
  std::ifstream in(file, std::ios::binary);
  if (!in) {
    return unreadable(file.string(), fmt::format("cannot be opened: {}", std::strerror(errno)));
  }
  std::string text(max_json_octets + 1, '\0');
  in.read(text.data(), static_cast<std::streamsize>(text.size()));
  if (in.bad()) {
    return unreadable(file.string(), fmt::format("cannot be read: {}", std::strerror(errno)));
  }
  text.resize(static_cast<std::size_t>(in.gcount()));
  return parse_json(file.string(), std::move(text));
}

}  // namespace staplelab::scenarios
