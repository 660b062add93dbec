#include "pki/presignatures.hpp"

#include <gtest/gtest.h>
#include <openssl/evp.h>

#include <set>

#include "pki/digest.hpp"

namespace staplelab::pki {
namespace {

bytes digest_of_number(std::size_t number, std::size_t size) {
  bytes digest(size, 0x5a);
  digest[0] = static_cast<std::uint8_t>(number);
  digest[1] = static_cast<std::uint8_t>(number >> 8);
  return digest;
}

bool verifies(const key& signer, const bytes& digest, const bytes& signature) {
  const evp_pkey_ctx_handle context(EVP_PKEY_CTX_new(signer.get(), nullptr));
  EXPECT_EQ(EVP_PKEY_verify_init(context.get()), 1);
  return EVP_PKEY_verify(context.get(), signature.data(), signature.size(), digest.data(),
                         digest.size()) == 1;
}

// r, the first INTEGER of an ECDSA-Sig-Value.
bytes r_of(const bytes& signature) {
  return {signature.begin() + 4, signature.begin() + 4 + signature[3]};
}

class presigning : public testing::TestWithParam<key_type> {};

TEST_P(presigning, signs_each_digest_with_a_pair_of_its_own) {
  const auto signer = key::generate(GetParam());
  ASSERT_TRUE(can_presign(signer));
  const auto size = static_cast<std::size_t>(EVP_MD_get_size(signer.digest()));
  presignatures pairs(signer);
  std::set<bytes> seen;
  const auto count = 2 * presignatures::batch + 1;  // over the ends of two batches
  for (std::size_t i = 0; i < count; ++i) {
    const auto digest = digest_of_number(i, size);
    const auto signature = pairs.sign(digest);
    ASSERT_TRUE(verifies(signer, digest, signature)) << i;
    EXPECT_FALSE(verifies(signer, digest_of_number(i + 1, size), signature));
    seen.insert(r_of(signature));
  }
  EXPECT_EQ(seen.size(), count);
  EXPECT_EQ(pairs.left(), presignatures::batch - 1);
}

INSTANTIATE_TEST_SUITE_P(curves, presigning, testing::Values(key_type::p256, key_type::p384),
                         [](const auto& info) { return std::string(to_string(info.param)); });

TEST(can_presign, only_with_ecdsa_keys) {
  EXPECT_FALSE(can_presign(key::generate(key_type::rsa2048)));
  EXPECT_FALSE(can_presign(key::generate(key_type::ed25519)));
}

TEST(presigning, two_keys_of_one_curve_do_not_share_pairs) {
  const auto one = key::generate(key_type::p256), other = key::generate(key_type::p256);
  presignatures of_one(one), of_other(other);
  const auto digest = digest_of_number(7, 32);
  EXPECT_TRUE(verifies(one, digest, of_one.sign(digest)));
  EXPECT_TRUE(verifies(other, digest, of_other.sign(digest)));
  EXPECT_FALSE(verifies(other, digest, of_one.sign(digest)));
}

}  // namespace
}  // namespace staplelab::pki
