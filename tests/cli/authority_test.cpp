// The CA's side of the responder, from the command line: CRLs over HTTP, several CAs, answers that
// are produced ahead of time.
#include <gmock/gmock.h>
#include <signal.h>

#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "tests/cli/process.hpp"

namespace staplelab::cli {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::Not;

class authority : public testing::Test {
 protected:
  void SetUp() override { make(ca, "www.example"); }

  static void make(const std::string& directory, const std::string& leaf,
                   std::vector<std::string> more = {}) {
    ASSERT_EQ(staplelab({"ca", "init", directory, "--intermediates", "0"}).exit_code, 0);
    more.insert(more.begin(), {"ca", "issue", directory, leaf});
    ASSERT_EQ(staplelab(more).exit_code, 0);
  }
  static std::vector<std::string> responder(std::vector<std::string> more) {
    more.insert(more.begin(), {STAPLELAB_PROGRAM, "responder", "--listen", "127.0.0.1:0"});
    return more;
  }
  static std::string port_of(background_program& server) {
    const auto address = server.wait_for_line("listening on ");
    return address.substr(address.rfind(':') + 1);
  }
  static std::string ask(const std::string& port, const std::string& directory,
                         const std::string& leaf) {
    const auto asked =
        run_program({"openssl", "ocsp", "-no_nonce", "-issuer", directory + "/ca.pem", "-cert",
                     directory + "/" + leaf + ".pem", "-CAfile", directory + "/ca.pem", "-url",
                     "http://127.0.0.1:" + port});
    return asked.out + asked.err;
  }

