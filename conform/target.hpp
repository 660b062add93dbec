// What is examined: a responder's address, the certificates it is asked about, and the documents it
// is held to.
#pragma once

#include <optional>
#include <string_view>
#include <vector>

#include "pki/certificate.hpp"
#include "pki/ocsp_verify.hpp"
#include "pki/serial_number.hpp"
#include "runtime/async.hpp"
#include "runtime/http.hpp"

namespace staplelab::conform {

// RFC 6960 with RFC 9654; the lightweight profile of RFC 9919; the CA/Browser Forum's Baseline
// Requirements (BR).
using profile = pki::verify_profile;

struct target {
  runtime::http_url url;
  std::vector<runtime::tcp::endpoint>
      addresses;  // of the URL's host; the first that answers counts
  conform::profile held_to = profile::rfc6960;
  pki::certificate issuer;
  pki::certificate leaf;
  std::optional<pki::certificate> revoked;  // issued by `issuer`, and known to be revoked
  pki::serial_number unassigned;            // that `issuer` never issued
};

// 16 octets that depend on the certificate alone, so that two runs ask the same.
pki::serial_number likely_unassigned_serial(const pki::certificate& leaf);

}  // namespace staplelab::conform
