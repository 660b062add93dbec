// Our responses, judged by programs that are not ours. They look at the wall clock, so here `now`
// is taken from it.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "pki/ocsp_spoil.hpp"
#include "pki/ocsp_verify.hpp"
#include "tests/pki/run_program.hpp"
#include "tests/pki/sample_pki.hpp"

namespace staplelab::pki {
namespace {

using testing::HasSubstr;
using testing::Not;
using tests::describe;
using tests::make_issued;

enum class signer_kind { issuer, delegate };

struct interop_case {
  key_type type;
  signer_kind signer;
  responder_id_form form;
};

std::string name_of(const interop_case& row) {
  std::string name{to_string(row.type)};
  name += row.signer == signer_kind::issuer ? "_issuer" : "_delegate";
  return name + (row.form == responder_id_form::by_key ? "_by_key" : "_by_name");
}

// A small PKI of one key type, on disk, and the time it is about.
class interop : public testing::TestWithParam<interop_case> {
 protected:
  bytes respond(const cert_status& status) const {
    response_content content;
    content.singles = {{cert_id::of(leaf.cert, root.cert, hash_algorithm::sha1), status,
                        now - std::chrono::hours{1}, now + std::chrono::hours{1}}};
    content.produced_at = now - std::chrono::hours{1};
    content.responder_id = GetParam().form;
    const bool direct = GetParam().signer == signer_kind::issuer;
    return build_ocsp_response(content,
                               direct ? ocsp_signer{root, false} : ocsp_signer{delegate, true});
  }

  tests::program_result openssl(const bytes& response) const {
    return tests::run_program({"openssl", "ocsp", "-no_nonce", "-respin",
                               files.file("response.der", response), "-issuer", root_file, "-cert",
                               leaf_file, "-CAfile", root_file});
  }

  time_point now = std::chrono::floor<duration>(std::chrono::system_clock::now());
  credential root = tests::make_root("Interop Root", GetParam().type, now);
  credential leaf = make_issued(describe(certificate_role::server, "leaf", now), root);
  credential delegate =
      make_issued(describe(certificate_role::ocsp_signer, "OCSP", now), root, GetParam().type);
  tests::temporary_directory files;
  std::string root_file = files.file("root.pem", root.cert.to_pem());
  std::string leaf_file = files.file("leaf.pem", leaf.cert.to_pem());
};

TEST_P(interop, openssl_accepts_and_reads_each_status) {
  const auto good = openssl(respond(good_status{}));
  EXPECT_THAT(good.output, HasSubstr("Response verify OK"));
  EXPECT_THAT(good.output, HasSubstr("leaf.pem: good"));
  const auto revoked =
      openssl(respond(revoked_status{now - std::chrono::hours{2}, crl_reason::key_compromise}));
  EXPECT_THAT(revoked.output, HasSubstr("Response verify OK"));
  EXPECT_THAT(revoked.output, HasSubstr("leaf.pem: revoked"));
  EXPECT_THAT(revoked.output, HasSubstr("Reason: keyCompromise"));
  EXPECT_THAT(openssl(respond(unknown_status{})).output, HasSubstr("leaf.pem: unknown"));
}

TEST_P(interop, openssl_refuses_a_broken_signature_as_we_do) {
  const bytes broken = with_broken_signature(respond(good_status{}));
  EXPECT_THAT(openssl(broken).output, Not(HasSubstr("Response verify OK")));
  EXPECT_EQ(verify_ocsp(broken, leaf.cert, root.cert, {}, now).verdict,
            ocsp_verdict::bad_signature);
}

TEST_P(interop, gnutls_accepts_it) {
  if (!tests::is_installed("ocsptool")) GTEST_SKIP() << "ocsptool (gnutls-bin) is not installed";
  const bool direct = GetParam().signer == signer_kind::issuer;
  const certificate& signer = direct ? root.cert : delegate.cert;
  const auto verified = tests::run_program(
      {"ocsptool", "--verify-response", "--infile", files.file("r.der", respond(good_status{})),
       "--load-signer", files.file("signer.pem", signer.to_pem())});
  EXPECT_THAT(verified.output, HasSubstr("Verifying OCSP Response: Success"));
}

INSTANTIATE_TEST_SUITE_P(
    ocsp, interop,
    testing::Values(
        interop_case{key_type::p256, signer_kind::issuer, responder_id_form::by_key},
        interop_case{key_type::p256, signer_kind::delegate, responder_id_form::by_key},
        interop_case{key_type::p256, signer_kind::delegate, responder_id_form::by_name},
        interop_case{key_type::p384, signer_kind::delegate, responder_id_form::by_key},
        interop_case{key_type::rsa2048, signer_kind::issuer, responder_id_form::by_name},
        interop_case{key_type::ed25519, signer_kind::issuer, responder_id_form::by_key}),
    [](const auto& row) { return name_of(row.param); });

// openssl as the responder: its answers must mean to us what it meant.
class openssl_responder : public testing::Test {
 protected:
  void SetUp() override {
    const std::string hex = leaf.cert.serial().hex();
    files.file("index.txt", "V\t" + std::string{"491231235959Z"} + "\t\t" + upper(hex) +
                                "\tunknown\t/CN=leaf\n");
    files.file("root.pem", root.cert.to_pem());
    files.file("leaf.pem", leaf.cert.to_pem());
    files.file("delegate.pem", delegate.cert.to_pem());
    files.file("delegate.key", delegate.key.to_pem());
  }
  static std::string upper(std::string text) {
    for (char& c : text)
      c = static_cast<char>(std::toupper(static_cast<unsigned char>(c)));
    return text;
  }
  bytes answer(const std::vector<std::string>& options) {
    const auto path = [this](const char* name) { return (files.path() / name).string(); };
    const auto asked = tests::run_program({"openssl", "ocsp", "-issuer", path("root.pem"), "-cert",
                                           path("leaf.pem"), "-reqout", path("request.der")});
    EXPECT_EQ(asked.exit_code, 0) << asked.output;
    std::vector<std::string> command{"openssl",  "ocsp",
                                     "-index",   path("index.txt"),
                                     "-CA",      path("root.pem"),
                                     "-rsigner", path("delegate.pem"),
                                     "-rkey",    path("delegate.key"),
                                     "-reqin",   path("request.der"),
                                     "-respout", path("response.der"),
                                     "-ndays",   "1"};
    command.insert(command.end(), options.begin(), options.end());
    const auto answered = tests::run_program(command);
    EXPECT_EQ(answered.exit_code, 0) << answered.output;
    return tests::read_file(files.path() / "response.der");
  }

