// verify and decode: any file there is gets a defined answer.
#include <gmock/gmock.h>

#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "cli/base64.hpp"
#include "pki/mini_ca.hpp"
#include "pki/ocsp_message.hpp"
#include "tests/cli/process.hpp"

namespace staplelab::cli {
namespace {

using testing::HasSubstr;

constexpr pki::time_point now = std::chrono::sys_days(std::chrono::year(2026) / 3 / 1);

std::string text_of(const pki::bytes& octets) {
  return {octets.begin(), octets.end()};
}

class ocsp_files : public testing::Test {
 protected:
  ocsp_files() {
    ca_.add_authority({.name = "root",
                       .issuer = "",
                       .type = pki::key_type::p256,
                       .not_before = now - std::chrono::days(1),
                       .not_after = now + std::chrono::days(3650)});
    pki::issue_description leaf{};
    leaf.name = "www";
    leaf.issuer = "root";
    leaf.must_staple = true;
    leaf.not_before = now - std::chrono::days(1);
    leaf.not_after = now + std::chrono::days(90);
    ca_.issue(leaf, now);
    folder.write("root.pem", ca_.authority("root").cert.to_pem());
    folder.write("www.pem", ca_.issued("www").cert.to_pem());
  }

  pki::cert_id id() const {
    return pki::cert_id::of(ca_.issued("www").cert, ca_.authority("root").cert,
                            pki::hash_algorithm::sha1);
  }

  pki::bytes response(const pki::cert_status& status) const {
    return pki::build_ocsp_response({.singles = {{.id = id(),
                                                  .status = status,
                                                  .this_update = now,
                                                  .next_update = now + std::chrono::days(7)}},
                                     .produced_at = now,
                                     .nonce = {},
                                     .algorithm = {}},
                                    {.identity = ca_.authority("root")});
  }

  ended_program verify(const std::string& content, std::vector<std::string> more = {}) {
    more.insert(more.begin(), {"verify", "--issuer", folder / "root.pem", "--cert",
                               folder / "www.pem", folder.write("response", content)});
    return staplelab(more);
  }

