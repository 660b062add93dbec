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
// certificate, and lacks the key. What stands in a row of its revocation is what the last of its
// acts says, kept there for the look-up that every OCSP request needs.
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

std::int64_t read_integer(const sqlite_connection& connection, std::string_view sql) {
  auto query = connection.prepare(sql);
  return query.step() ? query.integer(0) : 0;
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
  connection.execute(fmt::format("PRAGMA application_id = {}; PRAGMA user_version = {};",
                                 application_id, schema_version)
                         .c_str());
  transaction.commit();
}

void check_tables(sqlite_connection& connection, const std::string& file) {
  if (read_integer(connection, "PRAGMA application_id") != application_id) {
    throw store_error{file + " is not a staplelab CA; make one with 'staplelab ca init'"};
  }
  const std::int64_t version = read_integer(connection, "PRAGMA user_version");
  if (version != schema_version) {
    throw store_error{fmt::format(
        "{} has version {}, and this program knows version {}; use the program that made it", file,
        version, schema_version)};
  }
  connection.execute("PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL;");
}

}  // namespace staplelab::pki
