// CRLs judged as a client judges them: ours, openssl's, and spoiled ones.
#include "pki/crl_judge.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <ostream>

#include "pki/crl.hpp"
#include "pki/mini_ca.hpp"
#include "tests/pki/run_program.hpp"
#include "tests/pki/sample_ca.hpp"

namespace staplelab::pki {

void PrintTo(crl_verdict verdict, std::ostream* out) {
  *out << static_cast<int>(verdict);
}

namespace {

using namespace std::chrono_literals;
using tests::authority;
using tests::leaf;
using tests::noon;

class CrlJudge : public testing::Test {
 protected:
  CrlJudge() : ca_(tests::with_root()) {
    ca_.add_authority(authority("below", "root"));
    for (const char* name : {"good", "bad", "unexplained"})
      ca_.issue(leaf(name), noon - 1h);
    ca_.revoke("bad", crl_reason::key_compromise, noon - 30min);
    ca_.revoke("unexplained", std::nullopt, noon - 30min);
  }
  bytes crl() { return ca_.crl("root", noon, noon + 24h); }
  crl_judgement judge(const bytes& crl, std::string_view name = "bad",
                      time_point now = noon + 1h) const {
    return judge_crl(crl, ca_.issued(name).cert, ca_.authority("root").cert, now);
  }

  mini_ca ca_;
};

TEST_F(CrlJudge, ReadsStatusReasonTimesAndNumber) {
  const auto judged = judge(crl());
  EXPECT_EQ(judged.verdict, crl_verdict::listed);
  EXPECT_EQ(judged.number, 1);
  EXPECT_EQ(judged.this_update, noon);
  EXPECT_EQ(judged.next_update, noon + 24h);
  ASSERT_TRUE(judged.entry);
  EXPECT_EQ(judged.entry->at, noon - 30min);
  EXPECT_EQ(judged.entry->reason, crl_reason::key_compromise);
  EXPECT_EQ(judge(crl(), "unexplained").entry->reason, std::nullopt);
  const auto other = judge(crl(), "good");
  EXPECT_EQ(other.verdict, crl_verdict::not_listed);
  EXPECT_EQ(other.number, 3);
  EXPECT_FALSE(other.entry);
}

TEST_F(CrlJudge, HoldsThePresentAgainstItsTimes) {
  const bytes made = crl();
  EXPECT_EQ(judge(made, "bad", noon - 1s).verdict, crl_verdict::not_yet_valid);
  EXPECT_EQ(judge(made, "bad", noon).verdict, crl_verdict::listed);
  EXPECT_EQ(judge(made, "bad", noon + 24h).verdict, crl_verdict::listed);
  const auto late = judge(made, "bad", noon + 24h + 1s);
  EXPECT_EQ(late.verdict, crl_verdict::expired);
  EXPECT_FALSE(late.entry);
}

TEST_F(CrlJudge, TakesOnlyTheIssuersWord) {
  const bytes of_another = ca_.crl("below", noon, noon + 24h);
  EXPECT_EQ(judge(of_another).verdict, crl_verdict::other_issuer);
  mini_ca stranger = tests::with_root();  // of the same name, with another key
  EXPECT_EQ(judge(stranger.crl("root", noon, noon + 24h)).verdict, crl_verdict::bad_signature);
}

TEST_F(CrlJudge, RefusesADeltaInPlaceOfAFullOne) {
  crl();
  const bytes delta = ca_.delta_crl("root", 1, noon + 1h, noon + 24h);
  EXPECT_EQ(judge(delta, "bad", noon + 2h).verdict, crl_verdict::critical_extension);
}

// Whatever octet is changed: nothing is believed that the CA did not say.
TEST_F(CrlJudge, BelievesNoChangedOctet) {
  const bytes sound = crl();
  for (std::size_t i = 0; i < sound.size(); ++i) {
    bytes changed = sound;
    changed[i] ^= 0x01;
    const auto verdict = judge(changed).verdict;
    EXPECT_NE(verdict, crl_verdict::listed) << "octet " << i;
    EXPECT_NE(verdict, crl_verdict::not_listed) << "octet " << i;
  }
}

TEST_F(CrlJudge, RefusesWhatIsCutOffOrNone) {
  const bytes sound = crl();
  for (std::size_t i = 0; i < sound.size(); ++i) {
    const bytes cut(sound.begin(), sound.begin() + static_cast<std::ptrdiff_t>(i));
    EXPECT_EQ(judge(cut).verdict, crl_verdict::malformed) << i << " octets";
  }
  bytes longer = sound;
  longer.push_back(0);
  EXPECT_EQ(judge(longer).verdict, crl_verdict::malformed);
  EXPECT_EQ(judge(ca_.authority("root").cert.der()).verdict, crl_verdict::malformed);
}

TEST_F(CrlJudge, ReadsWhatOpensslMade) {
  const tests::temporary_directory files;
  const auto root = ca_.authority("root");
  files.file("ca.pem", root.cert.to_pem());
  files.file("ca.key", root.key.to_pem());
  files.file("index.txt", "R\t391231235959Z\t260228120000Z,superseded\t" +
                              ca_.issued("bad").cert.serial().hex() + "\tunknown\t/CN=bad\n");
  files.file("crlnumber", std::string_view("2A\n"));
  files.file("ca.cnf", std::string_view("[ca]\ndefault_ca=c\n[c]\ndatabase=index.txt\n"
                                        "crlnumber=crlnumber\ndefault_md=sha256\n"));
  const auto made =
      tests::run_program({"sh", "-c",
                          "cd \"$0\" && openssl ca -config ca.cnf -gencrl -cert ca.pem -keyfile "
                          "ca.key -crl_lastupdate "
                          "20260301000000Z -crl_nextupdate 20260401000000Z -out it.pem && "
                          "openssl crl -in it.pem -outform DER -out it.crl",
                          files.path().string()});
  ASSERT_EQ(made.exit_code, 0) << made.output;
  const auto judged = judge(tests::read_file(files.path() / "it.crl"));
  EXPECT_EQ(judged.verdict, crl_verdict::listed);
  EXPECT_EQ(judged.number, 42);
  EXPECT_EQ(judged.entry->reason, crl_reason::superseded);
}

}  // namespace
}  // namespace staplelab::pki
