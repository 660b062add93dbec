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
using tests::judged;
using tests::make_issued;
using tests::make_root;
using tests::noon;
using tests::octets;
using tests::sample;
using tests::single_of;
using tests::verdict_of;

bytes changed(const auto& change, const ocsp_signer& signer = by_issuer()) {
  response_content content = content_of(good_status{});
  change(content);
  return build_ocsp_response(content, signer);
}
// ---- What a sound response says

TEST(verify_ocsp, finds_a_response_by_the_issuer_good) {
  const ocsp_judgement judgement = judged(good_by(by_issuer()));
  EXPECT_EQ(judgement.verdict, ocsp_verdict::good);
  EXPECT_EQ(judgement.this_update, noon - std::chrono::hours{1});
  EXPECT_EQ(judgement.next_update, noon + std::chrono::days{7});
  EXPECT_EQ(judgement.produced_at, noon - std::chrono::hours{1});
  EXPECT_EQ(judgement.signer, "CN=Sample Root");
  EXPECT_FALSE(judgement.signer_not_after);
  EXPECT_EQ(judgement.serial, sample().leaf.cert.serial());
  EXPECT_FALSE(judgement.error);
  EXPECT_FALSE(judgement.revoked_at);
}

TEST(verify_ocsp, C5_C6_finds_a_response_by_a_delegate_good_by_key_and_by_name) {
  for (const auto form : {responder_id_form::by_key, responder_id_form::by_name}) {
    const ocsp_judgement judgement = judged(good_by(by_delegate(), form));
    EXPECT_EQ(judgement.verdict, ocsp_verdict::good);
    EXPECT_EQ(judgement.signer, "CN=Signer");
    EXPECT_EQ(judgement.signer_not_after, sample().delegate.cert.not_after());
  }
}

TEST(verify_ocsp, C6_finds_the_issuer_by_key_and_by_name) {
  EXPECT_EQ(verdict_of(good_by(by_issuer(), responder_id_form::by_key)), ocsp_verdict::good);
  EXPECT_EQ(verdict_of(good_by(by_issuer(), responder_id_form::by_name)), ocsp_verdict::good);
}

TEST(verify_ocsp, takes_no_delegate_for_an_issuer_that_sends_its_certificate_along) {
  const ocsp_judgement judgement = judged(good_by({sample().root, true}));
  EXPECT_EQ(judgement.verdict, ocsp_verdict::good);
  EXPECT_FALSE(judgement.signer_not_after);
}

TEST(verify_ocsp, tells_when_and_why_a_certificate_was_revoked) {
  const time_point when = noon - std::chrono::days{2};
  const ocsp_judgement judgement = judged(build_ocsp_response(
      content_of(revoked_status{when, crl_reason::key_compromise}), by_issuer()));
  EXPECT_EQ(judgement.verdict, ocsp_verdict::revoked);
  EXPECT_EQ(judgement.revoked_at, when);
  EXPECT_EQ(judgement.reason, crl_reason::key_compromise);
}

TEST(verify_ocsp, finds_an_unknown_certificate_unknown) {
  EXPECT_EQ(verdict_of(build_ocsp_response(content_of(unknown_status{}), by_issuer())),
            ocsp_verdict::unknown);
}

class every_key : public testing::TestWithParam<key_type> {};
INSTANTIATE_TEST_SUITE_P(verify_ocsp, every_key, testing::ValuesIn(all_key_types),
                         [](const auto& row) { return std::string{to_string(row.param)}; });

TEST_P(every_key, C2_C17_checks_signatures_of_each_algorithm) {
  const credential root = make_root("Root", GetParam());
  const credential leaf = make_issued(describe(certificate_role::server, "leaf"), root);
  response_content content = content_of(good_status{});
  content.singles[0].id = cert_id::of(leaf.cert, root.cert, hash_algorithm::sha256);
  const bytes sound = build_ocsp_response(content, {root, false});
  const bytes broken = with_broken_signature(sound);
  EXPECT_EQ(verify_ocsp(sound, leaf.cert, root.cert, {}, noon).verdict, ocsp_verdict::good);
  EXPECT_EQ(verify_ocsp(broken, leaf.cert, root.cert, {}, noon).verdict,
            ocsp_verdict::bad_signature);
}

