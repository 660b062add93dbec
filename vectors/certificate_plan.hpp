// A certificate written down field by field.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "vectors/der.hpp"
#include "vectors/signing_key.hpp"

namespace staplelab::vectors {

namespace identifier {
inline constexpr const char* server_auth = "1.3.6.1.5.5.7.3.1";
inline constexpr const char* ocsp_signing = "1.3.6.1.5.5.7.3.9";
inline constexpr const char* any_purpose = "2.5.29.37.0";
inline constexpr const char* nonce = "1.3.6.1.5.5.7.48.1.2";
inline constexpr const char* crl_id = "1.3.6.1.5.5.7.48.1.3";
inline constexpr const char* nocheck = "1.3.6.1.5.5.7.48.1.5";
inline constexpr const char* archive_cutoff = "1.3.6.1.5.5.7.48.1.6";
inline constexpr const char* extended_revoke = "1.3.6.1.5.5.7.48.1.9";
inline constexpr const char* unheard_of = "1.3.6.1.4.1.99999.1";
}  // namespace identifier

struct certificate_plan {
  std::string subject;
  std::string issuer;
  bytes serial;  // magnitude, the highest octet first
  time_point not_before;
  time_point not_after;
  bool is_ca = false;
  bytes key_usage{0x07, 0x80};  // as in the BIT STRING, unused bits first: digitalSignature
  std::vector<std::string> purposes;
  bool nocheck = false;
  bool unknown_critical_extension = false;
  std::optional<algorithm> signed_by_algorithm;  // empty: the issuer's usual one
};

bytes write_certificate(const certificate_plan& plan, const signing_key& subject_key,
                        const signing_key& issuer_key);

}  // namespace staplelab::vectors
