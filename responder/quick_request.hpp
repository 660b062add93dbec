// Reads the OCSP requests that nearly all clients send, and nothing else: the way in of the fast
// path. Pure, without an allocation.
//
// It never refuses: what it does not know for certain is `odd`, and then the full path reads the
// same octets anew. What it does read, the full path would read in the same way.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>
#include <variant>

#include "pki/bytes.hpp"

namespace staplelab::responder {

struct quick_request {
  bool is_post = false;
  bool closes = false;   // Connection: close
  pki::bytes_view der;   // the OCSP request: in the message, or for GET in the room
  std::size_t size = 0;  // octets of the message
};
struct incomplete {};  // so far nothing is odd about it
struct odd {};

// HTTP/1.1; GET with the request in the path, or POST to "/" of application/ocsp-request with a
// Content-Length. `octets` begin where a message begins, and are not empty.
std::variant<quick_request, incomplete, odd> read_quickly(std::string_view octets,
                                                          std::span<std::uint8_t> room);

// A request that holds one CertID and perhaps a nonce, and nothing beside them: no other extension,
// no name, no signature, no version.
struct plain_question {
  pki::bytes_view cert_id;  // whole
  pki::bytes_view nonce;    // content of the inner OCTET STRING; empty: there is none
};
// Empty for every other request, and for what is no request.
std::optional<plain_question> read_plainly(pki::bytes_view request);

}  // namespace staplelab::responder
