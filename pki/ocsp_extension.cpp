#include "pki/ocsp_extension.hpp"

#include <openssl/objects.h>

#include <array>

#include "pki/asn1.hpp"

namespace staplelab::pki {
namespace {

constexpr std::uint8_t ia5_string = 0x16;
constexpr std::uint8_t generalized_time = 0x18;

bytes oid_of(int nid) {
  const ASN1_OBJECT* known = OBJ_nid2obj(nid);  // static
  return {OBJ_get0_data(known), OBJ_get0_data(known) + OBJ_length(known)};
}

bytes octets_of_text(std::string_view text) {
  return {text.begin(), text.end()};
}

bytes encoded(time_point t) {
  return wrap_der(generalized_time, octets_of_text(to_generalized_text(t)));
}

// Two's complement, so a set top bit needs an octet in front.
bytes encoded(std::uint64_t number) {
  bytes content;
  do {
    content.insert(content.begin(), static_cast<std::uint8_t>(number & 0xff));
    number >>= 8;
  } while (number != 0);
  if ((content.front() & 0x80) != 0) content.insert(content.begin(), 0);
  return wrap_der(der_tag::integer, content);
}

}  // namespace

std::optional<bytes> parse_oid(std::string_view dotted) {
  const error_queue_guard guard;
  // OpenSSL would also take names, spaces and empty arcs.
  const auto is_digit = [](char c) { return c >= '0' && c <= '9'; };
  bool after_digit = false;
  for (const char c : dotted) {
    if (!is_digit(c) && !(c == '.' && after_digit)) return std::nullopt;
    after_digit = is_digit(c);
  }
  if (!after_digit) return std::nullopt;
  const handle<ASN1_OBJECT, ASN1_OBJECT_free> object{OBJ_txt2obj(std::string(dotted).c_str(), 1)};
  if (!object || OBJ_length(object.get()) == 0) return std::nullopt;
  return bytes{OBJ_get0_data(object.get()), OBJ_get0_data(object.get()) + OBJ_length(object.get())};
}

std::string oid_text(bytes_view oid) {
  const error_queue_guard guard;
  const bytes der = wrap_der(der_tag::object_identifier, oid);
  const auto object = from_der<handle<ASN1_OBJECT, ASN1_OBJECT_free>, d2i_ASN1_OBJECT>(der);
  if (!object) return "(no object identifier)";
  std::array<char, 256> text{};
  OBJ_obj2txt(text.data(), static_cast<int>(text.size()), object.get(), 1);
  return text.data();
}

ocsp_extension crl_id(const crl_reference& crl) {
  bytes content;
  const auto add = [&](std::uint8_t number, const bytes& field) {
    const bytes tagged = wrap_der(static_cast<std::uint8_t>(der_tag::context_0 + number), field);
    content.insert(content.end(), tagged.begin(), tagged.end());
  };
  if (crl.url) add(0, wrap_der(ia5_string, octets_of_text(*crl.url)));
  if (crl.number) add(1, encoded(*crl.number));
  if (crl.time) add(2, encoded(*crl.time));
  return {oid_of(NID_id_pkix_OCSP_CrlID), wrap_der(der_tag::sequence, content)};
}

ocsp_extension archive_cutoff(time_point cutoff) {
  return {oid_of(NID_id_pkix_OCSP_archiveCutoff), encoded(cutoff)};
}

ocsp_extension reason_code(crl_reason reason) {
  const bytes content{static_cast<std::uint8_t>(reason)};
  return {oid_of(NID_crl_reason), wrap_der(der_tag::enumerated, content)};
}

ocsp_extension invalidity_date(time_point invalid) {
  return {oid_of(NID_invalidity_date), encoded(invalid)};
}

bool is_reason_code(const ocsp_extension& extension) {
  return extension.oid == oid_of(NID_crl_reason);
}

bool is_crl_entry_extension(const ocsp_extension& extension) {
  return is_reason_code(extension) || extension.oid == oid_of(NID_invalidity_date) ||
         extension.oid == oid_of(NID_certificate_issuer);
}

}  // namespace staplelab::pki