  time_point now = std::chrono::floor<duration>(std::chrono::system_clock::now());
  credential root = tests::make_root("Interop Root", key_type::p256, now);
  credential leaf = make_issued(describe(certificate_role::server, "leaf", now), root);
  credential delegate = make_issued(describe(certificate_role::ocsp_signer, "OCSP", now), root);
  tests::temporary_directory files;
};

TEST_F(openssl_responder, is_understood) {
  const bytes response = answer({});
  const verify_rules rules{.skew = std::chrono::minutes{5}};
  EXPECT_EQ(verify_ocsp(response, leaf.cert, root.cert, rules, now).verdict, ocsp_verdict::good);
  const auto request = parse_ocsp_request(tests::read_file(files.path() / "request.der"));
  const auto parsed = parse_ocsp_response(response);
  ASSERT_TRUE(request && parsed && parsed->basic);
  EXPECT_TRUE(request->nonce);
  EXPECT_EQ(parsed->basic->nonce, request->nonce);
  EXPECT_TRUE(parsed->basic->responder_id.starts_with("name:CN=OCSP"));
}

TEST_F(openssl_responder, is_refused_when_it_signs_with_sha1) {
  const verify_rules rules{.skew = std::chrono::minutes{5}};
  EXPECT_EQ(verify_ocsp(answer({"-rmd", "sha1"}), leaf.cert, root.cert, rules, now).verdict,
            ocsp_verdict::bad_signature);
}

TEST_F(openssl_responder, is_refused_when_it_keeps_its_certificate_back) {
  const verify_rules rules{.skew = std::chrono::minutes{5}};
  EXPECT_EQ(verify_ocsp(answer({"-resp_no_certs"}), leaf.cert, root.cert, rules, now).verdict,
            ocsp_verdict::unauthorized_signer);
}

}  // namespace
}  // namespace staplelab::pki
