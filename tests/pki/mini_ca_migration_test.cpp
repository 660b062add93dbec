// A CA whose database has the tables of version 1: it becomes today's, whole or not at all.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sqlite3.h>

#include <chrono>
#include <filesystem>
#include <random>
#include <string>
#include <thread>

#include "pki/errors.hpp"
#include "pki/mini_ca.hpp"
#include "tests/pki/run_program.hpp"
#include "tests/pki/sample_ca.hpp"

namespace staplelab::pki {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using tests::at;
using tests::authority;
using tests::good;
using tests::leaf;
using tests::look_up;
using tests::noon;
using tests::revoked;

// As the first release made it.
constexpr const char* version_1 = R"(
PRAGMA journal_mode = WAL;
CREATE TABLE certificates (
  id          INTEGER PRIMARY KEY AUTOINCREMENT,
  kind        TEXT NOT NULL CHECK (kind IN ('authority', 'issued')),
  name        TEXT NOT NULL,
  issuer      INTEGER REFERENCES certificates (id),
  serial      TEXT NOT NULL,
  certificate BLOB NOT NULL,
  private_key TEXT NOT NULL,
  issued_at   INTEGER,
  revoked_at  INTEGER,
  reason      INTEGER,
  crl_number  INTEGER NOT NULL DEFAULT 0,
  UNIQUE (kind, name),
  UNIQUE (issuer, serial)
);
CREATE INDEX certificates_by_serial ON certificates (serial);
PRAGMA application_id = 1397514594;
PRAGMA user_version = 1;
)";

class old_database {
 public:
  explicit old_database(const std::filesystem::path& file) {
    sqlite3* opened = nullptr;
    EXPECT_EQ(sqlite3_open(file.c_str(), &opened), SQLITE_OK);
    connection_.reset(opened);
  }
  void execute(const std::string& sql) {
    EXPECT_EQ(sqlite3_exec(connection_.get(), sql.c_str(), nullptr, nullptr, nullptr), SQLITE_OK)
        << sqlite3_errmsg(connection_.get());
  }
  std::string value(const std::string& sql) {
    std::string found;
    const auto keep = [](void* text, int, char** values, char**) {
      *static_cast<std::string*>(text) += values[0] != nullptr ? values[0] : "NULL";
      return 0;
    };
    EXPECT_EQ(sqlite3_exec(connection_.get(), sql.c_str(), keep, &found, nullptr), SQLITE_OK);
    return found;
  }
  // `rest` are the columns issued_at, revoked_at, reason, crl_number.
  void add(const char* kind, const std::string& name, int issuer, const credential& who,
           const std::string& rest) {
    execute(
        "INSERT INTO certificates (kind, name, issuer, serial, certificate, private_key, "
        "issued_at, revoked_at, reason, crl_number) VALUES ('" +
        std::string(kind) + "', '" + name + "', " + std::to_string(issuer) + ", '" +
        who.cert.serial().hex() + "', x'" + to_hex(who.cert.der()) + "', '" + who.key.to_pem() +
        "', " + rest + ")");
  }

 private:
  handle<sqlite3, sqlite3_close> connection_;
};

std::string ms(time_point t) {
  return std::to_string(t.time_since_epoch().count());
}

const time_point stolen = at("2026-02-01T00:00:00Z");
const time_point held = at("2026-02-10T00:00:00Z");

// "root", below it "issuing"; "good", "revoked" and "held", and `more` certificates besides.
struct version_1_ca {
  explicit version_1_ca(int more = 0) : made(tests::with_root()) {
    made.add_authority(authority("issuing", "root"));
    old_database old(files.path() / "ca.db");
    old.execute(version_1);
    old.execute("BEGIN");
    old.add("authority", "root", 1, made.authority("root"), "NULL, NULL, NULL, 7");
    old.add("authority", "issuing", 1, made.authority("issuing"), "NULL, NULL, NULL, 3");
    old.add("issued", "good", 1, made.issue(leaf("good"), noon), ms(noon) + ", NULL, NULL, 0");
    old.add("issued", "revoked", 1, made.issue(leaf("revoked"), noon),
            ms(stolen) + ", " + ms(stolen) + ", 1, 0");
    old.add("issued", "held", 1, made.issue(leaf("held"), noon),
            ms(stolen) + ", " + ms(held) + ", 6, 0");
    for (int i = 0; i < more; ++i) {
      const std::string name = "more-" + std::to_string(i);
      old.add("issued", name, 1, made.issue(leaf(name), noon), ms(noon) + ", NULL, NULL, 0");
    }
    old.execute("COMMIT");
  }
  mini_ca open() const { return mini_ca::open(files.path(), mini_ca::random_serials()); }
  std::string value(const std::string& sql) const {
    return old_database(files.path() / "ca.db").value(sql);
  }

  tests::temporary_directory files;
  mini_ca made;
};

