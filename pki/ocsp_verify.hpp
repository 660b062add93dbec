// Judging one OCSP response for one certificate, as a careful client does (RFC 6960 3.2, 4.2.2.2).
//
// One verdict out of a closed list, and beside it whatever could be read. `good`, `revoked` and
// `unknown` say that the response is sound; every other verdict is the first reason why it is not,
// tried in the order of the enumeration from `malformed` down. One reason comes out of turn: a
// nonce other than the one sent is `malformed`, looked at before the times, since what nobody
// signed proves nothing. Never throws for any octets, never looks at a clock.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

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
  expired,  // nextUpdate has passed or is missing against a rule, or the age exceeds max_age
};
std::string_view to_string(ocsp_verdict verdict);  // "good", "error_status", ...

// What proves nothing any more (RFC 6960 5.1, CA/B BR 6.1.5, 7.1.3.2). Holds for the response, and
// for the certificate of a delegate. A weak signature is a bad one.
struct signature_strength {
  bool sound_digest = true;  // no MD5, no SHA-1
  int rsa_bits = 2048;       // at least
  int ec_bits = 224;         // at least
};

// RFC 6960 4.2.2.2.1 leaves a delegate without id-pkix-ocsp-nocheck to local policy. A loop cannot
// arise: what is shown for a delegate must be signed by the issuer itself, or by a delegate that
// has nocheck.
enum class revocable_delegate {
  trust,   // unless one of the answers shown for it says revoked
  refuse,  // nocheck or nothing
  prove,   // one of the answers shown must find it good
};

// The checks to make. The default is a careful client; the switches exist because servers are known
// that leave a check out, and their behaviour must be copied.
struct verify_rules {
  duration skew{0};  // tolerance on both ends
  // For answers without nextUpdate; empty: any age will do.
  std::optional<duration> max_age = std::nullopt;
  bool match_cert_id = true;         // false: the first SingleResponse will do, whatever it names
  bool fit_delegate = true;          // false: any embedded certificate the issuer signed may sign
  bool require_next_update = false;  // RFC 9919 section 5
  bool require_nonce = false;        // an answer without the nonce that was sent is refused as well
  revocable_delegate without_nocheck = revocable_delegate::trust;
  signature_strength strength = {};
};

// Whose reading of the rules. `rfc9919` and `webpki` want nextUpdate.
enum class verify_profile { rfc6960, rfc9919, webpki };
std::optional<verify_profile> parse_verify_profile(std::string_view name);
std::string_view to_string(verify_profile profile);
verify_rules rules_of(verify_profile profile);

// What a client knows beside the response.
struct client_knowledge {
  std::optional<bytes> nonce = {};  // as sent; empty: none sent, and one in the answer is ignored
  std::vector<certificate> trusted_signers = {};  // locally configured, for this issuer
  std::vector<bytes> delegate_answers = {};       // OCSP responses about delegates
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
  std::optional<time_point> signer_not_after;  // unless the issuer signed itself
  std::optional<serial_number> serial;
  std::string why;  // for people; empty for good
};

// Of several SingleResponses about the certificate the one with the latest thisUpdate counts; at
// equal times revoked before unknown before good.
ocsp_judgement verify_ocsp(bytes_view response, const certificate& leaf, const certificate& issuer,
                           const verify_rules& rules, const client_knowledge& knowledge,
                           time_point now);
// Knowing nothing.
ocsp_judgement verify_ocsp(bytes_view response, const certificate& leaf, const certificate& issuer,
                           const verify_rules& rules, time_point now);

}  // namespace staplelab::pki
