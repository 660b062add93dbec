// Who may sign a response, and with what (RFC 6960 4.2.2.2).
#include "pki/ocsp_verify.hpp"

#include <gtest/gtest.h>

#include "pki/ocsp_spoil.hpp"
#include "tests/pki/sample_verdicts.hpp"

namespace staplelab::pki {
namespace {

using tests::by_delegate;
using tests::by_issuer;
using tests::content_of;
using tests::describe;
using tests::good_by;
using tests::make_issued;
using tests::make_root;
using tests::noon;
using tests::sample;
using tests::verdict_of;

ocsp_signer delegate_with(const auto& change, const credential& issuer = sample().root) {
  auto what = describe(certificate_role::ocsp_signer, "Another Signer");
  change(what);
  return {make_issued(what, issuer), true};
}

TEST(verify_ocsp, C2_finds_a_turned_bit_in_the_signature) {
  EXPECT_EQ(verdict_of(with_broken_signature(good_by(by_issuer()))), ocsp_verdict::bad_signature);
  EXPECT_EQ(verdict_of(with_broken_signature(good_by(by_delegate()))), ocsp_verdict::bad_signature);
}

TEST(verify_ocsp, C3_refuses_a_stranger_embedded_or_not) {
  const credential stranger = make_root("Stranger");
  for (const auto form : {responder_id_form::by_key, responder_id_form::by_name}) {
    EXPECT_EQ(verdict_of(good_by({stranger, true}, form)), ocsp_verdict::unauthorized_signer);
    EXPECT_EQ(verdict_of(good_by({stranger, false}, form)), ocsp_verdict::unauthorized_signer);
  }
}

TEST(verify_ocsp, C3_finds_no_signature_of_the_issuer_under_its_name) {
  const credential impostor = make_root("Sample Root");
  EXPECT_EQ(verdict_of(good_by({impostor, false}, responder_id_form::by_name)),
            ocsp_verdict::bad_signature);
  EXPECT_EQ(verdict_of(good_by({impostor, true}, responder_id_form::by_name)),
            ocsp_verdict::unauthorized_signer);
}

TEST(verify_ocsp, C3_refuses_a_delegate_it_cannot_see) {
  EXPECT_EQ(verdict_of(good_by({sample().delegate, false})), ocsp_verdict::unauthorized_signer);
}

TEST(verify_ocsp, C4_refuses_a_delegate_without_the_key_purpose) {
  EXPECT_EQ(verdict_of(good_by(delegate_with([](auto& what) { what.ocsp_signing_eku = false; }))),
            ocsp_verdict::unauthorized_signer);
  const auto leaf = make_issued(describe(certificate_role::server, "server"), sample().root);
  EXPECT_EQ(verdict_of(good_by({leaf, true})), ocsp_verdict::unauthorized_signer);
}

TEST(verify_ocsp, C4_refuses_a_delegate_of_another_ca) {
  const credential other = make_root("Other Root");
  EXPECT_EQ(verdict_of(good_by(delegate_with([](auto&) {}, other))),
            ocsp_verdict::unauthorized_signer);
  const credential same_name = make_root("Sample Root");
  EXPECT_EQ(verdict_of(good_by(delegate_with([](auto&) {}, same_name))),
            ocsp_verdict::unauthorized_signer);
}

TEST(verify_ocsp, C4_refuses_a_delegate_of_a_delegate_and_of_an_intermediate) {
  EXPECT_EQ(verdict_of(good_by(delegate_with([](auto&) {}, sample().delegate))),
            ocsp_verdict::unauthorized_signer);
  const credential sub = make_issued(describe(certificate_role::authority, "Sub"), sample().root);
  EXPECT_EQ(verdict_of(good_by(delegate_with([](auto&) {}, sub))),
            ocsp_verdict::unauthorized_signer);
}

TEST(verify_ocsp, C4_refuses_a_delegate_outside_its_validity_but_for_the_skew) {
  const auto expired = delegate_with(
      [](certificate_description& what) { what.not_after = noon - std::chrono::seconds{10}; });
  const auto early = delegate_with(
      [](certificate_description& what) { what.not_before = noon + std::chrono::seconds{10}; });
  for (const ocsp_signer& signer : {expired, early}) {
    const bytes response = good_by(signer);
    EXPECT_EQ(verdict_of(response), ocsp_verdict::unauthorized_signer);
    EXPECT_EQ(verdict_of(response, {.skew = std::chrono::seconds{9}}),
              ocsp_verdict::unauthorized_signer);
    EXPECT_EQ(verdict_of(response, {.skew = std::chrono::seconds{10}}), ocsp_verdict::good);
  }
}

TEST(verify_ocsp, takes_unfit_delegates_when_told_not_to_look) {
  verify_rules lax;
  lax.fit_delegate = false;
  const auto no_eku = delegate_with([](auto& what) { what.ocsp_signing_eku = false; });
  const auto expired =
      delegate_with([](auto& what) { what.not_after = noon - std::chrono::hours{1}; });
  const ocsp_signer server{make_issued(describe(certificate_role::server, "s"), sample().root),
                           true};
  for (const ocsp_signer& signer : {no_eku, expired, server, by_delegate(), by_issuer()}) {
    EXPECT_EQ(verdict_of(good_by(signer), lax), ocsp_verdict::good);
    EXPECT_EQ(verdict_of(with_broken_signature(good_by(signer)), lax), ocsp_verdict::bad_signature);
  }
}

TEST(verify_ocsp, refuses_strangers_even_when_told_not_to_look) {
  verify_rules lax;
  lax.fit_delegate = false;
  const credential stranger = make_root("Stranger");
  EXPECT_EQ(verdict_of(good_by({stranger, true}), lax), ocsp_verdict::unauthorized_signer);
  EXPECT_EQ(verdict_of(good_by({stranger, false}), lax), ocsp_verdict::unauthorized_signer);
  EXPECT_EQ(verdict_of(good_by(delegate_with([](auto&) {}, stranger)), lax),
            ocsp_verdict::unauthorized_signer);
}

struct digest_row {
  const char* name;
  const EVP_MD* (*digest)();
  bool pss;
  ocsp_verdict verdict;
};
class response_digest : public testing::TestWithParam<digest_row> {};

TEST_P(response_digest, C17_R49_is_taken_when_strong_and_refused_when_weak) {
  static const credential root = make_root("RSA Root", key_type::rsa2048);
  static const credential leaf = make_issued(describe(certificate_role::server, "leaf"), root);
  response_content content = content_of(good_status{});
  content.singles[0].id = cert_id::of(leaf.cert, root.cert, hash_algorithm::sha1);
  content.responder_id = responder_id_form::by_name;
  const bytes response = tests::signed_again(build_ocsp_response(content, {root, false}), root,
                                             GetParam().digest(), GetParam().pss);
  EXPECT_EQ(verify_ocsp(response, leaf.cert, root.cert, {}, noon).verdict, GetParam().verdict);
}

INSTANTIATE_TEST_SUITE_P(
    verify_ocsp, response_digest,
    testing::Values(digest_row{"md5", EVP_md5, false, ocsp_verdict::bad_signature},
                    digest_row{"sha1", EVP_sha1, false, ocsp_verdict::bad_signature},
                    digest_row{"sha256", EVP_sha256, false, ocsp_verdict::good},
                    digest_row{"sha512", EVP_sha512, false, ocsp_verdict::good},
                    digest_row{"pss_sha1", EVP_sha1, true, ocsp_verdict::bad_signature},
                    digest_row{"pss_sha256", EVP_sha256, true, ocsp_verdict::good},
                    digest_row{"pss_sha384", EVP_sha384, true, ocsp_verdict::good}),
    [](const auto& row) { return row.param.name; });

}  // namespace
}  // namespace staplelab::pki
