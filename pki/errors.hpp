// What this folder throws. Outcomes that a caller is expected to meet are values, not exceptions.
#pragma once

#include <stdexcept>
#include <string>

namespace staplelab::pki {

// Something a person gave us cannot be used (a PEM file, a name, a serial). The message says what,
// which, and a hint; lower case, no full stop.
class input_error : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

// OpenSSL or SQLite refused what must work. The message carries their reason.
class crypto_error : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

class store_error : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

// Empties OpenSSL's error queue into one line, "what: reason", and throws it as crypto_error.
[[noreturn]] void throw_openssl(const std::string& what);

}  // namespace staplelab::pki
