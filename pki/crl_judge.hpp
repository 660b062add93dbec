// What a CRL says of one certificate, judged as a careful client judges it (RFC 5280 6.3.3).
//
// Full CRLs of the certificate's own issuer; a delta, an indirect CRL or one of some reasons only
// carries a critical extension that says so, and is `critical_extension`. Shares no code with
// pki/crl.hpp, which builds them.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "pki/bytes.hpp"
#include "pki/cert_status.hpp"
#include "pki/certificate.hpp"
#include "pki/time.hpp"

namespace staplelab::pki {

enum class crl_verdict {
  not_listed,
  listed,
  malformed,  // no CRL in DER, or times that RFC 5280 5.1.2 does not allow
  other_issuer,
  bad_signature,
  critical_extension,  // of the CRL or of an entry, and not understood
  not_yet_valid,
  expired,  // or without nextUpdate, which RFC 5280 5.1.2.5 demands
};

struct crl_judgement {
  crl_verdict verdict;
  std::optional<std::int64_t> number;  // CRLNumber (5.2.3)
  std::optional<time_point> this_update;
  std::optional<time_point> next_update;
  std::optional<revoked_status> entry;  // with `listed`
};

// The first thing that is wrong decides, in the order of the enumeration.
crl_judgement judge_crl(bytes_view crl, const certificate& leaf, const certificate& issuer,
                        time_point now);

}  // namespace staplelab::pki
