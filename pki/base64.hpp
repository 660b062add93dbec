// Base64 as RFC 4648 section 4 has it: padded, on one line.
#pragma once

#include <string>

#include "pki/bytes.hpp"

namespace staplelab::pki {

std::string to_base64(bytes_view octets);

}  // namespace staplelab::pki