  pki::mini_ca ca_ = pki::mini_ca::in_memory(pki::mini_ca::random_serials());
  scratch_folder folder;
};

const std::vector<std::string> a_day_later{"--at", "2026-03-02T00:00:00Z", "--json"};

TEST_F(ocsp_files, a_good_response_is_good) {
  const auto ended = verify(text_of(response(pki::good_status{})), a_day_later);
  EXPECT_EQ(ended.exit_code, 0) << ended.err;
  const auto json = nlohmann::json::parse(ended.out);
  EXPECT_EQ(json["verdict"], "good");
  EXPECT_EQ(json["this_update"], "2026-03-01T00:00:00Z");
  EXPECT_EQ(json["next_update"], "2026-03-08T00:00:00Z");
  EXPECT_EQ(json["produced_at"], "2026-03-01T00:00:00Z");
  EXPECT_EQ(json["must_staple"], true);
  EXPECT_EQ(json["serial"], ca_.issued("www").cert.serial().hex());
  EXPECT_THAT(json["responder_id"].get<std::string>(), testing::StartsWith("key:"));
  EXPECT_FALSE(json.contains("revoked_at"));
  EXPECT_FALSE(json.contains("tls"));
}

TEST_F(ocsp_files, a_revoked_response_says_when_and_why) {
  const pki::revoked_status revoked{now - std::chrono::hours(1), pki::crl_reason::key_compromise};
  const auto ended = verify(text_of(response(revoked)), a_day_later);
  EXPECT_EQ(ended.exit_code, 4);
  const auto json = nlohmann::json::parse(ended.out);
  EXPECT_EQ(json["verdict"], "revoked");
  EXPECT_EQ(json["revoked_at"], "2026-02-28T23:00:00Z");
  EXPECT_EQ(json["reason"], "keyCompromise");
}

TEST_F(ocsp_files, time_and_skew_decide_expiry) {
  const std::string good = text_of(response(pki::good_status{}));
  const auto late = verify(good, {"--at", "2026-03-08T00:00:10Z", "--json"});
  EXPECT_EQ(late.exit_code, 4);
  EXPECT_EQ(nlohmann::json::parse(late.out)["verdict"], "expired");
  EXPECT_EQ(verify(good, {"--at", "2026-03-08T00:00:10Z", "--skew", "1m"}).exit_code, 0);
  const auto early = verify(good, {"--at", "2026-02-28T00:00:00Z", "--json"});
  EXPECT_EQ(nlohmann::json::parse(early.out)["verdict"], "not_yet_valid");
}

TEST_F(ocsp_files, an_error_status_is_named) {
  const auto ended =
      verify(text_of(pki::build_ocsp_error(pki::response_status::try_later)), a_day_later);
  EXPECT_EQ(ended.exit_code, 4);
  const auto json = nlohmann::json::parse(ended.out);
  EXPECT_EQ(json["verdict"], "error_status");
  EXPECT_EQ(json["error"], "try_later");
}

TEST_F(ocsp_files, anything_else_is_malformed) {
  for (const std::string& content :
       {std::string(), std::string("hello"), std::string(100'000, '['), std::string(1000, '\0'),
        text_of(response(pki::good_status{})) + "x", std::string("MIIB not base64 \xff")}) {
    const auto ended = verify(content, a_day_later);
    EXPECT_EQ(ended.exit_code, 4) << ended.err;
    EXPECT_EQ(nlohmann::json::parse(ended.out)["verdict"], "malformed");
  }
}

TEST_F(ocsp_files, a_file_too_large_is_refused_unread) {
  const auto ended = verify(std::string(2 * 1024 * 1024, '0'));
  EXPECT_EQ(ended.exit_code, 2);
  EXPECT_THAT(ended.err, HasSubstr("more than the 1048576 octets"));
}

TEST_F(ocsp_files, a_certificate_that_is_none_is_refused) {
  folder.write("www.pem", "-----BEGIN CERTIFICATE-----\nnonsense\n");
  const auto ended = verify("x");
  EXPECT_EQ(ended.exit_code, 2);
  EXPECT_THAT(ended.err, HasSubstr("www.pem"));
  EXPECT_EQ(ended.out, "");
}

TEST_F(ocsp_files, base64_pem_and_standard_input_will_do) {
  const pki::bytes good = response(pki::good_status{});
  const std::string pem = to_pem("OCSP RESPONSE", good);
  EXPECT_EQ(verify(pem, a_day_later).exit_code, 0);
  const auto begin = pem.find('\n');
  EXPECT_EQ(verify(pem.substr(begin, pem.rfind("-----END") - begin), a_day_later).exit_code, 0);
  const auto piped = staplelab({"verify", "--issuer", folder / "root.pem", "--cert",
                                folder / "www.pem", "--at", "2026-03-02T00:00:00Z", "-"},
                               text_of(good));
  EXPECT_EQ(piped.exit_code, 0) << piped.err;
}

TEST_F(ocsp_files, decode_tells_requests_from_responses) {
  const std::string request =
      folder.write("request", text_of(pki::build_ocsp_request(id(), pki::bytes{1, 2, 3})));
  const auto asked = nlohmann::json::parse(staplelab({"decode", request, "--json"}).out);
  EXPECT_EQ(asked["type"], "request");
  EXPECT_EQ(asked["nonce"], "010203");
  EXPECT_EQ(asked["certificates"][0]["serial"], ca_.issued("www").cert.serial().hex());
  EXPECT_EQ(asked["certificates"][0]["hash"], "sha1");

  const std::string answer = folder.write("response", text_of(response(pki::good_status{})));
  const auto said = nlohmann::json::parse(staplelab({"decode", answer, "--json"}).out);
  EXPECT_EQ(said["type"], "response");
  EXPECT_EQ(said["status"], "successful");
  EXPECT_EQ(said["responses"][0]["status"], "good");
  EXPECT_EQ(said["responses"][0]["next_update"], "2026-03-08T00:00:00Z");
  EXPECT_THAT(staplelab({"decode", answer}).out, HasSubstr("good"));
}

TEST_F(ocsp_files, decode_reads_the_url_of_a_get_request) {
  std::string base64 = to_pem("X", pki::build_ocsp_request(id(), {}));
  base64.erase(base64.rfind("-----END"));
  base64.erase(0, base64.find('\n'));
  std::string encoded;
  for (const char c : base64) {
    if (c == '\n') continue;
    encoded += c == '/' ? "%2F" : c == '+' ? "%2B" : c == '=' ? "%3D" : std::string(1, c);
  }
  const std::string file = folder.write("url", "http://ocsp.example/MyCA/" + encoded + "\n");
  const auto ended = staplelab({"decode", file, "--json"});
  ASSERT_EQ(ended.exit_code, 0) << ended.err;
  EXPECT_EQ(nlohmann::json::parse(ended.out)["certificates"][0]["serial"],
            ca_.issued("www").cert.serial().hex());
}

TEST_F(ocsp_files, decode_refuses_what_is_neither) {
  const auto ended = staplelab({"decode", folder / "www.pem"});
  EXPECT_EQ(ended.exit_code, 2);
  EXPECT_EQ(ended.out, "");
  EXPECT_THAT(ended.err, HasSubstr("no OCSP message"));
}

}  // namespace
}  // namespace staplelab::cli
