#include <fmt/format.h>

#include "pki/errors.hpp"
#include "pki/mini_ca_database.hpp"

namespace staplelab::pki {
namespace {

// "SLab", so that another program's database is not taken for a CA.
constexpr std::int64_t application_id = 0x534c6162;
constexpr std::int64_t schema_version = 2;

// `serial` is serial_number::hex(). Times are milliseconds since 1970. The topmost authority is its
// own issuer; the column is empty only until its row has an id. What was imported may lack the
// certificate, and lacks the key, as does what was issued for a signing request. What stands in a
// row of its revocation is what the last of its acts says, kept there for the look-up that every
// OCSP request needs.
constexpr const char* schema = R"(
CREATE TABLE certificates (
  id          INTEGER PRIMARY KEY AUTOINCREMENT,
  kind        TEXT NOT NULL CHECK (kind IN ('authority', 'issued')),
  name        TEXT NOT NULL,
  issuer      INTEGER REFERENCES certificates (id),
  serial      TEXT NOT NULL,
  certificate BLOB,
  private_key TEXT,
  subject     TEXT NOT NULL,
  not_after   INTEGER NOT NULL,
  issued_at   INTEGER,
  revoked_at  INTEGER,
  reason      INTEGER,
  crl_number  INTEGER NOT NULL DEFAULT 0,
  UNIQUE (kind, name),
  UNIQUE (issuer, serial)
);
CREATE INDEX certificates_by_serial ON certificates (serial);
CREATE TABLE acts (
  id            INTEGER PRIMARY KEY AUTOINCREMENT,
  certificate   INTEGER NOT NULL REFERENCES certificates (id),
  recorded_at   INTEGER NOT NULL,
  revoked_at    INTEGER,
  reason        INTEGER,
  invalid_since INTEGER
);
CREATE INDEX acts_by_certificate ON acts (certificate);
CREATE TABLE crls (
  authority   INTEGER NOT NULL REFERENCES certificates (id),
  number      INTEGER NOT NULL,
  this_update INTEGER NOT NULL,
  UNIQUE (authority, number)
);
)";

// Version 1 kept neither acts nor CRLs, and had every certificate and key.
constexpr const char* set_version_1_aside = R"(
ALTER TABLE certificates RENAME TO certificates_of_version_1;
DROP INDEX certificates_by_serial;
)";
// What it knew of a revocation it had known from the moment on in which that took effect.
constexpr const char* take_over_version_1 = R"(
INSERT INTO certificates (id, kind, name, issuer, serial, certificate, private_key, subject,
                          not_after, issued_at, revoked_at, reason, crl_number)
  SELECT id, kind, name, issuer, serial, certificate, private_key, '', 0, issued_at, revoked_at,
         reason, crl_number
  FROM certificates_of_version_1 ORDER BY id;
INSERT INTO acts (certificate, recorded_at, revoked_at, reason)
  SELECT id, revoked_at, revoked_at, reason FROM certificates
  WHERE revoked_at IS NOT NULL ORDER BY revoked_at, id;
DROP TABLE certificates_of_version_1;
)";

std::int64_t read_integer(const sqlite_connection& connection, std::string_view sql) {
  auto query = connection.prepare(sql);
  return query.step() ? query.integer(0) : 0;
}

// Columns that no SQL can read out of a certificate.
void describe_certificates(sqlite_connection& connection) {
  auto each = connection.prepare("SELECT id, name, certificate FROM certificates");
  auto described =
      connection.prepare("UPDATE certificates SET subject = ?, not_after = ? WHERE id = ?");
  while (each.step()) {
    const auto cert =
        certificate::from_der(each.blob(2), "the certificate stored for " + each.text(1));
    described.bind(cert.subject(), to_column(cert.not_after()), each.integer(0));
    described.step();
  }
}

// Came later than version 2, and what knows nothing of it keeps it up to date all the same.
void index_ocsp_signers(sqlite_connection& connection) {
  connection.execute(fmt::format("CREATE INDEX IF NOT EXISTS ocsp_signers ON certificates (issuer) "
                                 "WHERE {};",
                                 is_ocsp_signer)
                         .c_str());
}

void note_version(sqlite_connection& connection) {
  connection.execute(fmt::format("PRAGMA user_version = {};", schema_version).c_str());
}

// One transaction: whoever is killed in it leaves version 1 as it was.
void migrate_from_version_1(sqlite_connection& connection, const std::string& file) {
  sqlite_transaction transaction{connection};
  if (read_integer(connection, "PRAGMA user_version") != 1) return;  // another process was faster
  connection.execute(set_version_1_aside);
  connection.execute(schema);
  connection.execute(take_over_version_1);
  try {
    describe_certificates(connection);
  } catch (const input_error& damaged) {
    throw store_error{fmt::format("{} has version 1, and stays so: {}", file, damaged.what())};
  }
  note_version(connection);
  transaction.commit();
}

}  // namespace

void create_tables(sqlite_connection& connection) {
  connection.execute("PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL;");
  sqlite_transaction transaction{connection};
  // A process killed while it created a CA leaves an empty database, which may be filled now.
  if (read_integer(connection, "SELECT count(*) FROM sqlite_schema") != 0) {
    throw input_error{
        "there is a CA, or another program's database, already; choose another "
        "directory"};
  }
  connection.execute(schema);
  index_ocsp_signers(connection);
  connection.execute(fmt::format("PRAGMA application_id = {};", application_id).c_str());
  note_version(connection);
  transaction.commit();
}

void check_tables(sqlite_connection& connection, const std::string& file) {
  if (read_integer(connection, "PRAGMA application_id") != application_id) {
    throw store_error{file + " is not a staplelab CA; make one with 'staplelab ca init'"};
  }
  const std::int64_t version = read_integer(connection, "PRAGMA user_version");
  if (version < 1 || version > schema_version) {
    throw store_error{fmt::format(
        "{} has version {}, and this program knows versions up to {}; use the program that made it",
        file, version, schema_version)};
  }
  connection.execute("PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL;");
  if (version == 1) migrate_from_version_1(connection, file);
  index_ocsp_signers(connection);
}

}  // namespace staplelab::pki
