// What a CA says of a certificate, and the identifier that OCSP asks with.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "pki/bytes.hpp"
#include "pki/certificate.hpp"
#include "pki/serial_number.hpp"
#include "pki/time.hpp"

namespace staplelab::pki {

// RFC 5280 5.3.1; 7 is not used.
enum class crl_reason {
  unspecified = 0,
  key_compromise = 1,
  ca_compromise = 2,
  affiliation_changed = 3,
  superseded = 4,
  cessation_of_operation = 5,
  certificate_hold = 6,
  remove_from_crl = 8,
  privilege_withdrawn = 9,
  aa_compromise = 10,
};

// The RFC's spelling: "keyCompromise", "certificateHold", ...
std::string_view to_string(crl_reason reason);
std::optional<crl_reason> parse_crl_reason(std::string_view name);

struct good_status {
  bool operator==(const good_status&) const = default;
};
struct revoked_status {
  time_point at;
  std::optional<crl_reason> reason;
  bool operator==(const revoked_status&) const = default;
};
struct unknown_status {
  bool operator==(const unknown_status&) const = default;
};
using cert_status = std::variant<good_status, revoked_status, unknown_status>;

enum class hash_algorithm { sha1, sha256, sha384, sha512 };
std::string_view to_string(hash_algorithm algorithm);  // "sha1", "sha256", ...

// CertID (RFC 6960 4.1.1). `der` is the encoding as it arrived, so that an answer can echo it
// octet for octet (absent and NULL algorithm parameters differ there). Messages are built from
// `der`; whoever changes another field empties it, and then the fields are encoded.
struct cert_id {
  std::optional<hash_algorithm> hash;  // empty: an algorithm we do not know
  bytes issuer_name_hash;
  bytes issuer_key_hash;
  serial_number serial;
  bytes der;

  static cert_id of(const certificate& leaf, const certificate& issuer, hash_algorithm hash);
  static cert_id of(const serial_number& serial, const certificate& issuer, hash_algorithm hash);

  // True when the hashes are those of this issuer's name and key, in whatever algorithm this
  // identifier uses. Both must match (RFC 6960 4.1.2).
  bool names_issuer(const certificate& issuer) const;
};

// Equal in meaning: same algorithm, hashes and serial number; the encoding does not count.
bool same_certificate(const cert_id& a, const cert_id& b);

// Why a status book has no status to give.
enum class no_status {
  not_ours,     // the issuer is none of ours: `unauthorized`
  unavailable,  // the source cannot be read now: `tryLater`
};

// What became of one certificate, in the order in which its CA came to know it. The first record is
// its issuance, so that a serial number that was never issued has none.
struct status_record {
  time_point recorded_at;
  cert_status status;
  bool operator==(const status_record&) const = default;
};
using status_history = std::vector<status_record>;

// What the CA knew at that time. A revocation that takes effect later is still good; what was
// recorded later was not known.
cert_status known_at(const status_history& history, time_point then);

// Where a responder looks certificates up. A serial that the issuer never issued is
// `unknown_status`; which answer that becomes is the responder's policy.
class status_book {
 public:
  virtual ~status_book() = default;
  virtual std::variant<cert_status, no_status> look_up(const cert_id& id, time_point now) const = 0;
  // A book that does not override this has no memory: what it says now was always so.
  virtual std::variant<status_history, no_status> history(const cert_id& id, time_point now) const;
};

}  // namespace staplelab::pki
