// The server side of TLS over any byte stream: OpenSSL on memory, the octets carried by us.
//
// The handshake stops once, when the client's wishes are known, so that the owner can choose a
// certificate and a staple, and take the time it needs; no callback does I/O or waits.
#pragma once

#include <openssl/ssl.h>

#include <memory>
#include <optional>
#include <string>
#include <variant>

#include "pki/handles.hpp"
#include "runtime/byte_stream.hpp"
#include "stapler/loaded_config.hpp"
#include "stapler/stapling.hpp"

namespace staplelab::stapler {

using ssl_ctx_handle = pki::handle<SSL_CTX, SSL_CTX_free>;
using ssl_handle = pki::handle<SSL, SSL_free>;

// TLS 1.2 and 1.3, no resumption, ready for tls_stream. Throws pki::crypto_error.
ssl_ctx_handle make_server_context();

// Why OpenSSL will not serve a certificate (a key too small, an unknown type); empty: it does.
std::optional<std::string> use_certificate(SSL* ssl, const served_certificate& what);

struct client_wishes {
  std::string sni;      // lower case; empty: none
  bool status = false;  // sent status_request
};
struct handshake_done {};
struct handshake_broken {  // the peer left, or sent what is no TLS, or a fatal alert
  std::string why;
};
using handshake_end = std::variant<handshake_done, handshake_broken>;

class tls_stream final : public runtime::byte_stream {
 public:
  // `transport` outlives the stream. Throws pki::crypto_error.
  tls_stream(SSL_CTX* context, runtime::byte_stream& transport);

  // Until the client's wishes are known. Then exactly one of go_on and refuse.
  runtime::awaitable<boost::system::result<client_wishes, handshake_broken>> read_client_hello();
  // Before either: whether the client's signature algorithms, groups and cipher suites let it use
  // this certificate.
  bool suits(const served_certificate& what) const;
  // Empty staple: sends none. A staple goes only to a client that asked.
  runtime::awaitable<handshake_end> go_on(const served_certificate& with, octets staple);
  // Alert 80, internal_error.
  runtime::awaitable<void> refuse();

  std::string version() const;  // "TLSv1.3"

  runtime::awaitable<boost::system::result<std::size_t>> read_some(std::span<char> room) override;
  runtime::awaitable<runtime::error_code> write(std::string_view octets) override;
  runtime::awaitable<void> finish() override;
  void reset() noexcept override;
  runtime::connection_id connection() const noexcept override;

 private:
  friend ssl_ctx_handle make_server_context();
  enum class stage { reading_hello, deciding, decided, refused };
  enum class halt { finished, paused };
  static void install_callbacks(SSL_CTX* context);
  static int on_certificate(SSL* ssl, void* stream) noexcept;
  static int on_status_request(SSL* ssl, void*) noexcept;
  runtime::awaitable<boost::system::result<halt, handshake_broken>> advance();
  runtime::awaitable<runtime::error_code> flush();
  runtime::awaitable<runtime::error_code> feed();

  ssl_handle ssl_;
  BIO* from_peer_;  // owned by ssl_
  BIO* to_peer_;    // owned by ssl_
  runtime::byte_stream& transport_;
  stage stage_ = stage::reading_hello;
  octets staple_;
};

}  // namespace staplelab::stapler
