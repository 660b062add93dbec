// Making a certificate for a key of which the private half need not be here. Private to this
// folder; everybody else has sign_certificate of pki/certificate.hpp.
#pragma once

#include "pki/certificate.hpp"

namespace staplelab::pki {

// As sign_certificate. `subject_key` is borrowed.
certificate sign_certificate_for(EVP_PKEY* subject_key, const certificate_description& what,
                                 const certificate* issuer, const key& issuer_key);

}  // namespace staplelab::pki
