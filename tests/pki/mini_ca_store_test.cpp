// What the mini-CA leaves on disk, and its CRLs.
#include "pki/mini_ca.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>

#include <fstream>

#include "pki/errors.hpp"
#include "tests/pki/run_program.hpp"
#include "tests/pki/sample_ca.hpp"

namespace staplelab::pki {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using tests::answer;
using tests::at;
using tests::authority;
using tests::good;
using tests::leaf;
using tests::look_up;
using tests::message_of;
using tests::noon;
using tests::revoked;
using tests::with_root;

// ---- CRLs

std::string crl_text(const mini_ca& ca, const bytes& crl) {
  const tests::temporary_directory files;
  const auto shown = tests::run_program(
      {"openssl", "crl", "-inform", "der", "-noout", "-text", "-in", files.file("ca.crl", crl),
       "-CAfile", files.file("root.pem", ca.authority("root").cert.to_pem())});
  EXPECT_EQ(shown.exit_code, 0) << shown.output;
  return shown.output;
}

TEST(mini_ca, writes_a_crl_that_openssl_verifies_and_reads) {
  mini_ca ca = with_root();
  for (const char* name : {"plain", "reasoned", "later", "fine"})
    ca.issue(leaf(name), noon);
  ca.revoke("plain", std::nullopt, at("2026-02-01T00:00:00Z"));
  ca.revoke("reasoned", crl_reason::key_compromise, noon);
  ca.revoke("later", std::nullopt, noon + std::chrono::hours{1});
  const std::string text = crl_text(ca, ca.crl("root", noon, noon + std::chrono::days{7}));
  EXPECT_THAT(text, HasSubstr("verify OK"));
  EXPECT_THAT(text, HasSubstr("Version 2"));
  EXPECT_THAT(text, HasSubstr("Last Update: Mar  1 12:00:00 2026 GMT"));
  EXPECT_THAT(text, HasSubstr("Next Update: Mar  8 12:00:00 2026 GMT"));
  EXPECT_THAT(text, HasSubstr("Serial Number: 03E9\n        Revocation Date: Feb  1"));
  EXPECT_THAT(text, HasSubstr("Serial Number: 03EA"));
  EXPECT_THAT(text, HasSubstr("Key Compromise"));
  EXPECT_THAT(text, testing::Not(HasSubstr("Serial Number: 03EB")));
  EXPECT_THAT(text, testing::Not(HasSubstr("Serial Number: 03EC")));
  EXPECT_THAT(text, HasSubstr("X509v3 Authority Key Identifier"));
}

TEST(mini_ca, numbers_its_crls_upwards) {
  mini_ca ca = with_root();
  for (const char* number :
       {"X509v3 CRL Number: \n                1\n", "X509v3 CRL Number: \n                2\n"}) {
    EXPECT_THAT(crl_text(ca, ca.crl("root", noon, noon + std::chrono::days{7})), HasSubstr(number));
  }
}

// ---- On disk

TEST(mini_ca_on_disk, is_there_when_opened_again) {
  const tests::temporary_directory files;
  const auto directory = files.path() / "made" / "for" / "it";
  {
    mini_ca ca = mini_ca::create(directory, mini_ca::random_serials());
    ca.add_authority(authority("root"));
    ca.issue(leaf("www"), noon);
    ca.revoke("www", crl_reason::superseded, noon);
  }
  const mini_ca ca = mini_ca::open(directory, mini_ca::random_serials());
  EXPECT_EQ(look_up(ca, "www"), revoked(noon, crl_reason::superseded));
  EXPECT_TRUE(ca.issued("www").cert.signed_by(ca.authority("root").cert));
}

TEST(mini_ca_on_disk, lets_nobody_else_read_its_files) {
  const tests::temporary_directory files;
  mini_ca ca = mini_ca::create(files.path(), mini_ca::random_serials());
  ca.add_authority(authority("root"));
  int seen = 0;
  for (const auto& file : std::filesystem::directory_iterator{files.path()}) {
    struct stat status{};
    ASSERT_EQ(::stat(file.path().c_str(), &status), 0);
    EXPECT_EQ(status.st_mode & 0777, 0600U) << file.path();
    ++seen;
  }
  EXPECT_GE(seen, 1);
}

TEST(mini_ca_on_disk, is_not_created_over_another) {
  const tests::temporary_directory files;
  mini_ca first = mini_ca::create(files.path(), mini_ca::random_serials());
  first.add_authority(authority("root"));
  EXPECT_THAT(message_of([&] { mini_ca::create(files.path(), mini_ca::random_serials()); }),
              HasSubstr(files.path().string()));
  EXPECT_THAT(first.authority_names(), ElementsAre("root"));
}

TEST(mini_ca_on_disk, is_created_where_a_creation_was_interrupted) {
  const tests::temporary_directory files;
  files.file("ca.db", std::string_view{});
  mini_ca ca = mini_ca::create(files.path(), mini_ca::random_serials());
  EXPECT_NO_THROW(ca.add_authority(authority("root")));
}

std::string store_message(const std::filesystem::path& directory) {
  try {
    mini_ca::open(directory, mini_ca::random_serials());
  } catch (const store_error& refusal) {
    return refusal.what();
  }
  return "(opened)";
}

TEST(mini_ca_on_disk, is_refused_clearly_when_it_is_none) {
  const tests::temporary_directory empty;
  EXPECT_THAT(store_message(empty.path()), HasSubstr("no CA in " + empty.path().string()));
  EXPECT_THAT(store_message(empty.path() / "missing"), HasSubstr("ca init"));

  const tests::temporary_directory noise;
  noise.file("ca.db", std::string(5000, 'x'));
  EXPECT_THAT(store_message(noise.path()), HasSubstr("not a database"));

  const tests::temporary_directory unfinished;
  unfinished.file("ca.db", std::string_view{});
  EXPECT_THAT(store_message(unfinished.path()), HasSubstr("is not a staplelab CA"));

  const tests::temporary_directory file;
  EXPECT_THAT(store_message(file.file("a_file", "text")), HasSubstr("no CA in"));
}

TEST(mini_ca_on_disk, cannot_be_created_below_a_file) {
  const tests::temporary_directory files;
  const std::string file = files.file("a_file", "text");
  EXPECT_THROW(mini_ca::create(file, mini_ca::random_serials()), store_error);
  EXPECT_THROW(mini_ca::create(std::filesystem::path{file} / "below", mini_ca::random_serials()),
               store_error);
}

TEST(mini_ca_on_disk, answers_unavailable_when_its_database_is_damaged) {
  const tests::temporary_directory files;
  cert_id id;
  {
    mini_ca ca = mini_ca::create(files.path(), mini_ca::random_serials());
    ca.add_authority(authority("root"));
    id = cert_id::of(ca.issue(leaf("www"), noon).cert, ca.authority("root").cert,
                     hash_algorithm::sha1);
  }
  const mini_ca ca = mini_ca::open(files.path(), mini_ca::random_serials());
  const auto size = std::filesystem::file_size(files.path() / "ca.db");
  {
    std::fstream damage{files.path() / "ca.db", std::ios::in | std::ios::out | std::ios::binary};
    damage.seekp(4096);  // the header stays, so that it still looks like a database
    damage << std::string(size - 4096, '\xee');
  }
  EXPECT_EQ(ca.look_up(id, noon), answer{no_status::unavailable});
}

TEST(mini_ca_on_disk, shows_the_acts_of_another_connection_at_the_next_look_up) {
  const tests::temporary_directory files;
  mini_ca writer = mini_ca::create(files.path(), mini_ca::random_serials());
  const mini_ca reader = mini_ca::open(files.path(), mini_ca::random_serials());
  const certificate root = writer.add_authority(authority("root"));
  const auto seen = [&](const certificate& cert, const certificate& issuer) {
    return reader.look_up(cert_id::of(cert, issuer, hash_algorithm::sha256), noon);
  };
  const certificate www = writer.issue(leaf("www"), noon).cert;
  EXPECT_EQ(seen(www, root), good());
  writer.revoke("www", std::nullopt, noon);
  EXPECT_EQ(seen(www, root), revoked(noon, std::nullopt));
  const certificate sub = writer.add_authority(authority("sub", "root"));
  const certificate deep = writer.issue(leaf("deep", "sub"), noon).cert;
  EXPECT_EQ(seen(deep, sub), good());
}

}  // namespace
}  // namespace staplelab::pki
