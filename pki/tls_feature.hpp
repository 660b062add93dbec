// The TLS Feature extension (RFC 7633), in certificates and in requests for them. Private to this
// folder.
#pragma once

#include "pki/handles.hpp"

namespace staplelab::pki {

using tls_feature_handle = handle<TLS_FEATURE, TLS_FEATURE_free>;

// status_request (RFC 6066 section 8) is the one TLS feature that asks for a staple. Null lists
// nothing.
inline bool lists_status_request(const TLS_FEATURE* features) {
  constexpr long status_request = 5;
  for (int i = 0; i < sk_ASN1_INTEGER_num(features); ++i) {
    if (ASN1_INTEGER_get(sk_ASN1_INTEGER_value(features, i)) == status_request) return true;
  }
  return false;
}

}  // namespace staplelab::pki
