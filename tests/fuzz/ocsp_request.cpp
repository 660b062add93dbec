// Any octets: parsing ends, and what parses survives being built and parsed again.
#include <cstdlib>

#include "pki/ocsp_message.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace staplelab::pki;
  auto parsed = parse_ocsp_request({data, size});
  if (!parsed) return 0;
  for (const cert_id& id : parsed->certificates) {
    auto again = parse_ocsp_request(build_ocsp_request(id, parsed->nonce));
    if (!again && again.error().flaw != request_flaw::bad_nonce) std::abort();
    if (again && again->certificates.front().der != id.der) std::abort();
  }
  return 0;
}
