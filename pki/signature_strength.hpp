// Whether a signature algorithm still proves anything. Private to this folder.
#pragma once

#include "pki/handles.hpp"
#include "pki/ocsp_verify.hpp"

namespace staplelab::pki {

// `key` is the one that is said to have signed.
bool is_strong(const X509_ALGOR* algorithm, const EVP_PKEY* key, const signature_strength& wanted);

}  // namespace staplelab::pki
