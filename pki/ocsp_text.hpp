// OCSP messages for people: the RFC's field names, one field a line, nested by two spaces. Plain
// text only; it is not meant to be read back.
#pragma once

#include <string>

#include "pki/ocsp_message.hpp"

namespace staplelab::pki {

std::string describe(const ocsp_request& request);
std::string describe(const ocsp_response& response);

}  // namespace staplelab::pki
