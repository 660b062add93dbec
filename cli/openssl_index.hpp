// The database of `openssl ca`, index.txt: one line for each certificate that was issued.
//
//   V|R|E <tab> expiry <tab> revocation[,reason[,detail]] <tab> serial <tab> file <tab> subject
//
// All of it is read before anything is done, and the first mistake is told with its place. Lines
// that are empty or begin with '#' are passed over, as OpenSSL does.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "pki/mini_ca.hpp"
#include "runtime/source_position.hpp"

namespace staplelab::cli {

struct index_entry {
  pki::serial_number serial;
  std::string serial_text;  // as written: OpenSSL names the certificate's file by it
  pki::time_point not_after;
  // Empty also for the reason removeFromCRL: it takes a hold back.
  std::optional<pki::revocation> revoked;
  std::string file;     // "unknown" for most
  std::string subject;  // "/C=AQ/CN=www.example"
};

std::variant<std::vector<index_entry>, runtime::source_error> read_openssl_index(
    std::string_view file, std::string_view text);

// The value of the last CN in "/C=AQ/CN=www.example"; empty when there is none.
std::string common_name_of(std::string_view subject);

}  // namespace staplelab::cli
