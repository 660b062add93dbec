#include "pki/mini_ca.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <openssl/rand.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <set>

#include "pki/certificate_build.hpp"
#include "pki/crl.hpp"
#include "pki/errors.hpp"
#include "pki/mini_ca_database.hpp"
#include "pki/signing_request.hpp"

namespace staplelab::pki {
namespace {

constexpr std::string_view database_file = "ca.db";

// Before SQLite opens it, so that the keys are never readable to others; its journals take the same
// mode.
void make_private_file(const std::filesystem::path& file) {
  const int descriptor = ::open(file.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
  if (descriptor < 0) {
    throw store_error{fmt::format("cannot create {}: {}", file.string(), std::strerror(errno))};
  }
  ::close(descriptor);
}

certificate_description describe(const authority_description& what, serial_number serial) {
  certificate_description described;
  described.role = certificate_role::authority;
  described.common_name = what.name;
  described.not_before = what.not_before;
  described.not_after = what.not_after;
  described.serial = std::move(serial);
  described.must_staple = what.must_staple;
  return described;
}

certificate_description describe(const issue_description& what, serial_number serial) {
  certificate_description described;
  described.role = what.role;
  described.common_name = what.name;
  described.subject_alt_names = what.subject_alt_names;
  described.not_before = what.not_before;
  described.not_after = what.not_after;
  described.serial = std::move(serial);
  described.ocsp_urls = what.ocsp_urls;
  described.crl_urls = what.crl_urls;
  described.must_staple = what.must_staple;
  described.ocsp_signing_eku = what.ocsp_signing_eku;
  described.ocsp_nocheck = what.ocsp_nocheck;
  described.precertificate = what.precertificate;
  return described;
}

bool is_on_hold(const cert_status& status) {
  const auto* revoked = std::get_if<revoked_status>(&status);
  return revoked != nullptr && revoked->reason == crl_reason::certificate_hold;
}

void require_hold(const named_certificate& row, std::string_view which) {
  if (is_on_hold(row.status)) return;
  const bool revoked = std::holds_alternative<revoked_status>(row.status);
  throw input_error{fmt::format(
      "'{}' is not on hold{}", which,
      revoked ? "; it is revoked, and that cannot be undone" : "; there is nothing to release")};
}

recorded_act act_of(const revocation& what, time_point now) {
  return {.revocation = revoked_status{what.at, what.reason},
          .invalid_since = what.invalid_since,
          .recorded_at = now};
}

std::vector<issued_certificate> with_certificates(std::vector<ledger_entry> entries) {
  std::vector<issued_certificate> certificates;
  for (ledger_entry& entry : entries) {
    if (!entry.cert) continue;
    certificates.push_back({std::move(entry.name), std::move(entry.issuer), *std::move(entry.cert),
                            entry.status, entry.has_key});
  }
  return certificates;
}

// What is on hold may be revoked for good (RFC 5280 5.3.1).
void require_revocable(const cert_status& status, const revocation& what, std::string_view which) {
  const auto* revoked = std::get_if<revoked_status>(&status);
  const bool held = is_on_hold(status);
  if (!revoked || (held && what.reason != crl_reason::certificate_hold)) return;
  throw input_error{fmt::format("'{}' is {} since {}{}", which, held ? "on hold" : "revoked",
                                to_rfc3339(revoked->at), held ? "; release it first" : " already")};
}

}  // namespace

void check_name(std::string_view name) {
  constexpr std::size_t max_name = 64;  // RFC 5280 appendix A, ub-common-name
  const bool fits = !name.empty() && name.size() <= max_name;
  const bool clean =
      std::ranges::none_of(name, [](unsigned char c) { return c < 0x20 || c == 0x7f || c == '/'; });
  if (fits && clean) return;
  throw input_error{
      fmt::format("'{}' cannot be a name: it must have 1 to {} octets, and no '/' or "
                  "control character",
                  clean ? name : "...", max_name)};
}

mini_ca::serial_source mini_ca::random_serials() {
  return [] {
    bytes octets(16);
    if (RAND_bytes(octets.data(), static_cast<int>(octets.size())) != 1) {
      throw_openssl("drawing a serial number");
    }
    octets.front() |= 0x40;  // so that all have the same length
    octets.front() &= 0x7f;  // so that the INTEGER needs no octet for its sign
    return serial_number::from_magnitude(octets);
  };
}

mini_ca mini_ca::create(const std::filesystem::path& directory, serial_source serials) {
  std::error_code failure;
  std::filesystem::create_directories(directory, failure);
  if (failure) {
    throw store_error{
        fmt::format("cannot create the directory {}: {}", directory.string(), failure.message())};
  }
  const auto file = directory / database_file;
  make_private_file(file);
  sqlite_connection connection{file.string()};
  try {
    create_tables(connection);
  } catch (const input_error& taken) {
    throw input_error{fmt::format("{}: {}", directory.string(), taken.what())};
  }
  return mini_ca{std::make_unique<database>(std::move(connection), std::move(serials))};
}

mini_ca mini_ca::open(const std::filesystem::path& directory, serial_source serials) {
  const auto file = directory / database_file;
  std::error_code failure;
  if (!std::filesystem::exists(file, failure)) {
    throw store_error{
        fmt::format("no CA in {}: {}; make one with 'staplelab ca init {}'", directory.string(),
                    failure ? failure.message() : "there is no ca.db", directory.string())};
  }
  sqlite_connection connection{file.string()};
  check_tables(connection, file.string());
  return mini_ca{std::make_unique<database>(std::move(connection), std::move(serials))};
}

mini_ca mini_ca::in_memory(serial_source serials) {
  sqlite_connection connection{":memory:"};
  create_tables(connection);
  return mini_ca{std::make_unique<database>(std::move(connection), std::move(serials))};
}

mini_ca::mini_ca(std::unique_ptr<database> db) : db_(std::move(db)) {}
mini_ca::mini_ca(mini_ca&&) noexcept = default;
mini_ca& mini_ca::operator=(mini_ca&&) noexcept = default;
mini_ca::~mini_ca() = default;

certificate mini_ca::add_authority(const authority_description& what) {
  check_name(what.name);
  const key own_key = key::generate(what.type);  // slow, so before the lock is taken
  sqlite_transaction transaction{db_->connection};
  if (db_->find(entry_kind::authority, what.name)) {
    throw input_error{
        fmt::format("an authority is named '{}' already; choose another name", what.name)};
  }
  std::optional<certificate_row> issuer;
  if (!what.issuer.empty()) issuer = db_->authority(what.issuer);
  const auto described = describe(what, issuer ? db_->fresh_serial(issuer->id) : db_->serials());
  const certificate cert =
      issuer ? sign_certificate(described, own_key, &issuer->cert(), issuer->key())
             : sign_certificate(described, own_key, nullptr, own_key);
  auto row = new_certificate::of(entry_kind::authority, what.name, cert, own_key);
  if (issuer) row.issuer = issuer->id;
  db_->insert(row);
  transaction.commit();
  return cert;
}

credential mini_ca::issue(const issue_description& what, time_point now) {
  check_name(what.name);
  const key own_key = key::generate(what.type);  // slow, so before the lock is taken
  return {issue_for(own_key.get(), own_key, what, now), own_key};
}

certificate mini_ca::issue(const issue_description& what, const signing_request& request,
                           time_point now) {
  check_name(what.name);
  issue_description granted = what;
  granted.must_staple = what.must_staple || request.must_staple();
  return issue_for(request.public_key(), std::nullopt, granted, now);
}

// `subject_key` is borrowed.
certificate mini_ca::issue_for(EVP_PKEY* subject_key, const std::optional<key>& kept,
                               const issue_description& what, time_point now) {
  sqlite_transaction transaction{db_->connection};
  if (db_->find(entry_kind::issued, what.name)) {
    throw input_error{
        fmt::format("a certificate is named '{}' already; choose another name", what.name)};
  }
  const certificate_row issuer = db_->authority(what.issuer);
  const certificate cert = sign_certificate_for(
      subject_key, describe(what, db_->fresh_serial(issuer.id)), &issuer.cert(), issuer.key());
  auto row = new_certificate::of(entry_kind::issued, what.name, cert, kept);
  row.issuer = issuer.id;
  row.issued_at = now;
  db_->insert(row);
  transaction.commit();
  return cert;
}

void mini_ca::revoke(std::string_view which, const revocation& what, time_point now) {
  revoke_each({std::string(which)}, what, now);
}

std::size_t mini_ca::revoke_each(const std::vector<std::string>& which, const revocation& what,
                                 time_point now) {
  if (what.reason == crl_reason::remove_from_crl) {
    throw input_error{"removeFromCRL does not revoke; release the certificate instead"};
  }
  sqlite_transaction transaction{db_->connection};
  std::set<std::int64_t> done;
  for (const std::string& each : which) {
    const named_certificate row = db_->named(each);
    if (!done.insert(row.id).second) continue;
    require_revocable(row.status, what, each);
    db_->record(row.id, act_of(what, now));
  }
  transaction.commit();
  return done.size();
}

void mini_ca::revoke(std::string_view which, std::optional<crl_reason> reason, time_point at) {
  revoke(which, {reason, at}, at);
}

std::size_t mini_ca::revoke_all(std::string_view authority, const revocation& what,
                                time_point now) {
  sqlite_transaction transaction{db_->connection};
  const auto ids = db_->not_revoked_of(db_->authority(authority).id);
  for (const std::int64_t id : ids)
    db_->record(id, act_of(what, now));
  transaction.commit();
  return ids.size();
}

void mini_ca::hold(std::string_view which, time_point at) {
  revoke(which, crl_reason::certificate_hold, at);
}

void mini_ca::release(std::string_view which, time_point now) {
  sqlite_transaction transaction{db_->connection};
  const named_certificate row = db_->named(which);
  require_hold(row, which);
  db_->record(row.id, {.revocation = std::nullopt, .recorded_at = now});
  transaction.commit();
}

void mini_ca::release(std::string_view which) {
  sqlite_transaction transaction{db_->connection};
  const named_certificate row = db_->named(which);
  require_hold(row, which);
  db_->record(row.id,
              {.revocation = std::nullopt, .recorded_at = std::get<revoked_status>(row.status).at});
  transaction.commit();
}

std::vector<issued_certificate> mini_ca::list() const {
  return with_certificates(db_->issued());
}

std::optional<issued_certificate> mini_ca::find(std::string_view issued_name) const {
  auto found = with_certificates(db_->issued_as(issued_name));
  if (found.empty()) return std::nullopt;
  return std::move(found.front());
}

std::vector<issued_certificate> mini_ca::ocsp_signers(std::string_view authority) const {
  return with_certificates(db_->ocsp_signers_of(db_->authority(authority).id));
}

std::vector<ledger_entry> mini_ca::ledger() const {
  return db_->issued();
}

std::vector<std::string> mini_ca::authority_names() const {
  return db_->authority_names();
}

credential mini_ca::authority(std::string_view name) const {
  return *db_->authority(name).identity;
}

std::vector<certificate> mini_ca::chain(std::string_view authority) const {
  certificate_row row = db_->authority(authority);
  std::vector<certificate> chain{row.cert()};
  while (row.issuer != row.id) {
    row = db_->row(row.issuer);
    chain.push_back(row.cert());
  }
  return chain;
}

credential mini_ca::issued(std::string_view name) const {
  auto row = db_->find(entry_kind::issued, name);
  if (!row) {
    throw input_error{fmt::format(
        "no certificate is named '{}'; 'staplelab ca list' shows those there are", name)};
  }
  if (!row->identity) {
    throw input_error{
        fmt::format("the certificate '{}' was imported, or made from a signing request, and its "
                    "private key is not here",
                    name)};
  }
  return *std::move(row->identity);
}

bytes mini_ca::crl(std::string_view authority, time_point this_update, time_point next_update) {
  sqlite_transaction transaction{db_->connection};
  const certificate_row issuer = db_->authority(authority);
  const crl_content content{.entries = db_->revoked_by(issuer.id, this_update),
                            .number = db_->next_crl_number(issuer.id),
                            .this_update = this_update,
                            .next_update = next_update};
  db_->note_crl(issuer.id, content.number, this_update);
  bytes crl = build_crl(content, *issuer.identity);
  transaction.commit();
  return crl;
}

bytes mini_ca::delta_crl(std::string_view authority, std::int64_t base, time_point this_update,
                         time_point next_update) {
  sqlite_transaction transaction{db_->connection};
  const certificate_row issuer = db_->authority(authority);
  const auto since = db_->crl_time(issuer.id, base);
  if (!since) {
    throw input_error{
        fmt::format("the authority '{}' has made no CRL with the number {}", authority, base)};
  }
  const crl_content content{.entries = db_->changed_between(issuer.id, *since, this_update),
                            .number = db_->next_crl_number(issuer.id),
                            .this_update = this_update,
                            .next_update = next_update,
                            .base = base};
  bytes crl = build_crl(content, *issuer.identity);
  transaction.commit();
  return crl;
}

std::int64_t mini_ca::last_act_of(std::string_view authority) const {
  return db_->last_act_of(db_->authority(authority).id);
}

std::variant<cert_status, no_status> mini_ca::look_up(const cert_id& id, time_point now) const {
  try {
    return db_->look_up(id, now);
  } catch (const store_error&) {
    return no_status::unavailable;
  }
}

std::variant<status_history, no_status> mini_ca::history(const cert_id& id, time_point) const {
  try {
    return db_->history(id);
  } catch (const store_error&) {
    return no_status::unavailable;
  }
}

}  // namespace staplelab::pki
