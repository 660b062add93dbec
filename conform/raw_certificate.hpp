// An X.509 certificate taken apart in its octets, as far as OCSP's rules refer to it: names and
// keys that are hashed, and extensions with their exact values. Judges no signature.
#pragma once

#include <optional>
#include <vector>

#include "conform/der.hpp"

namespace staplelab::conform {

struct raw_extension {
  der::bytes oid;  // content octets
  bool critical = false;
  der::bytes value;  // content of the OCTET STRING
};

// Extensions ::= SEQUENCE SIZE (1..MAX) OF Extension; empty when it is none.
std::optional<std::vector<raw_extension>> read_extensions(der::bytes_view element);
const raw_extension* find(const std::vector<raw_extension>& all, der::bytes_view oid);

struct raw_certificate {
  der::bytes serial;               // content octets of the INTEGER
  der::bytes issuer;               // the whole Name
  der::bytes subject;              // the whole Name
  der::bytes public_key_info;      // the whole SubjectPublicKeyInfo
  der::bytes public_key;           // BIT STRING content without the unused-bits octet
  der::bytes signature_algorithm;  // content octets of the OID
  std::vector<raw_extension> extensions;
};
std::optional<raw_certificate> read_certificate(der::bytes_view octets);

}  // namespace staplelab::conform
