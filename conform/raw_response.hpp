// An OCSPResponse taken apart in its octets (RFC 6960 4.2.1), nothing in it judged: whether the
// version is written out, how a time is spelled, whether `certs` is absent or empty. Reads any
// octets, never throws.
#pragma once

#include <boost/system/result.hpp>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "conform/der.hpp"
#include "conform/raw_certificate.hpp"
#include "pki/time.hpp"

namespace staplelab::conform {

struct raw_time {
  std::uint8_t tag = 0;
  std::string text;                   // content octets
  std::optional<pki::time_point> at;  // fractions cut off; empty: no time we can read

  // YYYYMMDDHHMMSSZ, nothing else (RFC 5280 4.1.2.5.2).
  bool well_formed() const;
};

struct raw_cert_id {
  der::bytes whole;
  der::bytes hash_algorithm;  // content octets of the OID
  der::bytes parameters;      // whole element; empty when absent
  der::bytes issuer_name_hash;
  der::bytes issuer_key_hash;
  der::bytes serial;  // content octets of the INTEGER
};
std::optional<raw_cert_id> read_cert_id(der::bytes_view element);

struct raw_single {
  raw_cert_id id;
  der::bytes status;  // whole element
  raw_time this_update;
  std::optional<raw_time> next_update;
  std::vector<raw_extension> extensions;

  std::uint8_t status_tag() const { return status.empty() ? 0 : status[0]; }
};

namespace status_tag {
inline constexpr std::uint8_t good = 0x80;
inline constexpr std::uint8_t revoked = 0xa1;
inline constexpr std::uint8_t unknown = 0x82;
}  // namespace status_tag

// RevokedInfo; empty when the status is another one, or malformed.
struct raw_revocation {
  raw_time at;
  std::optional<int> reason;
};
std::optional<raw_revocation> revocation_of(const raw_single& single);

struct raw_basic {
  bool version_written = false;
  bool by_key = false;
  der::bytes responder_id;  // byKey: content of the OCTET STRING; byName: the whole Name
  raw_time produced_at;
  std::vector<raw_single> singles;
  std::vector<raw_extension> extensions;
  der::bytes signature_algorithm;  // content octets of the OID
  bool certs_written = false;
  std::vector<der::bytes> certs;
};

struct raw_response {
  std::int64_t status = 0;  // OCSPResponseStatus as written
  bool bytes_written = false;
  der::bytes response_type;  // content octets of the OID
  bool is_der = false;
  std::optional<raw_basic> basic;
};

// What stands where the RFC has something else.
struct raw_flaw {
  std::string why;
};
boost::system::result<raw_response, raw_flaw> read_response(der::bytes_view octets);

}  // namespace staplelab::conform
