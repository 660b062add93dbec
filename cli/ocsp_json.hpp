// An OCSP message as JSON, field by field. Nothing is judged; see verify for that.
#pragma once

#include <string>
#include <variant>

#include "pki/ocsp_message.hpp"

namespace staplelab::cli {

struct not_ocsp {
  std::string why;
};
using ocsp_message = std::variant<pki::ocsp_request, pki::ocsp_response, not_ocsp>;

// Which of the two it is shows in the octets themselves.
ocsp_message recognise(pki::bytes_view der);

std::string to_json(const pki::ocsp_request& request);
std::string to_json(const pki::ocsp_response& response);

}  // namespace staplelab::cli
