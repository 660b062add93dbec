// Judging one OCSP response for one certificate, as a careful client does (RFC 6960 3.2, 4.2.2.2).
//
// One verdict out of a closed list, and beside it whatever could be read. `good`, `revoked` and
// `unknown` say that the response is sound; every other verdict is the first reason why it is not,
// tried in the order of the enumeration from `malformed` down. Never throws for any octets, never
// looks at a clock.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "pki/bytes.hpp"
#include "pki/cert_status.hpp"
#include "pki/certificate.hpp"
#include "pki/ocsp_message.hpp"
#include "pki/time.hpp"

namespace staplelab::pki {

enum class ocsp_verdict {
  good,
  revoked,
  unknown,
  malformed,            // not an OCSPResponse, or not a basic one
  error_status,         // `error` says which
  wrong_cert,           // no SingleResponse for this certificate (RFC 6960 3.2 point 1)
  unauthorized_signer,  // signed by neither the issuer nor a delegate of it fit to sign
  bad_signature,
  critical_extension,  // an extension that must be understood and is not
  not_yet_valid,       // thisUpdate or producedAt lies in the future
  expired,             // nextUpdate has passed, or the answer is older than max_age
};
std::string_view to_string(ocsp_verdict verdict);  // "good", "error_status", ...

// The checks to make. The default is a careful client; the switches exist because servers are known
// that leave a check out, and their behaviour must be copied.
struct verify_rules {
  duration skew{0};  // tolerance on both ends
  // For answers without nextUpdate; empty: any age will do.
  std::optional<duration> max_age = std::nullopt;
  bool match_cert_id = true;  // false: the first SingleResponse will do, whatever it names
  bool fit_delegate = true;   // false: any embedded certificate the issuer signed may sign
};

struct ocsp_judgement {
  ocsp_verdict verdict;
  std::optional<response_status> error;  // with error_status
  std::optional<time_point> this_update;
  std::optional<time_point> next_update;
  std::optional<time_point> produced_at;
  std::optional<time_point> revoked_at;
  std::optional<crl_reason> reason;
  std::optional<std::string> responder_id;
  std::optional<std::string> signer;           // subject of the certificate that signed
  std::optional<time_point> signer_not_after;  // only for a delegate
  std::optional<serial_number> serial;
  std::string why;  // for people; empty for good
};

ocsp_judgement verify_ocsp(bytes_view response, const certificate& leaf, const certificate& issuer,
                           const verify_rules& rules, time_point now);

}  // namespace staplelab::pki
