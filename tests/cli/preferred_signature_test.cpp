// Delegates with keys of several kinds, and clients that prefer one (RFC 6960 4.4.7). The answers
// are read and verified by openssl.
#include <gmock/gmock.h>

#include <string>
#include <vector>

#include "cli/input_file.hpp"
#include "pki/asn1.hpp"
#include "pki/ocsp_message.hpp"
#include "pki/signature_algorithm.hpp"
#include "tests/cli/process.hpp"

namespace staplelab::cli {
namespace {

using pki::bytes;
using pki::wrap_der;
using testing::AllOf;
using testing::HasSubstr;

bytes joined(const std::vector<bytes>& parts) {
  bytes all;
  for (const bytes& part : parts)
    all.insert(all.end(), part.begin(), part.end());
  return all;
}

bytes oid(std::string_view dotted) {
  return wrap_der(pki::der_tag::object_identifier, *pki::parse_oid(dotted));
}

// PreferredSignatureAlgorithms ::= SEQUENCE OF SEQUENCE { AlgorithmIdentifier }
bytes preferring(const std::vector<std::string_view>& algorithms) {
  std::vector<bytes> entries;
  for (const auto algorithm : algorithms) {
    entries.push_back(
        wrap_der(pki::der_tag::sequence, wrap_der(pki::der_tag::sequence, oid(algorithm))));
  }
  return wrap_der(pki::der_tag::sequence, joined(entries));
}

// `request` with this one extension beside its list.
bytes with_preference(const bytes& request, const bytes& value) {
  constexpr std::uint8_t request_extensions = 0xa2;  // [2] EXPLICIT
  const bytes extension =
      wrap_der(pki::der_tag::sequence,
               joined({oid("1.3.6.1.5.5.7.48.1.8"), wrap_der(pki::der_tag::octet_string, value)}));
  const auto tbs = pki::read_der(pki::read_der(request)->content);
  const bytes list(tbs->content.begin(), tbs->content.end());
  const bytes extensions =
      wrap_der(request_extensions, wrap_der(pki::der_tag::sequence, extension));
  return wrap_der(pki::der_tag::sequence,
                  wrap_der(pki::der_tag::sequence, joined({list, extensions})));
}

constexpr std::string_view sha256_rsa = "1.2.840.113549.1.1.11";
constexpr std::string_view sha1_rsa = "1.2.840.113549.1.1.5";
constexpr std::string_view sha384_ecdsa = "1.2.840.10045.4.3.3";
constexpr std::string_view ed25519 = "1.3.101.112";

class preferred_signature : public testing::Test {
 protected:
  void SetUp() override {
    ASSERT_EQ(staplelab({"ca", "init", ca, "--intermediates", "0"}).exit_code, 0);
    ASSERT_EQ(staplelab({"ca", "issue", ca, "www.example"}).exit_code, 0);
  }
  std::vector<std::string> responder(const std::vector<std::string>& more) const {
    std::vector<std::string> command{STAPLELAB_PROGRAM, "responder",  "--ca", ca,
                                     "--listen",        "127.0.0.1:0"};
    command.insert(command.end(), more.begin(), more.end());
    return command;
  }
  // What openssl says of the answer to a client with these preferences.
  std::string answer_for(const std::string& port,
                         const std::vector<std::string_view>& preferred) const {
    const auto leaf = read_certificates(leaf_file).front();
    const auto issuer = read_certificates(issuer_file).front();
    const auto id = pki::cert_id::of(leaf, issuer, pki::hash_algorithm::sha1);
    bytes request = pki::build_ocsp_request(id, std::nullopt);
    if (!preferred.empty()) request = with_preference(request, preferring(preferred));
    const auto asked = folder.write("request", std::string(request.begin(), request.end()));
    const std::string answer = folder / "answer";
    const auto sent =
        run_program({"curl", "-sSf", "-H", "Content-Type: application/ocsp-request",
                     "--data-binary", "@" + asked, "-o", answer, "http://127.0.0.1:" + port});
    EXPECT_EQ(sent.exit_code, 0) << sent.err;
    const auto read =
        run_program({"openssl", "ocsp", "-respin", answer, "-issuer", issuer_file, "-cert",
                     leaf_file, "-CAfile", issuer_file, "-no_nonce", "-resp_text"});
    return read.out + read.err;
  }

  scratch_folder folder;
  const std::string ca = folder / "ca";
  const std::string issuer_file = ca + "/ca.pem", leaf_file = ca + "/www.example.pem";
};

TEST_F(preferred_signature, R61_R62_a_client_gets_the_delegate_whose_key_it_prefers) {
  background_program server(responder({"--signer", "delegate", "--delegate-key", "p256",
                                       "--delegate-key", "rsa2048", "--delegate-key", "ed25519"}));
  const std::string address = server.wait_for_line("listening on ");
  const std::string port = address.substr(address.rfind(':') + 1);
  const auto signed_with = [](const std::string& algorithm) {
    return AllOf(HasSubstr("Response verify OK"), HasSubstr(": good"),
                 HasSubstr("    Signature Algorithm: " + algorithm));
  };
  EXPECT_THAT(answer_for(port, {}), signed_with("ecdsa-with-SHA256"));
  EXPECT_THAT(answer_for(port, {sha256_rsa}), signed_with("sha256WithRSAEncryption"));
  EXPECT_THAT(answer_for(port, {ed25519, sha256_rsa}), signed_with("ED25519"));
  EXPECT_THAT(answer_for(port, {sha384_ecdsa, sha256_rsa}), signed_with("ecdsa-with-SHA384"));
  EXPECT_THAT(answer_for(port, {sha1_rsa}), signed_with("ecdsa-with-SHA256"));
  EXPECT_THAT(answer_for(port, {sha1_rsa, sha256_rsa}), signed_with("sha256WithRSAEncryption"));
}

// R62: what was signed ahead of time is chosen among in the same way.
TEST_F(preferred_signature, R62_chooses_among_answers_made_ahead_of_time) {
  background_program server(responder({"--signer", "delegate", "--delegate-key", "rsa2048",
                                       "--delegate-key", "p256", "--produce-every", "1d"}));
  const std::string address = server.wait_for_line("listening on ");
  const std::string port = address.substr(address.rfind(':') + 1);
  EXPECT_THAT(answer_for(port, {}), HasSubstr("sha256WithRSAEncryption"));
  EXPECT_THAT(answer_for(port, {sha384_ecdsa}),
              AllOf(HasSubstr("Response verify OK"), HasSubstr("ecdsa-with-SHA384")));
}

TEST_F(preferred_signature, R61_refuses_keys_that_make_no_sense) {
  const auto refused = [&](const std::vector<std::string>& more) {
    const auto ended = run_program(responder(more));
    EXPECT_EQ(ended.exit_code, 1) << ended.err;
    return ended.err;
  };
  EXPECT_THAT(refused({"--delegate-key", "p256"}), HasSubstr("--signer delegate"));
  EXPECT_THAT(refused({"--signer", "delegate", "--delegate-key", "dsa"}), HasSubstr("dsa"));
  EXPECT_THAT(refused({"--signer", "delegate", "--delegate-key", "p256", "--delegate-key", "p256"}),
              HasSubstr("p256"));
}

}  // namespace
}  // namespace staplelab::cli