  scratch_folder folder;
  const std::string ca = folder / "ca";
};

TEST_F(authority, serves_crls_that_openssl_checks_certificates_with) {
  background_program server(responder({"--ca", ca}));
  const auto port = port_of(server);
  const std::string crl = folder / "root.crl";
  const auto fetch = [&] {
    const auto got = run_program({"sh", "-c",
                                  "curl -sSf -D \"$0.head\" \"http://127.0.0.1:$1/crl/root.crl\" | "
                                  "openssl crl -inform DER -out \"$0\"",
                                  crl, port});
    EXPECT_EQ(got.exit_code, 0) << got.err;
    return run_program({"openssl", "verify", "-crl_check", "-CAfile", ca + "/ca.pem", "-CRLfile",
                        crl, ca + "/www.example.pem"});
  };
  EXPECT_EQ(fetch().exit_code, 0);
  EXPECT_THAT(content_of(crl + ".head"), HasSubstr("application/pkix-crl"));
  ASSERT_EQ(staplelab({"ca", "revoke", ca, "www.example"}).exit_code, 0);
  EXPECT_THAT(fetch().err, HasSubstr("certificate revoked"));
  const auto none = run_program({"curl", "-sS", "-o", "/dev/null", "-w", "%{http_code}",
                                 "http://127.0.0.1:" + port + "/crl/nobody.crl"});
  EXPECT_THAT(none.out, testing::StartsWith("4"));
}

TEST_F(authority, answers_for_several_cas_in_one_process) {
  const std::string other = folder / "other";
  make(other, "api.example");
  ASSERT_EQ(staplelab({"ca", "revoke", other, "api.example"}).exit_code, 0);
  background_program server(responder({"--ca", ca, "--ca", other, "--signer", "delegate"}));
  const auto port = port_of(server);
  EXPECT_THAT(ask(port, ca, "www.example"), AllOf(HasSubstr("verify OK"), HasSubstr(": good")));
  EXPECT_THAT(ask(port, other, "api.example"),
              AllOf(HasSubstr("verify OK"), HasSubstr(": revoked")));
  for (const char* path : {"/crl/root.crl", "/crl/ca/root.crl", "/crl/other/root.crl"}) {
    const auto got =
        run_program({"curl", "-sSf", "-o", "/dev/null", "http://127.0.0.1:" + port + path});
    EXPECT_EQ(got.exit_code, 0) << path << got.err;
  }
}

// R50: the next turn is far away, so what the CA does stays unseen until then.
TEST_F(authority, R50_shows_a_revocation_only_with_the_next_production) {
  background_program slow(
      responder({"--ca", ca, "--produce-every", "3650d", "--validity", "9000d"}));
  background_program quick(responder({"--ca", ca, "--produce-every", "1s"}));
  const auto slow_port = port_of(slow);
  const auto quick_port = port_of(quick);
  ASSERT_EQ(staplelab({"ca", "revoke", ca, "www.example"}).exit_code, 0);
  EXPECT_THAT(ask(slow_port, ca, "www.example"),
              AllOf(HasSubstr("verify OK"), HasSubstr(": good")));
  std::string said;
  for (int i = 0; i < 50 && said.find(": revoked") == std::string::npos; ++i)
    said = ask(quick_port, ca, "www.example");
  EXPECT_THAT(said, HasSubstr(": revoked"));
}

TEST_F(authority, R72_warns_when_answers_expire_before_they_are_replaced) {
  const auto with_lag = [&](const char* lag) {
    background_program server(responder(
        {"--ca", ca, "--validity", "1d", "--produce-every", "20h", "--publication-lag", lag}));
    port_of(server);
    server.send(SIGTERM);
    const auto ended = server.wait();
    EXPECT_EQ(ended.exit_code, 0);
    return ended.err;
  };
  EXPECT_THAT(with_lag("5h"), HasSubstr("served after they have expired: each is valid for 1d and "
                                        "served until 1d1h"));
  EXPECT_THAT(with_lag("4h"), Not(HasSubstr("expired")));
}

TEST_F(authority, R43_R45_refuses_schedules_that_the_profile_forbids) {
  const auto refused = [&](std::vector<std::string> more) {
    more.insert(more.begin(),
                {"responder", "--ca", ca, "--listen", "127.0.0.1:0", "--profile", "webpki"});
    const auto ended = staplelab(more);
    EXPECT_EQ(ended.exit_code, 1) << ended.out;
    return ended.err;
  };
  EXPECT_THAT(refused({"--produce-every", "5d"}),
              AllOf(HasSubstr("at most 4d after thisUpdate"), HasSubstr("BR 4.9.9")));
  EXPECT_THAT(refused({"--validity", "8h", "--produce-every", "4h"}), HasSubstr("half of it"));
  EXPECT_THAT(refused({"--produce-every", "2d"}), HasSubstr("within 24h"));
  EXPECT_THAT(refused({"--publication-lag", "2d"}), HasSubstr("--produce-every"));
}

TEST_F(authority, R39_revokes_everything_at_once) {
  ASSERT_EQ(staplelab({"ca", "issue", ca, "api.example"}).exit_code, 0);
  const auto ended = staplelab({"ca", "revoke", ca, "--all", "--reason", "cACompromise"});
  ASSERT_EQ(ended.exit_code, 0) << ended.err;
  EXPECT_THAT(ended.out, HasSubstr("revoked 2 certificates of root"));
  const auto all = nlohmann::json::parse(staplelab({"ca", "list", ca, "--json"}).out);
  for (const auto& each : all)
    EXPECT_EQ(each["reason"], "cACompromise");
  EXPECT_EQ(staplelab({"ca", "revoke", ca, "www.example", "--all"}).exit_code, 1);
  EXPECT_EQ(staplelab({"ca", "revoke", ca}).exit_code, 1);
}

TEST_F(authority, R34_releases_by_the_reason_removeFromCRL) {
  const auto revoke = [&](const char* reason) {
    return staplelab({"ca", "revoke", ca, "www.example", "--reason", reason}).exit_code;
  };
  EXPECT_EQ(revoke("certificateHold"), 0);
  EXPECT_EQ(staplelab({"ca", "crl", ca}).exit_code, 0);
  EXPECT_EQ(revoke("removeFromCRL"), 0);
  const auto all = nlohmann::json::parse(staplelab({"ca", "list", ca, "--json"}).out);
  EXPECT_EQ(all[0]["status"], "good");
  const auto delta =
      run_program({"sh", "-c", "\"$0\" ca crl \"$1\" --delta 1 | openssl crl -noout -text",
                   STAPLELAB_PROGRAM, ca});
  EXPECT_THAT(delta.out, HasSubstr("Remove From CRL"));
  EXPECT_EQ(revoke("removeFromCRL"), 2);
}

TEST_F(authority, writes_crl_addresses_and_precertificates) {
  ASSERT_EQ(staplelab({"ca", "issue", ca, "pre", "--precertificate", "--crl-url",
                       "http://127.0.0.1:1/crl/root.crl"})
                .exit_code,
            0);
  const auto text = run_program({"openssl", "x509", "-noout", "-text", "-in", ca + "/pre.pem"}).out;
  EXPECT_THAT(text, HasSubstr("URI:http://127.0.0.1:1/crl/root.crl"));
  EXPECT_THAT(text, HasSubstr("CT Precertificate Poison: critical"));
  EXPECT_EQ(staplelab({"ca", "issue", ca, "x", "--crl-url", "ldap://x"}).exit_code, 1);
}

}  // namespace
}  // namespace staplelab::cli
