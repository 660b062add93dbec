#include "stapler/relaxed_syntax.hpp"

#include <algorithm>
#include <charconv>
#include <optional>
#include <utility>

namespace staplelab::stapler {
namespace {

using runtime::source_error;

constexpr std::size_t longest_shown = 64;

bool is_blank(char c) {
  return c == ' ' || c == '\t' || c == '\r';
}
bool is_separator(char c) {
  return c == '\n' || c == ',' || c == ';';
}

void append_utf8(std::string& out, unsigned code_point) {
  if (code_point < 0x80) {
    out += static_cast<char>(code_point);
    return;
  }
  const int more = code_point < 0x800 ? 1 : code_point < 0x10000 ? 2 : 3;
  const unsigned lead = more == 1 ? 0xc0 : more == 2 ? 0xe0 : 0xf0;
  out += static_cast<char>(lead | (code_point >> (6 * more)));
  for (int i = more - 1; i >= 0; --i) {
    out += static_cast<char>(0x80 | ((code_point >> (6 * i)) & 0x3f));
  }
}

// Recursive descent; the first mistake ends it, so errors travel as a thrown source_error that
// never leaves this file.
class parser {
 public:
  parser(std::string_view text, std::string_view file, std::size_t max_depth)
      : text_(text), file_(file), max_depth_(max_depth) {}

  relaxed_block document() {
    skip_separators();
    const bool braced = peek() == '{';
    const std::size_t at = at_;
    if (braced) ++at_;
    relaxed_block members = block(braced ? std::optional(at) : std::nullopt, braced ? 1 : 0);
    skip_separators();
    if (!done()) fail(at_, "expected nothing after the closing '}'");
    return members;
  }

 private:
  // Up to the '}' of the '{' at `opened`; without one, up to the end of the text.
  relaxed_block block(std::optional<std::size_t> opened, std::size_t depth) {
    relaxed_block members;
    for (;;) {
      skip_separators();
      if (done()) {
        if (opened) fail(*opened, "this '{' is never closed", "add a '}'");
        return members;
      }
      if (peek() == '}') {
        if (!opened) fail(at_, "this '}' closes nothing");
        ++at_;
        return members;
      }
      members.push_back(member(depth));
    }
  }

  relaxed_member member(std::size_t depth) {
    const std::size_t at = at_;
    std::string name = key();
    skip_blanks();
    if (peek() == ':' || peek() == '=') {
      ++at_;
      skip_separators();
    }
    if (done() || is_separator(peek()) || peek() == '}' || peek() == ']') {
      fail(at_, "expected a value for '" + name.substr(0, longest_shown) + "'");
    }
    relaxed_value content = value(depth);
    return {std::move(name), at, std::move(content)};
  }

  std::string key() {
    if (peek() == '"' || peek() == '\'') return quoted();
    const std::size_t begin = at_;
    while (!done() && !is_blank(peek()) && !is_separator(peek()) &&
           std::string_view(":={}[]\"'").find(peek()) == std::string_view::npos) {
      ++at_;
    }
    if (at_ == begin) fail(at_, std::string("expected a key, found '") + peek() + "'");
    return std::string(text_.substr(begin, at_ - begin));
  }

  relaxed_value value(std::size_t depth) {
    const std::size_t at = at_;
    if (peek() == '{' || peek() == '[') {
      if (depth == max_depth_) {
        fail(at, "nested deeper than " + std::to_string(max_depth_) + " levels");
      }
      const bool is_block = peek() == '{';
      ++at_;
      if (is_block) return {at, block(at, depth + 1)};
      return {at, list(at, depth + 1)};
    }
    if (peek() == '"' || peek() == '\'') return {at, relaxed_word{quoted(), true}};
    return {at, relaxed_word{bare(), false}};
  }

  relaxed_list list(std::size_t opened, std::size_t depth) {
    relaxed_list values;
    for (;;) {
      skip_separators();
      if (done()) fail(opened, "this '[' is never closed", "add a ']'");
      if (peek() == ']') {
        ++at_;
        return values;
      }
      values.push_back(value(depth));
    }
  }

  std::string bare() {
    const std::size_t begin = at_;
    while (!done() && !is_blank(peek()) && !is_separator(peek()) &&
           std::string_view("{}[]").find(peek()) == std::string_view::npos) {
      ++at_;
    }
    if (at_ == begin) fail(at_, std::string("expected a value, found '") + peek() + "'");
    return std::string(text_.substr(begin, at_ - begin));
  }

  std::string quoted() {
    const std::size_t opened = at_;
    const char quote = text_[at_++];
    std::string out;
    for (;;) {
      if (done() || peek() == '\n') fail(opened, "this quote is never closed on its line");
      const char c = text_[at_++];
      if (c == quote) return out;
      // As in NATS, single quotes take everything literally.
      if (c == '\\' && quote == '"') {
        escape(out);
      } else {
        out += c;
      }
    }
  }

  void escape(std::string& out) {
    const std::size_t at = at_ - 1;
    constexpr std::string_view letters = "\"\\/nrtbf";
    constexpr std::string_view meanings = "\"\\/\n\r\t\b\f";
    const char c = done() ? '\0' : text_[at_++];
    if (const auto which = letters.find(c); c != '\0' && which != std::string_view::npos) {
      out += meanings[which];
    } else if (c == 'u') {
      append_utf8(out, code_point(at));
    } else {
      fail(at, "no such escape", "known are \\\" \\\\ \\/ \\n \\r \\t \\b \\f \\uXXXX");
    }
  }

  unsigned code_point(std::size_t at) {
    const unsigned first = four_digits(at);
    if (first < 0xd800 || first > 0xdfff) return first;
    // RFC 8259 section 7: beyond the basic plane a pair of surrogates.
    if (first < 0xdc00 && text_.substr(at_, 2) == "\\u") {
      at_ += 2;
      const unsigned second = four_digits(at);
      if (second >= 0xdc00 && second <= 0xdfff) {
        return 0x10000 + ((first - 0xd800) << 10) + (second - 0xdc00);
      }
    }
    fail(at, "half a surrogate pair");
  }

  unsigned four_digits(std::size_t at) {
    const std::string_view digits = text_.substr(at_, 4);
    unsigned code = 0;
    const auto [end, error] =
        std::from_chars(digits.data(), digits.data() + digits.size(), code, 16);
    if (error != std::errc() || end != digits.data() + 4) fail(at, "expected \\u and four digits");
    at_ += 4;
    return code;
  }

  void skip_blanks() {
    while (!done() && is_blank(peek()))
      ++at_;
  }

  void skip_separators() {
    while (!done()) {
      if (is_blank(peek()) || is_separator(peek())) {
        ++at_;
      } else if (peek() == '#' || text_.substr(at_, 2) == "//") {
        at_ = std::min(text_.find('\n', at_), text_.size());
      } else {
        return;
      }
    }
  }

  bool done() const { return at_ >= text_.size(); }
  char peek() const { return done() ? '\0' : text_[at_]; }
  [[noreturn]] void fail(std::size_t at, std::string message, std::string hint = {}) const {
    throw runtime::error_at(file_, text_, at, std::move(message), std::move(hint));
  }

  std::string_view text_;
  std::string_view file_;
  std::size_t max_depth_;
  std::size_t at_ = 0;
};

}  // namespace

boost::system::result<relaxed_block, source_error> parse_relaxed(std::string_view text,
                                                                 std::string_view file,
                                                                 std::size_t max_depth) {
  try {
    return parser(text, file, max_depth).document();
  } catch (const source_error& error) {
    return error;
  }
}

}  // namespace staplelab::stapler
