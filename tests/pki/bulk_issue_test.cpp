// Many certificates in one act, all of them page by page, and what happens to them as others see
// it.
#include "pki/bulk_issue.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <set>
#include <utility>

#include "pki/ca_changes.hpp"
#include "pki/ca_pages.hpp"
#include "pki/errors.hpp"
#include "tests/pki/run_program.hpp"
#include "tests/pki/sample_ca.hpp"

namespace staplelab::pki {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using testing::SizeIs;
using tests::authority;
using tests::message_of;
using tests::noon;

class BulkIssue : public testing::Test {
 protected:
  BulkIssue() : ca(mini_ca::create(files.path() / "ca", mini_ca::random_serials())) {
    ca.add_authority(authority("root"));
    what.issuer = "root";
    what.alike.not_before = noon - std::chrono::hours{1};
    what.alike.not_after = noon + std::chrono::days{30};
    what.alike.must_staple = true;
    what.threads = 2;
  }

  std::size_t issue(std::size_t count, const std::string& prefix) {
    std::size_t made = 0;
    return issue_in_bulk(
        files.path() / "ca", what,
        [&]() -> std::optional<bulk_entry> {
          if (made == count) return std::nullopt;
          auto name = prefix + std::to_string(++made);
          return bulk_entry{name, {name}};
        },
        noon);
  }

