#include "runtime/http_body.hpp"

#include <algorithm>
#include <charconv>

namespace staplelab::runtime {

namespace {

// chunk-size [ chunk-ext ]; extensions are passed over, as RFC 9112 7.1.1 asks.
std::variant<std::uint64_t, http_flaw> chunk_size(std::string_view line) {
  if (!http_syntax::is_field_value(line)) return http_flaw::malformed;
  std::uint64_t size = 0;
  const auto* end = line.data() + line.size();
  const auto [rest, error] = std::from_chars(line.data(), end, size, 16);
  if (error == std::errc::result_out_of_range) return http_flaw::body_too_large;
  if (error != std::errc()) return http_flaw::malformed;
  const auto extension = line.substr(static_cast<std::size_t>(rest - line.data()));
  const auto first = extension.find_first_not_of(" \t");
  if (first != std::string_view::npos && extension[first] != ';') return http_flaw::malformed;
  if (first == std::string_view::npos && !extension.empty()) return http_flaw::malformed;
  return size;
}

}  // namespace

http_body_reader::http_body_reader(const http_limits& limits, http_syntax::body_framing framing)
    : limits_(limits) {
  if (const auto* sized = std::get_if<http_syntax::sized_body>(&framing)) {
    phase_ = phase::sized;
    begin(sized->octets);
  } else if (std::holds_alternative<http_syntax::chunked_body>(framing)) {
    chunked_ = true;
    phase_ = phase::chunk_line;
  } else if (std::holds_alternative<http_syntax::body_until_close>(framing)) {
    phase_ = phase::until_close;
  } else if (const auto* flaw = std::get_if<http_flaw>(&framing)) {
    fail(*flaw);
  }
}

http_body_reader::outcome http_body_reader::take(std::string_view& octets) {
  for (;;) {
    outcome result = need_more{};
    switch (phase_) {
      case phase::sized:
        result = take_sized(octets);
        break;
      case phase::chunk_line:
        result = take_chunk_line(octets);
        break;
      case phase::chunk_end:
        result = take_chunk_end(octets);
        break;
      case phase::trailers:
        result = take_trailers(octets);
        break;
      case phase::until_close:
        return take_until_close(octets);
      case phase::whole:
        return complete{};
      case phase::flawed:
        return flaw_;
    }
    if (!std::holds_alternative<complete>(result)) return result;
  }
}

// The parts below answer `complete` when the next part may go on.

void http_body_reader::begin(std::uint64_t octets) {
  left_ = octets;
  if (octets > limits_.body_octets - body_.size()) fail(http_flaw::body_too_large);
}

http_body_reader::outcome http_body_reader::fail(http_flaw flaw) {
  phase_ = phase::flawed;
  flaw_ = flaw;
  return flaw;
}

http_body_reader::outcome http_body_reader::take_sized(std::string_view& octets) {
  const auto part = static_cast<std::size_t>(std::min<std::uint64_t>(left_, octets.size()));
  body_.append(octets.substr(0, part));
  octets.remove_prefix(part);
  left_ -= part;
  if (left_ > 0) return need_more{};
  phase_ = chunked_ ? phase::chunk_end : phase::whole;
  return complete{};
}

http_body_reader::outcome http_body_reader::take_chunk_line(std::string_view& octets) {
  const auto end = octets.substr(0, limits_.header_octets).find("\r\n");
  if (end == std::string_view::npos) {
    if (octets.size() >= limits_.header_octets) return fail(http_flaw::header_too_large);
    return need_more{};
  }
  const auto size = chunk_size(http_syntax::take_line(octets));
  if (const auto* flaw = std::get_if<http_flaw>(&size)) return fail(*flaw);
  const auto length = std::get<std::uint64_t>(size);
  phase_ = length == 0 ? phase::trailers : phase::sized;
  begin(length);
  return complete{};
}

http_body_reader::outcome http_body_reader::take_chunk_end(std::string_view& octets) {
  constexpr std::string_view crlf = "\r\n";
  if (!crlf.starts_with(octets.substr(0, crlf.size()))) return fail(http_flaw::malformed);
  if (octets.size() < crlf.size()) return need_more{};
  octets.remove_prefix(crlf.size());
  phase_ = phase::chunk_line;
  return complete{};
}

// Trailer fields are checked and dropped: no party here has a use for one.
http_body_reader::outcome http_body_reader::take_trailers(std::string_view& octets) {
  const auto room = limits_.header_octets - trailer_octets_;
  const auto end = octets.substr(0, room).find("\r\n");
  if (end == std::string_view::npos) {
    if (octets.size() >= room) return fail(http_flaw::header_too_large);
    return need_more{};
  }
  if (end == 0) {
    octets.remove_prefix(2);
    phase_ = phase::whole;
    return complete{};
  }
  http_fields dropped;
  if (http_syntax::read_fields(octets.substr(0, end + 2), false, dropped)) {
    return fail(http_flaw::malformed);
  }
  trailer_octets_ += end + 2;
  octets.remove_prefix(end + 2);
  return complete{};
}

http_body_reader::outcome http_body_reader::take_until_close(std::string_view& octets) {
  if (octets.size() > limits_.body_octets - body_.size()) return fail(http_flaw::body_too_large);
  body_.append(octets);
  octets.remove_prefix(octets.size());
  return need_more{};
}

}  // namespace staplelab::runtime
