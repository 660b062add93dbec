// Whether a key is the one that is wanted.
#pragma once

#include "pki/certificate.hpp"

namespace staplelab::pki {

// Whether the private key belongs to the certificate.
bool holds_matching_key(const credential& who);
// Whether key::generate(type) makes keys like that.
bool is_of_type(const key& which, key_type type);

}  // namespace staplelab::pki
