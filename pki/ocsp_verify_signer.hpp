// Who signed a response, and whether that party may (RFC 6960 4.2.2.2). Private to this folder.
#pragma once

#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "pki/handles.hpp"
#include "pki/ocsp_verify.hpp"

namespace staplelab::pki {

// Why a response is not sound.
struct not_sound {
  ocsp_verdict verdict;
  std::string why;
};

struct found_signer {
  std::string subject;
  std::optional<time_point> not_after;  // empty: the issuer itself
};

// Everything here is borrowed for the length of one call.
struct signed_response {
  const OCSP_BASICRESP* basic;
  const std::vector<certificate>& certs;  // sent along
  const certificate& issuer;
  const verify_rules& rules;
  const client_knowledge& knowledge;
};

std::variant<found_signer, not_sound> find_signer(const signed_response& what, time_point now);

}  // namespace staplelab::pki
