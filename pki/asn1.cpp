#include "pki/asn1.hpp"

#include <algorithm>
#include <array>
#include <string_view>

#include "pki/pem.hpp"

namespace staplelab::pki {
namespace {

// Deeper than any OCSP response with certificates in it; OpenSSL stops at 30 as well.
constexpr int max_depth = 30;

bool are_der(bytes_view octets, int depth) {
  while (!octets.empty()) {
    const auto element = read_der(octets);
    if (!element) return false;
    const bool constructed = (element->tag & 0x20) != 0;
    if (constructed && (depth == max_depth || !are_der(element->content, depth + 1))) return false;
    if (element->tag == der_tag::boolean) {
      if (element->content.size() != 1) return false;
      if (element->content[0] != 0x00 && element->content[0] != 0xff) return false;
    }
    octets = element->rest;
  }
  return true;
}

}  // namespace

std::optional<der_element> read_der(bytes_view octets) {
  if (octets.size() < 2 || (octets[0] & 0x1f) == 0x1f) return std::nullopt;
  const std::uint8_t tag = octets[0];
  std::size_t length = octets[1];
  octets = octets.subspan(2);
  if (length >= 0x80) {
    const std::size_t count = length & 0x7f;
    if (count == 0 || count > sizeof(std::uint32_t) || octets.size() < count) return std::nullopt;
    length = 0;
    for (const std::uint8_t octet : octets.first(count))
      length = length << 8 | octet;
    const bool minimal = length >= 0x80 && octets[0] != 0;
    if (!minimal) return std::nullopt;
    octets = octets.subspan(count);
  }
  if (octets.size() < length) return std::nullopt;
  return der_element{tag, octets.first(length), octets.subspan(length)};
}

bytes wrap_der(std::uint8_t tag, bytes_view content) {
  bytes length;  // least significant octet first
  for (std::size_t rest = content.size(); rest != 0; rest >>= 8) {
    length.push_back(static_cast<std::uint8_t>(rest & 0xff));
  }
  bytes der{tag};
  if (content.size() < 0x80) {
    der.push_back(static_cast<std::uint8_t>(content.size()));
  } else {
    der.push_back(static_cast<std::uint8_t>(0x80 | length.size()));
    der.insert(der.end(), length.rbegin(), length.rend());
  }
  der.insert(der.end(), content.begin(), content.end());
  return der;
}

bool is_der(bytes_view octets) {
  const auto outer = read_der(octets);
  return outer && outer->rest.empty() && are_der(octets, 0);
}

std::string to_generalized_text(time_point t) {
  const std::string text = to_rfc3339(std::chrono::floor<std::chrono::seconds>(t));
  std::string digits;
  std::ranges::copy_if(text, std::back_inserter(digits),
                       [](char c) { return c != '-' && c != ':' && c != 'T'; });
  if (digits.size() != std::string_view{"YYYYMMDDHHMMSSZ"}.size() || text.front() == '-') {
    throw crypto_error{"cannot encode the time " + text + ": the year must have four digits"};
  }
  return digits;
}

asn1_generalizedtime_handle to_generalized(time_point t) {
  asn1_generalizedtime_handle encoded{ASN1_GENERALIZEDTIME_new()};
  const std::string text = to_generalized_text(t);
  if (!encoded || ASN1_GENERALIZEDTIME_set_string(encoded.get(), text.c_str()) != 1) {
    throw_openssl("encoding the time " + text);
  }
  return encoded;
}

std::optional<time_point> to_time_point(const ASN1_TIME* t) {
  const bytes_view octets = octets_of(t);
  std::string digits{octets.begin(), octets.end()};
  if (ASN1_STRING_type(t) == V_ASN1_UTCTIME) {
    if (digits.empty()) return std::nullopt;
    digits.insert(0, digits[0] >= '5' ? "19" : "20");  // RFC 5280 4.1.2.5.1
  }
  if (digits.size() != std::string_view{"YYYYMMDDHHMMSSZ"}.size() || digits.back() != 'Z') {
    return std::nullopt;
  }
  const std::string_view d = digits;
  std::string text;
  text.append(d.substr(0, 4)).append("-").append(d.substr(4, 2)).append("-").append(d.substr(6, 2));
  text.append("T").append(d.substr(8, 2)).append(":").append(d.substr(10, 2)).append(":");
  text.append(d.substr(12));
  return parse_rfc3339(text);
}

serial_number to_serial(const ASN1_INTEGER* number) {
  return serial_number::from_magnitude(octets_of(number),
                                       ASN1_STRING_type(number) == V_ASN1_NEG_INTEGER);
}

asn1_integer_handle to_asn1(const serial_number& serial) {
  const bytes_view magnitude = serial.magnitude();
  const bignum_handle number{
      BN_bin2bn(magnitude.data(), static_cast<int>(magnitude.size()), nullptr)};
  if (!number) throw_openssl("encoding a serial number");
  BN_set_negative(number.get(), serial.negative() ? 1 : 0);
  asn1_integer_handle encoded{BN_to_ASN1_INTEGER(number.get(), nullptr)};
  if (!encoded) throw_openssl("encoding a serial number");
  return encoded;
}

std::string to_text(const X509_NAME* name) {
  const error_queue_guard guard;
  const bio_handle out = make_writer();
  constexpr auto flags = XN_FLAG_RFC2253 & ~static_cast<unsigned long>(ASN1_STRFLGS_ESC_MSB);
  // A name from the network may hold strings that are not what their tag says.
  if (X509_NAME_print_ex(out.get(), name, 0, flags) < 0) return "(not printable)";
  return written_to(out.get());
}

std::string to_text(const ASN1_OBJECT* identifier) {
  std::array<char, 256> text{};
  OBJ_obj2txt(text.data(), static_cast<int>(text.size()), identifier, 0);
  return text.data();
}

}  // namespace staplelab::pki
