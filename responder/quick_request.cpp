#include "responder/quick_request.hpp"

#include <algorithm>
#include <array>
#include <optional>

#include "responder/encoded_path.hpp"

namespace staplelab::responder {

namespace {

constexpr std::string_view crlf = "\r\n";
constexpr std::string_view version = " HTTP/1.1\r\n";
constexpr std::size_t max_body = 2048;

constexpr char lower(char c) {
  return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
}

// `lower_case` is lower case already.
bool is(std::string_view text, std::string_view lower_case) {
  return std::ranges::equal(text, lower_case, {}, lower);
}

constexpr std::array<bool, 256> make_token_octets() {
  std::array<bool, 256> octets{};
  for (const char c : std::string_view("!#$%&'*+-.^_`|~0123456789abcdefghijklmnopqrstuvwxyz"
                                       "ABCDEFGHIJKLMNOPQRSTUVWXYZ"))
    octets[static_cast<unsigned char>(c)] = true;
  return octets;
}
constexpr auto token_octets = make_token_octets();

bool is_value_octet(char c) {
  const auto octet = static_cast<unsigned char>(c);
  return (octet >= 0x20 && octet != 0x7f) || c == '\t';
}

std::string_view trimmed(std::string_view text) {
  while (text.starts_with(' ') || text.starts_with('\t'))
    text.remove_prefix(1);
  while (text.ends_with(' ') || text.ends_with('\t'))
    text.remove_suffix(1);
  return text;
}

// What the fields of a head say, as far as anybody here heeds it.
struct field_findings {
  int hosts = 0;
  int connections = 0;
  int types = 0;
  bool closes = false;
  std::optional<std::size_t> length;
};

bool read_length(std::string_view value, field_findings& found) {
  if (found.length || value.empty() || value.size() > 4) return false;
  std::size_t length = 0;
  for (const char c : value) {
    if (c < '0' || c > '9') return false;
    length = length * 10 + static_cast<std::size_t>(c - '0');
  }
  found.length = length;
  return true;
}

// False: odd. Fields are told apart by their length first, so that most cost one comparison.
bool heed(std::string_view name, std::string_view value, field_findings& found) {
  switch (name.size()) {
    case 4:
      return !is(name, "host") || ++found.hosts == 1;
    case 6:
      return !is(name, "expect");
    case 10:
      if (!is(name, "connection")) return true;
      found.closes = is(value, "close");
      return ++found.connections == 1 && (found.closes || is(value, "keep-alive"));
    case 12:
      if (!is(name, "content-type")) return true;
      return ++found.types == 1 && is(value, "application/ocsp-request");
    case 13:
      return !is(name, "if-none-match");
    case 14:
      return !is(name, "content-length") || read_length(value, found);
    case 17:
      return !is(name, "transfer-encoding") && !is(name, "if-modified-since");
    default:
      return true;
  }
}

// `lines`: each with its CRLF. False: odd.
bool read_fields(std::string_view lines, field_findings& found) {
  while (!lines.empty()) {
    std::size_t colon = 0;
    while (token_octets[static_cast<unsigned char>(lines[colon])])
      ++colon;  // the CRLF at the end is no token
    if (colon == 0 || lines[colon] != ':') return false;
    std::size_t end = colon + 1;
    while (is_value_octet(lines[end]))
      ++end;
    if (lines.substr(end, 2) != crlf) return false;
    const auto value = trimmed(lines.substr(colon + 1, end - colon - 1));
    if (!heed(lines.substr(0, colon), value, found)) return false;
    lines.remove_prefix(end + 2);
  }
  return true;
}

constexpr std::uint8_t sequence = 0x30;
constexpr std::uint8_t octet_string = 0x04;
constexpr std::uint8_t context_2 = 0xa2;
// id-pkix-ocsp-nonce, with identifier and length.
constexpr std::uint8_t nonce_oid[] = {0x06, 0x09, 0x2b, 0x06, 0x01, 0x05,
                                      0x05, 0x07, 0x30, 0x01, 0x02};

struct element {
  pki::bytes_view content;
  pki::bytes_view rest;
};
// The element at the front, if it has this tag, an octet of content at least, and a minimal length
// of one or two octets.
std::optional<element> first(pki::bytes_view octets, std::uint8_t tag) {
  if (octets.size() < 3 || octets[0] != tag) return std::nullopt;
  const bool is_long = octets[1] == 0x81 && octets[2] >= 0x80;
  if (octets[1] >= 0x80 && !is_long) return std::nullopt;
  const std::size_t head = is_long ? 3 : 2, length = is_long ? octets[2] : octets[1];
  if (length == 0 || octets.size() - head < length) return std::nullopt;
  return element{octets.subspan(head, length), octets.subspan(head + length)};
}

// The content of the element that fills all of `octets`; no octets: there is none.
pki::bytes_view inside(pki::bytes_view octets, std::uint8_t tag) {
  const auto found = first(octets, tag);
  return found && found->rest.empty() ? found->content : pki::bytes_view{};
}

}  // namespace

std::variant<quick_request, incomplete, odd> read_quickly(std::string_view octets,
                                                          std::span<std::uint8_t> room) {
  const bool is_post = octets.starts_with("POST");
  if (!is_post && !octets.starts_with("GET ")) {
    if (octets.size() >= 4) return odd{};
    return incomplete{};  // or odd, which shows with the next octet
  }
  const auto head_end = octets.find("\r\n\r\n");
  if (head_end == std::string_view::npos) return incomplete{};
  const auto head = octets.substr(0, head_end + 2);
  const auto line_end = head.find(crlf) + 2;
  const auto line = head.substr(0, line_end);
  const std::string_view method = is_post ? "POST /" : "GET /";
  if (!line.starts_with(method) || !line.ends_with(version) ||
      line.size() < method.size() + version.size()) {
    return odd{};
  }
  field_findings found;
  if (!read_fields(head.substr(line_end), found) || found.hosts != 1) return odd{};

  quick_request read{.is_post = is_post, .closes = found.closes, .der = {}, .size = head_end + 4};
  auto path = line.substr(method.size(), line.size() - method.size() - version.size());
  if (is_post) {
    if (!path.empty() || !found.length || *found.length > max_body) return odd{};
    if (octets.size() - read.size < *found.length) return incomplete{};
    const auto* body = reinterpret_cast<const std::uint8_t*>(octets.data() + read.size);
    read.der = {body, *found.length};
    read.size += *found.length;
    return read;
  }
  if (found.length) return odd{};
  while (path.starts_with('/'))
    path.remove_prefix(1);
  const auto decoded = decode_path(path, room);
  if (decoded.flaw != path_flaw::none || decoded.size == 0) return odd{};
  read.der = pki::bytes_view(room.data(), decoded.size);
  return read;
}

std::optional<plain_question> read_plainly(pki::bytes_view request) {
  const auto fields = inside(inside(request, sequence), sequence);  // of the TBSRequest
  const auto list = first(fields, sequence);
  if (!list) return std::nullopt;
  plain_question read{.cert_id = inside(list->content, sequence), .nonce = {}};  // of the Request
  if (inside(read.cert_id, sequence).empty()) return std::nullopt;
  if (list->rest.empty()) return read;
  // requestExtensions, Extensions, Extension
  const auto extension = inside(inside(inside(list->rest, context_2), sequence), sequence);
  if (extension.size() < std::size(nonce_oid) ||
      !std::ranges::equal(extension.first(std::size(nonce_oid)), nonce_oid)) {
    return std::nullopt;
  }
  const auto value = inside(extension.subspan(std::size(nonce_oid)), octet_string);
  read.nonce = inside(value, octet_string);
  if (read.nonce.empty()) return std::nullopt;
  return read;
}

}  // namespace staplelab::responder
