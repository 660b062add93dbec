#include "pki/mini_ca.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>

#include "pki/errors.hpp"
#include "tests/pki/sample_ca.hpp"

namespace staplelab::pki {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using tests::answer;
using tests::authority;
using tests::good;
using tests::leaf;
using tests::look_up;
using tests::message_of;
using tests::noon;
using tests::revoked;
using tests::unknown;
using tests::with_root;

// ---- Issuing

TEST(mini_ca, issues_under_a_chain_of_authorities) {
  mini_ca ca = with_root();
  ca.add_authority(authority("sub", "root"));
  ca.add_authority(authority("subsub", "sub"));
  const credential issued = ca.issue(leaf("www", "subsub"), noon);
  const auto chain = ca.chain("subsub");
  ASSERT_EQ(chain.size(), 3U);
  EXPECT_TRUE(issued.cert.signed_by(chain[0]));
  EXPECT_TRUE(chain[0].signed_by(chain[1]));
  EXPECT_TRUE(chain[1].signed_by(chain[2]));
  EXPECT_TRUE(chain[2].signed_by(chain[2]));
  EXPECT_EQ(chain[2].subject(), "CN=root");
  EXPECT_THAT(ca.authority_names(), ElementsAre("root", "sub", "subsub"));
}

TEST(mini_ca, puts_into_a_certificate_what_was_described) {
  mini_ca ca = with_root();
  issue_description what = leaf("www");
  what.type = key_type::p384;
  what.subject_alt_names = {"www.example", "127.0.0.1"};
  what.ocsp_urls = {"http://127.0.0.1:1/"};
  what.must_staple = true;
  const certificate cert = ca.issue(what, noon).cert;
  EXPECT_EQ(cert.subject(), "CN=www");
  EXPECT_EQ(cert.serial().decimal(), "1001");
  EXPECT_EQ(cert.not_after(), what.not_after);
  EXPECT_THAT(cert.dns_names(), ElementsAre("www.example"));
  EXPECT_THAT(cert.ocsp_urls(), ElementsAre("http://127.0.0.1:1/"));
  EXPECT_TRUE(cert.must_staple());
}

TEST(mini_ca, issues_fit_and_unfit_signers) {
  mini_ca ca = with_root();
  issue_description what = leaf("fit");
  what.role = certificate_role::ocsp_signer;
  EXPECT_TRUE(ca.issue(what, noon).cert.may_sign_ocsp());
  what.name = "unfit";
  what.ocsp_signing_eku = false;
  EXPECT_FALSE(ca.issue(what, noon).cert.may_sign_ocsp());
}

TEST(mini_ca, keeps_the_keys_of_what_it_issued) {
  mini_ca ca = with_root();
  const credential issued = ca.issue(leaf("www"), noon);
  EXPECT_EQ(ca.issued("www").cert, issued.cert);
  EXPECT_EQ(ca.issued("www").key.to_pem(), issued.key.to_pem());
}

TEST(mini_ca, lists_what_it_issued_in_order) {
  mini_ca ca = with_root();
  EXPECT_THAT(ca.list(), IsEmpty());
  for (const char* name : {"c", "a", "b"})
    ca.issue(leaf(name), noon);
  ca.revoke("a", crl_reason::superseded, noon);
  const auto listed = ca.list();
  ASSERT_EQ(listed.size(), 3U);
  EXPECT_EQ(listed[0].name, "c");
  EXPECT_EQ(listed[1].name, "a");
  EXPECT_EQ(listed[2].name, "b");
  EXPECT_EQ(listed[1].issuer, "root");
  EXPECT_EQ(listed[1].status, (cert_status{revoked_status{noon, crl_reason::superseded}}));
  EXPECT_EQ(listed[2].status, cert_status{good_status{}});
}

TEST(mini_ca, draws_random_serials_that_are_positive_and_of_16_octets) {
  const auto source = mini_ca::random_serials();
  std::set<serial_number> drawn;
  for (int i = 0; i < 1000; ++i) {
    const serial_number serial = source();
    EXPECT_FALSE(serial.negative());
    EXPECT_EQ(serial.magnitude().size(), 16U);
    EXPECT_LT(serial.magnitude().front(), 0x80);
    drawn.insert(serial);
  }
  EXPECT_EQ(drawn.size(), 1000U);
}

TEST(mini_ca, draws_again_when_a_serial_is_taken) {
  int draw = 0;
  mini_ca ca = mini_ca::in_memory(
      [&draw] { return serial_number::from_decimal(std::to_string(draw++ / 3)).value(); });
  ca.add_authority(authority("root"));
  std::set<serial_number> serials{ca.authority("root").cert.serial()};
  for (const char* name : {"a", "b", "c"})
    serials.insert(ca.issue(leaf(name), noon).cert.serial());
  EXPECT_EQ(serials.size(), 4U);
}

TEST(mini_ca, refuses_a_source_that_only_repeats_itself) {
  mini_ca ca = mini_ca::in_memory([] { return tests::serial("01"); });
  ca.add_authority(authority("root"));
  EXPECT_THROW(ca.issue(leaf("a"), noon), input_error);
  EXPECT_THAT(ca.list(), IsEmpty());
}

// ---- Refusals

TEST(mini_ca, refuses_with_what_and_which_and_a_hint) {
  mini_ca ca = with_root();
  ca.issue(leaf("www"), noon);
  ca.issue(leaf("held"), noon);
  ca.issue(leaf("gone"), noon);
  ca.hold("held", noon);
  ca.revoke("gone", std::nullopt, noon);
  const std::vector<std::pair<std::function<void()>, const char*>> rows{
      {[&] { ca.add_authority(authority("root")); }, "named 'root' already"},
      {[&] { ca.add_authority(authority("sub", "rot")); },
       "no authority is named 'rot'; there are: root"},
      {[&] { ca.issue(leaf("www"), noon); }, "named 'www' already"},
      {[&] { ca.issue(leaf("w2", "rot"), noon); }, "there are: root"},
      {[&] { ca.issue(leaf(""), noon); }, "1 to 64"},
      {[&] { ca.issue(leaf(std::string(65, 'a')), noon); }, "1 to 64"},
      {[&] { ca.issue(leaf("../etc"), noon); }, "no '/'"},
      {[&] { ca.issue(leaf("a\nb"), noon); }, "control character"},
      {[&] { ca.revoke("nobody", std::nullopt, noon); }, "'nobody'"},
      {[&] { ca.revoke("gone", std::nullopt, noon); },
       "revoked since 2026-03-01T12:00:00Z already"},
      {[&] { ca.revoke("www", crl_reason::remove_from_crl, noon); }, "release"},
      {[&] { ca.hold("held", noon); }, "on hold since 2026-03-01T12:00:00Z; release it first"},
      {[&] { ca.hold("gone", noon); }, "revoked since"},
      {[&] { ca.release("www"); }, "not on hold"},
      {[&] { ca.release("gone"); }, "cannot be undone"},
      {[&] { ca.issued("nobody"); }, "'nobody'"},
      {[&] { ca.chain("nobody"); }, "'nobody'"},
      {[&] { ca.crl("nobody", noon, noon); }, "'nobody'"},
  };
  for (const auto& [act, message] : rows)
    EXPECT_THAT(message_of(act), HasSubstr(message));
  EXPECT_EQ(ca.list().size(), 3U);
}

TEST(mini_ca, takes_names_up_to_their_limit) {
  mini_ca ca = with_root();
  EXPECT_NO_THROW(ca.issue(leaf(std::string(64, 'a')), noon));
}

TEST(mini_ca, refuses_a_name_or_serial_that_several_have) {
  mini_ca ca = mini_ca::in_memory(
      [n = 0]() mutable { return serial_number::from_decimal(std::to_string(n++ / 2)).value(); });
  ca.add_authority(authority("one"));
  ca.add_authority(authority("two"));
  ca.issue(leaf("a", "one"), noon);
  ca.issue(leaf("b", "two"), noon);
  ca.issue(leaf("one", "two"), noon);
  EXPECT_THAT(message_of([&] { ca.revoke("01", std::nullopt, noon); }), HasSubstr("names 2"));
  EXPECT_THAT(message_of([&] { ca.revoke("one", std::nullopt, noon); }), HasSubstr("names 2"));
}

// ---- Looking up

class look_up_hash : public testing::TestWithParam<hash_algorithm> {};
INSTANTIATE_TEST_SUITE_P(mini_ca, look_up_hash,
                         testing::Values(hash_algorithm::sha1, hash_algorithm::sha256,
                                         hash_algorithm::sha384, hash_algorithm::sha512),
                         [](const auto& row) { return std::string{to_string(row.param)}; });

TEST_P(look_up_hash, R9_finds_a_certificate) {
  mini_ca ca = with_root();
  ca.issue(leaf("www"), noon);
  EXPECT_EQ(look_up(ca, "www", noon, GetParam()), good());
  ca.revoke("www", crl_reason::key_compromise, noon);
  EXPECT_EQ(look_up(ca, "www", noon, GetParam()), revoked(noon, crl_reason::key_compromise));
}

TEST(mini_ca, R37_does_not_know_a_serial_it_never_issued) {
  mini_ca ca = with_root();
  const cert_id id =
      cert_id::of(tests::serial("77"), ca.authority("root").cert, hash_algorithm::sha1);
  EXPECT_EQ(ca.look_up(id, noon), unknown());
}

TEST(mini_ca, R10_R17_answers_for_none_but_its_own_authorities) {
  mini_ca ca = with_root();
  const certificate cert = ca.issue(leaf("www"), noon).cert;
  const certificate impostor = tests::make_root("root").cert;
  const certificate own = ca.authority("root").cert;
  const answer not_ours = no_status::not_ours;
  EXPECT_EQ(ca.look_up(cert_id::of(cert, impostor, hash_algorithm::sha1), noon), not_ours);
  cert_id mixed = cert_id::of(cert, own, hash_algorithm::sha1);
  mixed.issuer_key_hash = cert_id::of(cert, impostor, hash_algorithm::sha1).issuer_key_hash;
  EXPECT_EQ(ca.look_up(mixed, noon), not_ours);
  cert_id unheard = cert_id::of(cert, own, hash_algorithm::sha1);
  unheard.hash.reset();
  EXPECT_EQ(ca.look_up(unheard, noon), not_ours);
}

TEST(mini_ca, R10_keeps_the_certificates_of_its_authorities_apart) {
  mini_ca ca = with_root();
  ca.add_authority(authority("sub", "root"));
  const certificate www = ca.issue(leaf("www", "sub"), noon).cert;
  EXPECT_EQ(ca.look_up(cert_id::of(www, ca.authority("sub").cert, hash_algorithm::sha1), noon),
            good());
  EXPECT_EQ(ca.look_up(cert_id::of(www, ca.authority("root").cert, hash_algorithm::sha1), noon),
            unknown());
}

TEST(mini_ca, knows_its_authorities_as_issued_by_their_issuer) {
  mini_ca ca = with_root();
  const certificate root = ca.authority("root").cert;
  const certificate sub = ca.add_authority(authority("sub", "root"));
  EXPECT_EQ(ca.look_up(cert_id::of(sub, root, hash_algorithm::sha256), noon), good());
  EXPECT_EQ(ca.look_up(cert_id::of(root, root, hash_algorithm::sha256), noon), good());
  ca.revoke("sub", crl_reason::ca_compromise, noon);
  EXPECT_EQ(ca.look_up(cert_id::of(sub, root, hash_algorithm::sha256), noon),
            revoked(noon, crl_reason::ca_compromise));
}

TEST(mini_ca, holds_a_revocation_back_until_its_time) {
  mini_ca ca = with_root();
  ca.issue(leaf("www"), noon);
  ca.revoke("www", std::nullopt, noon + duration{1});
  EXPECT_EQ(look_up(ca, "www", noon), good());
  EXPECT_EQ(look_up(ca, "www", noon + duration{1}), revoked(noon + duration{1}, std::nullopt));
}

TEST(mini_ca, R34_shows_a_hold_and_its_release) {
  mini_ca ca = with_root();
  ca.issue(leaf("www"), noon);
  ca.hold("www", noon);
  EXPECT_EQ(look_up(ca, "www"), revoked(noon, crl_reason::certificate_hold));
  ca.release("www");
  EXPECT_EQ(look_up(ca, "www"), good());
  ca.hold("www", noon);
  ca.revoke("www", crl_reason::key_compromise, noon + std::chrono::hours{1});
  EXPECT_EQ(look_up(ca, "www", noon + std::chrono::hours{1}),
            revoked(noon + std::chrono::hours{1}, crl_reason::key_compromise));
}

TEST(mini_ca, R31_keeps_every_reason) {
  mini_ca ca = with_root();
  for (const auto reason :
       {crl_reason::unspecified, crl_reason::key_compromise, crl_reason::ca_compromise,
        crl_reason::affiliation_changed, crl_reason::superseded, crl_reason::cessation_of_operation,
        crl_reason::privilege_withdrawn, crl_reason::aa_compromise}) {
    const std::string name{to_string(reason)};
    ca.issue(leaf(name), noon);
    ca.revoke(name, reason, noon);
    EXPECT_EQ(look_up(ca, name), revoked(noon, reason));
  }
}

TEST(mini_ca, revokes_by_serial_number_in_any_spelling) {
  mini_ca ca = with_root();
  for (const char* name : {"a", "b", "c"})
    ca.issue(leaf(name), noon);
  ca.revoke(ca.issued("a").cert.serial().hex(), std::nullopt, noon);  // 03e9
  ca.revoke("0x3EA", std::nullopt, noon);
  ca.revoke("03:eb", std::nullopt, noon);
  for (const char* name : {"a", "b", "c"}) {
    EXPECT_EQ(look_up(ca, name), revoked(noon, std::nullopt)) << name;
  }
}

TEST(mini_ca, can_be_moved) {
  mini_ca first = with_root();
  first.issue(leaf("www"), noon);
  mini_ca second = std::move(first);
  EXPECT_EQ(look_up(second, "www"), good());
}

}  // namespace
}  // namespace staplelab::pki
