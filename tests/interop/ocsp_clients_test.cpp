// Other people's OCSP clients and readers against `staplelab responder`. What `openssl ocsp` and
// curl make of it is in tests/responder and tests/cli.
#include <gmock/gmock.h>

#include <nlohmann/json.hpp>

#include "tests/interop/lab.hpp"

namespace staplelab::interop {
namespace {

using nlohmann::json;
using testing::HasSubstr;
using testing::Not;

// ---- GnuTLS

class ocsptool : public lab {
 protected:
  void SetUp() override {
    SKIP_WITHOUT("ocsptool", "gnutls-bin");
    lab::SetUp();
  }
  ended_program ask(const std::string& name, command more = {}) {
    command all{"timeout",       "30",       "ocsptool",      "--ask=" + url,
                "--load-cert",   leaf(name), "--load-issuer", issuing,
                "--load-signer", issuing,    "--outfile",     folder / "response"};
    all.insert(all.end(), more.begin(), more.end());
    return run_program(all);
  }
};

TEST_F(ocsptool, asks_with_and_without_a_nonce_and_verifies) {
  for (const char* nonce : {"--nonce", "--no-nonce"}) {
    const auto said = ask("www.example", {nonce});
    EXPECT_EQ(said.exit_code, 0) << said.err;
    EXPECT_THAT(said.out, HasSubstr("Certificate Status: good"));
    EXPECT_THAT(said.out, HasSubstr("Verifying OCSP Response: Success."));
    EXPECT_EQ(said.out.find("Nonce: ") != std::string::npos, nonce == std::string("--nonce"));
  }
  EXPECT_THAT(ask("old.example").out, HasSubstr("Certificate Status: revoked"));
}

TEST_F(ocsptool, verifies_a_response_of_a_delegate_by_the_authority) {
  url = responder_with({"--signer", "delegate"});
  ASSERT_EQ(ask("www.example").exit_code, 0);
  const auto said = run_program({"ocsptool", "--verify-response", "--load-response",
                                 folder / "response", "--load-trust", issuing});
  EXPECT_EQ(said.exit_code, 0) << said.out << said.err;
  EXPECT_THAT(said.out, HasSubstr("Verifying OCSP Response: Success."));
}

TEST_F(ocsptool, refuses_the_wrong_signer_and_the_bad_signature) {
  for (const char* fault : {"bad_signature", "wrong_signer"}) {
    set_fault(fault);
    const auto said = ask("www.example");
    EXPECT_NE(said.exit_code, 0) << fault;
    EXPECT_THAT(said.out + said.err, Not(HasSubstr("Verifying OCSP Response: Success.")));
    set_fault("");
  }
}

// ---- NSS

class ocspclnt : public lab {
 protected:
  void SetUp() override {
    SKIP_WITHOUT("ocspclnt", "libnss3-tools");
    lab::SetUp();
    run_program({"certutil", "-N", "-d", database, "--empty-password"});
    add("root", root, "C,,");
    add("issuing", issuing, ",,");
  }
  void add(const std::string& name, const std::string& certificate, const std::string& trust) {
    const auto said =
        run_program({"certutil", "-A", "-d", database, "-n", name, "-t", trust, "-i", certificate});
    ASSERT_EQ(said.exit_code, 0) << said.err;
  }
  // Its exit code is 0 whatever it found.
  std::string judged(const std::string& name) {
    add(name, leaf(name), ",,");
    const auto said =
        run_program({"timeout", "30", "ocspclnt", "-V", name, "-u", "s", "-d", database});
    return said.out + said.err;
  }
  const std::string database = "sql:" + folder.path().string();
};

TEST_F(ocspclnt, verifies_good_and_sees_revocation) {
  EXPECT_THAT(judged("www.example"), HasSubstr("\"www.example\" succeeded"));
  EXPECT_THAT(judged("old.example"), HasSubstr("Certificate has been revoked"));
}

TEST_F(ocspclnt, refuses_a_bad_signature) {
  set_fault("bad_signature");
  EXPECT_THAT(judged("www.example"), HasSubstr("\"www.example\" failed"));
}

// ---- python3-cryptography

class cryptography : public lab {
 protected:
  void SetUp() override {
    interpreter = python_with("cryptography");
    if (interpreter.empty()) {
      GTEST_SKIP() << "no Python here can import cryptography; Debian has it in "
                      "python3-cryptography";
    }
    lab::SetUp();
  }
  // As it reads the answer to a question by `openssl ocsp`, and as we do.
  void read(const std::string& name, command more) {
    const std::string response = folder / "response";
    command ask{"openssl", "ocsp", "-issuer", issuing,        "-cert",    leaf(name),
                "-url",    url,    "-CAfile", file("ca.pem"), "-respout", response};
    ask.insert(ask.end(), more.begin(), more.end());
    ASSERT_EQ(run_program(ask).exit_code, 0);
    const auto said =
        run_program({interpreter, SCRIPT_FOLDER "/read_response.py", response, issuing});
    ASSERT_EQ(said.exit_code, 0) << said.err;
    theirs = json::parse(said.out);
    ours = json::parse(cli::staplelab({"decode", response, "--json"}).out);
  }
  void expect_the_same_fields() {
    for (const char* key : {"status", "responder_id", "produced_at", "nonce", "responses"}) {
      EXPECT_EQ(theirs.value(key, json()), ours.value(key, json())) << key;
    }
    const auto& checked = theirs["checked"];
    EXPECT_TRUE(checked["signer_is_responder"]);
    EXPECT_EQ(theirs["responses"][0]["issuer_name_hash"], checked["issuer_name_hash"]);
    EXPECT_EQ(theirs["responses"][0]["issuer_key_hash"], checked["issuer_key_hash"]);
  }
  std::string interpreter;
  json theirs, ours;
};

TEST_F(cryptography, reads_a_good_answer_with_a_nonce) {
  read("www.example", {"-nonce"});
  expect_the_same_fields();
  EXPECT_EQ(theirs["responses"][0]["status"], "good");
  EXPECT_TRUE(theirs.contains("nonce"));
  EXPECT_EQ(theirs["checked"]["certificates"], 0);
}

TEST_F(cryptography, reads_a_revoked_answer_with_time_and_reason) {
  read("old.example", {"-no_nonce"});
  expect_the_same_fields();
  EXPECT_EQ(theirs["responses"][0]["status"], "revoked");
  EXPECT_EQ(theirs["responses"][0]["reason"], "keyCompromise");
  EXPECT_TRUE(theirs["responses"][0].contains("revoked_at"));
  EXPECT_FALSE(theirs.contains("nonce"));
}

TEST_F(cryptography, reads_an_answer_of_a_delegate) {
  url = responder_with({"--signer", "delegate"});
  read("www.example", {"-no_nonce"});
  expect_the_same_fields();
  EXPECT_EQ(theirs["checked"]["certificates"], 1);
}

}  // namespace
}  // namespace staplelab::interop
