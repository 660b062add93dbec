// The client's half of a handshake over any byte stream, and every message of it in clear.
#pragma once

#include <openssl/ssl.h>

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "pki/bytes.hpp"
#include "runtime/async.hpp"
#include "runtime/byte_stream.hpp"
#include "stapler/tls_stream.hpp"

namespace staplelab::stapler::test {

using runtime::awaitable;

// A handshake message with its header of four octets, decrypted.
struct handshake_message {
  bool sent = false;  // by the client
  int type = 0;       // RFC 8446 4
  pki::bytes octets;
};

// What a client saw of one handshake.
struct sight {
  bool established = false;
  std::optional<int> alert;  // received
  std::string tls;
  std::string leaf;      // subject
  std::string key_type;  // of the leaf, in OpenSSL's words: "RSA", "EC"
  std::optional<pki::bytes> staple;
  std::vector<handshake_message> messages;
  std::string http;  // the whole response, if one was asked for
};

struct client_wish {
  bool status = true;
  int tls_version = 0;  // of OpenSSL; 0: the highest
  std::string sni;
  std::string http;  // sent once the handshake is done, if not empty
  // What else the client is made of, before there is a connection, and before it is used.
  std::function<void(SSL_CTX*)> context = nullptr;
  std::function<void(SSL*)> connection = nullptr;
};

class tls_client {
 public:
  // `transport` outlives it.
  tls_client(runtime::byte_stream& transport, const client_wish& wish);
  tls_client(const tls_client&) = delete;
  tls_client& operator=(const tls_client&) = delete;

  awaitable<sight> shake(const std::string& http);

  // The record that a client with these wishes would open with.
  static std::string first_flight(const client_wish& wish);

 private:
  using step = int (*)(SSL*, std::string&);
  awaitable<bool> repeat(step what);
  awaitable<std::string> ask(const std::string& http);
  std::string take_pending();

  runtime::byte_stream* transport_;
  ssl_ctx_handle context_;
  ssl_handle ssl_;
  BIO* from_peer_;  // owned by ssl_
  BIO* to_peer_;    // owned by ssl_
  std::vector<handshake_message> messages_;
  std::string received_;

  explicit tls_client(const client_wish& wish);
};

}  // namespace staplelab::stapler::test