// ---- Not a response, or not an answer

TEST(verify_ocsp, finds_other_octets_malformed) {
  for (const char* hex : {"", "00", "30", "3000", "30030a0100", "30030a0104", "3082ffff"}) {
    const ocsp_judgement judgement = judged(octets(hex));
    EXPECT_EQ(judgement.verdict, ocsp_verdict::malformed) << hex;
    EXPECT_FALSE(judgement.produced_at);
  }
}

TEST(verify_ocsp, tells_which_error_a_responder_sent) {
  for (const auto status :
       {response_status::malformed_request, response_status::internal_error,
        response_status::try_later, response_status::sig_required, response_status::unauthorized}) {
    const ocsp_judgement judgement = judged(build_ocsp_error(status));
    EXPECT_EQ(judgement.verdict, ocsp_verdict::error_status);
    EXPECT_EQ(judgement.error, status);
  }
}

// ---- Which certificate

bytes about(const cert_id& id) {
  return changed([&id](response_content& content) { content.singles[0].id = id; });
}

TEST(verify_ocsp, C1_wants_the_serial_number_it_asked_for) {
  const cert_id other = cert_id::of(tests::serial("77"), sample().root.cert, hash_algorithm::sha1);
  const ocsp_judgement judgement = judged(about(other));
  EXPECT_EQ(judgement.verdict, ocsp_verdict::wrong_cert);
  EXPECT_EQ(judgement.serial, tests::serial("77"));
  EXPECT_FALSE(judgement.this_update);
}

TEST(verify_ocsp, C1_R10_wants_the_issuers_name_and_key) {
  const certificate same_name = make_root("Sample Root").cert;
  const certificate same_key = sign_certificate(describe(certificate_role::authority, "Renamed"),
                                                sample().root.key, nullptr, sample().root.key);
  for (const certificate& other : {same_name, same_key}) {
    const cert_id id = cert_id::of(sample().leaf.cert, other, hash_algorithm::sha256);
    EXPECT_EQ(verdict_of(about(id)), ocsp_verdict::wrong_cert);
  }
}

TEST(verify_ocsp, C1_wants_a_hash_it_can_compute) {
  cert_id id = cert_id::of(sample().leaf.cert, sample().root.cert, hash_algorithm::sha1);
  id.der =
      tests::sequence({tests::sequence({octets("06032a0304")}), wrap_der(0x04, id.issuer_name_hash),
                       wrap_der(0x04, id.issuer_key_hash), octets("02031f2e3d")});
  EXPECT_EQ(verdict_of(about(id)), ocsp_verdict::wrong_cert);
}

TEST(verify_ocsp, C15_picks_its_own_single_response_among_several) {
  const bytes response = changed([](response_content& content) {
    single_response other = single_of(revoked_status{noon, std::nullopt});
    other.id = cert_id::of(tests::serial("02"), sample().root.cert, hash_algorithm::sha1);
    content.singles.insert(content.singles.begin(), other);
    content.singles.push_back(other);
  });
  EXPECT_EQ(verdict_of(response), ocsp_verdict::good);
}

TEST(verify_ocsp, takes_the_first_single_response_when_told_not_to_match) {
  verify_rules rules;
  rules.match_cert_id = false;
  const cert_id other = cert_id::of(tests::serial("77"), sample().root.cert, hash_algorithm::sha1);
  const ocsp_judgement judgement = judged(about(other), rules);
  EXPECT_EQ(judgement.verdict, ocsp_verdict::good);
  EXPECT_EQ(judgement.serial, tests::serial("77"));
}

// ---- When

