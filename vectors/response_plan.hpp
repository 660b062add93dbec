// An OCSP response written down field by field (RFC 6960 4.2.1): every field may be a lie.
#pragma once

#include <optional>
#include <vector>

#include "vectors/cast.hpp"
#include "vectors/digest.hpp"

namespace staplelab::vectors {

struct cert_id_plan {
  const party* certificate;
  const party* issuer;
  digest hash = digest::sha1;
  std::optional<bytes> algorithm = {};  // AlgorithmIdentifier, the hashes staying as they are
  std::optional<bytes> name_hash = {};
  std::optional<bytes> key_hash = {};
  std::optional<bytes> serial = {};  // INTEGER
};

bytes good();
bytes unknown();
bytes revoked(time_point at, std::optional<std::uint8_t> reason);

struct single_plan {
  cert_id_plan id;
  bytes status = good();
  bytes this_update;  // encoded
  std::optional<bytes> next_update;
  std::vector<bytes> extensions = {};
};

struct response_plan {
  bytes version = {};  // DEFAULT v1: absent
  const party* signer;
  std::optional<bytes> responder_id = {};  // empty: the signer's key
  bytes produced_at;
  std::vector<single_plan> singles;
  std::vector<bytes> extensions = {};
  std::vector<bytes> certs = {};
  bool empty_certs = false;  // a list of none instead of no list
  std::optional<algorithm> signed_with = {};
  std::optional<bytes> algorithm_said = {};  // AlgorithmIdentifier that does not tell the truth
  // The signature becomes something else.
  bytes (*spoil_signature)(bytes signature) = nullptr;
  const party* signature_of = nullptr;                // someone else signs in the signer's name
  std::optional<std::vector<single_plan>> then = {};  // what stands there after signing
  bytes basic_tail = {};                              // behind BasicOCSPResponse
  std::string type = "1.3.6.1.5.5.7.48.1.1";
};

bytes by_key(const party& who);
bytes by_name(const party& who);

bytes write_response(const response_plan& plan);
// An OCSPResponse of these parts: responseStatus, and what follows it.
bytes wrap_response(std::uint8_t status, const bytes& response_bytes);
bytes error_response(std::uint8_t status);

}  // namespace staplelab::vectors
