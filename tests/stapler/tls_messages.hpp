// Just enough of the wire format of TLS (RFC 8446 4) to look at extensions, and to change them.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "pki/bytes.hpp"
#include "tests/stapler/tls_client.hpp"

namespace staplelab::stapler::test {

namespace message {
inline constexpr int client_hello = 1, server_hello = 2, encrypted_extensions = 8, certificate = 11,
                     certificate_request = 13, certificate_status = 22;
}
namespace extension_type {
inline constexpr int status_request = 5, status_request_v2 = 17;
}

struct extension {
  int type;
  pki::bytes content;
};
using extensions = std::vector<extension>;

bool contains(const extensions& all, int type);

// The types of what the server sent, in order.
std::vector<int> types_from_server(const std::vector<handshake_message>& messages);
// The server's first message of a type; fails the test when there is none.
pki::bytes from_server(const std::vector<handshake_message>& messages, int type);

// Each throws std::out_of_range when a length leads out of the message.
extensions of_server_hello(const pki::bytes& message);
extensions of_encrypted_extensions(const pki::bytes& message);
struct certificate_entry {
  pki::bytes der;
  extensions with;
};
std::vector<certificate_entry> entries_of_certificate(const pki::bytes& message);  // TLS 1.3

// A record with a ClientHello whose extension of that type has this content, with all lengths
// around it put right.
std::string with_extension(const std::string& hello_record, int type, const pki::bytes& content);

}  // namespace staplelab::stapler::test
