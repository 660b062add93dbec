#include "scenarios/tls_client.hpp"

#include <openssl/err.h>
#include <openssl/ocsp.h>
#include <openssl/sha.h>

#include <algorithm>
#include <array>
#include <cstring>
#include <utility>

#include "pki/errors.hpp"

namespace staplelab::scenarios {

namespace {

using ssl_ctx_handle = pki::handle<SSL_CTX, SSL_CTX_free>;

void free_ids(STACK_OF(OCSP_RESPID) * ids) {
  sk_OCSP_RESPID_pop_free(ids, OCSP_RESPID_free);
}

int believe_every_chain(X509_STORE_CTX*, void*) {
  return 1;
}

void pin_version(SSL* ssl, tls_version version) {
  const int number = version == tls_version::tls12 ? TLS1_2_VERSION : TLS1_3_VERSION;
  if (SSL_set_min_proto_version(ssl, number) != 1 || SSL_set_max_proto_version(ssl, number) != 1) {
    pki::throw_openssl("cannot pin the TLS version");
  }
}

// Key hashes that belong to nobody, each another one.
void name_responders(SSL* ssl, unsigned count) {
  using ids_handle = pki::handle<STACK_OF(OCSP_RESPID), free_ids>;
  ids_handle ids(sk_OCSP_RESPID_new_null());
  for (unsigned i = 0; ids && i < count; ++i) {
    std::array<unsigned char, SHA_DIGEST_LENGTH> key{};
    std::memcpy(key.data(), &i, sizeof i);
    // RFC 6960 4.2.1: byKey [2] EXPLICIT OCTET STRING
    std::array<unsigned char, 4 + SHA_DIGEST_LENGTH> der{0xa2, 2 + SHA_DIGEST_LENGTH, 0x04,
                                                         SHA_DIGEST_LENGTH};
    std::ranges::copy(key, der.begin() + 4);
    const unsigned char* at = der.data();
    OCSP_RESPID* id = d2i_OCSP_RESPID(nullptr, &at, static_cast<long>(der.size()));
    if (!id || sk_OCSP_RESPID_push(ids.get(), id) == 0)
      pki::throw_openssl("cannot name responders");
  }
  if (!ids || SSL_set_tlsext_status_ids(ssl, ids.get()) != 1) {
    pki::throw_openssl("cannot name responders");
  }
  ids.release();  // ssl owns them now
}

std::string first_reason() {
  const auto code = ERR_peek_error();
  const char* reason = ERR_reason_error_string(code);
  ERR_clear_error();
  return reason ? reason : "the TLS handshake failed";
}

}  // namespace

// One for the process: making one costs more than a handshake, and nothing ever changes it again.
SSL_CTX* tls_client::context() {
  static const ssl_ctx_handle shared = [] {
    ssl_ctx_handle made(SSL_CTX_new(TLS_client_method()));
    if (!made || SSL_CTX_set_min_proto_version(made.get(), TLS1_2_VERSION) != 1) {
      pki::throw_openssl("cannot make a TLS client context");
    }
    SSL_CTX_set_session_cache_mode(made.get(), SSL_SESS_CACHE_OFF);
    SSL_CTX_set_options(made.get(), SSL_OP_NO_TICKET);
    SSL_CTX_set_cert_verify_callback(made.get(), believe_every_chain, nullptr);
    SSL_CTX_set_keylog_callback(made.get(), on_secret);
    SSL_CTX_set_tlsext_status_cb(made.get(), on_status);
    return made;
  }();
  return shared.get();
}

tls_client::tls_client(const client_hello& hello)
    : ssl_(SSL_new(context())), is_satisfied_(hello.is_satisfied) {
  if (!ssl_) pki::throw_openssl("cannot make a TLS client");
  pki::bio_handle in(BIO_new(BIO_s_mem()));
  pki::bio_handle out(BIO_new(BIO_s_mem()));
  if (!in || !out) pki::throw_openssl("cannot make a memory BIO");
  from_peer_ = in.get();
  to_peer_ = out.get();
  SSL_set_bio(ssl_.get(), in.release(), out.release());  // ssl_ owns both
  SSL_set_connect_state(ssl_.get());
  SSL_set_app_data(ssl_.get(), this);
  SSL_set_info_callback(ssl_.get(), on_info);
  if (hello.tls) pin_version(ssl_.get(), *hello.tls);
  if (hello.status_request && SSL_set_tlsext_status_type(ssl_.get(), TLSEXT_STATUSTYPE_ocsp) != 1) {
    pki::throw_openssl("cannot ask for a staple");
  }
  if (hello.responder_ids > 0) name_responders(ssl_.get(), hello.responder_ids);
  if (!hello.sni.empty() && SSL_set_tlsext_host_name(ssl_.get(), hello.sni.c_str()) != 1) {
    ERR_clear_error();
    throw pki::input_error("the server name '" + hello.sni +
                           "' cannot be sent: it must have at most 255 octets");
  }
}

tls_client::state tls_client::advance(std::string_view arrived) {
  if (!arrived.empty() &&
      BIO_write(from_peer_, arrived.data(), static_cast<int>(arrived.size())) <= 0) {
    pki::throw_openssl("cannot write to a memory BIO");
  }
  ERR_clear_error();
  const int done = SSL_do_handshake(ssl_.get());
  if (done == 1) return state::finished;
  if (SSL_get_error(ssl_.get(), done) == SSL_ERROR_WANT_READ) return state::wants_octets;
  why_ = first_reason();
  return state::failed;
}

std::string tls_client::take_output() {
  std::string output(BIO_ctrl_pending(to_peer_), '\0');
  if (!output.empty() && BIO_read(to_peer_, output.data(), static_cast<int>(output.size())) !=
                             static_cast<int>(output.size())) {
    pki::throw_openssl("cannot read from a memory BIO");
  }
  return output;
}

std::string tls_client::farewell() {
  ERR_clear_error();
  SSL_shutdown(ssl_.get());  // 0 (the peer's is missing) is as good as 1 here
  ERR_clear_error();
  return take_output();
}

std::string tls_client::version() const {
  // Before the ServerHello OpenSSL names the version it hopes for.
  if (!SSL_get_current_cipher(ssl_.get()) && !SSL_get_pending_cipher(ssl_.get())) return {};
  return SSL_get_version(ssl_.get());
}

std::vector<pki::certificate> tls_client::chain() const {
  const STACK_OF(X509)* presented = SSL_get_peer_cert_chain(ssl_.get());  // borrowed
  std::vector<pki::certificate> certificates;
  for (int i = 0; presented && i < sk_X509_num(presented); ++i) {
    X509* one = sk_X509_value(presented, i);  // borrowed
    X509_up_ref(one);
    certificates.emplace_back(pki::x509_handle(one));
  }
  return certificates;
}

std::optional<pki::bytes> tls_client::staple() const {
  const unsigned char* der = nullptr;  // borrowed
  const long length = SSL_get_tlsext_status_ocsp_resp(ssl_.get(), &der);
  if (!der || length < 0) return {};
  return pki::bytes(der, der + length);
}

void tls_client::on_info(const SSL* ssl, int where, int value) noexcept {
  const int description = value & 0xff;
  if (description == SSL_AD_CLOSE_NOTIFY) return;
  auto* self = static_cast<tls_client*>(SSL_get_app_data(ssl));
  if (where == SSL_CB_READ_ALERT) self->alert_ = description;
  if (where == SSL_CB_WRITE_ALERT) self->sent_alert_ = description;
}

// 0 makes OpenSSL send bad_certificate_status_response.
int tls_client::on_status(SSL* ssl, void*) noexcept {
  auto* self = static_cast<tls_client*>(SSL_get_app_data(ssl));
  if (!self->is_satisfied_) return 1;
  self->dissatisfied_ = !self->is_satisfied_(self->chain(), self->staple());
  return self->dissatisfied_ ? 0 : 1;
}

void tls_client::on_secret(const SSL* ssl, const char* line) {
  static_cast<tls_client*>(SSL_get_app_data(ssl))->secrets_.append(line) += '\n';
}

}  // namespace staplelab::scenarios
