// Extensions and signatures on requests (R12 to R18, R51 to R61).
#include <algorithm>
#include <array>

#include "conform/identifiers.hpp"
#include "conform/probe.hpp"
#include "conform/script.hpp"
#include "conform/signature_strength.hpp"

namespace staplelab::conform {
namespace {

using namespace der;
using script = std::optional<wire_script>;

constexpr std::uint8_t some_value[] = {0x05, 0x00};

script with_extension(const evidence& e, const bytes& extension) {
  question asked = plain_question(e);
  asked.extensions.push_back(extension);
  return ask(e, encode(asked));
}

script with_single_extension(const evidence& e, const bytes& extension) {
  question asked = plain_question(e);
  asked.singles.front().extensions.push_back(extension);
  return ask(e, encode(asked));
}

bytes nonce_octets(std::size_t count) {
  bytes octets;
  for (std::size_t i = 0; i < count; ++i)
    octets.push_back(static_cast<std::uint8_t>(0xa0 + i));
  return octets;
}

template <std::size_t Octets>
script nonce(const evidence& e) {
  return with_extension(e, nonce_extension(nonce_octets(Octets)));
}

script requestor_name(const evidence& e) {
  question asked = plain_question(e);
  asked.requestor = general_name("a requestor");
  return ask(e, encode(asked));
}

script badly_signed(const evidence& e) {
  question asked = plain_question(e);
  asked.requestor = general_name("a requestor");
  asked.signature = broken_signature();
  return ask(e, encode(asked));
}

// ServiceLocator ::= SEQUENCE { issuer Name, locator AuthorityInfoAccessSyntax }
script service_locator(const evidence& e) {
  const bytes url = text(tag::context(6), "http://127.0.0.1/");
  const bytes access = sequence({sequence({oid(identifier::ocsp_access), url})});
  const bytes value = sequence({e.leaf().issuer, access});
  return with_single_extension(e, extension(identifier::service_locator, false, value));
}

script acceptable(const evidence& e, bytes_view type) {
  const bytes value = sequence({oid(type)});
  return with_extension(e, extension(identifier::acceptable_responses, false, value));
}

// PreferredSignatureAlgorithms ::= SEQUENCE OF SEQUENCE { AlgorithmIdentifier }
script preferring(const evidence& e, std::initializer_list<bytes_view> algorithms) {
  bytes entries;
  for (const bytes_view algorithm : algorithms) {
    const bytes entry = sequence({sequence({oid(algorithm)})});
    entries.insert(entries.end(), entry.begin(), entry.end());
  }
  const bytes value = element(tag::sequence, entries);
  return with_extension(e, extension(identifier::preferred_algorithms, false, value));
}

constexpr std::array ecdsa{bytes_view{identifier::sha256_ecdsa},
                           bytes_view{identifier::sha384_ecdsa},
                           bytes_view{identifier::sha512_ecdsa}};
constexpr std::array rsa{bytes_view{identifier::sha256_rsa}, bytes_view{identifier::sha384_rsa},
                         bytes_view{identifier::sha512_rsa}};

// Another algorithm that the same key can sign with, behind one that nobody has. It is no weaker
// than what the certificate was signed with: what R49 forbids cannot be asked for here.
script prefer_other(const evidence& e) {
  const auto base = e.base();
  if (!base || !e.definitive(*base)) return std::nullopt;
  const bytes& used = e.basic(*base).signature_algorithm;
  const auto issued_with = strength_of(e.leaf().signature_algorithm);
  const int least = issued_with ? issued_with->digest_bits : 0;
  for (const auto& of_one_key : {ecdsa, rsa}) {
    if (std::ranges::none_of(of_one_key, [&](bytes_view each) { return same(each, used); }))
      continue;
    for (const bytes_view each : of_one_key) {
      if (!same(each, used) && strength_of(each)->digest_bits >= least)
        return preferring(e, {identifier::unheard_of, each});
    }
  }
  return std::nullopt;
}

script prefer_weak(const evidence& e) {
  return preferring(e, {identifier::md5_rsa, identifier::sha1_rsa, identifier::sha1_ecdsa});
}

bytes unheard_of(bool critical) {
  return extension(identifier::unheard_of, critical, some_value);
}

std::vector<probe> nonce_probes() {
  return {
      {probe_id::nonce_0, "a nonce of 0 octets", nonce<0>},
      {probe_id::nonce_1, "a nonce of 1 octet", nonce<1>},
      {probe_id::nonce_16, "a nonce of 16 octets", nonce<16>},
      {probe_id::nonce_32, "a nonce of 32 octets", nonce<32>},
      {probe_id::nonce_33, "a nonce of 33 octets", nonce<33>},
      {probe_id::nonce_128, "a nonce of 128 octets", nonce<128>},
      {probe_id::nonce_129, "a nonce of 129 octets", nonce<129>},
      {probe_id::nonce_raw, "a nonce that is not wrapped in an OCTET STRING",
       [](const evidence& e) { return with_extension(e, raw_nonce_extension(nonce_octets(16))); }},
      {probe_id::nonce_in_single, "a nonce in singleRequestExtensions",
       [](const evidence& e) {
         return with_single_extension(e, nonce_extension(nonce_octets(32)));
       }},
  };
}

}  // namespace

std::vector<probe> extension_probes() {
  std::vector<probe> all{
      {probe_id::noncritical_request_extension, "an unheard-of extension of the request",
       [](const evidence& e) { return with_extension(e, unheard_of(false)); }},
      {probe_id::noncritical_single_extension, "an unheard-of extension of the single request",
       [](const evidence& e) { return with_single_extension(e, unheard_of(false)); }},
      {probe_id::critical_request_extension, "an unheard-of critical extension of the request",
       [](const evidence& e) { return with_extension(e, unheard_of(true)); }},
      {probe_id::critical_single_extension,
       "an unheard-of critical extension of the single request",
       [](const evidence& e) { return with_single_extension(e, unheard_of(true)); }},
      {probe_id::requestor_name, "a requestorName without a signature", requestor_name},
      {probe_id::broken_signature, "a signature that does not verify", badly_signed},
      {probe_id::service_locator, "a ServiceLocator", service_locator},
      {probe_id::acceptable_basic, "AcceptableResponses: basic",
       [](const evidence& e) { return acceptable(e, identifier::basic); }},
      {probe_id::acceptable_other, "AcceptableResponses: nothing known",
       [](const evidence& e) { return acceptable(e, identifier::unheard_of); }},
      {probe_id::prefer_other, "PreferredSignatureAlgorithms: another digest", prefer_other},
      {probe_id::prefer_weak, "PreferredSignatureAlgorithms: MD5 and SHA-1", prefer_weak},
  };
  const auto nonces = nonce_probes();
  all.insert(all.end(), nonces.begin(), nonces.end());
  return all;
}

}  // namespace staplelab::conform
