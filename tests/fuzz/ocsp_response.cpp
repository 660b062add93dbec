// Any octets: judging ends with a verdict and leaves nothing in OpenSSL's error queue, and a
// verdict that calls a response sound is about something that the issuer or its delegate has
// signed.
#include <openssl/err.h>
#include <openssl/ocsp.h>

#include <algorithm>
#include <cstdlib>

#include "ocsp_parties.hpp"
#include "pki/digest.hpp"
#include "pki/ocsp_verify.hpp"

namespace {

using namespace staplelab;

struct parties {
  pki::certificate leaf = pki::certificate::from_pem(fuzz::leaf_pem, "leaf");
  pki::certificate issuer = pki::certificate::from_pem(fuzz::issuer_pem, "issuer");
  pki::time_point now = *pki::parse_rfc3339(fuzz::now);
};

// What was signed, as OpenSSL alone reads it.
std::string signed_data_of(const std::uint8_t* data, std::size_t size) {
  const std::unique_ptr<OCSP_RESPONSE, decltype(&OCSP_RESPONSE_free)> response(
      d2i_OCSP_RESPONSE(nullptr, &data, static_cast<long>(size)), &OCSP_RESPONSE_free);
  const std::unique_ptr<OCSP_BASICRESP, decltype(&OCSP_BASICRESP_free)> basic(
      response ? OCSP_response_get1_basic(response.get()) : nullptr, &OCSP_BASICRESP_free);
  if (!basic) return {};
  unsigned char* octets = nullptr;
  const int length =
      i2d_OCSP_RESPDATA(const_cast<OCSP_RESPDATA*>(OCSP_resp_get0_respdata(basic.get())), &octets);
  if (length <= 0) return {};
  const pki::bytes der(octets, octets + length);
  OPENSSL_free(octets);
  return pki::to_hex(pki::sha256(der));
}

bool is_sound(pki::ocsp_verdict verdict) {
  return verdict == pki::ocsp_verdict::good || verdict == pki::ocsp_verdict::revoked ||
         verdict == pki::ocsp_verdict::unknown;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static const parties fixed;
  for (const bool strict : {true, false}) {
    pki::verify_rules rules;
    rules.match_cert_id = strict;
    rules.fit_delegate = strict;
    const auto judged = pki::verify_ocsp({data, size}, fixed.leaf, fixed.issuer, rules, fixed.now);
    if (ERR_peek_error() != 0) std::abort();
    if (!is_sound(judged.verdict)) continue;
    const std::string signed_data = signed_data_of(data, size);
    if (std::ranges::find(fuzz::signed_data, signed_data) == fuzz::signed_data.end()) std::abort();
  }
  return 0;
}
