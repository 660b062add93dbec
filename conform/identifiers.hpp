// Object identifiers that travel in OCSP messages, as their content octets.
#pragma once

#include <cstdint>

namespace staplelab::conform::identifier {

// id-pkix-ocsp (RFC 6960 appendix B)
inline constexpr std::uint8_t basic[] = {0x2b, 6, 1, 5, 5, 7, 48, 1, 1};
inline constexpr std::uint8_t nonce[] = {0x2b, 6, 1, 5, 5, 7, 48, 1, 2};
inline constexpr std::uint8_t crl_id[] = {0x2b, 6, 1, 5, 5, 7, 48, 1, 3};
inline constexpr std::uint8_t acceptable_responses[] = {0x2b, 6, 1, 5, 5, 7, 48, 1, 4};
inline constexpr std::uint8_t nocheck[] = {0x2b, 6, 1, 5, 5, 7, 48, 1, 5};
inline constexpr std::uint8_t archive_cutoff[] = {0x2b, 6, 1, 5, 5, 7, 48, 1, 6};
inline constexpr std::uint8_t service_locator[] = {0x2b, 6, 1, 5, 5, 7, 48, 1, 7};
inline constexpr std::uint8_t preferred_algorithms[] = {0x2b, 6, 1, 5, 5, 7, 48, 1, 8};
inline constexpr std::uint8_t extended_revoke[] = {0x2b, 6, 1, 5, 5, 7, 48, 1, 9};

// RFC 5280
inline constexpr std::uint8_t ocsp_access[] = {0x2b, 6, 1, 5, 5, 7, 48, 1};
inline constexpr std::uint8_t ocsp_signing[] = {0x2b, 6, 1, 5, 5, 7, 3, 9};
inline constexpr std::uint8_t authority_info_access[] = {0x2b, 6, 1, 5, 5, 7, 1, 1};
inline constexpr std::uint8_t key_usage[] = {0x55, 29, 15};
inline constexpr std::uint8_t subject_alt_name[] = {0x55, 29, 17};
inline constexpr std::uint8_t basic_constraints[] = {0x55, 29, 19};
inline constexpr std::uint8_t reason_code[] = {0x55, 29, 21};
inline constexpr std::uint8_t invalidity_date[] = {0x55, 29, 24};
inline constexpr std::uint8_t certificate_issuer[] = {0x55, 29, 29};
inline constexpr std::uint8_t name_constraints[] = {0x55, 29, 30};
inline constexpr std::uint8_t crl_distribution_points[] = {0x55, 29, 31};
inline constexpr std::uint8_t extended_key_usage[] = {0x55, 29, 37};
inline constexpr std::uint8_t common_name[] = {0x55, 4, 3};

// digests
inline constexpr std::uint8_t sha1[] = {0x2b, 14, 3, 2, 26};
inline constexpr std::uint8_t sha256[] = {0x60, 0x86, 0x48, 1, 0x65, 3, 4, 2, 1};
inline constexpr std::uint8_t sha384[] = {0x60, 0x86, 0x48, 1, 0x65, 3, 4, 2, 2};
inline constexpr std::uint8_t sha512[] = {0x60, 0x86, 0x48, 1, 0x65, 3, 4, 2, 3};

// signature algorithms
inline constexpr std::uint8_t md5_rsa[] = {0x2a, 0x86, 0x48, 0x86, 0xf7, 13, 1, 1, 4};
inline constexpr std::uint8_t sha1_rsa[] = {0x2a, 0x86, 0x48, 0x86, 0xf7, 13, 1, 1, 5};
inline constexpr std::uint8_t rsa_pss[] = {0x2a, 0x86, 0x48, 0x86, 0xf7, 13, 1, 1, 10};
inline constexpr std::uint8_t sha256_rsa[] = {0x2a, 0x86, 0x48, 0x86, 0xf7, 13, 1, 1, 11};
inline constexpr std::uint8_t sha384_rsa[] = {0x2a, 0x86, 0x48, 0x86, 0xf7, 13, 1, 1, 12};
inline constexpr std::uint8_t sha512_rsa[] = {0x2a, 0x86, 0x48, 0x86, 0xf7, 13, 1, 1, 13};
inline constexpr std::uint8_t sha1_dsa[] = {0x2a, 0x86, 0x48, 0xce, 56, 4, 3};
inline constexpr std::uint8_t sha1_ecdsa[] = {0x2a, 0x86, 0x48, 0xce, 61, 4, 1};
inline constexpr std::uint8_t sha256_ecdsa[] = {0x2a, 0x86, 0x48, 0xce, 61, 4, 3, 2};
inline constexpr std::uint8_t sha384_ecdsa[] = {0x2a, 0x86, 0x48, 0xce, 61, 4, 3, 3};
inline constexpr std::uint8_t sha512_ecdsa[] = {0x2a, 0x86, 0x48, 0xce, 61, 4, 3, 4};
inline constexpr std::uint8_t ed25519[] = {0x2b, 0x65, 112};
inline constexpr std::uint8_t ed448[] = {0x2b, 0x65, 113};

// 1.3.6.1.4.1.99999.1: known to nobody.
inline constexpr std::uint8_t unheard_of[] = {0x2b, 6, 1, 4, 1, 0x86, 0x8d, 0x1f, 1};

}  // namespace staplelab::conform::identifier
