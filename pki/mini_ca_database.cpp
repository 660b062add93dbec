#include "pki/mini_ca_database.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "pki/asn1.hpp"
#include "pki/errors.hpp"

namespace staplelab::pki {
namespace {

// The columns that read_row takes, in its order.
constexpr std::string_view row_columns =
    "SELECT id, issuer, name, certificate, private_key, revoked_at, reason, serial "
    "FROM certificates ";

constexpr std::string_view to_column(entry_kind kind) {
  switch (kind) {
    case entry_kind::authority:
      return "authority";
    case entry_kind::issued:
      return "issued";
  }
  return {};
}

std::optional<std::int64_t> to_column(const std::optional<time_point>& t) {
  return t ? std::optional{pki::to_column(*t)} : std::nullopt;
}

std::optional<time_point> read_time(std::optional<std::int64_t> column) {
  return column ? std::optional{time_point{duration{*column}}} : std::nullopt;
}

std::optional<std::int64_t> to_column(const std::optional<crl_reason>& reason) {
  if (!reason) return std::nullopt;
  return static_cast<std::int64_t>(*reason);
}

cert_status read_status(std::optional<std::int64_t> revoked_at,
                        std::optional<std::int64_t> reason) {
  if (!revoked_at) return good_status{};
  return revoked_status{time_point{duration{*revoked_at}},
                        reason ? to_crl_reason(static_cast<long>(*reason)) : std::nullopt};
}

serial_number read_serial(const std::string& column) {
  auto serial = serial_number::from_hex(column);
  if (!serial) throw store_error{"the CA holds a damaged serial number: " + column};
  return *std::move(serial);
}

std::optional<credential> read_identity(const sqlite_statement& from) {
  const std::string name = from.text(2);
  const bytes cert = from.blob(3);
  const std::string key = from.text(4);
  if (cert.empty() || key.empty()) return std::nullopt;
  return credential{certificate::from_der(cert, "the certificate stored for " + name),
                    key::from_pem(key, "the key stored for " + name)};
}

certificate_row read_row(const sqlite_statement& from, std::optional<credential> identity) {
  return {from.integer(0),     from.integer(1),
          from.text(2),        read_serial(from.text(7)),
          std::move(identity), read_status(from.optional_integer(5), from.optional_integer(6))};
}

certificate_row read_row(const sqlite_statement& from) {
  return read_row(from, read_identity(from));
}

std::string select(std::string_view condition) {
  return std::string{row_columns}.append(condition);
}

// Of the ledger, in the order issued; `condition` speaks of its own row.
std::string select_entries(std::string_view condition) {
  return fmt::format(
      "SELECT name, (SELECT name FROM certificates AS other WHERE other.id = own.issuer), serial, "
      "subject, not_after, certificate, revoked_at, reason, private_key <> '' "
      "FROM certificates AS own WHERE kind = 'issued' {} ORDER BY id",
      condition);
}

std::vector<ledger_entry> read_entries(sqlite_statement query) {
  std::vector<ledger_entry> entries;
  while (query.step()) {
    const bytes der = query.blob(5);
    entries.push_back({.name = query.text(0),
                       .issuer = query.text(1),
                       .serial = read_serial(query.text(2)),
                       .subject = query.text(3),
                       .not_after = time_point{duration{query.integer(4)}},
                       .cert = der.empty()
                                   ? std::nullopt
                                   : std::optional{certificate::from_der(der, query.text(0))},
                       .status = read_status(query.optional_integer(6), query.optional_integer(7)),
                       .has_key = query.integer(8) != 0});
  }
  return entries;
}

// Serial numbers are compared as numbers, so they are stored in the one form that has no variants.
std::string to_column(const serial_number& serial) {
  return serial.hex();
}

known_issuer hash_authority(std::int64_t id, const certificate& cert) {
  known_issuer issuer{id, {}};
  for (const hash_algorithm algorithm : {hash_algorithm::sha1, hash_algorithm::sha256,
                                         hash_algorithm::sha384, hash_algorithm::sha512}) {
    issuer.hashes[static_cast<std::size_t>(algorithm)] = hash_issuer(cert, algorithm);
  }
  return issuer;
}

// Ends a statement that is kept, however its scope is left.
class read_guard {
 public:
  explicit read_guard(sqlite_statement& statement) : statement_(statement) {}
  read_guard(const read_guard&) = delete;
  read_guard& operator=(const read_guard&) = delete;
  ~read_guard() { statement_.reset(); }

