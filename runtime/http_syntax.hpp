// The grammar of an HTTP/1.x message head (RFC 9112 2 to 6), for the two parsers: which octets may
// stand where, and how a body is delimited. Strict where leniency lets two readers disagree about
// where a message ends: no bare LF, no space before a colon, no Content-Length beside
// Transfer-Encoding.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>
#include <variant>

#include "runtime/http.hpp"

namespace staplelab::runtime::http_syntax {

bool is_token(std::string_view text);
bool is_field_value(std::string_view text);
bool equal_without_case(std::string_view a, std::string_view b);
// Whether a comma-separated field, in all its lines together, has this token; without case.
bool lists(const http_fields& fields, std::string_view name, std::string_view token);

// Cuts the text up to the next CRLF off the front of `text`, which must contain one.
std::string_view take_line(std::string_view& text);

// 10 or 11; a later HTTP/1.x is understood as 1.1 (RFC 9110 2.5).
std::variant<int, http_flaw> version(std::string_view text);

// Field lines up to the end of `lines`, each with its CRLF. A folded line (RFC 9112 5.2) is a flaw
// unless `unfold`.
std::optional<http_flaw> read_fields(std::string_view lines, bool unfold, http_fields& fields);

struct no_body {};
struct sized_body {
  std::uint64_t octets;
};
struct chunked_body {};
struct body_until_close {};
using body_framing = std::variant<no_body, sized_body, chunked_body, body_until_close, http_flaw>;
// RFC 9112 6.3, rules 3 to 8; body_until_close stands for "no framing field", whoever sent it.
body_framing framing(const http_fields& fields, int version);

// RFC 9112 9.3.
bool persists(const http_fields& fields, int version);

}  // namespace staplelab::runtime::http_syntax
