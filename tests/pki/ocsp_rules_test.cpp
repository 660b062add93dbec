// What depends on a rule, or on what the client knows beside the response.
#include <gtest/gtest.h>
#include <openssl/pem.h>
#include <openssl/rsa.h>

#include "pki/ocsp_verify.hpp"
#include "tests/pki/sample_verdicts.hpp"

namespace staplelab::pki {
namespace {

using std::chrono::days;
using std::chrono::hours;
using tests::by_delegate;
using tests::by_issuer;
using tests::content_of;
using tests::describe;
using tests::good_by;
using tests::make_issued;
using tests::make_root;
using tests::noon;
using tests::octets;
using tests::sample;
using tests::single_of;
using tests::verdict_of;

ocsp_judgement knowing(const bytes& response, const client_knowledge& knowledge,
                       const verify_rules& rules = {}) {
  return verify_ocsp(response, sample().leaf.cert, sample().root.cert, rules, knowledge, noon);
}

bytes good_with(const auto& change) {
  response_content content = content_of(good_status{});
  change(content);
  return build_ocsp_response(content, by_issuer());
}

// ---- C3: locally configured

TEST(verify_ocsp, C3_takes_a_signer_that_is_trusted_locally) {
  const credential local = make_root("Our Own Responder");
  for (const auto form : {responder_id_form::by_key, responder_id_form::by_name}) {
    for (const bool embed : {true, false}) {
      const auto judgement =
          knowing(good_by({local, embed}, form), {.trusted_signers = {local.cert}});
      EXPECT_EQ(judgement.verdict, ocsp_verdict::good);
      EXPECT_EQ(judgement.signer, "CN=Our Own Responder");
      EXPECT_EQ(judgement.signer_not_after, local.cert.not_after());
    }
  }
}

TEST(verify_ocsp, C3_trusts_nobody_else_for_that) {
  const credential local = make_root("Our Own Responder");
  const credential same_name = make_root("Our Own Responder");
  const client_knowledge knowledge{.trusted_signers = {local.cert}};
  const auto by_name = responder_id_form::by_name;
  EXPECT_EQ(knowing(good_by({same_name, true}, by_name), knowledge).verdict,
            ocsp_verdict::unauthorized_signer);
  EXPECT_EQ(knowing(good_by(by_issuer()), knowledge).verdict, ocsp_verdict::good);
  auto what = describe(certificate_role::authority, "Ended");
  what.not_after = noon - hours{1};
  const credential ended = make_issued(what, sample().root);
  EXPECT_EQ(knowing(good_by({ended, true}), {.trusted_signers = {ended.cert}}).verdict,
            ocsp_verdict::unauthorized_signer);
}

// ---- C4: what a delegate's certificate must say

TEST(verify_ocsp, C4_delegate_chain_of_two_is_rejected) {
  const auto second = make_issued(describe(certificate_role::ocsp_signer, "2"), sample().delegate);
  EXPECT_EQ(verdict_of(good_by({second, true})), ocsp_verdict::unauthorized_signer);
}

// A delegate with one more extension, signed by the root.
credential delegate_with(const char* oid, const char* value_hex, bool critical) {
  const credential plain = make_issued(describe(certificate_role::ocsp_signer, "D"), sample().root);
  x509_handle x509{X509_dup(plain.cert.get())};
  const handle<ASN1_OBJECT, ASN1_OBJECT_free> object{OBJ_txt2obj(oid, 1)};
  for (int at = X509_get_ext_by_OBJ(x509.get(), object.get(), -1); at >= 0;
       at = X509_get_ext_by_OBJ(x509.get(), object.get(), -1)) {
    const x509_extension_handle old{X509_delete_ext(x509.get(), at)};
  }
  const bytes content = octets(value_hex);
  const asn1_octet_string_handle value{ASN1_OCTET_STRING_new()};
  ASN1_OCTET_STRING_set(value.get(), content.data(), static_cast<int>(content.size()));
  const x509_extension_handle extension{
      X509_EXTENSION_create_by_OBJ(nullptr, object.get(), critical ? 1 : 0, value.get())};
  X509_add_ext(x509.get(), extension.get(), -1);
  EXPECT_GT(X509_sign(x509.get(), sample().root.key.get(), EVP_sha256()), 0);
  return {certificate{std::move(x509)}, plain.key};
}

TEST(verify_ocsp, C4_delegate_with_a_key_that_may_not_sign_is_rejected) {
  const char* key_usage = "2.5.29.15";
  EXPECT_EQ(verdict_of(good_by({delegate_with(key_usage, "03020520", true), true})),
            ocsp_verdict::unauthorized_signer);  // keyEncipherment
  EXPECT_EQ(verdict_of(good_by({delegate_with(key_usage, "03020780", true), true})),
            ocsp_verdict::good);  // digitalSignature
}

TEST(verify_ocsp, C4_delegate_with_an_unknown_critical_extension_is_rejected) {
  EXPECT_EQ(verdict_of(good_by({delegate_with("1.2.3.4", "0500", true), true})),
            ocsp_verdict::unauthorized_signer);
  EXPECT_EQ(verdict_of(good_by({delegate_with("1.2.3.4", "0500", false), true})),
            ocsp_verdict::good);
}

// ---- C5: id-pkix-ocsp-nocheck, and local policy without it

credential revocable_delegate_of_root() {
  auto what = describe(certificate_role::ocsp_signer, "Revocable");
  what.serial = tests::serial("0d");
  what.ocsp_nocheck = false;
  return make_issued(what, sample().root);
}

bytes about(const credential& delegate, const cert_status& status, const ocsp_signer& signer) {
  response_content content = content_of(status);
  content.singles[0].id = cert_id::of(delegate.cert, sample().root.cert, hash_algorithm::sha256);
  return build_ocsp_response(content, signer);
}

TEST(verify_ocsp, C5_delegate_without_nocheck_is_a_matter_of_policy) {
  const credential revocable = revocable_delegate_of_root();
  const bytes response = good_by({revocable, true});
  const verify_rules refuse{.without_nocheck = revocable_delegate::refuse};
  const verify_rules prove{.without_nocheck = revocable_delegate::prove};
  EXPECT_EQ(verdict_of(response), ocsp_verdict::good);
  EXPECT_EQ(verdict_of(response, refuse), ocsp_verdict::unauthorized_signer);
  EXPECT_EQ(verdict_of(response, prove), ocsp_verdict::unauthorized_signer);
  for (const auto& rules : {refuse, prove}) {
    EXPECT_EQ(verdict_of(good_by(by_delegate()), rules), ocsp_verdict::good);
  }

  const client_knowledge good{.delegate_answers = {about(revocable, good_status{}, by_issuer())}};
  EXPECT_EQ(knowing(response, good, prove).verdict, ocsp_verdict::good);
  EXPECT_EQ(knowing(response, good, refuse).verdict, ocsp_verdict::unauthorized_signer);
  const revoked_status ended{noon - hours{2}, std::nullopt};
  const client_knowledge revoked{.delegate_answers = {about(revocable, ended, by_issuer())}};
  EXPECT_EQ(knowing(response, revoked, prove).verdict, ocsp_verdict::unauthorized_signer);
  EXPECT_EQ(knowing(response, revoked).verdict, ocsp_verdict::unauthorized_signer);
}

TEST(verify_ocsp, C5_delegates_do_not_vouch_for_themselves_or_each_other) {
  const credential revocable = revocable_delegate_of_root();
  const bytes response = good_by({revocable, true});
  const verify_rules prove{.without_nocheck = revocable_delegate::prove};
  const bytes by_itself = about(revocable, good_status{}, {revocable, true});
  EXPECT_EQ(knowing(response, {.delegate_answers = {by_itself}}, prove).verdict,
            ocsp_verdict::unauthorized_signer);
  const credential other = revocable_delegate_of_root();
  const bytes by_other = about(revocable, good_status{}, {other, true});
  const bytes of_other = about(other, good_status{}, {revocable, true});
  EXPECT_EQ(knowing(response, {.delegate_answers = {by_other, of_other}}, prove).verdict,
            ocsp_verdict::unauthorized_signer);
  const bytes by_unrevocable = about(revocable, good_status{}, by_delegate());
  EXPECT_EQ(knowing(response, {.delegate_answers = {octets("00"), by_unrevocable}}, prove).verdict,
            ocsp_verdict::good);
}

// ---- C8: the lightweight profile

TEST(verify_ocsp, C8_lightweight_profile_wants_next_update) {
  const bytes endless = good_with([](auto& content) { content.singles[0].next_update.reset(); });
  EXPECT_EQ(verdict_of(endless, rules_of(verify_profile::rfc6960)), ocsp_verdict::good);
  EXPECT_EQ(verdict_of(endless, rules_of(verify_profile::rfc9919)), ocsp_verdict::expired);
  EXPECT_EQ(verdict_of(endless, rules_of(verify_profile::webpki)), ocsp_verdict::expired);
  for (const auto* name : {"rfc6960", "rfc9919", "webpki"}) {
    const auto profile = parse_verify_profile(name);
    ASSERT_TRUE(profile);
    EXPECT_EQ(to_string(*profile), name);
    EXPECT_EQ(verdict_of(good_by(by_issuer()), rules_of(*profile)), ocsp_verdict::good);
  }
  EXPECT_FALSE(parse_verify_profile("rfc5019"));
}

// ---- C9, C10: the nonce

TEST(verify_ocsp, C9_another_nonce_is_rejected_and_none_only_when_strict) {
  const bytes sent(32, 7);
  const bytes other(32, 8);
  const verify_rules strict{.require_nonce = true};
  const bytes echoed = good_with([&](auto& content) { content.nonce = sent; });
  const bytes exchanged = good_with([&](auto& content) { content.nonce = other; });
  const bytes without = good_by(by_issuer());
  for (const auto& rules : {verify_rules{}, strict}) {
    EXPECT_EQ(knowing(echoed, {.nonce = sent}, rules).verdict, ocsp_verdict::good);
    EXPECT_EQ(knowing(exchanged, {.nonce = sent}, rules).verdict, ocsp_verdict::malformed);
  }
  EXPECT_EQ(knowing(without, {.nonce = sent}).verdict, ocsp_verdict::good);
  const auto refused = knowing(without, {.nonce = sent}, strict);
  EXPECT_EQ(refused.verdict, ocsp_verdict::malformed);
  EXPECT_EQ(refused.why, "the nonce that was sent did not come back");
}

TEST(verify_ocsp, C9_without_a_nonce_the_times_decide) {
  const bytes old =
      good_with([](auto& content) { content.singles[0].next_update = noon - hours{1}; });
  EXPECT_EQ(knowing(old, {.nonce = bytes(32, 7)}).verdict, ocsp_verdict::expired);
}

TEST(verify_ocsp, C10_a_nonce_nobody_sent_is_ignored) {
  const bytes response = good_with([](auto& content) { content.nonce = bytes(32, 7); });
  EXPECT_EQ(knowing(response, {}).verdict, ocsp_verdict::good);
  EXPECT_EQ(knowing(response, {}, {.require_nonce = true}).verdict, ocsp_verdict::good);
}

// ---- C15: several SingleResponses about the same certificate

TEST(verify_ocsp, C15_the_latest_of_several_answers_counts) {
  const revoked_status revoked{noon - days{1}, std::nullopt};
  const auto both = [&](duration good_at, duration revoked_at) {
    return good_with([&](auto& content) {
      content.singles[0].this_update = noon + good_at;
      content.singles.push_back(single_of(revoked, hash_algorithm::sha256));
      content.singles[1].this_update = noon + revoked_at;
    });
  };
  EXPECT_EQ(verdict_of(both(hours{-2}, hours{-1})), ocsp_verdict::revoked);
  EXPECT_EQ(verdict_of(both(hours{-1}, hours{-2})), ocsp_verdict::good);
  EXPECT_EQ(verdict_of(both(hours{-1}, hours{-1})), ocsp_verdict::revoked);
}

// ---- C17: weak keys

key small_rsa_key() {
  const evp_pkey_handle made{EVP_RSA_gen(1024)};
  const bio_handle out{BIO_new(BIO_s_mem())};
  PEM_write_bio_PKCS8PrivateKey(out.get(), made.get(), nullptr, nullptr, 0, nullptr, nullptr);
  char* text = nullptr;  // borrowed from `out`
  const long size = BIO_get_mem_data(out.get(), &text);
  return key::from_pem({text, static_cast<std::size_t>(size)}, "a test");
}

TEST(verify_ocsp, C17_an_rsa_key_of_1024_bits_is_refused_unless_allowed) {
  const key small = small_rsa_key();
  const certificate cert = sign_certificate(describe(certificate_role::ocsp_signer, "Small"), small,
                                            &sample().root.cert, sample().root.key);
  const bytes response = good_by({{cert, small}, true});
  EXPECT_EQ(verdict_of(response), ocsp_verdict::bad_signature);
  EXPECT_EQ(verdict_of(response, {.strength = {.rsa_bits = 1024}}), ocsp_verdict::good);
  EXPECT_EQ(verdict_of(response, {.strength = {.rsa_bits = 1025}}), ocsp_verdict::bad_signature);
}

TEST(verify_ocsp, C17_sha1_is_refused_unless_allowed) {
  const bytes sound = good_by(by_issuer(), responder_id_form::by_name);
  const bytes weak = tests::signed_again(sound, sample().root, EVP_sha1(), false);
  EXPECT_EQ(verdict_of(weak), ocsp_verdict::bad_signature);
  EXPECT_EQ(verdict_of(weak, {.strength = {.sound_digest = false}}), ocsp_verdict::good);
}

}  // namespace
}  // namespace staplelab::pki
