// What goes over the wire: checks T1 to T8, T17 and T18 of docs/endpoint.md.
#include <gmock/gmock.h>
#include <openssl/ocsp.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>

#include <array>
#include <memory>

#include "tests/stapler/lab.hpp"
#include "tests/stapler/tls_messages.hpp"

namespace staplelab::stapler::test {
namespace {

using testing::Contains;
using testing::ElementsAre;
using testing::Not;

// What a client with this wish sees of a server with one must-staple certificate and its issuer.
sight look(lab& l, const client_wish& wish, mode m = mode::auto_) {
  sight seen;
  l.run([](lab& x, client_wish mine, mode how, sight& result) -> awaitable<void> {
    x.make_endpoint(x.config(how, profile::resilient));
    EXPECT_EQ(co_await x.start(), "started");
    result = co_await x.shake(std::move(mine));
  }(l, wish, m, seen));
  EXPECT_TRUE(seen.established);
  return seen;
}

client_wish asking(int version) {
  return {.status = true, .tls_version = version, .sni = "", .http = ""};
}
client_wish silent(int version) {
  return {.status = false, .tls_version = version, .sni = "", .http = ""};
}

// ---- T1, T2: TLS 1.2

TEST(T1, T1_tls12_certificate_status_follows_certificate_at_once) {
  lab l;
  const sight seen = look(l, asking(TLS1_2_VERSION));
  // ServerHello, Certificate, CertificateStatus, ServerKeyExchange, ServerHelloDone, Finished
  EXPECT_THAT(types_from_server(seen.messages), ElementsAre(2, 11, 22, 12, 14, 20));
  EXPECT_EQ(l.verdict(seen), "good");
}

TEST(T1, T1_tls12_server_hello_announces_the_staple_with_an_empty_extension) {
  lab l;
  const sight seen = look(l, asking(TLS1_2_VERSION));
  const auto hello = of_server_hello(from_server(seen.messages, message::server_hello));
  for (const auto& each : hello) {
    if (each.type == extension_type::status_request) EXPECT_TRUE(each.content.empty());
  }
  EXPECT_TRUE(contains(hello, extension_type::status_request));
}

TEST(T1, T1_tls12_with_nothing_to_staple_it_announces_nothing) {
  lab l;
  const sight seen = look(l, asking(TLS1_2_VERSION), mode::never);
  EXPECT_THAT(types_from_server(seen.messages), Not(Contains(message::certificate_status)));
  EXPECT_FALSE(contains(of_server_hello(from_server(seen.messages, message::server_hello)),
                        extension_type::status_request));
}

TEST(T2, T2_tls12_client_that_does_not_ask_gets_no_staple) {
  lab l;
  const sight seen = look(l, silent(TLS1_2_VERSION));
  EXPECT_THAT(types_from_server(seen.messages), Not(Contains(message::certificate_status)));
  EXPECT_FALSE(contains(of_server_hello(from_server(seen.messages, message::server_hello)),
                        extension_type::status_request));
}

TEST(T2, T2_tls13_client_that_does_not_ask_gets_no_staple) {
  lab l;
  const sight seen = look(l, silent(TLS1_3_VERSION));
  for (const auto& entry :
       entries_of_certificate(from_server(seen.messages, message::certificate))) {
    EXPECT_FALSE(contains(entry.with, extension_type::status_request));
  }
}

// ---- T3, T4: TLS 1.3

TEST(T3, T3_tls13_the_staple_is_a_certificate_status_in_the_entry_of_the_leaf) {
  lab l;
  const sight seen = look(l, asking(TLS1_3_VERSION));
  const auto entries = entries_of_certificate(from_server(seen.messages, message::certificate));
  ASSERT_FALSE(entries.empty());
  EXPECT_EQ(entries[0].der, l.ca.issued("site").cert.der());
  ASSERT_EQ(entries[0].with.size(), 1U);
  EXPECT_EQ(entries[0].with[0].type, extension_type::status_request);
  // CertificateStatus: type ocsp(1), then the response behind a length of three octets.
  const pki::bytes& status = entries[0].with[0].content;
  ASSERT_GT(status.size(), 4U);
  EXPECT_EQ(status[0], 1);
  EXPECT_EQ(std::size_t{status[1]} << 16 | std::size_t{status[2]} << 8 | status[3],
            status.size() - 4);
  EXPECT_EQ(pki::bytes(status.begin() + 4, status.end()), *seen.staple);
  EXPECT_THAT(types_from_server(seen.messages), Not(Contains(message::certificate_status)));
}

// OpenSSL 3.0 asks its status callback once, for the leaf.
TEST(T4, T4_not_supported_intermediates_come_without_a_staple) {
  lab l;
  const sight seen = look(l, asking(TLS1_3_VERSION));
  const auto entries = entries_of_certificate(from_server(seen.messages, message::certificate));
  ASSERT_EQ(entries.size(), 2U);
  EXPECT_EQ(entries[1].der, l.ca.authority("issuing").cert.der());
  EXPECT_TRUE(entries[1].with.empty());
}

// ---- T5, T6: status_request_v2, which OpenSSL does not know

// ocsp_multi(2): no responder ids, no extensions (RFC 6961 2.2).
constexpr std::array<unsigned char, 9> ocsp_multi{0, 7, 2, 0, 4, 0, 0, 0, 0};

int add_v2(SSL*, unsigned, unsigned, const unsigned char** out, std::size_t* size, X509*,
           std::size_t, int*, void*) noexcept {
  *out = ocsp_multi.data();
  *size = ocsp_multi.size();
  return 1;
}
// Its mere presence in an answer to us ends the handshake.
int refuse_v2(SSL*, unsigned, unsigned, const unsigned char*, std::size_t, X509*, std::size_t,
              int* alert, void*) noexcept {
  *alert = SSL_AD_UNSUPPORTED_EXTENSION;
  return 0;
}
client_wish asking_in_version_two(int version, bool in_version_one) {
  client_wish wish{.status = in_version_one, .tls_version = version, .sni = "", .http = ""};
  wish.context = [](SSL_CTX* context) {
    EXPECT_EQ(
        SSL_CTX_add_custom_ext(context, extension_type::status_request_v2,
                               SSL_EXT_CLIENT_HELLO | SSL_EXT_TLS1_2_SERVER_HELLO |
                                   SSL_EXT_TLS1_3_ENCRYPTED_EXTENSIONS | SSL_EXT_TLS1_3_CERTIFICATE,
                               add_v2, nullptr, nullptr, refuse_v2, nullptr),
        1);
  };
  return wish;
}

TEST(T5, T5_tls13_status_request_v2_is_tolerated_and_never_sent) {
  for (const bool also_in_version_one : {true, false}) {
    lab l;
    const sight seen = look(l, asking_in_version_two(TLS1_3_VERSION, also_in_version_one));
    EXPECT_EQ(l.verdict(seen), also_in_version_one ? "good" : "none");
    EXPECT_FALSE(
        contains(of_encrypted_extensions(from_server(seen.messages, message::encrypted_extensions)),
                 extension_type::status_request_v2));
    for (const auto& entry :
         entries_of_certificate(from_server(seen.messages, message::certificate))) {
      EXPECT_FALSE(contains(entry.with, extension_type::status_request_v2));
    }
  }
}

TEST(T6, T6_not_supported_tls12_status_request_v2_is_tolerated_and_not_acted_upon) {
  for (const bool also_in_version_one : {true, false}) {
    lab l;
    const sight seen = look(l, asking_in_version_two(TLS1_2_VERSION, also_in_version_one));
    EXPECT_EQ(l.verdict(seen), also_in_version_one ? "good" : "none");
    EXPECT_FALSE(contains(of_server_hello(from_server(seen.messages, message::server_hello)),
                          extension_type::status_request_v2));
  }
}

// ---- T7: mutual TLS

TEST(T7, T7_not_supported_no_client_is_asked_for_a_certificate_and_one_that_has_one_is_served) {
  for (const int version : {TLS1_2_VERSION, TLS1_3_VERSION}) {
    lab l;
    auto wish = asking(version);
    wish.connection = [&](SSL* ssl) {
      const auto mine = l.ca.issued("plain");
      EXPECT_EQ(SSL_use_certificate(ssl, mine.cert.get()), 1);
      EXPECT_EQ(SSL_use_PrivateKey(ssl, mine.key.get()), 1);
    };
    const sight seen = look(l, wish);
    EXPECT_EQ(l.verdict(seen), "good");
    EXPECT_THAT(types_from_server(seen.messages), Not(Contains(message::certificate_request)));
  }
}

// ---- T8: what the client says inside status_request

struct request_row {
  const char* name;
  pki::bytes content;
  bool established;  // else: alert 50, decode_error
};
class T8 : public testing::TestWithParam<request_row> {};

TEST(T8_wishes, T8_responder_ids_and_request_extensions_are_ignored_without_harm) {
  for (const int version : {TLS1_2_VERSION, TLS1_3_VERSION}) {
    lab l;
    auto wish = asking(version);
    wish.connection = [&](SSL* ssl) {
      STACK_OF(OCSP_RESPID)* ids = sk_OCSP_RESPID_new_null();
      OCSP_RESPID* id = OCSP_RESPID_new();
      EXPECT_EQ(OCSP_RESPID_set_by_key(id, l.ca.authority("stranger").cert.get()), 1);
      sk_OCSP_RESPID_push(ids, id);
      EXPECT_EQ(SSL_set_tlsext_status_ids(ssl, ids), 1);  // owns ids from here
      X509_EXTENSIONS* nonce = sk_X509_EXTENSION_new_null();
      sk_X509_EXTENSION_push(nonce, X509V3_EXT_conf_nid(nullptr, nullptr, NID_id_pkix_OCSP_noCheck,
                                                        "critical,DER:0500"));
      EXPECT_EQ(SSL_set_tlsext_status_exts(ssl, nonce), 1);  // owns nonce from here
    };
    EXPECT_EQ(l.verdict(look(l, wish)), "good");
  }
}

// The octets a server answers to this first flight, until it waits or closes.
awaitable<void> send_hello(lab& l, std::string hello, std::string& answer) {
  l.make_endpoint(l.config(mode::auto_, profile::resilient));
  EXPECT_EQ(co_await l.start(), "started");
  runtime::tcp_socket socket(l.world.where);
  const runtime::tcp::endpoint to(runtime::asio::ip::address_v4::loopback(), l.server->port());
  co_await socket.async_connect(to, runtime::use_awaitable);
  const auto port = socket.local_endpoint().port();
  const auto waiting = l.world.time.hold(port);
  runtime::tcp_stream stream(std::move(socket), port);
  co_await stream.write(hello);
  std::array<char, 4096> room;
  const auto count = co_await stream.read_some(room);
  if (count) answer.assign(room.data(), *count);
}

TEST_P(T8, T8_status_request) {
  for (const int version : {TLS1_2_VERSION, TLS1_3_VERSION}) {
    lab l;
    std::string answer;
    l.run(send_hello(l,
                     with_extension(tls_client::first_flight(asking(version)),
                                    extension_type::status_request, GetParam().content),
                     answer));
    const std::string alert{"\x15\x03\x03\x00\x02\x02\x32", 7};  // fatal, decode_error
    if (GetParam().established) {
      ASSERT_FALSE(answer.empty());
      EXPECT_EQ(answer[0], 22);  // ServerHello
    } else {
      EXPECT_EQ(answer, alert);
    }
  }
}

const request_row request_rows[] = {
    {"plain", {1, 0, 0, 0, 0}, true},
    {"of_an_unknown_type", {9, 1, 2, 3}, true},
    {"empty", {}, false},
    {"without_lists", {1}, false},
    {"without_extensions", {1, 0, 0}, false},
    {"responder_ids_cut_short", {1, 0, 9, 0, 0}, false},
    {"responder_id_of_no_octets", {1, 0, 2, 0, 0, 0, 0}, false},
    {"responder_id_that_is_none", {1, 0, 4, 0, 2, 4, 4, 0, 0}, false},
    {"extensions_cut_short", {1, 0, 0, 0, 9, 0x30}, false},
    {"extensions_that_are_none", {1, 0, 0, 0, 2, 4, 0}, false},
    {"more_than_it_says", {1, 0, 0, 0, 0, 0}, false},
};
INSTANTIATE_TEST_SUITE_P(endpoint, T8, testing::ValuesIn(request_rows),
                         [](const auto& info) { return info.param.name; });

// ---- T17: no resumption

TEST(T17, T17_a_session_cannot_be_resumed) {
  for (const int version : {TLS1_2_VERSION, TLS1_3_VERSION}) {
    lab l;
    auto wish = asking(version);
    wish.http = "GET / HTTP/1.0\r\n\r\n";  // TLS 1.3 sends tickets after the handshake
    const sight seen = look(l, wish);
    constexpr int new_session_ticket = 4;
    EXPECT_THAT(types_from_server(seen.messages), Not(Contains(new_session_ticket)));
    const auto hello = from_server(seen.messages, message::server_hello);
    constexpr std::size_t at_session_id = 4 + 2 + 32;
    // TLS 1.3 echoes what the client sent there, and resumes by ticket only.
    if (version == TLS1_2_VERSION) EXPECT_EQ(hello.at(at_session_id), 0);
  }
}

// ---- T18: several certificates

TEST(T18, T18_each_name_has_its_own_certificate_and_staple) {
  lab l;
  l.run([](lab& x) -> awaitable<void> {
    x.make_endpoint(x.config(mode::always, profile::resilient, {"site", "other", "plain"}));
    EXPECT_EQ(co_await x.start(), "started");
    for (const int version : {TLS1_2_VERSION, TLS1_3_VERSION}) {
      for (const std::string name : {"plain", "other", "site"}) {
        client_wish wish{true, version, name + ".example", {}};
        const sight seen = co_await x.shake(std::move(wish));
        EXPECT_EQ(seen.leaf, "CN=" + name);
        EXPECT_EQ(x.verdict(seen, name), "good");
      }
    }
  }(l));
}

struct key_row {
  const char* name;
  int version;
  const char* algorithms;  // of signatures, as the client lists them
  const char* suites;      // of TLS 1.2
  const char* certificate;
  const char* key;
};
class T18_keys : public testing::TestWithParam<key_row> {};

awaitable<void> see_key(lab& l, const key_row& row) {
  pki::issue_description twin;
  twin.name = "twin";
  twin.issuer = "issuing";
  twin.type = pki::key_type::rsa2048;
  twin.subject_alt_names = {"site.example"};
  twin.not_before = runtime::start - 12h;
  twin.not_after = runtime::start + 24h * 90;
  twin.ocsp_urls = {l.responder.url()};
  twin.must_staple = true;
  l.ca.issue(twin, runtime::start);
  l.make_endpoint(l.config(mode::auto_, profile::resilient, {"other", "site", "twin"}));
  EXPECT_EQ(co_await l.start(), "started");
  client_wish wish{true, row.version, "site.example", {}};
  wish.connection = [&row](SSL* ssl) {
    EXPECT_EQ(SSL_set1_sigalgs_list(ssl, row.algorithms), 1);
    EXPECT_EQ(SSL_set_cipher_list(ssl, row.suites), 1);
  };
  const sight seen = co_await l.shake(std::move(wish));
  EXPECT_TRUE(seen.established);
  EXPECT_EQ(seen.key_type, row.key);
  EXPECT_EQ(l.verdict(seen, row.certificate), "good");
}

TEST_P(T18_keys, T18_the_client_chooses_between_keys_and_gets_the_staple_of_that_certificate) {
  lab l;
  l.run(see_key(l, GetParam()));
}

constexpr const char* both = "ECDSA+SHA256:RSA-PSS+SHA256:RSA+SHA256";
constexpr const char* rsa_only = "RSA-PSS+SHA256:RSA+SHA256";
const key_row key_rows[] = {
    {"tls13_any", TLS1_3_VERSION, both, "DEFAULT", "site", "EC"},
    {"tls13_ecdsa", TLS1_3_VERSION, "ECDSA+SHA256", "DEFAULT", "site", "EC"},
    {"tls13_rsa", TLS1_3_VERSION, rsa_only, "DEFAULT", "twin", "RSA"},
    {"tls13_another_curve", TLS1_3_VERSION, "ECDSA+SHA384:RSA-PSS+SHA256", "DEFAULT", "twin",
     "RSA"},
    {"tls12_any", TLS1_2_VERSION, both, "DEFAULT", "site", "EC"},
    {"tls12_rsa_by_algorithms", TLS1_2_VERSION, rsa_only, "DEFAULT", "twin", "RSA"},
    {"tls12_rsa_by_suites", TLS1_2_VERSION, both, "ECDHE-RSA-AES128-GCM-SHA256", "twin", "RSA"},
    {"tls12_ecdsa_by_suites", TLS1_2_VERSION, both, "ECDHE-ECDSA-AES128-GCM-SHA256", "site", "EC"},
};
INSTANTIATE_TEST_SUITE_P(endpoint, T18_keys, testing::ValuesIn(key_rows),
                         [](const auto& info) { return info.param.name; });

}  // namespace
}  // namespace staplelab::stapler::test
