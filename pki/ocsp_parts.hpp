// Where the parts of an OCSP message lie in its DER, without OpenSSL's objects: for octets that are
// copied or put together anew. It judges nothing; ocsp_message.hpp and ocsp_verify.hpp do.
#pragma once

#include <optional>

#include "pki/bytes.hpp"

namespace staplelab::pki {

// Of a BasicOCSPResponse (RFC 6960 4.2.1); views into the response.
struct response_parts {
  bytes_view response_data;  // the fields of tbsResponseData
  bytes_view algorithm;      // whole
  bytes_view certs;          // whole, with its tag; may be empty
};
// Empty: it is no successful response.
std::optional<response_parts> parts_of_response(bytes_view response);

// The parameters of a CertID's hash are NULL or absent (RFC 5754 2).
bool has_usual_parameters(bytes_view cert_id);

}  // namespace staplelab::pki
