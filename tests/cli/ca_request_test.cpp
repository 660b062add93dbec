// `ca issue --csr`: a certificate for a key that the CA never sees. The requests are openssl's.
#include <gmock/gmock.h>

#include <filesystem>
#include <string>
#include <vector>

#include "tests/cli/process.hpp"

namespace staplelab::cli {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::Not;

class ca_issue_csr : public testing::Test {
 protected:
  void SetUp() override { ASSERT_EQ(staplelab({"ca", "init", ca}).exit_code, 0); }

  void make_request(const std::vector<std::string>& extensions,
                    const std::string& key = "ed25519") {
    std::vector<std::string> command{"openssl", "req", "-new",    "-nodes", "-subj", "/CN=w",
                                     "-newkey", key,   "-keyout", keys,     "-out",  csr};
    for (const std::string& extension : extensions)
      command.insert(command.end(), {"-addext", extension});
    const auto made = run_program(command);
    ASSERT_EQ(made.exit_code, 0) << made.err;
  }
  ended_program issue(std::vector<std::string> more = {}) const {
    more.insert(more.begin(), {"ca", "issue", ca, "www.example", "--csr", csr});
    return staplelab(more);
  }
  std::string file(const std::string& name) const { return ca + "/" + name; }

  scratch_folder folder;
  const std::string ca = folder / "ca", csr = folder / "w.csr", keys = folder / "w.key";
};

TEST_F(ca_issue_csr, T16_grants_must_staple_and_says_so) {
  make_request({"tlsfeature=status_request"});
  const auto ended = issue({"--ocsp-url", "http://127.0.0.1:1/"});
  ASSERT_EQ(ended.exit_code, 0) << ended.err;
  EXPECT_THAT(ended.out, AllOf(HasSubstr("must-staple, as the request asks"),
                               Not(HasSubstr("www.example.key"))));
  EXPECT_EQ(ended.err, "");
  const auto text =
      run_program({"openssl", "x509", "-noout", "-text", "-in", file("www.example.pem")}).out;
  EXPECT_THAT(text, AllOf(HasSubstr("status_request"), HasSubstr("DNS:www.example")));
  EXPECT_FALSE(std::filesystem::exists(file("www.example.key")));
}

TEST_F(ca_issue_csr, is_verified_by_openssl_with_the_applicants_key) {
  make_request({}, "rsa:2048");
  ASSERT_EQ(issue().exit_code, 0);
  EXPECT_EQ(run_program({"openssl", "verify", "-x509_strict", "-CAfile", file("ca.pem"),
                         file("www.example.pem")})
                .exit_code,
            0);
  const auto fits = run_program({"sh", "-c",
                                 "test \"$(openssl pkey -pubout -in \"$0\")\" = "
                                 "\"$(openssl x509 -noout -pubkey -in \"$1\")\"",
                                 keys, file("www.example.pem")});
  EXPECT_EQ(fits.exit_code, 0);
}

TEST_F(ca_issue_csr, leaves_other_extensions_out_with_a_note) {
  make_request({"subjectAltName=DNS:bank.example", "keyUsage=keyCertSign"});
  const auto ended = issue();
  ASSERT_EQ(ended.exit_code, 0);
  EXPECT_THAT(ended.err, AllOf(HasSubstr("X509v3 Subject Alternative Name, X509v3 Key Usage"),
                               HasSubstr("--san")));
  const auto text =
      run_program({"openssl", "x509", "-noout", "-text", "-in", file("www.example.pem")}).out;
  EXPECT_THAT(text, AllOf(Not(HasSubstr("bank.example")), Not(HasSubstr("Certificate Sign"))));
}

TEST_F(ca_issue_csr, refuses_what_is_none_and_issues_nothing) {
  make_request({});
  const std::string sound = content_of(csr);
  std::string damaged = sound;
  damaged[sound.size() / 2] = damaged[sound.size() / 2] == 'A' ? 'B' : 'A';
  for (const std::string& content : {std::string("noise"), damaged, sound.substr(0, 100)}) {
    folder.write("w.csr", content);
    const auto ended = issue();
    EXPECT_EQ(ended.exit_code, 2) << content;
    EXPECT_THAT(ended.err, HasSubstr(csr));
  }
  EXPECT_EQ(staplelab({"ca", "list", ca, "--json"}).out, "[]\n");
  std::filesystem::remove(csr);
  EXPECT_EQ(issue().exit_code, 2);
}

TEST_F(ca_issue_csr, writes_a_lost_file_again_for_the_same_key_only) {
  make_request({});
  ASSERT_EQ(issue().exit_code, 0);
  const std::string pem = content_of(file("www.example.pem"));
  std::filesystem::remove(file("www.example.pem"));
  const auto without = staplelab({"ca", "issue", ca, "www.example"});
  EXPECT_EQ(without.exit_code, 2) << without.out;
  ASSERT_EQ(issue().exit_code, 0);
  EXPECT_EQ(content_of(file("www.example.pem")), pem);
  std::filesystem::remove(file("www.example.pem"));
  make_request({});
  const auto other = issue();
  EXPECT_EQ(other.exit_code, 2);
  EXPECT_THAT(other.err, HasSubstr("named 'www.example' already"));
}

TEST_F(ca_issue_csr, excludes_a_kind_of_key) {
  make_request({});
  EXPECT_EQ(issue({"--key", "p384"}).exit_code, 1);
}

// A delegate whose key is elsewhere cannot sign here.
TEST_F(ca_issue_csr, is_not_taken_for_a_delegate_of_the_responder) {
  make_request({});
  ASSERT_EQ(issue({"--role", "ocsp-signer", "--issuer", "issuing"}).exit_code, 0);
  background_program server({STAPLELAB_PROGRAM, "responder", "--ca", ca, "--listen", "127.0.0.1:0",
                             "--signer", "delegate"});
  EXPECT_NE(server.wait_for_line("listening on "), "") << server.log();
}

}  // namespace
}  // namespace staplelab::cli
