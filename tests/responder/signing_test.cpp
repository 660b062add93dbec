#include "responder/signing.hpp"

#include <gtest/gtest.h>

#include "lab.hpp"
#include "responder/overriding_book.hpp"

namespace staplelab::responder {
namespace {

using namespace test;

class SigningTest : public testing::Test {
 protected:
  authority with_delegate(pki::credential delegate) {
    auto who = lab_.direct();
    who.delegate = std::move(delegate);
    return who;
  }
  lab lab_;
  signing signers_;
};

TEST_F(SigningTest, FitSignersHaveNoFlaw) {
  EXPECT_EQ(flaw_of(lab_.direct(), start), std::nullopt);
  EXPECT_EQ(
      flaw_of(with_delegate(lab_.issue("d", "issuing", pki::certificate_role::ocsp_signer)), start),
      std::nullopt);
}

TEST_F(SigningTest, R29UnfitDelegatesAreTurnedAway) {
  const auto unfit = fault_signers::make(lab_.ca().authority("issuing"), start);
  const auto fit = lab_.issue("fit", "issuing", pki::certificate_role::ocsp_signer);
  const auto foreign = lab_.issue("alien", "stranger", pki::certificate_role::ocsp_signer);
  const pki::credential mismatched{fit.cert, foreign.key};
  const std::pair<pki::credential, signer_flaw> rows[] = {
      {unfit.expired_delegate, signer_flaw::expired},
      {unfit.delegate_without_eku, signer_flaw::no_ocsp_signing},
      {foreign, signer_flaw::foreign_delegate},
      {mismatched, signer_flaw::key_mismatch},
      {lab_.issue("a-leaf", "issuing"), signer_flaw::no_ocsp_signing},
  };
  for (const auto& [delegate, flaw] : rows) {
    const auto who = with_delegate(delegate);
    EXPECT_EQ(flaw_of(who, start), flaw) << to_string(flaw);
    EXPECT_EQ(signers_.set(who, signer_choice::fit_only, start), flaw);
    EXPECT_TRUE(signers_.authorities().empty());
  }
}

TEST_F(SigningTest, R29AndTakenWhenAskedForOnPurpose) {
  const auto unfit = fault_signers::make(lab_.ca().authority("issuing"), start);
  const auto who = with_delegate(unfit.expired_delegate);
  EXPECT_EQ(signers_.set(who, signer_choice::any, start), std::nullopt);
  EXPECT_EQ(signers_.authorities().size(), 1u);
}

TEST_F(SigningTest, ADelegateIsFitFromNotBeforeToNotAfterInclusive) {
  const auto who = with_delegate(lab_.issue("d", "issuing", pki::certificate_role::ocsp_signer));
  const auto& cert = who.delegate->cert;
  EXPECT_EQ(flaw_of(who, cert.not_before()), std::nullopt);
  EXPECT_EQ(flaw_of(who, cert.not_before() - 1s), signer_flaw::not_yet_valid);
  EXPECT_EQ(flaw_of(who, cert.not_after()), std::nullopt);
  EXPECT_EQ(flaw_of(who, cert.not_after() + 1s), signer_flaw::expired);
}

TEST_F(SigningTest, ASecondSignerForAnIssuerReplacesTheFirst) {
  signers_.set(lab_.direct(), signer_choice::fit_only, start);
  signers_.set(lab_.direct("stranger"), signer_choice::fit_only, start);
  signers_.set(with_delegate(lab_.issue("d", "issuing", pki::certificate_role::ocsp_signer)),
               signer_choice::fit_only, start);
  ASSERT_EQ(signers_.authorities().size(), 2u);
  EXPECT_TRUE(signers_.find(lab_.id("good"))->delegate);
  EXPECT_FALSE(signers_.find(lab_.id("foreign"))->delegate);
}

TEST_F(SigningTest, UnfitSignersAreMadeOnceForEachAuthority) {
  signers_.set(lab_.direct(), signer_choice::fit_only, start);
  signers_.set(lab_.direct("stranger"), signer_choice::fit_only, start);
  const auto& first = signers_.unfit(signers_.authorities()[0], start);
  const auto& second = signers_.unfit(signers_.authorities()[1], start);
  EXPECT_EQ(&first, &signers_.unfit(signers_.authorities()[0], start + 24h));
  EXPECT_FALSE(first.stranger.cert == second.stranger.cert);
}

TEST(OverridingBook, OverwritesOnlyWhatIsOurs) {
  lab here;
  struct one_issuer final : pki::status_book {
    explicit one_issuer(const lab& l) : of(l) {}
    std::variant<pki::cert_status, pki::no_status> look_up(const pki::cert_id& id,
                                                           pki::time_point) const override {
      if (!id.names_issuer(of.issuer())) return pki::no_status::not_ours;
      return pki::cert_status{pki::good_status{}};
    }
    const lab& of;
  };
  const one_issuer below(here);
  overriding_book book(below);
  const auto says = [&](const pki::cert_id& id) { return book.look_up(id, start); };
  using answer = std::variant<pki::cert_status, pki::no_status>;
  const answer good = pki::cert_status{pki::good_status{}};
  const answer unknown = pki::cert_status{pki::unknown_status{}};

  EXPECT_EQ(says(here.id("good")), good);
  book.set(here.cert("good").serial(), pki::unknown_status{});
  book.set(here.cert("foreign").serial(), pki::good_status{});
  EXPECT_EQ(says(here.id("good")), unknown);
  EXPECT_EQ(says(here.id("foreign")), answer{pki::no_status::not_ours});
  book.clear(here.cert("good").serial());
  EXPECT_EQ(says(here.id("good")), good);
}

}  // namespace
}  // namespace staplelab::responder
