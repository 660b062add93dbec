#include "stapler/tls_stream.hpp"

#include <openssl/crypto.h>
#include <openssl/err.h>

#include <array>
#include <boost/asio/error.hpp>
#include <boost/system/errc.hpp>
#include <cassert>
#include <cstring>
#include <utility>

#include "pki/errors.hpp"
#include "stapler/dns_name.hpp"

namespace staplelab::stapler {
namespace {

using boost::system::result;
using runtime::awaitable;
using runtime::error_code;

// The certificates inside stay their owners'.
void free_borrowing_stack(STACK_OF(X509) * certificates) noexcept {
  sk_X509_free(certificates);
}
using borrowing_stack = pki::handle<STACK_OF(X509), free_borrowing_stack>;

// Empty when there is no memory.
borrowing_stack borrow_chain(const served_certificate& what) {
  borrowing_stack chain(sk_X509_new_null());
  for (const pki::certificate& cert : what.chain) {
    if (!chain || sk_X509_push(chain.get(), cert.get()) == 0) return {};
  }
  return chain;
}

// In TLS 1.3 a cipher suite says nothing of the key; before, it does.
bool offers_suite_for(const SSL* ssl, const pki::key& key) {
  if (SSL_version(ssl) >= TLS1_3_VERSION) return true;
  const int wanted = EVP_PKEY_is_a(key.get(), "RSA") == 1 ? NID_auth_rsa : NID_auth_ecdsa;
  const STACK_OF(SSL_CIPHER)* offered = SSL_get_client_ciphers(ssl);  // borrowed
  for (int i = 0; i < sk_SSL_CIPHER_num(offered); ++i) {
    if (SSL_CIPHER_get_auth_nid(sk_SSL_CIPHER_value(offered, i)) == wanted) return true;
  }
  return false;
}

std::string take_errors() {
  std::string text;
  while (const unsigned long code = ERR_get_error()) {
    if (const char* reason = ERR_reason_error_string(code); reason && text.empty()) text = reason;
  }
  return text.empty() ? "the connection was closed" : text;
}

error_code protocol_error() {
  return make_error_code(boost::system::errc::protocol_error);
}

int acknowledge_sni(SSL*, int*, void*) noexcept {
  return SSL_TLSEXT_ERR_OK;
}

}  // namespace

ssl_ctx_handle make_server_context() {
  ssl_ctx_handle context(SSL_CTX_new(TLS_server_method()));
  if (!context || SSL_CTX_set_min_proto_version(context.get(), TLS1_2_VERSION) != 1 ||
      SSL_CTX_set_num_tickets(context.get(), 0) != 1) {
    pki::throw_openssl("cannot make a TLS context");
  }
  SSL_CTX_set_session_cache_mode(context.get(), SSL_SESS_CACHE_OFF);
  SSL_CTX_set_options(context.get(), SSL_OP_NO_TICKET | SSL_OP_NO_RENEGOTIATION);
  SSL_CTX_set_tlsext_servername_callback(context.get(), acknowledge_sni);
  tls_stream::install_callbacks(context.get());
  return context;
}

std::optional<std::string> use_certificate(SSL* ssl, const served_certificate& what) {
  ERR_clear_error();
  const borrowing_stack chain = borrow_chain(what);
  if (!chain) return take_errors();
  // Takes references of its own to all three.
  if (SSL_use_cert_and_key(ssl, what.leaf.get(), what.key.get(), chain.get(), 1) != 1) {
    return take_errors();
  }
  return {};
}

void tls_stream::install_callbacks(SSL_CTX* context) {
  SSL_CTX_set_cert_cb(context, on_certificate, nullptr);
  SSL_CTX_set_tlsext_status_cb(context, on_status_request);
}

tls_stream::tls_stream(SSL_CTX* context, runtime::byte_stream& transport)
    : ssl_(SSL_new(context)), transport_(transport) {
  pki::bio_handle in(BIO_new(BIO_s_mem()));
  pki::bio_handle out(BIO_new(BIO_s_mem()));
  if (!ssl_ || !in || !out) pki::throw_openssl("cannot make a TLS connection");
  from_peer_ = in.get();
  to_peer_ = out.get();
  BIO_set_mem_eof_return(from_peer_, -1);                // empty means wait, not closed
  SSL_set_bio(ssl_.get(), in.release(), out.release());  // owned by ssl_ from here
  SSL_set_app_data(ssl_.get(), this);
  SSL_set_accept_state(ssl_.get());
}

// Called until it says something else than "not yet".
int tls_stream::on_certificate(SSL* ssl, void*) noexcept {
  auto* self = static_cast<tls_stream*>(SSL_get_app_data(ssl));
  switch (self->stage_) {
    case stage::reading_hello:
      self->stage_ = stage::deciding;
      return -1;
    case stage::deciding:
      return -1;
    case stage::decided:
      return 1;
    case stage::refused:
      return 0;  // OpenSSL makes internal_error of it
  }
  return 0;
}

int tls_stream::on_status_request(SSL* ssl, void*) noexcept {
  const auto* self = static_cast<const tls_stream*>(SSL_get_app_data(ssl));
  if (!self->staple_) return SSL_TLSEXT_ERR_NOACK;
  void* copy = OPENSSL_memdup(self->staple_->data(), self->staple_->size());
  if (!copy) return SSL_TLSEXT_ERR_ALERT_FATAL;
  // Takes ownership of the copy.
  SSL_set_tlsext_status_ocsp_resp(ssl, static_cast<unsigned char*>(copy),
                                  static_cast<long>(self->staple_->size()));
  return SSL_TLSEXT_ERR_OK;
}

awaitable<result<client_wishes, handshake_broken>> tls_stream::read_client_hello() {
  assert(stage_ == stage::reading_hello);
  const auto end = co_await advance();
  if (!end) co_return end.error();
  assert(*end == halt::paused);
  const char* sni = SSL_get_servername(ssl_.get(), TLSEXT_NAMETYPE_host_name);  // borrowed
  co_return client_wishes{lower_case(sni ? sni : ""),
                          SSL_get_tlsext_status_type(ssl_.get()) == TLSEXT_STATUSTYPE_ocsp};
}

bool tls_stream::suits(const served_certificate& what) const {
  assert(stage_ == stage::deciding);
  const borrowing_stack chain = borrow_chain(what);
  if (!chain) return false;
  const int found = SSL_check_chain(ssl_.get(), what.leaf.get(), what.key.get(), chain.get());
  take_errors();
  // How the issuer signed is no reason to withhold a certificate (RFC 8446 4.4.2.2).
  const int wanted = SSL_version(ssl_.get()) >= TLS1_3_VERSION
                         ? CERT_PKEY_EE_SIGNATURE
                         : CERT_PKEY_SIGN | CERT_PKEY_EE_PARAM;
  return (found & wanted) == wanted && offers_suite_for(ssl_.get(), what.key);
}

awaitable<handshake_end> tls_stream::go_on(const served_certificate& with, octets staple) {
  assert(stage_ == stage::deciding);
  if (auto why = use_certificate(ssl_.get(), with)) co_return handshake_broken{std::move(*why)};
  staple_ = std::move(staple);
  stage_ = stage::decided;
  const auto end = co_await advance();
  if (!end) co_return end.error();
  co_return handshake_done{};
}

awaitable<void> tls_stream::refuse() {
  assert(stage_ == stage::deciding);
  stage_ = stage::refused;
  const auto end = co_await advance();
  assert(!end);
  static_cast<void>(end);
}

awaitable<result<tls_stream::halt, handshake_broken>> tls_stream::advance() {
  for (;;) {
    ERR_clear_error();
    const int done = SSL_do_handshake(ssl_.get());
    const int reason = SSL_get_error(ssl_.get(), done);
    std::string errors = take_errors();
    const error_code unsent = co_await flush();
    if (unsent) co_return handshake_broken{unsent.message()};
    if (done == 1) co_return halt::finished;
    if (reason == SSL_ERROR_WANT_X509_LOOKUP) co_return halt::paused;
    if (reason != SSL_ERROR_WANT_READ) co_return handshake_broken{std::move(errors)};
    const error_code unread = co_await feed();
    if (unread) co_return handshake_broken{unread.message()};
  }
}

awaitable<error_code> tls_stream::flush() {
  char* data = nullptr;
  const long size = BIO_get_mem_data(to_peer_, &data);
  if (size <= 0) co_return error_code{};
  const std::string pending(data, static_cast<std::size_t>(size));
  BIO_reset(to_peer_);
  co_return co_await transport_.write(pending);
}

awaitable<error_code> tls_stream::feed() {
  std::array<char, 4096> room;
  const auto count = co_await transport_.read_some(room);
  if (!count) co_return count.error();
  if (BIO_write(from_peer_, room.data(), static_cast<int>(*count)) != static_cast<int>(*count)) {
    pki::throw_openssl("cannot keep what a client sent");
  }
  co_return error_code{};
}

std::string tls_stream::version() const {
  return SSL_get_version(ssl_.get());
}

awaitable<result<std::size_t>> tls_stream::read_some(std::span<char> room) {
  for (;;) {
    ERR_clear_error();
    std::size_t count = 0;
    const int done = SSL_read_ex(ssl_.get(), room.data(), room.size(), &count);
    const int reason = SSL_get_error(ssl_.get(), done);
    take_errors();
    // Answers of the protocol itself, like a key update.
    if (const error_code error = co_await flush()) co_return error;
    if (done == 1) co_return count;
    if (reason == SSL_ERROR_ZERO_RETURN) co_return error_code(runtime::asio::error::eof);
    if (reason != SSL_ERROR_WANT_READ) co_return protocol_error();
    if (const error_code error = co_await feed()) co_return error;
  }
}

awaitable<error_code> tls_stream::write(std::string_view text) {
  while (!text.empty()) {
    ERR_clear_error();
    std::size_t count = 0;
    const int done = SSL_write_ex(ssl_.get(), text.data(), text.size(), &count);
    take_errors();
    if (done != 1) co_return protocol_error();
    text.remove_prefix(count);
    if (const error_code error = co_await flush()) co_return error;
  }
  co_return error_code{};
}

awaitable<void> tls_stream::finish() {
  ERR_clear_error();
  SSL_shutdown(ssl_.get());  // our close_notify; the peer's is of no interest
  take_errors();
  if (const error_code error = co_await flush()) co_return;
  co_await transport_.finish();
}

void tls_stream::reset() noexcept {
  transport_.reset();
}

runtime::connection_id tls_stream::connection() const noexcept {
  return transport_.connection();
}

}  // namespace staplelab::stapler
