// The questions that conform puts to a responder. A probe builds its script from what is known so
// far; one recorded exchange may serve several checks.
#pragma once

#include <optional>
#include <string_view>
#include <vector>

#include "conform/exchange.hpp"

namespace staplelab::conform {

class evidence;

enum class probe_id {
  // the plain question, in the ways it may be put
  post_sha1,
  post_sha256,
  get_encoded,
  get_raw,
  get_again,
  // octets that are no request
  garbage,
  truncated,
  trailing_octets,
  indefinite_length,
  empty_body,
  empty_list,
  version_1_written,
  version_2,
  // CertIDs
  absent_parameters,
  sha384,
  sha512,
  unknown_digest,
  wrong_key_hash,
  wrong_name_hash,
  hash_of_key_info,
  foreign_issuer,
  foreign_issuer_get,
  several,
  serial_leading_zero,
  serial_negative,
  serial_20_octets,
  serial_1_octet,
  unassigned,
  revoked,
  // what stands around them
  noncritical_request_extension,
  noncritical_single_extension,
  critical_request_extension,
  critical_single_extension,
  requestor_name,
  broken_signature,
  service_locator,
  acceptable_basic,
  acceptable_other,
  prefer_other,
  prefer_weak,
  // nonces
  nonce_0,
  nonce_1,
  nonce_16,
  nonce_32,
  nonce_33,
  nonce_128,
  nonce_129,
  nonce_raw,
  nonce_in_single,
  // HTTP
  get_slashes_raw,
  get_slashes_encoded,
  get_lower_case,
  get_unpadded,
  get_long,
  if_none_match,
  if_modified_since,
  head,
  other_method,
  wrong_content_type,
  keep_alive,
  pipelined,
  expect_continue,
  chunked,
  http10,
  // patience and limits
  oversized_body,
  many_certificates,
  beside_silence,
  beside_half_a_request,
  slow_body,
};

struct probe {
  probe_id id;
  std::string_view title;
  // Empty: there is nothing to ask with, such as a certificate that nobody gave.
  std::optional<wire_script> (*build)(const evidence& so_far);
};

const std::vector<probe>& all_probes();
const probe& probe_of(probe_id id);

// The parts that all_probes() is made of.
std::vector<probe> request_probes();
std::vector<probe> extension_probes();
std::vector<probe> http_probes();

}  // namespace staplelab::conform
