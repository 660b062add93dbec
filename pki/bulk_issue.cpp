#include "pki/bulk_issue.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cstdint>
#include <future>
#include <utility>

#include "pki/errors.hpp"
#include "pki/mini_ca_database.hpp"
#include "pki/sqlite.hpp"

namespace staplelab::pki {
namespace {

constexpr std::size_t entries_for_a_thread = 500;
// Random serial numbers go to random places of their index, most of which should be in memory.
constexpr const char* larger_cache = "PRAGMA cache_size = -262144";
// What was written in one act went through the write-ahead log, which would keep that size as long
// as anybody has the CA open. Where a reader is in the way, it does.
constexpr const char* return_log = "PRAGMA busy_timeout = 1000; PRAGMA wal_checkpoint(TRUNCATE)";

struct bulk_issuer {
  std::int64_t id;
  credential identity;
};

// A certificate that is signed, and what its row says.
struct bulk_row {
  std::string name, serial, subject, key;
  bytes cert;
};

bulk_issuer find_issuer(const sqlite_connection& connection, const std::string& name) {
  auto query = connection.prepare(
      "SELECT id, certificate, private_key FROM certificates WHERE kind = 'authority' AND name = "
      "?");
  query.bind(std::string_view(name));
  if (!query.step()) {
    throw input_error{
        fmt::format("there is no authority named '{}'; see 'staplelab ca list'", name)};
  }
  return {query.integer(0),
          {certificate::from_der(query.blob(1), name), key::from_pem(query.text(2), name)}};
}

std::vector<bulk_row> sign(const std::vector<bulk_entry>& entries,
                           const std::vector<serial_number>& serials, const bulk_description& what,
                           const credential& issuer) {
  std::vector<bulk_row> rows;
  rows.reserve(entries.size());
  auto described = what.alike;
  for (std::size_t i = 0; i < entries.size(); ++i) {
    described.common_name = entries[i].name;
    described.subject_alt_names = entries[i].subject_alt_names;
    described.serial = serials[i];
    const key own = key::generate(what.type);
    const auto cert = sign_certificate(described, own, &issuer.cert, issuer.key);
    rows.push_back({entries[i].name, serials[i].hex(), cert.subject(), own.to_pem(), cert.der()});
  }
  return rows;
}

// Rows wait in a temporary table, which SQLite keeps in a file without a name, until all are
// signed. Only then the CA is locked: for as long as signing takes, nobody else could revoke
// anything.
class waiting_rows {
 public:
  waiting_rows(sqlite_connection& connection, const bulk_description& what, std::int64_t issuer,
               time_point now)
      : connection_(with_table(connection)),
        issuer_(issuer),
        not_after_(what.alike.not_after.time_since_epoch().count()),
        now_(now.time_since_epoch().count()),
        taken_(connection.prepare("SELECT 1 FROM certificates WHERE kind = 'issued' AND name = ?1 "
                                  "UNION ALL SELECT 1 FROM temp.waiting WHERE name = ?1")),
        insert_(connection.prepare("INSERT INTO temp.waiting VALUES (?, ?, ?, ?, ?)")) {}

  void add(const std::vector<bulk_row>& rows) {
    connection_.execute("BEGIN");
    for (const bulk_row& row : rows) {
      taken_.bind(std::string_view(row.name));
      const bool is_taken = taken_.step();
      taken_.reset();
      if (is_taken) refuse(row.name);
      insert_.bind(std::string_view(row.name), std::string_view(row.serial), bytes_view(row.cert),
                   std::string_view(row.key), std::string_view(row.subject));
      insert_.step();
      insert_.reset();
    }
    connection_.execute("COMMIT");
  }

  void issue_all() {
    sqlite_transaction transaction{connection_};
    auto taken_meanwhile = connection_.prepare(
        "SELECT name FROM temp.waiting AS new WHERE EXISTS "
        "(SELECT 1 FROM certificates WHERE kind = 'issued' AND name = new.name) LIMIT 1");
    if (taken_meanwhile.step()) refuse(taken_meanwhile.text(0));
    taken_meanwhile.reset();
    auto insert = connection_.prepare(
        "INSERT INTO certificates (kind, name, issuer, serial, certificate, private_key, subject, "
        "not_after, issued_at) SELECT 'issued', name, ?, serial, certificate, private_key, "
        "subject, ?, ? FROM temp.waiting ORDER BY rowid");
    insert.bind(issuer_, not_after_, now_);
    insert.step();
    insert.reset();
    transaction.commit();
  }

 private:
  static sqlite_connection& with_table(sqlite_connection& connection) {
    connection.execute(
        "PRAGMA temp_store = FILE; CREATE TEMP TABLE waiting (name TEXT NOT NULL UNIQUE, serial "
        "TEXT NOT NULL, certificate BLOB, private_key TEXT, subject TEXT NOT NULL);");
    return connection;
  }
  [[noreturn]] static void refuse(const std::string& name) {
    throw input_error{fmt::format("a certificate is named '{}' already; nothing was issued", name)};
  }

  sqlite_connection& connection_;
  std::int64_t issuer_, not_after_, now_;
  sqlite_statement taken_, insert_;
};

using signing_rows = std::vector<std::future<std::vector<bulk_row>>>;

// Has each thread sign its part of what comes next; empty when nothing is left.
signing_rows sign_next(const bulk_description& what, const credential& issuer,
                       const std::function<std::optional<bulk_entry>()>& next) {
  signing_rows parts;
  for (std::size_t thread = 0; thread < std::max<std::size_t>(1, what.threads); ++thread) {
    std::vector<bulk_entry> entries;
    std::vector<serial_number> serials;
    while (entries.size() < entries_for_a_thread) {
      auto entry = next();
      if (!entry) break;
      check_name(entry->name);
      entries.push_back(*std::move(entry));
      serials.push_back(what.serials());
    }
    if (entries.empty()) break;
    parts.push_back(std::async(std::launch::async, [&what, &issuer, entries = std::move(entries),
                                                    serials = std::move(serials)] {
      return sign(entries, serials, what, issuer);
    }));
  }
  return parts;
}

}  // namespace

std::size_t issue_in_bulk(const std::filesystem::path& directory, const bulk_description& what,
                          const std::function<std::optional<bulk_entry>()>& next, time_point now) {
  const auto file = (directory / "ca.db").string();
  sqlite_connection connection{file};
  check_tables(connection, file);
  connection.execute(larger_cache);
  const auto issuer = find_issuer(connection, what.issuer);
  waiting_rows waiting(connection, what, issuer.id, now);
  std::size_t ready = 0;
  for (auto parts = sign_next(what, issuer.identity, next); !parts.empty();) {
    auto later = sign_next(what, issuer.identity, next);
    for (auto& part : parts) {
      const auto rows = part.get();
      waiting.add(rows);
      ready += rows.size();
      if (what.progress) what.progress(ready);
    }
    parts = std::move(later);
  }
  waiting.issue_all();
  connection.execute(return_log);
  return ready;
}

}  // namespace staplelab::pki
