// Whether a private key belongs to a certificate.
#pragma once

#include "pki/certificate.hpp"

namespace staplelab::pki {

bool holds_matching_key(const credential& who);

}  // namespace staplelab::pki
