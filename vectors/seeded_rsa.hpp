// An RSA key that a seed fixes.
#pragma once

#include "pki/handles.hpp"
#include "vectors/seeded_octets.hpp"

namespace staplelab::vectors {

// Throws crypto_error.
pki::evp_pkey_handle seeded_rsa(seeded_octets octets, int bits);

}  // namespace staplelab::vectors
