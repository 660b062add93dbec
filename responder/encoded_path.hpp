// An OCSP request in the path of a GET (RFC 6960 appendix A.1): percent-encoding, then base64 in
// the alphabet of RFC 4648 section 4. Padding may be missing, but not be too much; `+` is never a
// space.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

namespace staplelab::responder {

enum class path_flaw { none, percent, base64, too_long };

struct decoded_path {
  path_flaw flaw = path_flaw::none;
  std::size_t size = 0;  // octets written into the room; none beside a flaw
};
// No more of `room` is used than three octets for every four characters.
decoded_path decode_path(std::string_view encoded, std::span<std::uint8_t> room);

}  // namespace staplelab::responder
