// verify: what its JSON holds for each verdict, and its options; vectors: what it writes.
#include <gmock/gmock.h>

#include <map>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "tests/cli/process.hpp"

namespace staplelab::cli {
namespace {

using testing::HasSubstr;
using words = std::vector<std::string>;

// The vectors as a folder: a response for every verdict there is.
class verify_command : public testing::Test {
 protected:
  static void SetUpTestSuite() {
    folder_ = new scratch_folder();
    ended_ = new ended_program(staplelab({"vectors", *folder_ / "set"}));
  }
  static void TearDownTestSuite() {
    delete folder_;
    delete ended_;
  }

  static std::string file(const std::string& name) { return *folder_ / ("set/" + name); }

  static ended_program verify(const std::string& name, const words& more = {}) {
    words arguments{"verify",
                    "--issuer",
                    file("certificates/ca.der"),
                    "--cert",
                    file("certificates/leaf.der"),
                    "--at",
                    "2026-03-01T12:00:00Z",
                    "--json",
                    file("responses/" + name + ".der")};
    arguments.insert(arguments.end(), more.begin(), more.end());
    return staplelab(arguments);
  }
  static std::string verdict(const std::string& name, const words& more = {}) {
    const auto ended = verify(name, more);
    if (ended.out.empty()) return ended.err;
    const auto json = nlohmann::json::parse(ended.out);
    EXPECT_EQ(ended.exit_code, json["verdict"] == "good" ? 0 : 4);
    return json["verdict"];
  }
  static words keys(const std::string& name) {
    words found;
    const auto json = nlohmann::ordered_json::parse(verify(name).out);
    for (const auto& [key, value] : json.items())
      found.push_back(key);
    return found;
  }

