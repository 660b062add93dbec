// RFC 1952, in one piece.
#pragma once

#include <string>
#include <string_view>

namespace staplelab::scenarios {

// As small as zlib can make it. The same octets give the same result.
std::string gzip(std::string_view octets);

}  // namespace staplelab::scenarios