struct moment {
  const char* name;
  duration this_update;  // from noon
  std::optional<duration> next_update;
  duration produced_at;
  duration skew;
  std::optional<duration> max_age;
  ocsp_verdict verdict;
};
class response_at_noon : public testing::TestWithParam<moment> {};

TEST_P(response_at_noon, C7_C8_is_judged_by_its_times) {
  const moment& row = GetParam();
  const bytes response = changed([&row](response_content& content) {
    content.singles[0].this_update = noon + row.this_update;
    content.singles[0].next_update.reset();
    if (row.next_update) content.singles[0].next_update = noon + *row.next_update;
    content.produced_at = noon + row.produced_at;
  });
  EXPECT_EQ(verdict_of(response, {.skew = row.skew, .max_age = row.max_age}), row.verdict);
}

using std::chrono::hours, std::chrono::seconds, std::chrono::days;
constexpr std::optional<duration> none = std::nullopt;
INSTANTIATE_TEST_SUITE_P(
    verify_ocsp, response_at_noon,
    testing::Values(
        moment{"current", hours{-1}, hours{1}, hours{-1}, {}, none, ocsp_verdict::good},
        moment{"begins_now", {}, hours{1}, {}, {}, none, ocsp_verdict::good},
        moment{"ends_now", hours{-1}, duration{0}, hours{-1}, {}, none, ocsp_verdict::good},
        moment{"ended_a_second_ago",
               hours{-1},
               seconds{-1},
               hours{-1},
               {},
               none,
               ocsp_verdict::expired},
        moment{"ended_within_the_skew", hours{-1}, seconds{-5}, hours{-1}, seconds{5}, none,
               ocsp_verdict::good},
        moment{"ended_beyond_the_skew", hours{-1}, seconds{-6}, hours{-1}, seconds{5}, none,
               ocsp_verdict::expired},
        moment{
            "begins_in_a_second", seconds{1}, hours{1}, {}, {}, none, ocsp_verdict::not_yet_valid},
        moment{"begins_within_the_skew",
               seconds{5},
               hours{1},
               {},
               seconds{5},
               none,
               ocsp_verdict::good},
        moment{"begins_beyond_the_skew",
               seconds{6},
               hours{1},
               {},
               seconds{5},
               none,
               ocsp_verdict::not_yet_valid},
        moment{"produced_in_the_future",
               hours{-1},
               hours{1},
               seconds{1},
               {},
               none,
               ocsp_verdict::not_yet_valid},
        moment{"ends_before_it_begins", hours{-1}, hours{-2}, hours{-1}, days{9}, none,
               ocsp_verdict::expired},
        moment{"no_end_any_age", days{-3650}, none, hours{-1}, {}, none, ocsp_verdict::good},
        moment{"no_end_of_max_age", hours{-2}, none, hours{-1}, {}, hours{2}, ocsp_verdict::good},
        moment{"no_end_too_old",
               hours{-2},
               none,
               hours{-1},
               {},
               hours{2} - seconds{1},
               ocsp_verdict::expired},
        moment{"no_end_too_old_but_for_the_skew", hours{-2}, none, hours{-1}, seconds{1},
               hours{2} - seconds{1}, ocsp_verdict::good},
        moment{"max_age_is_only_for_no_end",
               days{-9},
               hours{1},
               hours{-1},
               {},
               hours{1},
               ocsp_verdict::good},
        moment{"endless_skew", days{9}, none, days{9}, duration::max(), duration{0},
               ocsp_verdict::good}),
    [](const auto& row) { return row.param.name; });

TEST(verify_ocsp, finds_a_response_expired_within_the_second_after_its_end) {
  const bytes response = good_by(by_issuer());
  const time_point end = noon + days{7};
  EXPECT_EQ(verdict_of(response, {}, end), ocsp_verdict::good);
  EXPECT_EQ(verdict_of(response, {}, end + duration{1}), ocsp_verdict::expired);
}

// ---- Extensions

