#include <openssl/x509_vfy.h>

#include "pki/asn1.hpp"
#include "pki/errors.hpp"
#include "pki/ocsp_message.hpp"

namespace staplelab::pki {
namespace {

// Every certificate given is an anchor, a root or not.
x509_store_handle store_of(const std::vector<certificate>& trusted, time_point now) {
  x509_store_handle store{X509_STORE_new()};
  if (!store) throw_openssl("making a certificate store");
  for (const certificate& each : trusted) {
    if (X509_STORE_add_cert(store.get(), each.get()) != 1) {  // counts its own reference
      throw_openssl("trusting " + each.subject());
    }
  }
  X509_VERIFY_PARAM* parameters = X509_STORE_get0_param(store.get());  // borrowed
  X509_VERIFY_PARAM_set_flags(parameters, X509_V_FLAG_PARTIAL_CHAIN);
  X509_VERIFY_PARAM_set_time(
      parameters, std::chrono::floor<std::chrono::seconds>(now).time_since_epoch().count());
  return store;
}

}  // namespace

request_signature check_request_signature(bytes_view der, const std::vector<certificate>& trusted,
                                          time_point now) {
  const error_queue_guard guard;
  const auto request = from_der<ocsp_request_handle, d2i_OCSP_REQUEST>(der);
  const auto parsed = parse_ocsp_request(der);
  if (!request || !parsed) throw crypto_error{"judging the signature of what is no request"};
  if (!parsed->is_signed) return request_signature::absent;
  if (!parsed->names_requestor) return request_signature::nameless;
  const x509_store_handle store = store_of(trusted, now);
  const bool good = OCSP_request_verify(request.get(), nullptr, store.get(), 0) == 1;
  return good ? request_signature::good : request_signature::bad;
}

}  // namespace staplelab::pki
