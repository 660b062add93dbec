// Certificate revocation lists (RFC 5280 section 5): full ones and deltas, version 2, for one
// issuer.
//
// Building signs what it is told; that the entries belong to the issuer is the caller's business.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "pki/bytes.hpp"
#include "pki/cert_status.hpp"
#include "pki/certificate.hpp"
#include "pki/serial_number.hpp"
#include "pki/time.hpp"

namespace staplelab::pki {

struct crl_entry {
  serial_number serial;
  revoked_status revocation;
  std::optional<time_point> invalid_since = {};  // invalidityDate, RFC 5280 5.3.2
};

struct crl_content {
  std::vector<crl_entry> entries;
  std::int64_t number;  // CRLNumber, RFC 5280 5.2.3
  time_point this_update;
  time_point next_update;
  std::optional<std::int64_t> base = {};  // number of the CRL that this one is a delta to (5.2.4)
};

// DER. Throws crypto_error.
bytes build_crl(const crl_content& content, const credential& issuer);

}  // namespace staplelab::pki