bytes with_extension(const char* oid, bool critical, bool in_single) {
  const bytes response = good_by(by_issuer(), responder_id_form::by_name);
  const auto basic = from_der<ocsp_basicresp_handle, d2i_OCSP_BASICRESP>(tests::basic_of(response));
  const handle<ASN1_OBJECT, ASN1_OBJECT_free> object{OBJ_txt2obj(oid, 1)};
  const asn1_octet_string_handle value{ASN1_OCTET_STRING_new()};
  ASN1_OCTET_STRING_set(value.get(), octets("0500").data(), 2);
  const x509_extension_handle extension{
      X509_EXTENSION_create_by_OBJ(nullptr, object.get(), critical ? 1 : 0, value.get())};
  if (in_single) {
    OCSP_SINGLERESP_add_ext(OCSP_resp_get0(basic.get(), 0), extension.get(), -1);
  } else {
    OCSP_BASICRESP_add_ext(basic.get(), extension.get(), -1);
  }
  const ocsp_response_handle wrapped{OCSP_response_create(0, basic.get())};
  return tests::signed_again(to_der<i2d_OCSP_RESPONSE>(wrapped.get()), sample().root, EVP_sha256(),
                             false);
}

TEST(verify_ocsp, C16_refuses_unknown_critical_extensions_and_ignores_others) {
  for (const bool in_single : {false, true}) {
    EXPECT_EQ(verdict_of(with_extension("1.2.3.4", true, in_single)),
              ocsp_verdict::critical_extension);
    EXPECT_EQ(verdict_of(with_extension("1.2.3.4", false, in_single)), ocsp_verdict::good);
    EXPECT_EQ(verdict_of(with_extension("1.3.6.1.5.5.7.48.1.9", true, in_single)),
              ocsp_verdict::good);
  }
}

// ---- Order of the verdicts

TEST(verify_ocsp, gives_the_first_reason_when_there_are_several) {
  const credential stranger = make_root("Stranger");
  response_content content = content_of(good_status{});
  content.singles[0].id =
      cert_id::of(tests::serial("77"), sample().root.cert, hash_algorithm::sha1);
  content.singles[0].next_update = noon - hours{1};
  content.produced_at = noon + hours{1};
  EXPECT_EQ(verdict_of(build_ocsp_response(content, {stranger, true})), ocsp_verdict::wrong_cert);
  content.singles[0].id = single_of(good_status{}).id;
  const bytes by_stranger = build_ocsp_response(content, {stranger, true});
  EXPECT_EQ(verdict_of(with_broken_signature(by_stranger)), ocsp_verdict::unauthorized_signer);
  const bytes by_root = build_ocsp_response(content, by_issuer());
  EXPECT_EQ(verdict_of(with_broken_signature(by_root)), ocsp_verdict::bad_signature);
  EXPECT_EQ(verdict_of(by_root), ocsp_verdict::not_yet_valid);
  content.produced_at = noon;
  EXPECT_EQ(verdict_of(build_ocsp_response(content, by_issuer())), ocsp_verdict::expired);
}

TEST(verify_ocsp, shows_what_an_unsound_response_says_all_the_same) {
  const ocsp_judgement judgement = judged(good_by({make_root("Stranger"), true}));
  EXPECT_EQ(judgement.this_update, noon - hours{1});
  EXPECT_TRUE(judgement.responder_id);
  EXPECT_FALSE(judgement.signer);
}

TEST(verify_ocsp, has_a_name_for_each_verdict) {
  EXPECT_EQ(to_string(ocsp_verdict::good), "good");
  EXPECT_EQ(to_string(ocsp_verdict::error_status), "error_status");
  EXPECT_EQ(to_string(ocsp_verdict::unauthorized_signer), "unauthorized_signer");
  EXPECT_EQ(to_string(ocsp_verdict::not_yet_valid), "not_yet_valid");
}

}  // namespace
}  // namespace staplelab::pki