 private:
  sqlite_statement& statement_;
};

std::vector<named_certificate> read_named(sqlite_statement& from, std::string_view key) {
  const read_guard guard{from};
  from.bind(key);
  std::vector<named_certificate> rows;
  while (from.step()) {
    rows.push_back({from.integer(0), read_serial(from.text(1)),
                    read_status(from.optional_integer(2), from.optional_integer(3))});
  }
  return rows;
}

}  // namespace

mini_ca::database::database(sqlite_connection open_connection, serial_source source)
    : serials(std::move(source)),
      connection(std::move(open_connection)),
      data_version_(connection.prepare("PRAGMA data_version")),
      later_authorities_(connection.prepare("SELECT id, name, certificate FROM certificates "
                                            "WHERE kind = 'authority' AND id > ? ORDER BY id")),
      status_(connection.prepare(
          "SELECT revoked_at, reason FROM certificates WHERE issuer = ? AND serial = ?")),
      set_revocation_(
          connection.prepare("UPDATE certificates SET revoked_at = ?, reason = ? WHERE id = ?")),
      add_act_(connection.prepare(
          "INSERT INTO acts (certificate, recorded_at, revoked_at, reason, invalid_since) "
          "VALUES (?, ?, ?, ?, ?)")),
      // The kinds are for the index, which begins with them.
      by_name_(connection.prepare("SELECT id, serial, revoked_at, reason FROM certificates "
                                  "WHERE kind IN ('authority', 'issued') AND name = ?")),
      by_serial_(connection.prepare(
          "SELECT id, serial, revoked_at, reason FROM certificates WHERE serial = ?")) {}

std::optional<certificate_row> mini_ca::database::find(entry_kind kind,
                                                       std::string_view name) const {
  auto query = connection.prepare(select("WHERE kind = ? AND name = ?"));
  query.bind(to_column(kind), name);
  if (!query.step()) return std::nullopt;
  if (kind == entry_kind::authority) return read_row(query, authority_identity(query));
  return read_row(query);
}

new_certificate new_certificate::of(entry_kind kind, std::string name, const certificate& cert,
                                    const std::optional<pki::key>& key) {
  return {.kind = kind,
          .issuer = std::nullopt,
          .name = std::move(name),
          .serial = cert.serial(),
          .subject = cert.subject(),
          .not_after = cert.not_after(),
          .cert = cert,
          .key = key,
          .issued_at = std::nullopt};
}

// An id can come back with another certificate when the transaction that gave it was undone.
const credential& mini_ca::database::authority_identity(const sqlite_statement& row) const {
  const auto known = authority_identities_.find(row.integer(0));
  if (known != authority_identities_.end()) {
    const bytes stored = row.blob(3);
    if (std::ranges::equal(known->second.cert.der(), stored)) return known->second;
  }
  auto identity = read_identity(row);
  if (!identity) throw store_error{"the CA has lost the key of the authority " + row.text(2)};
  return authority_identities_.insert_or_assign(row.integer(0), *std::move(identity)).first->second;
}

certificate_row mini_ca::database::authority(std::string_view name) const {
  if (auto found = find(entry_kind::authority, name)) return std::move(*found);
  const auto names = authority_names();
  throw input_error{
      names.empty()
          ? fmt::format("no authority is named '{}'; this CA has none yet", name)
          : fmt::format("no authority is named '{}'; there are: {}", name, fmt::join(names, ", "))};
}

named_certificate mini_ca::database::named(std::string_view which) {
  auto rows = read_named(by_name_, which);
  const auto serial = serial_number::from_hex(which);
  if (rows.empty() && serial) rows = read_named(by_serial_, to_column(*serial));
  if (rows.empty()) {
    throw input_error{fmt::format(
        "no certificate has the name or serial number '{}'; 'staplelab ca list' shows them",
        which)};
  }
  if (rows.size() > 1) {
    throw input_error{
        fmt::format("'{}' names {} certificates, with the serial numbers {} and {}; "
                    "use the serial number, or the name, that only one has",
                    which, rows.size(), rows[0].serial.hex(), rows[1].serial.hex())};
  }
  return std::move(rows.front());
}

certificate_row mini_ca::database::row(std::int64_t id) const {
  auto query = connection.prepare(select("WHERE id = ?"));
  query.bind(id);
  if (!query.step()) throw store_error{fmt::format("the CA has no certificate with id {}", id)};
  return read_row(query);
}

std::vector<ledger_entry> mini_ca::database::issued() const {
  return read_entries(connection.prepare(select_entries("")));
}

std::vector<ledger_entry> mini_ca::database::issued_as(std::string_view name) const {
  auto query = connection.prepare(select_entries("AND name = ?"));
  query.bind(name);
  return read_entries(std::move(query));
}

std::vector<ledger_entry> mini_ca::database::ocsp_signers_of(std::int64_t issuer) const {
  auto query =
      connection.prepare(select_entries(fmt::format("AND issuer = ? AND {}", is_ocsp_signer)));
  query.bind(issuer);
  return read_entries(std::move(query));
}
std::vector<std::string> mini_ca::database::authority_names() const {
  auto query =
      connection.prepare("SELECT name FROM certificates WHERE kind = 'authority' ORDER BY id");
  std::vector<std::string> names;
  while (query.step())
    names.push_back(query.text(0));
  return names;
}

serial_number mini_ca::database::fresh_serial(std::int64_t issuer) const {
  constexpr int draws = 100;
  for (int i = 0; i < draws; ++i) {
    serial_number serial = serials();
    auto query = connection.prepare("SELECT 1 FROM certificates WHERE issuer = ? AND serial = ?");
    query.bind(issuer, to_column(serial));
    if (!query.step()) return serial;
  }
  throw input_error{
      fmt::format("{} serial numbers were drawn, and all are taken; give a source that does not "
                  "repeat itself",
                  draws)};
}

std::int64_t mini_ca::database::insert(const new_certificate& row) {
  auto statement = connection.prepare(
      "INSERT INTO certificates (kind, name, issuer, serial, certificate, private_key, subject, "
      "not_after, issued_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)");
  statement.bind(to_column(row.kind), row.name, row.issuer, to_column(row.serial),
                 row.cert ? row.cert->der() : bytes{}, row.key ? row.key->to_pem() : std::string{},
                 row.subject, to_column(row.not_after), to_column(row.issued_at));
  statement.step();
  const std::int64_t id = connection.last_row_id();
  if (!row.issuer) {
    auto own = connection.prepare("UPDATE certificates SET issuer = id WHERE id = ?");
    own.bind(id);
    own.step();
  }
  if (row.kind == entry_kind::authority) {
    seen_version_.reset();
    authority_identities_.insert_or_assign(id, credential{*row.cert, *row.key});
  }
  return id;
}

void mini_ca::database::record(std::int64_t id, const recorded_act& act) {
  const auto& revocation = act.revocation;
  const auto at = revocation ? std::optional{to_column(revocation->at)} : std::nullopt;
  const auto reason = revocation ? to_column(revocation->reason) : std::nullopt;
  const read_guard revocation_guard{set_revocation_}, act_guard{add_act_};
  set_revocation_.bind(at, reason, id);
  set_revocation_.step();
  add_act_.bind(id, to_column(act.recorded_at), at, reason, to_column(act.invalid_since));
  add_act_.step();
}

// Hashing authorities is what makes a look-up slow. PRAGMA data_version changes when another
// connection has written, so nothing is read again while nobody has; and authorities only get more.
void mini_ca::database::notice_authorities() {
  const read_guard version_guard{data_version_};
  data_version_.bind();
  data_version_.step();
  const std::int64_t version = data_version_.integer(0);
  if (seen_version_ == version) return;
  const read_guard authorities_guard{later_authorities_};
  later_authorities_.bind(issuers_.empty() ? std::int64_t{0} : issuers_.back().id);
  while (later_authorities_.step()) {
    const certificate cert =
        certificate::from_der(later_authorities_.blob(2), later_authorities_.text(1));
    issuers_.push_back(hash_authority(later_authorities_.integer(0), cert));
  }
  seen_version_ = version;
}

std::optional<std::int64_t> mini_ca::database::issuer_of(const cert_id& id) {
  if (!id.hash) return std::nullopt;
  notice_authorities();
  const auto issuer = std::ranges::find_if(issuers_, [&](const known_issuer& known) {
    const issuer_hashes& hashes = known.hashes[static_cast<std::size_t>(*id.hash)];
    return hashes.key == id.issuer_key_hash && hashes.name == id.issuer_name_hash;
  });
  if (issuer == issuers_.end()) return std::nullopt;
  return issuer->id;
}

std::variant<cert_status, no_status> mini_ca::database::look_up(const cert_id& id, time_point now) {
  const auto issuer = issuer_of(id);
  if (!issuer) return no_status::not_ours;
  const read_guard guard{status_};
  status_.bind(*issuer, to_column(id.serial));
  if (!status_.step()) return cert_status{unknown_status{}};
  const cert_status status = read_status(status_.optional_integer(0), status_.optional_integer(1));
  const auto* revoked = std::get_if<revoked_status>(&status);
  if (revoked != nullptr && revoked->at > now) return cert_status{good_status{}};
  return status;
}

std::variant<status_history, no_status> mini_ca::database::history(const cert_id& id) {
  const auto issuer = issuer_of(id);
  if (!issuer) return no_status::not_ours;
  auto query =
      connection.prepare("SELECT id, issued_at FROM certificates WHERE issuer = ? AND serial = ?");
  query.bind(*issuer, to_column(id.serial));
  if (!query.step()) return status_history{};
  return history_of(query.integer(0), query.optional_integer(1));
}

// An authority, and what was imported, was always there.
status_history mini_ca::database::history_of(std::int64_t certificate,
                                             std::optional<std::int64_t> issued_at) const {
  status_history history{{read_time(issued_at).value_or(time_point::min()), good_status{}}};
  auto query = connection.prepare(
      "SELECT recorded_at, revoked_at, reason FROM acts WHERE certificate = ? ORDER BY id");
  query.bind(certificate);
  while (query.step()) {
    history.push_back({time_point{duration{query.integer(0)}},
                       read_status(query.optional_integer(1), query.optional_integer(2))});
  }
  return history;
}

}  // namespace staplelab::pki
