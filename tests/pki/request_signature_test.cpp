// Signed requests (RFC 6960 4.1.2), signed by OpenSSL.
#include <openssl/ocsp.h>

#include <gtest/gtest.h>

#include "pki/handles.hpp"
#include "pki/ocsp_message.hpp"
#include "tests/pki/run_program.hpp"
#include "tests/pki/sample_pki.hpp"

namespace staplelab::pki {
namespace {

using tests::describe;
using tests::make_issued;
using tests::make_root;
using tests::noon;
using tests::sample;

class request_signatures : public testing::Test {
 protected:
  ocsp_request_handle unsigned_request() const {
    const bytes der = build_ocsp_request(
        cert_id::of(sample().leaf.cert, sample().root.cert, hash_algorithm::sha1), std::nullopt);
    const auto* at = der.data();
    return ocsp_request_handle{d2i_OCSP_REQUEST(nullptr, &at, static_cast<long>(der.size()))};
  }
  static bytes encoded(OCSP_REQUEST* request) {
    bytes der(static_cast<std::size_t>(i2d_OCSP_REQUEST(request, nullptr)));
    auto* out = der.data();
    i2d_OCSP_REQUEST(request, &out);
    return der;
  }
  // Sets requestorName to the signer's subject.
  bytes signed_by(const credential& who, unsigned long flags = 0) const {
    const auto request = unsigned_request();
    EXPECT_EQ(OCSP_request_sign(request.get(), who.cert.get(), who.key.get(), EVP_sha256(), nullptr,
                                flags),
              1);
    return encoded(request.get());
  }

  credential clients = make_root("Clients");
  credential client = make_issued(describe(certificate_role::server, "client"), clients);
  std::vector<certificate> trusted{clients.cert};
};

TEST_F(request_signatures, R15_by_a_trusted_client_are_good) {
  EXPECT_EQ(check_request_signature(signed_by(client), trusted, noon), request_signature::good);
  EXPECT_EQ(check_request_signature(signed_by(client), {client.cert}, noon),
            request_signature::good);
}

TEST_F(request_signatures, R15_may_be_absent) {
  EXPECT_EQ(check_request_signature(encoded(unsigned_request().get()), trusted, noon),
            request_signature::absent);
}

TEST_F(request_signatures, R15_by_strangers_expired_or_hidden_clients_are_bad) {
  const credential stranger =
      make_issued(describe(certificate_role::server, "client"), make_root("Clients"));
  EXPECT_EQ(check_request_signature(signed_by(stranger), trusted, noon), request_signature::bad);
  EXPECT_EQ(check_request_signature(signed_by(client), {}, noon), request_signature::bad);
  EXPECT_EQ(check_request_signature(signed_by(client, OCSP_NOCERTS), trusted, noon),
            request_signature::bad);
  const time_point after = client.cert.not_after() + std::chrono::seconds{1};
  EXPECT_EQ(check_request_signature(signed_by(client), trusted, after), request_signature::bad);
}

TEST_F(request_signatures, R15_with_a_turned_bit_are_bad) {
  const bytes sound = signed_by(client);
  bytes other_serial = sound;
  const cert_id id = cert_id::of(sample().leaf.cert, sample().root.cert, hash_algorithm::sha1);
  const auto at =
      std::search(other_serial.begin(), other_serial.end(), id.der.begin(), id.der.end());
  ASSERT_NE(at, other_serial.end());
  *(at + static_cast<std::ptrdiff_t>(id.der.size()) - 1) ^= 1;
  EXPECT_EQ(check_request_signature(other_serial, trusted, noon), request_signature::bad);
}

TEST_F(request_signatures, R15_need_a_requestor_name_and_it_must_be_the_signers) {
  const auto request = unsigned_request();
  ASSERT_EQ(OCSP_request_sign(request.get(), client.cert.get(), client.key.get(), EVP_sha256(),
                              nullptr, 0),
            1);
  // The same signature below another name does not hold either; the name is judged first.
  ASSERT_EQ(OCSP_request_set1_name(request.get(), X509_get_subject_name(sample().leaf.cert.get())),
            1);
  EXPECT_EQ(check_request_signature(encoded(request.get()), trusted, noon), request_signature::bad);

  const bytes named = signed_by(client);
  const auto outer = tests::children(read_der(named)->content);
  std::vector<bytes> without;
  for (const der_element& field : tests::children(outer.at(0).content)) {
    if (field.tag != 0xa1) without.push_back(wrap_der(field.tag, field.content));
  }
  const bytes nameless =
      tests::sequence({tests::sequence(without), wrap_der(outer.at(1).tag, outer.at(1).content)});
  EXPECT_EQ(check_request_signature(nameless, trusted, noon), request_signature::nameless);
}

TEST_F(request_signatures, R15_made_by_the_openssl_program_are_good) {
  const tests::temporary_directory files;
  const auto path = [&](const char* name) { return (files.path() / name).string(); };
  files.file("client.pem", client.cert.to_pem());
  files.file("client.key", client.key.to_pem());
  const auto made = tests::run_program(
      {"openssl", "ocsp", "-issuer", files.file("root.pem", sample().root.cert.to_pem()), "-cert",
       files.file("leaf.pem", sample().leaf.cert.to_pem()), "-signer", path("client.pem"),
       "-signkey", path("client.key"), "-reqout", path("request.der")});
  ASSERT_EQ(made.exit_code, 0) << made.output;
  EXPECT_EQ(check_request_signature(tests::read_file(path("request.der")), trusted, noon),
            request_signature::good);
}

}  // namespace
}  // namespace staplelab::pki
