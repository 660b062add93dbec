// The mini-CA on disk, as scripts see it; openssl reads what it wrote.
#include <gmock/gmock.h>
#include <sys/stat.h>

#include <filesystem>
#include <nlohmann/json.hpp>
#include <string>

#include "tests/cli/process.hpp"

namespace staplelab::cli {
namespace {

using testing::HasSubstr;
using testing::Not;

class ca_on_disk : public testing::Test {
 protected:
  void SetUp() override {
    const auto made = staplelab({"ca", "init", ca});
    ASSERT_EQ(made.exit_code, 0) << made.err;
  }
  ended_program issue(std::vector<std::string> more = {}) {
    more.insert(more.begin(), {"ca", "issue", ca, "www.example"});
    return staplelab(more);
  }
  nlohmann::json listed() {
    const auto ended = staplelab({"ca", "list", ca, "--json"});
    EXPECT_EQ(ended.exit_code, 0) << ended.err;
    return nlohmann::json::parse(ended.out);
  }
  std::string file(const std::string& name) const { return ca + "/" + name; }

  scratch_folder folder;
  const std::string ca = folder / "ca";
};

mode_t mode_of(const std::string& file) {
  struct stat found{};
  EXPECT_EQ(::stat(file.c_str(), &found), 0) << file;
  return found.st_mode & 07777;
}

std::size_t certificates_in(const std::string& file) {
  const std::string pem = content_of(file);
  std::size_t count = 0;
  for (auto at = pem.find("-----BEGIN CERT"); at != std::string::npos;
       at = pem.find("-----BEGIN CERT", at + 1)) {
    ++count;
  }
  return count;
}

TEST_F(ca_on_disk, issues_what_openssl_verifies) {
  ASSERT_EQ(issue({"--must-staple", "--san", "www.example", "--san", "127.0.0.1", "--ocsp-url",
                   "http://127.0.0.1:1/a", "--ocsp-url", "http://127.0.0.1:2/b"})
                .exit_code,
            0);
  const auto verified = run_program({"openssl", "verify", "-x509_strict", "-CAfile", file("ca.pem"),
                                     "-untrusted", file("www.example.pem"), "-verify_hostname",
                                     "www.example", file("www.example.pem")});
  EXPECT_EQ(verified.exit_code, 0) << verified.out << verified.err;
  const auto text =
      run_program({"openssl", "x509", "-noout", "-text", "-in", file("www.example.pem")}).out;
  EXPECT_THAT(text, HasSubstr("status_request"));
  EXPECT_THAT(text, HasSubstr("DNS:www.example, IP Address:127.0.0.1"));
  EXPECT_THAT(text, HasSubstr("OCSP - URI:http://127.0.0.1:1/a"));
  EXPECT_THAT(text, HasSubstr("OCSP - URI:http://127.0.0.1:2/b"));
}

TEST_F(ca_on_disk, writes_leaf_and_chain_key_and_authorities) {
  ASSERT_EQ(issue().exit_code, 0);
  EXPECT_EQ(certificates_in(file("www.example.pem")), 2u);  // the leaf and "issuing"
  EXPECT_EQ(certificates_in(file("ca.pem")), 2u);           // the root and "issuing"
  EXPECT_EQ(mode_of(file("www.example.key")), 0600u);
  EXPECT_EQ(mode_of(file("ca.db")), 0600u);
  const auto fits = run_program({"sh", "-c",
                                 "test \"$(openssl pkey -pubout -in \"$0\")\" = "
                                 "\"$(openssl x509 -noout -pubkey -in \"$1\")\"",
                                 file("www.example.key"), file("www.example.pem")});
  EXPECT_EQ(fits.exit_code, 0);
}

TEST_F(ca_on_disk, writes_lost_files_again) {
  ASSERT_EQ(issue().exit_code, 0);
  const std::string pem = content_of(file("www.example.pem"));
  const std::string key = content_of(file("www.example.key"));
  std::filesystem::remove(file("www.example.key"));
  std::filesystem::remove(file("ca.pem"));
  ASSERT_EQ(issue().exit_code, 0);
  EXPECT_EQ(content_of(file("www.example.pem")), pem);
  EXPECT_EQ(content_of(file("www.example.key")), key);
  EXPECT_EQ(certificates_in(file("ca.pem")), 2u);
}

TEST_F(ca_on_disk, refuses_a_name_taken) {
  ASSERT_EQ(issue().exit_code, 0);
  const std::string pem = content_of(file("www.example.pem"));
  const auto again = issue();
  EXPECT_EQ(again.exit_code, 2);
  EXPECT_THAT(again.err, HasSubstr("www.example"));
  EXPECT_EQ(content_of(file("www.example.pem")), pem);
}

TEST_F(ca_on_disk, is_not_made_twice) {
  const std::string roots = content_of(file("ca.pem"));
  EXPECT_EQ(staplelab({"ca", "init", ca}).exit_code, 2);
  EXPECT_EQ(content_of(file("ca.pem")), roots);
}

TEST_F(ca_on_disk, lists_what_became_of_certificates) {
  ASSERT_EQ(issue({"--must-staple"}).exit_code, 0);
  ASSERT_EQ(staplelab({"ca", "issue", ca, "held"}).exit_code, 0);
  ASSERT_EQ(staplelab({"ca", "revoke", ca, "www.example", "--reason", "keyCompromise", "--at",
                       "2026-03-01T00:00:00Z"})
                .exit_code,
            0);
  ASSERT_EQ(staplelab({"ca", "hold", ca, "held"}).exit_code, 0);
  auto all = listed();
  ASSERT_EQ(all.size(), 2u);
  EXPECT_EQ(all[0]["name"], "www.example");
  EXPECT_EQ(all[0]["must_staple"], true);
  EXPECT_EQ(all[0]["status"], "revoked");
  EXPECT_EQ(all[0]["revoked_at"], "2026-03-01T00:00:00Z");
  EXPECT_EQ(all[0]["reason"], "keyCompromise");
  EXPECT_EQ(all[1]["reason"], "certificateHold");

  ASSERT_EQ(staplelab({"ca", "release", ca, "held"}).exit_code, 0);
  EXPECT_EQ(listed()[1]["status"], "good");
  const auto table = staplelab({"ca", "list", ca}).out;
  EXPECT_THAT(table, HasSubstr("revoked 2026-03-01T00:00:00Z keyCompromise"));
}

TEST_F(ca_on_disk, revokes_by_serial_number) {
  ASSERT_EQ(issue().exit_code, 0);
  const std::string serial = listed()[0]["serial"];
  ASSERT_EQ(staplelab({"ca", "revoke", ca, serial}).exit_code, 0);
  EXPECT_EQ(listed()[0]["status"], "revoked");
}

TEST_F(ca_on_disk, refuses_to_revoke_what_it_does_not_know) {
  const auto ended = staplelab({"ca", "revoke", ca, "nobody"});
  EXPECT_EQ(ended.exit_code, 2);
  EXPECT_THAT(ended.err, HasSubstr("nobody"));
}

TEST_F(ca_on_disk, writes_crls_that_openssl_verifies) {
  ASSERT_EQ(issue().exit_code, 0);
  ASSERT_EQ(staplelab({"ca", "revoke", ca, "www.example"}).exit_code, 0);
  const std::string serial = listed()[0]["serial"];
  const std::string out = folder / "ca.crl";
  ASSERT_EQ(staplelab({"ca", "crl", ca, "--out", out}).exit_code, 0);
  const auto pem =
      run_program({"openssl", "crl", "-in", out, "-noout", "-text", "-CAfile", file("ca.pem")});
  EXPECT_THAT(pem.err, HasSubstr("verify OK"));
  std::string upper = serial;
  for (char& c : upper)
    c = static_cast<char>(std::toupper(static_cast<unsigned char>(c)));
  EXPECT_THAT(pem.out, HasSubstr(upper));
  const auto der = run_program({"sh", "-c",
                                "\"$0\" ca crl \"$1\" --der | openssl crl -inform DER "
                                "-noout -text",
                                STAPLELAB_PROGRAM, ca});
  EXPECT_THAT(der.out, HasSubstr(upper));
}

TEST_F(ca_on_disk, says_so_when_a_file_cannot_be_written) {
  const auto ended = staplelab({"ca", "crl", ca, "--out", "/dev/null/x"});
  EXPECT_EQ(ended.exit_code, 5);
  EXPECT_THAT(ended.err, HasSubstr("cannot write /dev/null/x"));
}

TEST(ca_init, makes_as_long_a_chain_as_asked) {
  const scratch_folder folder;
  const std::string ca = folder / "ca";
  ASSERT_EQ(staplelab({"ca", "init", ca, "--intermediates", "3", "--key", "ed25519"}).exit_code, 0);
  ASSERT_EQ(staplelab({"ca", "issue", ca, "x"}).exit_code, 0);
  EXPECT_EQ(certificates_in(ca + "/ca.pem"), 4u);
  EXPECT_EQ(certificates_in(ca + "/x.pem"), 4u);
  EXPECT_EQ(run_program({"openssl", "verify", "-CAfile", ca + "/ca.pem", ca + "/x.pem"}).exit_code,
            0);
}

TEST(ca_init, lets_a_root_issue_itself) {
  const scratch_folder folder;
  const std::string ca = folder / "ca";
  ASSERT_EQ(staplelab({"ca", "init", ca, "--intermediates", "0"}).exit_code, 0);
  ASSERT_EQ(staplelab({"ca", "issue", ca, "x"}).exit_code, 0);
  EXPECT_EQ(certificates_in(ca + "/x.pem"), 1u);
}

TEST(ca_init, completes_a_ca_whose_making_was_cut_short) {
  const scratch_folder folder;
  const std::string ca = folder / "ca";
  ASSERT_EQ(staplelab({"ca", "init", ca}).exit_code, 0);
  std::filesystem::remove(ca + "/ca.pem");
  ASSERT_EQ(staplelab({"ca", "init", ca}).exit_code, 0);
  EXPECT_EQ(certificates_in(ca + "/ca.pem"), 2u);
}

TEST(ca_init, writes_nothing_for_a_mistake) {
  const scratch_folder folder;
  EXPECT_EQ(staplelab({"ca", "init", folder / "ca", "--key", "dsa"}).exit_code, 1);
  EXPECT_TRUE(folder.is_empty());
}

}  // namespace
}  // namespace staplelab::cli
