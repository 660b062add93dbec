#include "pki/errors.hpp"

#include <openssl/err.h>

namespace staplelab::pki {

void throw_openssl(const std::string& what) {
  std::string reasons;
  while (const unsigned long code = ERR_get_error()) {
    const char* reason = ERR_reason_error_string(code);
    if (!reasons.empty()) reasons += ", ";
    reasons += reason != nullptr ? reason : "error " + std::to_string(code);
  }
  throw crypto_error{what + ": " + (reasons.empty() ? "no reason given" : reasons)};
}

}  // namespace staplelab::pki
