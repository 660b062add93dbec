// The client side of one TLS handshake, without a socket: octets in, octets out.
//
// It never resumes a session (a resumed one shows no certificate and no staple), believes every
// chain (judging it is the probe's part), and reads no clock. Nothing throws for any octets of a
// peer.
#pragma once

#include <openssl/ssl.h>

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "pki/bytes.hpp"
#include "pki/certificate.hpp"
#include "pki/handles.hpp"
#include "scenarios/scenario.hpp"

namespace staplelab::scenarios {

struct client_hello {
  std::string sni;                 // empty: none sent
  std::optional<tls_version> tls;  // empty: 1.2 or 1.3
  bool status_request = true;
  unsigned responder_ids = 0;  // so many are named in it, each by a key of its own
  // Asked inside the handshake when a staple was asked for, with what the server showed; false ends
  // the handshake with the alert bad_certificate_status_response (RFC 6066 section 8). Must not
  // throw. Empty: whatever comes will do.
  std::function<bool(const std::vector<pki::certificate>& chain,
                     const std::optional<pki::bytes>& staple)>
      is_satisfied = {};
};

class tls_client {
 public:
  // Throws pki::input_error for a server name that TLS cannot carry, pki::crypto_error.
  explicit tls_client(const client_hello& hello);
  tls_client(const tls_client&) = delete;
  tls_client& operator=(const tls_client&) = delete;

  enum class state { wants_octets, finished, failed };
  // Takes what has arrived, nothing at first. After finished or failed there is no more to do but
  // to send what take_output() has.
  state advance(std::string_view arrived);
  std::string take_output();
  // The close_notify alert, behind everything else.
  std::string farewell();

  std::string version() const;                         // "TLSv1.3"; empty before it was negotiated
  std::optional<int> alert() const { return alert_; }  // received, close_notify excepted
  std::optional<int> sent_alert() const { return sent_alert_; }
  bool dissatisfied() const { return dissatisfied_; }  // is_satisfied has said no
  std::string why() const { return why_; }             // of failed, for people
  std::vector<pki::certificate> chain() const;         // as presented, the leaf first
  std::optional<pki::bytes> staple() const;
  const std::string& secrets() const { return secrets_; }  // as a key log of NSS has them

 private:
  static void on_info(const SSL* ssl, int where, int value) noexcept;
  static void on_secret(const SSL* ssl, const char* line);
  static int on_status(SSL* ssl, void*) noexcept;
  static SSL_CTX* context();

  pki::handle<SSL, SSL_free> ssl_;
  BIO* from_peer_ = nullptr;  // owned by ssl_
  BIO* to_peer_ = nullptr;    // owned by ssl_
  decltype(client_hello::is_satisfied) is_satisfied_;
  bool dissatisfied_ = false;
  std::optional<int> alert_;
  std::optional<int> sent_alert_;
  std::string why_;
  std::string secrets_;
};

}  // namespace staplelab::scenarios
