#include "conform/der.hpp"

#include <algorithm>

namespace staplelab::conform::der {
namespace {

constexpr int max_depth = 30;

bool are_der(bytes_view octets, int depth) {
  reader in(octets);
  while (!in.at_end()) {
    const auto next = in.take_any();
    if (!next) return false;
    if (next->constructed() && (depth == max_depth || !are_der(next->content, depth + 1))) {
      return false;
    }
    if (next->tag == tag::boolean &&
        (next->content.size() != 1 || (next->content[0] != 0x00 && next->content[0] != 0xff))) {
      return false;
    }
  }
  return true;
}

struct header {
  std::size_t size;     // octets of tag and length
  std::size_t content;  // octets announced
};

std::optional<header> read_header(bytes_view octets) {
  if (octets.size() < 2 || (octets[0] & 0x1f) == 0x1f) return std::nullopt;
  const std::size_t first = octets[1];
  if (first < 0x80) return header{2, first};
  const std::size_t count = first & 0x7f;
  if (count == 0 || count > sizeof(std::uint32_t) || octets.size() < 2 + count) return std::nullopt;
  std::size_t length = 0;
  for (const std::uint8_t octet : octets.subspan(2, count))
    length = length << 8 | octet;
  const bool minimal = length >= 0x80 && octets[2] != 0;
  if (!minimal) return std::nullopt;
  return header{2 + count, length};
}

}  // namespace

bytes joined(std::initializer_list<bytes_view> parts) {
  bytes all;
  for (const bytes_view part : parts)
    all.insert(all.end(), part.begin(), part.end());
  return all;
}

bytes element(std::uint8_t tag, bytes_view content) {
  bytes length;  // least significant octet first
  for (std::size_t rest = content.size(); rest != 0; rest >>= 8)
    length.push_back(static_cast<std::uint8_t>(rest & 0xff));
  bytes made{tag};
  if (content.size() < 0x80) {
    made.push_back(static_cast<std::uint8_t>(content.size()));
  } else {
    made.push_back(static_cast<std::uint8_t>(0x80 | length.size()));
    made.insert(made.end(), length.rbegin(), length.rend());
  }
  made.insert(made.end(), content.begin(), content.end());
  return made;
}

bytes sequence(std::initializer_list<bytes_view> parts) {
  return element(tag::sequence, joined(parts));
}

bytes octet_string(bytes_view content) {
  return element(tag::octet_string, content);
}

bytes integer(bytes_view content) {
  return element(tag::integer, content);
}

bytes oid(bytes_view content) {
  return element(tag::object_identifier, content);
}

bytes null() {
  return element(tag::null, {});
}

bytes text(std::uint8_t tag, std::string_view characters) {
  const bytes content(characters.begin(), characters.end());
  return element(tag, content);
}

bytes with_indefinite_length(bytes_view element) {
  const auto head = read_header(element);
  if (!head) return copy(element);
  constexpr std::uint8_t indefinite = 0x80;
  bytes made{element[0], indefinite};
  made.insert(made.end(), element.begin() + static_cast<std::ptrdiff_t>(head->size), element.end());
  made.insert(made.end(), 2, 0);  // end-of-contents
  return made;
}

std::optional<item> reader::peek() const {
  const auto head = read_header(rest_);
  if (!head || rest_.size() - head->size < head->content) return std::nullopt;
  return item{rest_[0], rest_.subspan(head->size, head->content),
              rest_.first(head->size + head->content)};
}

std::optional<item> reader::take_any() {
  const auto next = peek();
  if (next) rest_ = rest_.subspan(next->whole.size());
  return next;
}

std::optional<item> reader::take(std::uint8_t tag) {
  const auto next = peek();
  if (!next || next->tag != tag) return std::nullopt;
  rest_ = rest_.subspan(next->whole.size());
  return next;
}

std::optional<item> only(bytes_view octets, std::uint8_t tag) {
  reader in(octets);
  const auto found = in.take(tag);
  return found && in.at_end() ? found : std::nullopt;
}

bool is_der(bytes_view octets) {
  reader in(octets);
  return in.take_any() && in.at_end() && are_der(octets, 0);
}

bool same(bytes_view a, bytes_view b) {
  return std::ranges::equal(a, b);
}

}  // namespace staplelab::conform::der
