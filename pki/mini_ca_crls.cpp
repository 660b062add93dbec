// What the mini-CA's CRLs list, and how they are numbered.
#include <algorithm>
#include <string>
#include <string_view>

#include "pki/asn1.hpp"
#include "pki/errors.hpp"
#include "pki/mini_ca_database.hpp"

namespace staplelab::pki {
namespace {

// Of the columns serial, revoked_at, reason, invalid_since.
crl_entry read_entry(const sqlite_statement& from) {
  const auto serial = serial_number::from_hex(from.text(0));
  if (!serial) throw store_error{"the CA holds a damaged serial number: " + from.text(0)};
  crl_entry entry{*serial, {time_point{duration{from.integer(1)}}, std::nullopt}, {}};
  if (const auto reason = from.optional_integer(2)) {
    entry.revocation.reason = to_crl_reason(static_cast<long>(*reason));
  }
  if (const auto since = from.optional_integer(3)) {
    entry.invalid_since = time_point{duration{*since}};
  }
  return entry;
}

// The act in force at a time, for each certificate that had one: the last one recorded by then. An
// entry stays for good, so also after the certificate has expired (RFC 5280 3.3, BR 4.10.1).
constexpr std::string_view in_force =
    "SELECT c.serial, a.revoked_at, a.reason, a.invalid_since, c.id FROM certificates AS c "
    "JOIN acts AS a ON a.id = (SELECT max(id) FROM acts WHERE certificate = c.id "
    "AND recorded_at <= ?2) WHERE c.issuer = ?1 AND a.revoked_at <= ?2 ";

}  // namespace

std::vector<crl_entry> mini_ca::database::revoked_by(std::int64_t issuer, time_point until) const {
  auto query = connection.prepare(std::string{in_force} + "ORDER BY c.id");
  query.bind(issuer, to_column(until));
  std::vector<crl_entry> entries;
  while (query.step())
    entries.push_back(read_entry(query));
  return entries;
}

std::vector<crl_entry> mini_ca::database::changed_between(std::int64_t issuer, time_point since,
                                                          time_point until) const {
  const auto before = revoked_by(issuer, since);
  const auto after = revoked_by(issuer, until);
  const auto entry_in = [](const std::vector<crl_entry>& all, const serial_number& serial) {
    const auto found = std::ranges::find(all, serial, &crl_entry::serial);
    return found == all.end() ? nullptr : &*found;
  };
  std::vector<crl_entry> changed;
  for (const crl_entry& entry : after) {
    const crl_entry* old = entry_in(before, entry.serial);
    if (old == nullptr || old->revocation != entry.revocation) changed.push_back(entry);
  }
  // RFC 5280 5.3.1: what the base lists and is released now.
  for (crl_entry entry : before) {
    if (entry_in(after, entry.serial) != nullptr) continue;
    entry.revocation.reason = crl_reason::remove_from_crl;
    changed.push_back(std::move(entry));
  }
  return changed;
}

std::vector<std::int64_t> mini_ca::database::not_revoked_of(std::int64_t issuer) const {
  auto query = connection.prepare(
      "SELECT id FROM certificates WHERE issuer = ?1 AND id <> ?1 "
      "AND (revoked_at IS NULL OR reason = ?2) ORDER BY id");
  query.bind(issuer, static_cast<std::int64_t>(crl_reason::certificate_hold));
  std::vector<std::int64_t> ids;
  while (query.step())
    ids.push_back(query.integer(0));
  return ids;
}

std::int64_t mini_ca::database::last_act_of(std::int64_t issuer) const {
  auto query = connection.prepare(
      "SELECT coalesce(max(a.id), 0) FROM acts AS a JOIN certificates AS c "
      "ON c.id = a.certificate WHERE c.issuer = ?");
  query.bind(issuer);
  return query.step() ? query.integer(0) : 0;
}

std::int64_t mini_ca::database::next_crl_number(std::int64_t authority) {
  auto statement = connection.prepare(
      "UPDATE certificates SET crl_number = crl_number + 1 WHERE id = ? RETURNING crl_number");
  statement.bind(authority);
  if (!statement.step()) throw store_error{"the CA has lost an authority"};
  const std::int64_t number = statement.integer(0);
  statement.step();
  return number;
}

void mini_ca::database::start_crl_numbers_after(std::int64_t authority, std::int64_t number) {
  auto statement = connection.prepare("UPDATE certificates SET crl_number = ? WHERE id = ?");
  statement.bind(number, authority);
  statement.step();
}

void mini_ca::database::note_crl(std::int64_t authority, std::int64_t number,
                                 time_point this_update) {
  auto statement = connection.prepare(
      "INSERT OR REPLACE INTO crls (authority, number, this_update) VALUES (?, ?, ?)");
  statement.bind(authority, number, to_column(this_update));
  statement.step();
}

std::optional<time_point> mini_ca::database::crl_time(std::int64_t authority,
                                                      std::int64_t number) const {
  auto query =
      connection.prepare("SELECT this_update FROM crls WHERE authority = ? AND number = ?");
  query.bind(authority, number);
  if (!query.step()) return std::nullopt;
  return time_point{duration{query.integer(0)}};
}

}  // namespace staplelab::pki
