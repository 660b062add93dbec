// DER as a checker of DER needs it: a writer that can also write what is forbidden, and a reader
// that says what it saw. Neither knows OpenSSL, whose leniency is one of the things examined.
#pragma once

#include <cstdint>
#include <initializer_list>
#include <optional>
#include <string_view>
#include <vector>

#include "pki/bytes.hpp"

namespace staplelab::conform::der {

using pki::bytes;
using pki::bytes_view;

namespace tag {
inline constexpr std::uint8_t boolean = 0x01;
inline constexpr std::uint8_t integer = 0x02;
inline constexpr std::uint8_t bit_string = 0x03;
inline constexpr std::uint8_t octet_string = 0x04;
inline constexpr std::uint8_t null = 0x05;
inline constexpr std::uint8_t object_identifier = 0x06;
inline constexpr std::uint8_t enumerated = 0x0a;
inline constexpr std::uint8_t utf8_string = 0x0c;
inline constexpr std::uint8_t ia5_string = 0x16;
inline constexpr std::uint8_t generalized_time = 0x18;
inline constexpr std::uint8_t sequence = 0x30;
inline constexpr std::uint8_t set = 0x31;
constexpr std::uint8_t context(unsigned number) {  // [n], primitive
  return static_cast<std::uint8_t>(0x80 | number);
}
constexpr std::uint8_t constructed_context(unsigned number) {
  return static_cast<std::uint8_t>(0xa0 | number);
}
}  // namespace tag

// -- writing -------------------------------------------------------------------------------------

bytes joined(std::initializer_list<bytes_view> parts);
bytes element(std::uint8_t tag, bytes_view content);
bytes sequence(std::initializer_list<bytes_view> parts);
bytes octet_string(bytes_view content);
bytes integer(bytes_view content);  // the content octets as they are, minimal or not
bytes oid(bytes_view content);
bytes null();
bytes text(std::uint8_t tag, std::string_view characters);
// The same element with the indefinite length that BER knows and DER forbids (X.690 10.1).
bytes with_indefinite_length(bytes_view element);

// -- reading -------------------------------------------------------------------------------------

struct item {
  std::uint8_t tag = 0;
  bytes_view content;
  bytes_view whole;  // tag and length included

  bool constructed() const { return (tag & 0x20) != 0; }
};

// Takes elements off the front. Lengths must be definite and minimal, tags one octet: what is not
// so is left where it is, and the end is never reached.
class reader {
 public:
  explicit reader(bytes_view octets) : rest_(octets) {}
  bool at_end() const { return rest_.empty(); }
  // The next element, if it has this tag; an element with another tag is left where it is.
  std::optional<item> take(std::uint8_t tag);
  std::optional<item> take_any();

 private:
  std::optional<item> peek() const;
  bytes_view rest_;
};

// Exactly one element with this tag.
std::optional<item> only(bytes_view octets, std::uint8_t tag);

// Exactly one element, lengths minimal and booleans 00 or ff all the way down (X.690 10, 11.1).
bool is_der(bytes_view octets);

inline bytes copy(bytes_view octets) {
  return {octets.begin(), octets.end()};
}
bool same(bytes_view a, bytes_view b);

}  // namespace staplelab::conform::der
