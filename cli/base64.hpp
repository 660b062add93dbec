// Base64 (RFC 4648 section 4), for OCSP messages and CRLs that travel as text.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "pki/bytes.hpp"

namespace staplelab::cli {

// Spaces and line ends do not count; padding may be missing. Empty for anything else.
std::optional<pki::bytes> from_base64(std::string_view text);

// "-----BEGIN <label>-----", lines of 64 characters, "-----END <label>-----".
std::string to_pem(std::string_view label, pki::bytes_view der);

}  // namespace staplelab::cli
