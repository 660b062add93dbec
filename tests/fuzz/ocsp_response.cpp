// Any octets: judging ends with a verdict, never a good one (nobody else has the key), and leaves
// nothing in OpenSSL's error queue.
#include <openssl/err.h>

#include <cstdlib>

#include "pki/mini_ca.hpp"
#include "pki/ocsp_verify.hpp"

namespace {

using namespace staplelab::pki;

struct parties {
  certificate leaf;
  certificate issuer;
};

// Keys differ from run to run, so no octets of the corpus carry a signature that holds.
parties make_parties() {
  const time_point from{};
  const time_point until = from + std::chrono::hours(24 * 365);
  certificate_description ca{.role = certificate_role::authority,
                             .common_name = "issuing",
                             .not_before = from,
                             .not_after = until,
                             .serial = *serial_number::from_decimal("1")};
  const key ca_key = key::generate(key_type::p256);
  const certificate issuer = sign_certificate(ca, ca_key, nullptr, ca_key);
  certificate_description server{.common_name = "server.example",
                                 .not_before = from,
                                 .not_after = until,
                                 .serial = *serial_number::from_decimal("2")};
  return {sign_certificate(server, key::generate(key_type::p256), &issuer, ca_key), issuer};
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static const parties fixed = make_parties();
  const time_point now = time_point{} + std::chrono::hours(24);
  for (const bool strict : {true, false}) {
    verify_rules rules;
    rules.match_cert_id = strict;
    rules.fit_delegate = strict;
    const auto judged = verify_ocsp({data, size}, fixed.leaf, fixed.issuer, rules, now);
    if (judged.verdict == ocsp_verdict::good) std::abort();
    if (ERR_peek_error() != 0) std::abort();
  }
  return 0;
}
