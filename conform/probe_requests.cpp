// What is asked, and in which octets (R1 to R37).
#include "conform/identifiers.hpp"
#include "conform/probe.hpp"
#include "conform/script.hpp"
#include "pki/digest.hpp"

namespace staplelab::conform {
namespace {

using namespace der;
using script = std::optional<wire_script>;

constexpr std::size_t many = 1000;

script ask_about(const evidence& e, const cert_id_fields& id) {
  return ask(e, encode(question_about(id)));
}

bytes inverted(bytes octets) {
  for (std::uint8_t& octet : octets)
    octet ^= 0xff;
  return octets;
}

script garbage(const evidence& e) {
  const bytes octets = inverted(e.issuer().public_key);  // begins with no SEQUENCE tag
  return ask(e, octets);
}

script truncated(const evidence& e) {
  bytes request = encode(plain_question(e));
  request.pop_back();
  return ask(e, request);
}

script trailing_octets(const evidence& e) {
  bytes request = encode(plain_question(e));
  request.insert(request.end(), {0x05, 0x00});
  return ask(e, request);
}

script indefinite_length(const evidence& e) {
  return ask(e, with_indefinite_length(encode(plain_question(e))));
}

script empty_body(const evidence& e) {
  return ask_by_post(e, {}, {});
}

script with_version(const evidence& e, std::uint8_t version) {
  question asked = plain_question(e);
  asked.version = bytes{version};
  return ask(e, encode(asked));
}

script with_hash(const evidence& e, pki::hash_algorithm hash) {
  return ask_about(e, leaf_id(e, hash));
}

script absent_parameters(const evidence& e) {
  cert_id_fields id = leaf_id(e);
  id.null_parameters = false;
  return ask_about(e, id);
}

script unknown_digest(const evidence& e) {
  cert_id_fields id = leaf_id(e);
  id.hash_algorithm = copy(identifier::unheard_of);
  return ask_about(e, id);
}

script wrong_key_hash(const evidence& e) {
  cert_id_fields id = leaf_id(e);
  id.issuer_key_hash = inverted(id.issuer_key_hash);
  return ask_about(e, id);
}

script wrong_name_hash(const evidence& e) {
  cert_id_fields id = leaf_id(e);
  id.issuer_name_hash = inverted(id.issuer_name_hash);
  return ask_about(e, id);
}

// The mistake of hashing the whole SubjectPublicKeyInfo (RFC 6960 4.1.1 wants the key alone).
script hash_of_key_info(const evidence& e) {
  cert_id_fields id = leaf_id(e, pki::hash_algorithm::sha256);
  id.issuer_key_hash = pki::sha256(e.issuer().public_key_info);
  return ask_about(e, id);
}

bytes about_foreign_issuer(const evidence& e) {
  cert_id_fields id = leaf_id(e);
  id.issuer_name_hash = inverted(id.issuer_name_hash);
  id.issuer_key_hash = inverted(id.issuer_key_hash);
  return encode(question_about(id));
}

// Only certificates that are known to be issued, under hashes that were understood: asking for
// others would bring `unauthorized` for all of them (RFC 9919 3.2.3).
script several(const evidence& e) {
  question asked;
  const auto add = [&](const cert_id_fields& id) {
    asked.singles.push_back({.cert_id = encode(id), .extensions = {}});
  };
  add(leaf_id(e));
  const bool both = e.like_base(probe_id::post_sha1) && e.like_base(probe_id::post_sha256);
  if (both) add(leaf_id(e, pki::hash_algorithm::sha256));
  if (const auto& revoked = e.what().revoked) {
    add(cert_id_of(serial_of(*revoked), e.what().issuer, e.base_hash()));
  }
  if (asked.singles.size() < 2) return std::nullopt;
  return ask(e, encode(asked));
}

script with_serial(const evidence& e, bytes content) {
  cert_id_fields id = leaf_id(e);
  id.serial = std::move(content);
  return ask_about(e, id);
}

script serial_leading_zero(const evidence& e) {
  return with_serial(e, joined({bytes{0, 0}, e.leaf().serial}));
}

script serial_20_octets(const evidence& e) {
  return with_serial(e, bytes(20, 0x5c));
}

script unassigned(const evidence& e) {
  return with_serial(e, integer_content(e.what().unassigned));
}

script revoked(const evidence& e) {
  if (!e.what().revoked) return std::nullopt;
  return with_serial(e, serial_of(*e.what().revoked));
}

script many_certificates(const evidence& e) {
  question asked;
  cert_id_fields id = leaf_id(e);
  for (std::size_t i = 0; i < many; ++i) {
    id.serial = {0x40, static_cast<std::uint8_t>(i >> 8), static_cast<std::uint8_t>(i & 0xff)};
    asked.singles.push_back({.cert_id = encode(id), .extensions = {}});
  }
  return ask_by_post(e, encode(asked), {});
}

script by_get(const evidence& e, const bytes& request) {
  return ask_by_get(e, request, percent_encoded(base64(request), hex_case::upper));
}

bytes sha1_question(const evidence& e) {
  return encode(question_about(leaf_id(e, pki::hash_algorithm::sha1)));
}

std::vector<probe> unsound_probes() {
  return {
      {probe_id::garbage, "octets that are no DER", garbage},
      {probe_id::truncated, "a request without its last octet", truncated},
      {probe_id::trailing_octets, "a request with two octets after its end", trailing_octets},
      {probe_id::indefinite_length, "a request of indefinite length", indefinite_length},
      {probe_id::empty_body, "POST with an empty body", empty_body},
      {probe_id::empty_list, "an empty requestList",
       [](const evidence& e) -> script { return ask(e, encode(question())); }},
      {probe_id::version_1_written, "version v1 written out",
       [](const evidence& e) { return with_version(e, 0); }},
      {probe_id::version_2, "version v2", [](const evidence& e) { return with_version(e, 1); }},
  };
}

std::vector<probe> plain_probes() {
  return {
      {probe_id::post_sha1, "the plain question by POST, CertID with SHA-1",
       [](const evidence& e) -> script { return ask_by_post(e, sha1_question(e), {}); }},
      {probe_id::post_sha256, "the plain question by POST, CertID with SHA-256",
       [](const evidence& e) -> script {
         const auto id = leaf_id(e, pki::hash_algorithm::sha256);
         return ask_by_post(e, encode(question_about(id)), {});
       }},
      {probe_id::get_encoded, "the plain question by GET, percent-encoded",
       [](const evidence& e) { return by_get(e, encode(plain_question(e))); }},
      {probe_id::get_raw, "the plain question by GET, base64 as it is",
       [](const evidence& e) -> script {
         const bytes request = encode(plain_question(e));
         return ask_by_get(e, request, base64(request));
       }},
      {probe_id::get_again, "the plain question by GET, once more",
       [](const evidence& e) { return by_get(e, encode(plain_question(e))); }},
  };
}

std::vector<probe> cert_id_probes() {
  using enum pki::hash_algorithm;
  return {
      {probe_id::absent_parameters, "hash algorithm without parameters", absent_parameters},
      {probe_id::sha384, "CertID with SHA-384",
       [](const evidence& e) { return with_hash(e, sha384); }},
      {probe_id::sha512, "CertID with SHA-512",
       [](const evidence& e) { return with_hash(e, sha512); }},
      {probe_id::unknown_digest, "CertID with an unheard-of digest", unknown_digest},
      {probe_id::wrong_key_hash, "issuerNameHash right, issuerKeyHash wrong", wrong_key_hash},
      {probe_id::wrong_name_hash, "issuerNameHash wrong, issuerKeyHash right", wrong_name_hash},
      {probe_id::hash_of_key_info, "issuerKeyHash over the whole SubjectPublicKeyInfo",
       hash_of_key_info},
      {probe_id::foreign_issuer, "an issuer that nobody knows",
       [](const evidence& e) -> script { return ask(e, about_foreign_issuer(e)); }},
      {probe_id::foreign_issuer_get, "an issuer that nobody knows, by GET",
       [](const evidence& e) { return by_get(e, about_foreign_issuer(e)); }},
      {probe_id::several, "several certificates in one request", several},
      {probe_id::serial_leading_zero, "the serial number with superfluous zero octets",
       serial_leading_zero},
      {probe_id::serial_negative, "serial number -1",
       [](const evidence& e) { return with_serial(e, {0xff}); }},
      {probe_id::serial_20_octets, "a serial number of 20 octets", serial_20_octets},
      {probe_id::serial_1_octet, "a serial number of one octet",
       [](const evidence& e) { return with_serial(e, {0x7d}); }},
      {probe_id::unassigned, "a serial number that was never issued", unassigned},
      {probe_id::revoked, "a revoked certificate", revoked},
      {probe_id::many_certificates, "1000 certificates in one request", many_certificates},
  };
}

}  // namespace

std::vector<probe> request_probes() {
  std::vector<probe> all = plain_probes();
  for (const auto& part : {unsound_probes(), cert_id_probes()})
    all.insert(all.end(), part.begin(), part.end());
  return all;
}

}  // namespace staplelab::conform
