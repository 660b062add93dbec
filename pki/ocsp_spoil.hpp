// Damage that cannot be asked for by content: what a responder must send to be caught by a careful
// client.
#pragma once

#include "pki/bytes.hpp"

namespace staplelab::pki {

// The same response with one bit of its signature turned. Throws input_error when the octets are no
// successful response, since then there is no signature.
bytes with_broken_signature(bytes_view response);

}  // namespace staplelab::pki
