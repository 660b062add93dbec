// The responder with threads, as a program: what others' clients hear, and what `ca` does
// meanwhile.
#include <gmock/gmock.h>
#include <signal.h>

#include <string>
#include <vector>

#include "tests/cli/process.hpp"

namespace staplelab::cli {
namespace {

using testing::HasSubstr;

class fast_responder : public testing::TestWithParam<std::vector<std::string>> {
 protected:
  void SetUp() override {
    ASSERT_EQ(staplelab({"ca", "init", ca, "--intermediates", "0"}).exit_code, 0);
    ASSERT_EQ(staplelab({"ca", "issue", ca, "one"}).exit_code, 0);
    ASSERT_EQ(staplelab({"ca", "issue", ca, "many", "--count", "40"}).exit_code, 0);
  }

  static std::vector<std::string> with(const std::string& ca,
                                       const std::vector<std::string>& more) {
    std::vector<std::string> command{STAPLELAB_PROGRAM, "responder",   "--ca",      ca,
                                     "--listen",        "127.0.0.1:0", "--threads", "2",
                                     "--admin",         "127.0.0.1:0"};
    command.insert(command.end(), more.begin(), more.end());
    return command;
  }
  // What openssl prints about the certificate, having verified the answer.
  std::string ask(const std::string& url, const std::string& nonce) const {
    const auto asked = run_program({"openssl", "ocsp", nonce, "-issuer", ca + "/ca.pem", "-cert",
                                    ca + "/one.pem", "-url", url, "-CAfile", ca + "/ca.pem"});
    EXPECT_THAT(asked.err, HasSubstr("Response verify OK")) << asked.out;
    return asked.out;
  }

  scratch_folder folder;
  const std::string ca = folder / "ca";
};

TEST_P(fast_responder, answers_and_tells_a_revocation_at_once) {
  background_program server(with(ca, GetParam()));
  const std::string url = "http://" + server.wait_for_line("listening on ");
  for (const char* nonce : {"-no_nonce", "-nonce"}) {
    for (int i = 0; i < 6; ++i)  // over both threads
      EXPECT_THAT(ask(url, nonce), HasSubstr(": good"));
  }
  ASSERT_EQ(staplelab({"ca", "revoke", ca, "one", "--reason", "keyCompromise"}).exit_code, 0);
  for (int i = 0; i < 6; ++i)
    EXPECT_THAT(ask(url, "-no_nonce"), HasSubstr("keyCompromise"));
  EXPECT_THAT(ask(url, "-nonce"), HasSubstr("keyCompromise"));
  server.send(SIGTERM);
  EXPECT_EQ(server.wait().exit_code, 0);
}

INSTANTIATE_TEST_SUITE_P(
    signs, fast_responder,
    testing::Values(std::vector<std::string>{}, std::vector<std::string>{"--signer", "delegate"},
                    std::vector<std::string>{"--produce-every", "12h", "--produce-on-change"}));

TEST(issue_in_bulk, takes_a_list_or_tells_its_mistake) {
  const scratch_folder folder;
  const std::string ca = folder / "ca";
  ASSERT_EQ(staplelab({"ca", "init", ca}).exit_code, 0);
  const auto list = folder.write("list.csv", "# names\na.example, b.example\n\nc.example\n");
  const auto issued = staplelab({"ca", "issue", ca, "--csv", list});
  EXPECT_EQ(issued.exit_code, 0) << issued.err;
  EXPECT_THAT(issued.out, HasSubstr("issued 2 certificates of issuing"));
  const auto wrong = folder.write("wrong.csv", "d.example\nd.example\n");
  const auto refused = staplelab({"ca", "issue", ca, "--csv", wrong});
  EXPECT_EQ(refused.exit_code, 2);
  EXPECT_THAT(refused.err, HasSubstr("wrong.csv:2: 'd.example' stands in line 1 already"));
  EXPECT_EQ(staplelab({"ca", "issue", ca}).exit_code, 1);
  EXPECT_EQ(staplelab({"ca", "issue", ca, "x", "--count", "2", "--san", "y"}).exit_code, 1);
  EXPECT_EQ(staplelab({"ca", "issue", ca, "--csv", list, "--san", "y"}).exit_code, 1);
  EXPECT_EQ(staplelab({"ca", "issue", ca, "x", "--csv", list}).exit_code, 1);
  EXPECT_EQ(staplelab({"ca", "issue", ca, "--count", "3", "--csv", list}).exit_code, 1);
  const auto quoted = folder.write("quoted.csv", "e.example\n\"f.example\"\n");
  EXPECT_THAT(staplelab({"ca", "issue", ca, "--csv", quoted}).err, HasSubstr("quoted.csv:2:"));
  EXPECT_EQ(staplelab({"ca", "issue", ca, "--csv", list}).exit_code, 2);  // all are taken
}

TEST(revoke_list, takes_all_of_a_file_or_nothing) {
  const scratch_folder folder;
  const std::string ca = folder / "ca";
  ASSERT_EQ(staplelab({"ca", "init", ca}).exit_code, 0);
  ASSERT_EQ(staplelab({"ca", "issue", ca, "n", "--count", "5"}).exit_code, 0);
  const auto wrong = folder.write("wrong.txt", "n-1\nn-9\n");
  const auto refused = staplelab({"ca", "revoke", ca, "--list", wrong});
  EXPECT_EQ(refused.exit_code, 2);
  EXPECT_THAT(refused.err, HasSubstr("wrong.txt:2:"));
  EXPECT_THAT(refused.err, HasSubstr("'n-9'"));
  const auto empty = folder.write("empty.txt", "# nothing\n");
  EXPECT_EQ(staplelab({"ca", "revoke", ca, "--list", empty}).exit_code, 2);
  const auto list =
      folder.write("list.txt", "\xef\xbb\xbf# leaked\r\nn-1\n\n  n-3  # this one too\n");
  const auto revoked = staplelab({"ca", "revoke", ca, "--list", list, "--reason", "keyCompromise"});
  EXPECT_EQ(revoked.exit_code, 0) << revoked.err;  // n-1 was left alone before
  EXPECT_THAT(revoked.out, HasSubstr("revoked 2 certificates"));
  EXPECT_EQ(staplelab({"ca", "revoke", ca, "n-2", "--list", list}).exit_code, 1);
  EXPECT_EQ(staplelab({"ca", "revoke", ca, "--list", folder / "none"}).exit_code, 2);
}

}  // namespace
}  // namespace staplelab::cli
