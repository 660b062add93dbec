#include "tests/stapler/tls_client.hpp"

#include <openssl/err.h>

#include <array>
#include <utility>

#include "pki/certificate.hpp"

namespace staplelab::stapler::test {
namespace {

void keep_message(int sent, int, int content_type, const void* octets, std::size_t size, SSL*,
                  void* messages) noexcept {
  if (content_type != SSL3_RT_HANDSHAKE || size == 0) return;
  const auto* begin = static_cast<const unsigned char*>(octets);
  static_cast<std::vector<handshake_message>*>(messages)->push_back(
      {sent == 1, begin[0], pki::bytes(begin, begin + size)});
}

int handshake_step(SSL* ssl, std::string&) {
  return SSL_do_handshake(ssl);
}

int read_step(SSL* ssl, std::string& into) {
  std::array<char, 4096> room;
  const int count = SSL_read(ssl, room.data(), static_cast<int>(room.size()));
  if (count > 0) into.append(room.data(), static_cast<std::size_t>(count));
  return count;
}

}  // namespace

tls_client::tls_client(const client_wish& wish)
    : transport_(nullptr), context_(SSL_CTX_new(TLS_client_method())) {
  if (wish.context) wish.context(context_.get());
  ssl_.reset(SSL_new(context_.get()));
  from_peer_ = BIO_new(BIO_s_mem());
  to_peer_ = BIO_new(BIO_s_mem());
  BIO_set_mem_eof_return(from_peer_, -1);
  SSL_set_bio(ssl_.get(), from_peer_, to_peer_);  // owned by ssl_
  SSL_set_connect_state(ssl_.get());
  SSL_set_msg_callback(ssl_.get(), keep_message);
  SSL_set_msg_callback_arg(ssl_.get(), &messages_);
  if (wish.tls_version != 0) SSL_set_max_proto_version(ssl_.get(), wish.tls_version);
  if (wish.status) SSL_set_tlsext_status_type(ssl_.get(), TLSEXT_STATUSTYPE_ocsp);
  if (!wish.sni.empty()) SSL_set_tlsext_host_name(ssl_.get(), wish.sni.c_str());
  if (wish.connection) wish.connection(ssl_.get());
}

tls_client::tls_client(runtime::byte_stream& transport, const client_wish& wish)
    : tls_client(wish) {
  transport_ = &transport;
}

std::string tls_client::first_flight(const client_wish& wish) {
  tls_client client(wish);
  SSL_do_handshake(client.ssl_.get());
  return client.take_pending();
}

awaitable<sight> tls_client::shake(const std::string& http) {
  sight seen;
  seen.established = co_await repeat(handshake_step);
  seen.tls = SSL_get_version(ssl_.get());
  const int reason = ERR_GET_REASON(ERR_peek_error());
  if (!seen.established && reason >= SSL_AD_REASON_OFFSET) {
    seen.alert = reason - SSL_AD_REASON_OFFSET;
  }
  seen.messages = messages_;
  if (!seen.established) co_return seen;
  if (X509* leaf = SSL_get1_peer_certificate(ssl_.get())) {
    seen.key_type = EVP_PKEY_get0_type_name(X509_get0_pubkey(leaf));
    seen.leaf = pki::certificate(pki::x509_handle(leaf)).subject();
  }
  unsigned char* der = nullptr;
  const long size = SSL_get_tlsext_status_ocsp_resp(ssl_.get(), &der);  // borrowed
  if (size > 0) seen.staple = pki::bytes(der, der + size);
  if (!http.empty()) seen.http = co_await ask(http);
  seen.messages = messages_;
  co_return seen;
}

std::string tls_client::take_pending() {
  char* data = nullptr;
  const long size = BIO_get_mem_data(to_peer_, &data);
  std::string pending(data, static_cast<std::size_t>(size));
  BIO_reset(to_peer_);
  return pending;
}

awaitable<bool> tls_client::repeat(step what) {
  for (;;) {
    ERR_clear_error();
    const int done = what(ssl_.get(), received_);
    const int reason = SSL_get_error(ssl_.get(), done);
    const std::string pending = take_pending();
    runtime::error_code unsent;
    if (!pending.empty()) unsent = co_await transport_->write(pending);
    if (done > 0) co_return true;
    if (unsent || reason != SSL_ERROR_WANT_READ) co_return false;
    std::array<char, 4096> room;
    const auto count = co_await transport_->read_some(room);
    if (!count) co_return false;
    BIO_write(from_peer_, room.data(), static_cast<int>(*count));
  }
}

awaitable<std::string> tls_client::ask(const std::string& http) {
  SSL_write(ssl_.get(), http.data(), static_cast<int>(http.size()));
  while (co_await repeat(read_step)) {
  }
  co_return received_;
}

}  // namespace staplelab::stapler::test
