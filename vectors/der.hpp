// DER, written octet by octet: what OpenSSL would write, and what it would refuse to write.
//
// Shares nothing with pki's reading of DER, so that one can find the other's mistakes.
#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include "pki/bytes.hpp"
#include "pki/time.hpp"

namespace staplelab::vectors {

using pki::bytes;
using pki::bytes_view;
using pki::duration;
using pki::time_point;

bytes joined(const std::vector<bytes>& parts);
bytes tlv(std::uint8_t tag, bytes_view content);
bytes sequence(const std::vector<bytes>& parts);
bytes set(const std::vector<bytes>& parts);
bytes explicit_tag(std::uint8_t number, const bytes& inner);  // [number], constructed
bytes implicit_tag(std::uint8_t number, bytes_view content);  // [number], primitive
bytes integer(bytes_view magnitude);                          // never negative
bytes integer(unsigned value);
bytes oid(std::string_view dotted);
bytes octet_string(bytes_view content);
bytes bit_string(bytes_view content);  // no unused bits
bytes null();
bytes boolean_true();
bytes enumerated(std::uint8_t value);
bytes utf8(std::string_view text);
bytes ascii(std::string_view text);        // the octets, nothing around them
bytes name(std::string_view common_name);  // Name with one attribute
bytes generalized_time(time_point t);
bytes certificate_time(time_point t);  // UTCTime through 2049 (RFC 5280 4.1.2.5)
bytes extension(std::string_view dotted, bool critical, const bytes& value);

}  // namespace staplelab::vectors
