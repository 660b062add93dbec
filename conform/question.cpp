#include "conform/question.hpp"

#include <algorithm>

#include "conform/identifiers.hpp"

namespace staplelab::conform {
namespace {

using namespace der;

bytes_view identifier_of(pki::hash_algorithm hash) {
  switch (hash) {
    case pki::hash_algorithm::sha1:
      return identifier::sha1;
    case pki::hash_algorithm::sha256:
      return identifier::sha256;
    case pki::hash_algorithm::sha384:
      return identifier::sha384;
    case pki::hash_algorithm::sha512:
      return identifier::sha512;
  }
  return {};
}

bytes sequence_of(const std::vector<bytes>& elements) {
  bytes content;
  for (const bytes& each : elements)
    content.insert(content.end(), each.begin(), each.end());
  return element(tag::sequence, content);
}

bytes encode(const single_question& single) {
  if (single.extensions.empty()) return sequence({single.cert_id});
  return sequence(
      {single.cert_id, element(tag::constructed_context(0), sequence_of(single.extensions))});
}

}  // namespace

cert_id_fields cert_id_of(const bytes& serial, const pki::certificate& issuer,
                          pki::hash_algorithm hash) {
  const auto hashes = pki::cert_id::of(pki::serial_number(), issuer, hash);
  return {.hash_algorithm = copy(identifier_of(hash)),
          .issuer_name_hash = hashes.issuer_name_hash,
          .issuer_key_hash = hashes.issuer_key_hash,
          .serial = serial};
}

bytes encode(const cert_id_fields& id) {
  const bytes algorithm = id.null_parameters ? sequence({oid(id.hash_algorithm), null()})
                                             : sequence({oid(id.hash_algorithm)});
  return sequence({algorithm, octet_string(id.issuer_name_hash), octet_string(id.issuer_key_hash),
                   integer(id.serial)});
}

bytes integer_content(const pki::serial_number& serial) {
  bytes content = copy(serial.magnitude());
  if (serial.negative()) {
    // Two's complement: invert, then add one.
    for (std::uint8_t& octet : content)
      octet = static_cast<std::uint8_t>(~octet);
    for (auto octet = content.rbegin(); octet != content.rend() && ++*octet == 0;)
      ++octet;
    if (content.empty() || content[0] < 0x80) content.insert(content.begin(), 0xff);
  } else if (content.empty() || content[0] >= 0x80) {
    content.insert(content.begin(), 0x00);
  }
  return content;
}

bytes serial_of(const pki::certificate& cert) {
  return integer_content(cert.serial());
}

bytes extension(bytes_view oid_content, bool critical, bytes_view value) {
  constexpr std::uint8_t yes[] = {0xff};
  if (!critical) return sequence({oid(oid_content), octet_string(value)});
  return sequence({oid(oid_content), element(tag::boolean, yes), octet_string(value)});
}

bytes nonce_extension(bytes_view octets) {
  return extension(identifier::nonce, false, octet_string(octets));
}

bytes raw_nonce_extension(bytes_view octets) {
  return extension(identifier::nonce, false, octets);
}

bytes encode(const question& asked) {
  bytes content;
  const auto add = [&](const bytes& part) {
    content.insert(content.end(), part.begin(), part.end());
  };
  if (asked.version) add(element(tag::constructed_context(0), integer(*asked.version)));
  if (asked.requestor) add(element(tag::constructed_context(1), *asked.requestor));
  std::vector<bytes> singles;
  for (const single_question& single : asked.singles)
    singles.push_back(encode(single));
  add(sequence_of(singles));
  if (!asked.extensions.empty()) {
    add(element(tag::constructed_context(2), sequence_of(asked.extensions)));
  }
  const bytes tbs_request = element(tag::sequence, content);
  if (!asked.signature) return sequence({tbs_request});
  return sequence({tbs_request, element(tag::constructed_context(0), *asked.signature)});
}

bytes general_name(std::string_view common_name) {
  const bytes attribute =
      sequence({oid(identifier::common_name), text(tag::utf8_string, common_name)});
  const bytes name = sequence({element(tag::set, attribute)});
  return element(tag::constructed_context(4), name);
}

bytes broken_signature() {
  constexpr std::uint8_t one[] = {1};
  const bytes value = sequence({integer(one), integer(one)});
  const bytes padded = joined({bytes{0}, value});
  return sequence({sequence({oid(identifier::sha256_ecdsa)}), element(tag::bit_string, padded)});
}

}  // namespace staplelab::conform
