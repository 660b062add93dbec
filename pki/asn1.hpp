// Between OpenSSL's ASN.1 objects and our values. Private to this folder.
//
// `is_der` refuses what d2i lets pass: indefinite and padded lengths, loose booleans, octets after
// the end. It takes linear time and bounded stack for any octets.
#pragma once

#include <openssl/err.h>

#include <optional>
#include <string>

#include "pki/bytes.hpp"
#include "pki/errors.hpp"
#include "pki/handles.hpp"
#include "pki/serial_number.hpp"
#include "pki/time.hpp"

namespace staplelab::pki {

// Leaves OpenSSL's error queue empty at the end of a scope that expects failures.
class error_queue_guard {
 public:
  error_queue_guard() = default;
  error_queue_guard(const error_queue_guard&) = delete;
  error_queue_guard& operator=(const error_queue_guard&) = delete;
  ~error_queue_guard() { ERR_clear_error(); }
};

template <auto Encode, class T>
bytes to_der(const T* object) {
  const int size = Encode(object, nullptr);
  if (size <= 0) throw_openssl("encoding DER");
  bytes der(static_cast<std::size_t>(size));
  unsigned char* end = der.data();
  Encode(object, &end);
  return der;
}

// Empty when the octets are no such object, or when octets are left over. May leave errors queued.
template <class Handle, auto Decode>
Handle from_der(bytes_view der) {
  const unsigned char* at = der.data();
  Handle object{Decode(nullptr, &at, static_cast<long>(der.size()))};
  if (object && at != der.data() + der.size()) object.reset();
  return object;
}

inline bytes_view octets_of(const ASN1_STRING* text) {
  return {ASN1_STRING_get0_data(text), static_cast<std::size_t>(ASN1_STRING_length(text))};
}

namespace der_tag {
inline constexpr std::uint8_t boolean = 0x01;
inline constexpr std::uint8_t integer = 0x02;
inline constexpr std::uint8_t octet_string = 0x04;
inline constexpr std::uint8_t object_identifier = 0x06;
inline constexpr std::uint8_t enumerated = 0x0a;
inline constexpr std::uint8_t sequence = 0x30;
inline constexpr std::uint8_t context_0 = 0xa0;  // [0] EXPLICIT
inline constexpr std::uint8_t context_1 = 0xa1;
}  // namespace der_tag

struct der_element {
  std::uint8_t tag;
  bytes_view content;
  bytes_view rest;  // what follows it
};

// The first element, its length definite and minimal. Tags of several octets are refused: nothing
// in X.509 or OCSP has one.
std::optional<der_element> read_der(bytes_view octets);

// The element with this tag and content.
bytes wrap_der(std::uint8_t tag, bytes_view content);

// Exactly one element, DER in its lengths and booleans all the way down.
bool is_der(bytes_view octets);

// "20260301000000Z": whole seconds, always Z (RFC 5280 4.1.2.5.2). Throws crypto_error for a year
// that four digits do not hold.
std::string to_generalized_text(time_point t);
asn1_generalizedtime_handle to_generalized(time_point t);

// A UTCTime or GeneralizedTime in RFC 5280's form; empty for anything else.
std::optional<time_point> to_time_point(const ASN1_TIME* t);

serial_number to_serial(const ASN1_INTEGER* number);
asn1_integer_handle to_asn1(const serial_number& serial);

// RFC 2253 with UTF-8 left readable.
std::string to_text(const X509_NAME* name);
std::string to_text(const ASN1_OBJECT* identifier);  // long name, or dotted decimal

}  // namespace staplelab::pki
