#include "pki/nonced_response.hpp"

#include <gtest/gtest.h>

#include <string>

#include "pki/errors.hpp"
#include "pki/ocsp_message.hpp"
#include "tests/pki/run_program.hpp"
#include "tests/pki/sample_pki.hpp"

namespace staplelab::pki {
namespace {

using tests::content_of;
using tests::sample;

// Like tests::by_issuer(), for a root with a key of another type.
struct own_pki {
  explicit own_pki(key_type type)
      : root(tests::make_root("root", type)),
        leaf(tests::make_issued(tests::describe(certificate_role::server, "leaf"), root)) {}
  response_content says_good() const {
    auto content = content_of(good_status{});
    content.singles.front().id = cert_id::of(leaf.cert, root.cert, hash_algorithm::sha1);
    return content;
  }
  credential root, leaf;
};

class with_nonce : public testing::TestWithParam<key_type> {};

// openssl verifies the signature, and reads the nonce that we see.
TEST_P(with_nonce, the_response_says_the_same_and_verifies) {
  const own_pki pki(GetParam());
  const auto plain = build_ocsp_response(pki.says_good(), ocsp_signer{pki.root});
  nonced_responses signs(pki.root.key, pki.root.key.digest());
  const tests::temporary_directory files;
  const auto root = files.file("root.pem", pki.root.cert.to_pem());
  const auto leaf = files.file("leaf.pem", pki.leaf.cert.to_pem());
  for (const std::size_t size : {1u, 32u, 127u, 128u}) {
    const bytes nonce(size, 0xa5);
    const auto made = signs.with_nonce(plain, nonce);
    const auto read = parse_ocsp_response(made);
    ASSERT_TRUE(read) << read.error().why;
    EXPECT_EQ(read->basic->nonce, nonce);
    const auto before = parse_ocsp_response(plain);
    EXPECT_EQ(read->basic->produced_at, before->basic->produced_at);
    EXPECT_EQ(read->basic->singles.front().status, before->basic->singles.front().status);
    const auto checked =
        tests::run_program({"openssl", "ocsp", "-respin", files.file("made.der", made), "-issuer",
                            root, "-cert", leaf, "-CAfile", root, "-no_nonce", "-attime",
                            std::to_string(tests::noon.time_since_epoch().count() / 1000)});
    EXPECT_NE(checked.output.find("Response verify OK"), std::string::npos) << checked.output;
  }
}

INSTANTIATE_TEST_SUITE_P(keys, with_nonce, testing::ValuesIn(all_key_types),
                         [](const auto& info) { return std::string(to_string(info.param)); });

TEST(with_nonce, refuses_what_is_no_response) {
  const auto signer = key::generate(key_type::p256);
  nonced_responses signs(signer, signer.digest());
  const bytes nonce(16, 1);
  EXPECT_THROW(signs.with_nonce(bytes{}, nonce), crypto_error);
  EXPECT_THROW(signs.with_nonce(build_ocsp_error(response_status::try_later), nonce), crypto_error);
  auto cut = build_ocsp_response(content_of(good_status{}), tests::by_issuer());
  cut.resize(cut.size() / 2);
  EXPECT_THROW(signs.with_nonce(cut, nonce), crypto_error);
}

}  // namespace
}  // namespace staplelab::pki
