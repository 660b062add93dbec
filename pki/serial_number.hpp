// A certificate serial number: an INTEGER, compared as a number, whatever its encoding was.
#pragma once

#include <compare>
#include <optional>
#include <string>
#include <string_view>

#include "pki/bytes.hpp"

namespace staplelab::pki {

class serial_number {
 public:
  serial_number() = default;  // zero

  // Big-endian magnitude; leading zero octets do not count.
  static serial_number from_magnitude(bytes_view magnitude, bool negative = false);
  // "1f:2e:3d", "1F2E3D" or "0x1f2e3d"; empty when the text is no hexadecimal number.
  static std::optional<serial_number> from_hex(std::string_view text);
  static std::optional<serial_number> from_decimal(std::string_view text);

  // Lower-case hexadecimal, two digits an octet, "00" for zero, "-" in front of a negative one.
  std::string hex() const;
  std::string decimal() const;
  bytes_view magnitude() const noexcept { return magnitude_; }
  bool negative() const noexcept { return negative_; }

  auto operator<=>(const serial_number&) const = default;

 private:
  bool negative_ = false;
  bytes magnitude_;  // no leading zero octet; empty for zero
};

}  // namespace staplelab::pki
