// Octet strings. Everything that travels (DER, HTTP bodies, nonces) is `bytes`; text is
// std::string.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace staplelab::pki {

using bytes = std::vector<std::uint8_t>;
using bytes_view = std::span<const std::uint8_t>;

// Lower-case hexadecimal, two digits an octet, no separators.
std::string to_hex(bytes_view octets);

// Either case; empty when the length is odd or a character is no digit.
std::optional<bytes> from_hex(std::string_view text);

}  // namespace staplelab::pki