  tests::temporary_directory files;
  mini_ca ca;
  bulk_description what;
};

TEST_F(BulkIssue, IssuesWhatOneByOneWouldHave) {
  EXPECT_EQ(issue(1200, "n"), 1200u);
  const auto all = ca.list();
  ASSERT_THAT(all, SizeIs(1200));
  std::set<std::string> serials;
  for (const auto& each : all)
    serials.insert(each.cert.serial().hex());
  EXPECT_THAT(serials, SizeIs(1200));
  EXPECT_EQ(all.back().name, "n1200");
  const auto last = ca.issued("n1200");
  EXPECT_TRUE(last.cert.signed_by(ca.authority("root").cert));
  EXPECT_TRUE(last.cert.must_staple());
  EXPECT_THAT(last.cert.dns_names(), ElementsAre("n1200"));
  const auto id = cert_id::of(last.cert, ca.authority("root").cert, hash_algorithm::sha1);
  EXPECT_EQ(std::get<cert_status>(ca.look_up(id, noon)), cert_status{good_status{}});
  ca.revoke("n1200", crl_reason::superseded, noon);
}

TEST_F(BulkIssue, IssuesNothingWhenANameIsTaken) {
  ca.issue(tests::leaf("n700"), noon);
  EXPECT_THROW(issue(1200, "n"), input_error);
  EXPECT_THAT(ca.list(), SizeIs(1));
  what.issuer = "nobody";
  EXPECT_THROW(issue(1, "m"), input_error);
}

TEST_F(BulkIssue, IssuesNothingWhenItEndsHalfWay) {
  std::size_t made = 0;
  const auto breaks_off = [&]() -> std::optional<bulk_entry> {
    if (made == 3000) throw input_error{"no more"};
    return bulk_entry{"n" + std::to_string(++made), {}};
  };
  EXPECT_THROW(issue_in_bulk(files.path() / "ca", what, breaks_off, noon), input_error);
  EXPECT_THAT(ca.list(), SizeIs(0));
  EXPECT_EQ(issue(10, "n"), 10u);
}

TEST_F(BulkIssue, RefusesWhatCannotBeAName) {
  EXPECT_EQ(issue(1, std::string(63, 'n')), 1u);
  EXPECT_THROW(issue(1, std::string(64, 'n')), input_error);
  EXPECT_THROW(issue(1, "a/b"), input_error);
}

TEST_F(BulkIssue, RefusesTheSameNameTwice) {
  int left = 2;
  const auto twice = [&]() -> std::optional<bulk_entry> {
    if (left-- == 0) return std::nullopt;
    return bulk_entry{"same", {}};
  };
  EXPECT_THROW(issue_in_bulk(files.path() / "ca", what, twice, noon), input_error);
  EXPECT_THAT(ca.list(), SizeIs(0));
}

TEST_F(BulkIssue, LetsOthersRevokeMeanwhile) {
  ca.issue(tests::leaf("leaked"), noon);
  bool revoked = false;
  what.progress = [&](std::size_t) {
    if (!std::exchange(revoked, true)) ca.revoke("leaked", crl_reason::key_compromise, noon);
  };
  EXPECT_EQ(issue(2000, "n"), 2000u);
  EXPECT_TRUE(revoked);
}

TEST_F(BulkIssue, NoticesANameThatWasTakenMeanwhile) {
  what.progress = [&](std::size_t) {
    if (!ca.find("n1")) ca.issue(tests::leaf("n1"), noon);
  };
  EXPECT_THROW(issue(10, "n"), input_error);
  EXPECT_THAT(ca.list(), SizeIs(1));
}

TEST_F(BulkIssue, LeavesNoLongLogToWhoHasTheCaOpen) {
  issue(3000, "n");
  EXPECT_LT(std::filesystem::file_size(files.path() / "ca" / "ca.db-wal"), 100'000u);
}

TEST_F(BulkIssue, IsSeenWholeBesideAnAuthorityThatCameLater) {
  ca_pages pages(files.path() / "ca");
  EXPECT_THAT(pages.next(1), SizeIs(1));
  ca.add_authority(authority("later"));
  for (const auto* name : {"a", "b", "c"})
    ca.issue(tests::leaf(name, "later"), noon);
  const auto last = ca.issue(tests::leaf("d"), noon).cert;
  EXPECT_THAT(pages.next(2),
              ElementsAre(cert_id::of(last, ca.authority("root").cert, hash_algorithm::sha1).der));
  EXPECT_THAT(pages.next(2), IsEmpty());
}

TEST_F(BulkIssue, IsSeenPageByPage) {
  issue(25, "n");
  ca_pages pages(files.path() / "ca");
  EXPECT_EQ(pages.certificates(), 26u);  // the root too
  EXPECT_THAT(pages.next(20), SizeIs(20));
  const auto rest = pages.next(20);
  EXPECT_THAT(rest, SizeIs(6));
  EXPECT_THAT(pages.next(20), IsEmpty());
  const auto last = ca.issued("n25").cert;
  EXPECT_EQ(rest.back(), cert_id::of(last, ca.authority("root").cert, hash_algorithm::sha1).der);
}

TEST_F(BulkIssue, ChangesAreToldOnce) {
  issue(5, "n");
  ca.revoke("n1", crl_reason::superseded, noon);
  ca_changes changes(files.path() / "ca", noon);
  EXPECT_THAT(changes.since_last(), IsEmpty());
  const auto later = noon + std::chrono::minutes{1};
  ca.revoke("n2", {crl_reason::key_compromise, noon + std::chrono::hours{1}}, later);
  ca.hold("n3", later);
  ca.release("n3", later);
  const auto told = changes.since_last();
  ASSERT_THAT(told, SizeIs(3));
  EXPECT_EQ(told[0].serial, ca.issued("n2").cert.serial());
  EXPECT_EQ(told[0].recorded_at, later);
  EXPECT_EQ(told[0].revoked_at, noon + std::chrono::hours{1});
  EXPECT_EQ(told[2].revoked_at, std::nullopt);
  EXPECT_THAT(changes.since_last(), IsEmpty());
  // Whoever begins to look now hears of what has yet to take effect.
  EXPECT_THAT(ca_changes(files.path() / "ca", later).since_last(), SizeIs(1));
  EXPECT_EQ(ca.revoke_all("root", {crl_reason::ca_compromise, later}, later), 3u);
  EXPECT_THAT(changes.since_last(), SizeIs(3));
}

}  // namespace
}  // namespace staplelab::pki
