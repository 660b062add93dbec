#include "pki/signature_algorithm.hpp"

#include <openssl/evp.h>
#include <openssl/objects.h>

#include <algorithm>
#include <array>

#include "pki/asn1.hpp"

namespace staplelab::pki {
namespace {

struct traits {
  signature_algorithm algorithm;
  int nid;       // of the signature algorithm
  int key_kind;  // EVP_PKEY_base_id
  int strength;
};

constexpr std::array all{
    traits{signature_algorithm::rsa_sha1, NID_sha1WithRSAEncryption, EVP_PKEY_RSA, 0},
    traits{signature_algorithm::rsa_sha256, NID_sha256WithRSAEncryption, EVP_PKEY_RSA, 256},
    traits{signature_algorithm::rsa_sha384, NID_sha384WithRSAEncryption, EVP_PKEY_RSA, 384},
    traits{signature_algorithm::rsa_sha512, NID_sha512WithRSAEncryption, EVP_PKEY_RSA, 512},
    traits{signature_algorithm::ecdsa_sha1, NID_ecdsa_with_SHA1, EVP_PKEY_EC, 0},
    traits{signature_algorithm::ecdsa_sha256, NID_ecdsa_with_SHA256, EVP_PKEY_EC, 256},
    traits{signature_algorithm::ecdsa_sha384, NID_ecdsa_with_SHA384, EVP_PKEY_EC, 384},
    traits{signature_algorithm::ecdsa_sha512, NID_ecdsa_with_SHA512, EVP_PKEY_EC, 512},
    traits{signature_algorithm::ed25519, NID_ED25519, EVP_PKEY_ED25519, 256},
};

const traits& traits_of(signature_algorithm algorithm) {
  return *std::ranges::find(all, algorithm, &traits::algorithm);
}

int kind_of(const key& signer) {
  return EVP_PKEY_get_base_id(signer.get());
}

// AlgorithmIdentifier out of SubjectPublicKeyInfo.
std::optional<der_element> key_identifier(bytes_view public_key_info) {
  const auto outer = read_der(public_key_info);
  return outer ? read_der(outer->content) : std::nullopt;
}

}  // namespace

std::string_view to_string(signature_algorithm algorithm) {
  return OBJ_nid2ln(traits_of(algorithm).nid);
}

std::optional<signature_algorithm> parse_signature_algorithm(bytes_view oid) {
  for (const traits& each : all) {
    const ASN1_OBJECT* known = OBJ_nid2obj(each.nid);  // static
    const bytes_view content{OBJ_get0_data(known), OBJ_length(known)};
    if (std::ranges::equal(content, oid)) return each.algorithm;
  }
  return std::nullopt;
}

int strength_of(signature_algorithm algorithm) {
  return traits_of(algorithm).strength;
}

std::optional<signature_algorithm> usual_algorithm(const key& signer) {
  const int strength = EVP_MD_is_a(signer.digest(), "SHA384") == 1 ? 384 : 256;
  for (const traits& each : all) {
    if (each.key_kind == kind_of(signer) && each.strength == strength) return each.algorithm;
  }
  return std::nullopt;
}

const EVP_MD* digest_of(signature_algorithm algorithm) {
  if (algorithm == signature_algorithm::ed25519) return nullptr;
  switch (strength_of(algorithm)) {
    case 256:
      return EVP_sha256();
    case 384:
      return EVP_sha384();
    case 512:
      return EVP_sha512();
    default:
      return EVP_sha1();
  }
}

bool can_sign(const key& signer, signature_algorithm algorithm) {
  return traits_of(algorithm).key_kind == kind_of(signer);
}

bool can_satisfy(const key& signer, const preferred_signature& wanted) {
  if (!can_sign(signer, wanted.algorithm)) return false;
  if (!wanted.key_algorithm) return true;
  const bytes info = signer.public_der();
  const auto ours = key_identifier(info);
  const auto oid = ours ? read_der(ours->content) : std::nullopt;
  const auto asked = read_der(*wanted.key_algorithm);
  if (!oid || !asked || asked->tag != oid->tag) return false;
  if (!std::ranges::equal(asked->content, oid->content)) return false;
  return asked->rest.empty() || std::ranges::equal(asked->rest, oid->rest);
}

bool is_strong_enough(signature_algorithm algorithm, const key& issuer) {
  const auto of_certificates = usual_algorithm(issuer);
  const int floor = of_certificates ? strength_of(*of_certificates) : 256;
  // Ed25519 has one strength, and no other algorithm of its key would be stronger.
  return algorithm == signature_algorithm::ed25519 || strength_of(algorithm) >= floor;
}

std::optional<signature_algorithm> default_algorithm(const key& signer, const key& issuer) {
  const auto usual = usual_algorithm(signer);
  if (!usual || is_strong_enough(*usual, issuer)) return usual;
  for (const traits& each : all) {
    if (can_sign(signer, each.algorithm) && is_strong_enough(each.algorithm, issuer)) {
      return each.algorithm;
    }
  }
  return usual;
}

}  // namespace staplelab::pki
