// OCSP requests in DER (RFC 6960 4.1.1), sound and unsound: every field can be what no careful
// client would send.
#pragma once

#include <optional>
#include <vector>

#include "conform/der.hpp"
#include "pki/cert_status.hpp"
#include "pki/certificate.hpp"
#include "pki/serial_number.hpp"

namespace staplelab::conform {

struct cert_id_fields {
  der::bytes hash_algorithm;  // content octets of the OID
  bool null_parameters = true;
  der::bytes issuer_name_hash;
  der::bytes issuer_key_hash;
  der::bytes serial;  // content octets of the INTEGER
};
cert_id_fields cert_id_of(const der::bytes& serial, const pki::certificate& issuer,
                          pki::hash_algorithm hash);
der::bytes encode(const cert_id_fields& id);

// The content octets of the INTEGER: two's complement, minimal (X.690 8.3).
der::bytes integer_content(const pki::serial_number& serial);
der::bytes serial_of(const pki::certificate& cert);

// An Extension; `value` is what the OCTET STRING holds.
der::bytes extension(der::bytes_view oid, bool critical, der::bytes_view value);
// The nonce extension, its octets wrapped as RFC 9654 2.1 has it, or raw as in RFC 2560's days.
der::bytes nonce_extension(der::bytes_view octets);
der::bytes raw_nonce_extension(der::bytes_view octets);

struct single_question {
  der::bytes cert_id;                  // whole element
  std::vector<der::bytes> extensions;  // whole elements
};

struct question {
  std::vector<single_question> singles;
  std::optional<der::bytes> version;    // content octets of the INTEGER; empty: DEFAULT v1
  std::optional<der::bytes> requestor;  // a whole GeneralName
  std::vector<der::bytes> extensions;   // whole elements
  std::optional<der::bytes> signature;  // a whole Signature
};
der::bytes encode(const question& asked);

// directoryName with this common name.
der::bytes general_name(std::string_view common_name);
// A Signature over nothing, with ecdsa-with-SHA256 as its algorithm: it verifies with no key.
der::bytes broken_signature();

}  // namespace staplelab::conform
