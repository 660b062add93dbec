#include "pki/signature_strength.hpp"

#include <openssl/rsa.h>

#include <algorithm>
#include <array>

#include "pki/asn1.hpp"

namespace staplelab::pki {
namespace {

bool is_sound_digest(int nid) {
  static constexpr std::array sound{NID_sha224,   NID_sha256,   NID_sha384,
                                    NID_sha512,   NID_sha3_224, NID_sha3_256,
                                    NID_sha3_384, NID_sha3_512, NID_sha512_256};
  return std::ranges::find(sound, nid) != sound.end();
}

// RSASSA-PSS names its digest in the parameters; left out, it is SHA-1 (RFC 4055 3.1).
bool has_sound_pss_digest(const X509_ALGOR* algorithm) {
  if (algorithm->parameter == nullptr || algorithm->parameter->type != V_ASN1_SEQUENCE)
    return false;
  const auto parameters = from_der<handle<RSA_PSS_PARAMS, RSA_PSS_PARAMS_free>, d2i_RSA_PSS_PARAMS>(
      octets_of(algorithm->parameter->value.sequence));
  return parameters && parameters->hashAlgorithm != nullptr &&
         is_sound_digest(OBJ_obj2nid(parameters->hashAlgorithm->algorithm));
}

bool has_sound_digest(const X509_ALGOR* algorithm) {
  const int nid = OBJ_obj2nid(algorithm->algorithm);
  if (nid == NID_ED25519 || nid == NID_ED448) return true;
  if (nid == NID_rsassaPss) return has_sound_pss_digest(algorithm);
  int digest = NID_undef;
  return OBJ_find_sigid_algs(nid, &digest, nullptr) == 1 && is_sound_digest(digest);
}

bool is_long_enough(const EVP_PKEY* key, const signature_strength& wanted) {
  switch (EVP_PKEY_get_base_id(key)) {
    case EVP_PKEY_RSA:
    case EVP_PKEY_RSA_PSS:
      return EVP_PKEY_get_bits(key) >= wanted.rsa_bits;
    case EVP_PKEY_EC:
      return EVP_PKEY_get_bits(key) >= wanted.ec_bits;
    case EVP_PKEY_ED25519:
    case EVP_PKEY_ED448:
      return true;
    default:
      return false;  // DSA and its kind: no certificate of today has such a key
  }
}

}  // namespace

bool is_strong(const X509_ALGOR* algorithm, const EVP_PKEY* key, const signature_strength& wanted) {
  return (!wanted.sound_digest || has_sound_digest(algorithm)) && is_long_enough(key, wanted);
}

}  // namespace staplelab::pki
