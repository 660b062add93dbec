// What the sources about OCSP share: OpenSSL's objects on one side, our values on the other.
// Private to this folder.
#pragma once

#include <boost/system/result.hpp>
#include <optional>

#include "pki/cert_status.hpp"
#include "pki/handles.hpp"
#include "pki/ocsp_message.hpp"

namespace staplelab::pki {

std::optional<crl_reason> to_crl_reason(long code);
const EVP_MD* to_digest(hash_algorithm algorithm);

// issuerNameHash and issuerKeyHash (RFC 6960 4.1.1).
struct issuer_hashes {
  bytes name;
  bytes key;
};
issuer_hashes hash_issuer(const certificate& issuer, hash_algorithm algorithm);

cert_id read_cert_id(const OCSP_CERTID* encoded);
// From `der`; from the other fields when that is empty. Throws crypto_error.
ocsp_certid_handle write_cert_id(const cert_id& id);

// A nonce as it stands in the extension: wrapped into an OCTET STRING (RFC 9654 2.1), or raw as
// some clients of RFC 2560 send it.
struct wire_nonce {
  bytes octets;
  bool raw = false;
};
wire_nonce read_nonce(const X509_EXTENSION* extension);
x509_extension_handle make_nonce(const bytes& octets, bool raw);

// An OCSPResponse opened, nothing in it judged. `basic` is null exactly when status is an error.
struct opened_response {
  response_status status;
  ocsp_basicresp_handle basic;
};
boost::system::result<opened_response, malformed_response> open_ocsp_response(bytes_view der);
boost::system::result<basic_response, malformed_response> read_basic(OCSP_BASICRESP* basic);

}  // namespace staplelab::pki
