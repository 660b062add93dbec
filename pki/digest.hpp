// Message digests of octets that are no certificate: entity tags, file names.
#pragma once

#include "pki/bytes.hpp"

namespace staplelab::pki {

// 32 octets. Throws crypto_error.
bytes sha256(bytes_view octets);

}  // namespace staplelab::pki
