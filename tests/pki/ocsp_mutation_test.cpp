// Any octets get a verdict: sound messages, damaged in ten thousand ways that a seed fixes.
#include <gtest/gtest.h>
#include <openssl/err.h>

#include <algorithm>
#include <random>

#include "pki/ocsp_text.hpp"
#include "pki/ocsp_verify.hpp"
#include "tests/pki/sample_pki.hpp"

namespace staplelab::pki {
namespace {

using tests::by_delegate;
using tests::by_issuer;
using tests::content_of;
using tests::noon;
using tests::sample;

constexpr int mutations = 10'000;

class mutator {
 public:
  explicit mutator(std::uint64_t seed) : random_(seed) {}

  std::size_t below(std::size_t end) {
    return std::uniform_int_distribution<std::size_t>{0, end - 1}(random_);
  }

  bytes damage(bytes message) {
    switch (below(5)) {
      case 0:
        return flip(std::move(message));
      case 1:
        message.resize(below(message.size()));
        return message;
      case 2:
        message.insert(message.end(), 1 + below(40), octet());
        return message;
      case 3:
        return repeat_a_part(std::move(message));
      default:
        message.erase(message.begin() + offset(message));
        return message;
    }
  }

 private:
  std::uint8_t octet() { return static_cast<std::uint8_t>(below(256)); }
  std::ptrdiff_t offset(const bytes& message) {
    return static_cast<std::ptrdiff_t>(below(message.size()));
  }

  bytes flip(bytes message) {
    const std::size_t count = 1 + below(4);
    for (std::size_t i = 0; i < count; ++i) {
      message[below(message.size())] ^= static_cast<std::uint8_t>(1 + below(255));
    }
    return message;
  }

  bytes repeat_a_part(bytes message) {
    const std::ptrdiff_t from = offset(message);
    const std::ptrdiff_t to =
        std::min<std::ptrdiff_t>(from + 1 + static_cast<std::ptrdiff_t>(below(30)),
                                 static_cast<std::ptrdiff_t>(message.size()));
    const bytes part{message.begin() + from, message.begin() + to};
    message.insert(message.begin() + offset(message), part.begin(), part.end());
    return message;
  }

  std::mt19937_64 random_;
};

bool is_sound(ocsp_verdict verdict) {
  return verdict == ocsp_verdict::good || verdict == ocsp_verdict::revoked ||
         verdict == ocsp_verdict::unknown;
}

TEST(any_octets, of_a_damaged_response_get_a_verdict_and_never_a_sound_one) {
  response_content with_nonce = content_of(good_status{});
  with_nonce.nonce = bytes(32, 7);
  with_nonce.responder_id = responder_id_form::by_name;
  const std::vector<bytes> originals{
      build_ocsp_response(content_of(good_status{}), by_issuer()),
      build_ocsp_response(content_of(revoked_status{noon, crl_reason::superseded}), by_issuer()),
      build_ocsp_response(with_nonce, by_delegate()),
      build_ocsp_error(response_status::try_later),
  };
  mutator random{20260301};
  for (int i = 0; i < mutations; ++i) {
    const bytes& original = originals[random.below(originals.size())];
    bytes damaged = random.damage(original);
    while (damaged == original)
      damaged = random.damage(original);
    for (const bool careful : {true, false}) {
      const verify_rules rules{.match_cert_id = careful, .fit_delegate = careful};
      const auto judgement =
          verify_ocsp(damaged, sample().leaf.cert, sample().root.cert, rules, noon);
      ASSERT_FALSE(is_sound(judgement.verdict)) << "mutation " << i << ": " << to_hex(damaged);
      ASSERT_FALSE(judgement.why.empty());
      ASSERT_EQ(ERR_peek_error(), 0U) << "mutation " << i << ": " << to_hex(damaged);
    }
    const auto parsed = parse_ocsp_response(damaged);
    if (parsed) {
      ASSERT_FALSE(describe(*parsed).empty());
    }
    ASSERT_EQ(ERR_peek_error(), 0U) << "mutation " << i << ": " << to_hex(damaged);
  }
}

TEST(any_octets, of_a_damaged_request_are_a_request_or_refused) {
  const cert_id id = cert_id::of(sample().leaf.cert, sample().root.cert, hash_algorithm::sha1);
  const std::vector<bytes> originals{build_ocsp_request(id, std::nullopt),
                                     build_ocsp_request(id, bytes(32, 9))};
  mutator random{20260302};
  int read = 0;
  for (int i = 0; i < mutations; ++i) {
    const bytes damaged = random.damage(originals[random.below(originals.size())]);
    const auto parsed = parse_ocsp_request(damaged);
    ASSERT_EQ(ERR_peek_error(), 0U) << "mutation " << i << ": " << to_hex(damaged);
    if (!parsed) continue;
    ++read;
    ASSERT_FALSE(parsed->certificates.empty());
    ASSERT_FALSE(describe(*parsed).empty());
  }
  EXPECT_GT(read, 100);  // the damage is not so bad that nothing behind the door is reached
}

TEST(any_octets, of_great_size_and_depth_are_judged) {
  const auto verdict_of = [](const bytes& message) {
    return verify_ocsp(message, sample().leaf.cert, sample().root.cert, {}, noon).verdict;
  };
  EXPECT_EQ(verdict_of(bytes(1'000'000, 0x30)), ocsp_verdict::malformed);
  bytes deep;
  for (int i = 0; i < 250'000; ++i)
    deep.insert(deep.end(), {0x30, 0x84, 0x7f, 0xff});
  EXPECT_EQ(verdict_of(deep), ocsp_verdict::malformed);
  EXPECT_EQ(verdict_of(bytes(1'000'000, 0x00)), ocsp_verdict::malformed);
}

TEST(any_octets, of_ten_thousand_single_responses_are_judged) {
  response_content content = content_of(good_status{});
  single_response other = content.singles[0];
  other.id.issuer_key_hash.front() ^= 1;  // the same serial number, so that each must be looked at
  other.id.der.clear();
  content.singles.assign(10'000, other);
  const bytes response = build_ocsp_response(content, by_issuer());
  const auto judgement = verify_ocsp(response, sample().leaf.cert, sample().root.cert, {}, noon);
  EXPECT_EQ(judgement.verdict, ocsp_verdict::wrong_cert);
}

}  // namespace
}  // namespace staplelab::pki