  static scratch_folder* folder_;
  static ended_program* ended_;
};
scratch_folder* verify_command::folder_ = nullptr;
ended_program* verify_command::ended_ = nullptr;

TEST_F(verify_command, prints_the_keys_that_are_known_and_no_others) {
  const words judged{"verdict",      "this_update", "next_update", "produced_at",
                     "responder_id", "signer",      "serial",      "must_staple"};
  EXPECT_EQ(keys("status_good"), judged);
  words because = judged;
  because.push_back("why");
  EXPECT_EQ(keys("status_unknown"), because);
  EXPECT_EQ(keys("time_ended_a_second_ago"), because);
  EXPECT_EQ(keys("extension_unknown_critical"), because);
  EXPECT_EQ(keys("status_revoked_key_compromise"),
            (words{"verdict", "this_update", "next_update", "produced_at", "revoked_at", "reason",
                   "responder_id", "signer", "serial", "must_staple", "why"}));
  const words no_signer{"verdict",      "this_update", "next_update", "produced_at",
                        "responder_id", "serial",      "must_staple", "why"};
  EXPECT_EQ(keys("signature_p256_bit_turned"), no_signer);
  EXPECT_EQ(keys("signer_stranger"), no_signer);
  EXPECT_EQ(keys("cert_id_other_serial"),
            (words{"verdict", "produced_at", "responder_id", "serial", "must_staple", "why"}));
  EXPECT_EQ(keys("error_try_later"), (words{"verdict", "error", "must_staple", "why"}));
  EXPECT_EQ(keys("form_half"), (words{"verdict", "must_staple", "why"}));
}

TEST_F(verify_command, C3_trusts_a_responder_locally) {
  EXPECT_EQ(verdict("signer_not_trusted_locally"), "unauthorized_signer");
  EXPECT_EQ(verdict("signer_not_trusted_locally",
                    {"--trust-signer", file("certificates/local-responder.der")}),
            "good");
}

TEST_F(verify_command, C5_has_a_policy_for_delegates_without_nocheck) {
  EXPECT_EQ(verdict("delegate_no_nocheck"), "good");
  EXPECT_EQ(verdict("delegate_no_nocheck", {"--without-nocheck", "refuse"}), "unauthorized_signer");
  EXPECT_EQ(verdict("delegate_no_nocheck", {"--without-nocheck", "prove"}), "unauthorized_signer");
  EXPECT_EQ(verdict("delegate_no_nocheck", {"--without-nocheck", "prove", "--delegate-status",
                                            file("responses/status_good.der")}),
            "unauthorized_signer");
  EXPECT_EQ(verdict("delegate_fit", {"--without-nocheck", "refuse"}), "good");
  EXPECT_THAT(verdict("delegate_fit", {"--without-nocheck", "ask"}), HasSubstr("trust"));
}

TEST_F(verify_command, C8_has_profiles) {
  EXPECT_EQ(verdict("time_no_end"), "good");
  EXPECT_EQ(verdict("time_no_end", {"--profile", "rfc9919"}), "expired");
  EXPECT_EQ(verdict("time_no_end", {"--profile", "webpki"}), "expired");
  EXPECT_EQ(verdict("time_no_end", {"--max-age", "1h"}), "good");
  EXPECT_EQ(verdict("time_no_end", {"--max-age", "59m"}), "expired");
  EXPECT_EQ(verify("time_no_end", {"--profile", "rfc5019"}).exit_code, 1);
}

TEST_F(verify_command, C9_compares_the_nonce) {
  std::string sent;
  for (int i = 0; i < 32; ++i)
    sent += "5e";
  EXPECT_EQ(verdict("nonce_echoed", {"--nonce", sent}), "good");
  EXPECT_EQ(verdict("nonce_another", {"--nonce", sent}), "malformed");
  EXPECT_EQ(verdict("status_good", {"--nonce", sent}), "good");
  EXPECT_EQ(verdict("status_good", {"--nonce", sent, "--require-nonce"}), "malformed");
  EXPECT_EQ(verify("status_good", {"--require-nonce"}).exit_code, 1);
  EXPECT_EQ(verify("status_good", {"--nonce", "5"}).exit_code, 1);
}

TEST_F(verify_command, C17_has_a_shortest_rsa_key) {
  EXPECT_EQ(verdict("signature_rsa_1024"), "bad_signature");
  EXPECT_EQ(verdict("signature_rsa_1024", {"--min-rsa", "1024"}), "good");
}

TEST_F(verify_command, agrees_with_the_index) {
  const auto index = nlohmann::json::parse(content_of(file("index.json")));
  ASSERT_EQ(index["count"], index["cases"].size());
  EXPECT_EQ(ended_->exit_code, 0);
  EXPECT_THAT(ended_->out, HasSubstr(std::to_string(index["cases"].size()) + " cases in "));
  // One for each verdict; the others are pki's and vectors' own tests.
  std::map<std::string, nlohmann::json> by_verdict;
  for (const auto& each : index["cases"]) {
    if (each["certificate"] == "certificates/leaf.der") by_verdict[each["verdict"]] = each;
  }
  EXPECT_EQ(by_verdict.size(), 11U);
  for (const auto& [expected, each] : by_verdict) {
    words more{"--profile", each["profile"], "--skew",
               std::to_string(each["skew_s"].get<int>()) + "s"};
    if (each.contains("max_age_s")) {
      more.insert(more.end(), {"--max-age", std::to_string(each["max_age_s"].get<int>()) + "s"});
    }
    if (each.contains("nonce")) more.insert(more.end(), {"--nonce", each["nonce"]});
    if (each.contains("require_nonce")) more.emplace_back("--require-nonce");
    EXPECT_EQ(verdict(each["name"], more), expected);
  }
}

TEST_F(verify_command, vectors_refuse_a_folder_and_a_seed_that_will_not_do) {
  const auto taken = folder_->write("taken", "a file");
  EXPECT_EQ(staplelab({"vectors", taken}).exit_code, 5);
  EXPECT_EQ(staplelab({"vectors", *folder_ / "x", "--seed", "\xc3\xa9"}).exit_code, 1);
  EXPECT_EQ(staplelab({"vectors", *folder_ / "x", "--seed", ""}).exit_code, 1);
  EXPECT_EQ(staplelab({"vectors", *folder_ / "x", "--seed", std::string(101, 'x')}).exit_code, 1);
}

}  // namespace
}  // namespace staplelab::cli