void expect_as_before(const mini_ca& ca) {
  EXPECT_THAT(ca.authority_names(), ElementsAre("root", "issuing"));
  EXPECT_EQ(ca.chain("issuing").size(), 2U);
  EXPECT_EQ(look_up(ca, "good"), good());
  EXPECT_EQ(look_up(ca, "revoked"), revoked(stolen, crl_reason::key_compromise));
  EXPECT_EQ(look_up(ca, "held"), revoked(held, crl_reason::certificate_hold));
}

TEST(mini_ca_migration, keeps_everything_and_is_made_once) {
  const version_1_ca old;
  expect_as_before(old.open());
  EXPECT_EQ(old.value("PRAGMA user_version"), "2");
  EXPECT_EQ(old.value("SELECT count(*) FROM acts"), "2");
  EXPECT_EQ(old.value("SELECT group_concat(name) FROM sqlite_schema WHERE type = 'table' AND "
                      "name NOT LIKE 'sqlite%'"),
            "certificates,acts,crls");
  expect_as_before(old.open());
  EXPECT_EQ(old.value("SELECT count(*) FROM acts"), "2");
}

TEST(mini_ca_migration, gives_subjects_ends_keys_and_histories) {
  const version_1_ca old;
  const mini_ca ca = old.open();
  const auto entries = ca.ledger();
  ASSERT_EQ(entries.size(), 3U);
  EXPECT_EQ(entries[1].subject, "CN=revoked");
  EXPECT_EQ(entries[1].not_after, old.made.issued("revoked").cert.not_after());
  EXPECT_TRUE(entries[1].has_key);
  const auto id =
      cert_id::of(ca.issued("revoked").cert, ca.authority("root").cert, hash_algorithm::sha1);
  const auto history = std::get<status_history>(ca.history(id, noon));
  ASSERT_EQ(history.size(), 2U);
  EXPECT_EQ(history[1].recorded_at, stolen);
}

TEST(mini_ca_migration, lets_the_ca_go_on) {
  const version_1_ca old;
  mini_ca ca = old.open();
  ca.release("held", noon);
  EXPECT_EQ(look_up(ca, "held"), good());
  ca.revoke("good", std::nullopt, noon);
  ca.issue(leaf("new", "issuing"), noon);
  const auto crl = ca.crl("root", noon, noon + std::chrono::days{7});
  const auto shown = tests::run_program(
      {"openssl", "crl", "-inform", "der", "-noout", "-text", "-in", old.files.file("crl", crl)});
  EXPECT_THAT(shown.output, HasSubstr("X509v3 CRL Number: \n                8\n"));
  EXPECT_THAT(shown.output, HasSubstr("Key Compromise"));
}

TEST(mini_ca_migration, that_fails_on_its_way_changes_nothing) {
  const version_1_ca old;
  const std::string damage = "UPDATE certificates SET certificate = x'3000' WHERE name = 'held'";
  old_database(old.files.path() / "ca.db").execute(damage);
  try {
    old.open();
    ADD_FAILURE() << "opened";
  } catch (const store_error& refusal) {
    EXPECT_THAT(refusal.what(), testing::AllOf(HasSubstr("stays so"), HasSubstr("held")));
  }
  EXPECT_EQ(old.value("PRAGMA user_version"), "1");
  EXPECT_EQ(old.value("SELECT count(*) FROM certificates"), "5");
  EXPECT_EQ(old.value("SELECT count(*) FROM sqlite_schema WHERE name = 'acts'"), "0");
}

TEST(mini_ca_migration, that_is_killed_at_any_moment_loses_nothing) {
  constexpr int more = 400;
  const version_1_ca old(more);
  const auto file = old.files.path() / "ca.db";
  std::mt19937 random{2026};
  int untouched = 0, done = 0;
  for (int round = 0; round < 16; ++round) {
    const tests::temporary_directory copy;
    old_database(file).execute("VACUUM INTO '" + (copy.path() / "ca.db").string() + "'");
    {
      tests::child_process child{{STAPLELAB_CA_WORKER, copy.path().string(), "after-"}};
      std::this_thread::sleep_for(std::chrono::milliseconds(random() % 60));
      child.kill();
      child.wait();
    }
    old_database left(copy.path() / "ca.db");
    EXPECT_EQ(left.value("PRAGMA integrity_check"), "ok");
    const std::string version = left.value("PRAGMA user_version");
    (version == "1" ? untouched : done) += 1;
    EXPECT_THAT(version, testing::AnyOf("1", "2"));
    const mini_ca ca = mini_ca::open(copy.path(), mini_ca::random_serials());
    expect_as_before(ca);
    EXPECT_GE(ca.ledger().size(), 3U + more);
    EXPECT_EQ(left.value("PRAGMA user_version"), "2");
  }
  RecordProperty("killed_before", untouched);
  RecordProperty("killed_after", done);
}

TEST(mini_ca_migration, is_not_tried_with_what_a_later_program_made) {
  const version_1_ca old;
  old_database(old.files.path() / "ca.db").execute("PRAGMA user_version = 3");
  EXPECT_THROW(old.open(), store_error);
  EXPECT_EQ(old.value("PRAGMA user_version"), "3");
}

}  // namespace
}  // namespace staplelab::pki
