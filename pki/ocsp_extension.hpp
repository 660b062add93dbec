// Extensions of a SingleResponse: those that RFC 6960 4.4 names, and any other by its identifier.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "pki/bytes.hpp"
#include "pki/cert_status.hpp"
#include "pki/time.hpp"

namespace staplelab::pki {

struct ocsp_extension {
  bytes oid;    // the content of the OBJECT IDENTIFIER
  bytes value;  // the content of extnValue: DER, unless somebody wants to lie
  bool critical = false;
  bool operator==(const ocsp_extension&) const = default;
};

// "1.3.6.1.5.5.7.48.1.6", from and to the content of an OBJECT IDENTIFIER. Names are not taken.
std::optional<bytes> parse_oid(std::string_view dotted);
std::string oid_text(bytes_view oid);

// CrlID (RFC 6960 4.4.2): where the status was found. Everything may be absent.
struct crl_reference {
  std::optional<std::string> url;
  std::optional<std::uint64_t> number;
  std::optional<time_point> time;  // when that CRL was made
  bool operator==(const crl_reference&) const = default;
};

ocsp_extension crl_id(const crl_reference& crl);
ocsp_extension archive_cutoff(time_point cutoff);    // RFC 6960 4.4.4
ocsp_extension reason_code(crl_reason reason);       // RFC 5280 5.3.1
ocsp_extension invalidity_date(time_point invalid);  // RFC 5280 5.3.2

bool is_reason_code(const ocsp_extension& extension);
// reasonCode, invalidityDate or certificateIssuer (RFC 6960 4.4.5): they tell of a revocation.
bool is_crl_entry_extension(const ocsp_extension& extension);

}  // namespace staplelab::pki
