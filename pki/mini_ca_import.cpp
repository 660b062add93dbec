// Taking over an authority that kept its books elsewhere: one transaction.
#include <fmt/format.h>

#include "pki/errors.hpp"
#include "pki/key_match.hpp"
#include "pki/mini_ca.hpp"
#include "pki/mini_ca_database.hpp"

namespace staplelab::pki {
namespace {

void check_identity(const imported_authority& what) {
  if (!holds_matching_key(what.identity)) {
    throw input_error{fmt::format("the private key is not that of the certificate {}",
                                  what.identity.cert.subject())};
  }
  if (!what.identity.cert.is_ca()) {
    throw input_error{fmt::format(
        "{} is no CA certificate: its basicConstraints do not say CA:TRUE; name the issuing "
        "certificate, not one it issued",
        what.identity.cert.subject())};
  }
}

}  // namespace

void mini_ca::import_authority(const imported_authority& what) {
  check_identity(what);
  sqlite_transaction transaction{db_->connection};
  if (db_->find(entry_kind::authority, what.name)) {
    throw input_error{
        fmt::format("an authority is named '{}' already; choose another name", what.name)};
  }
  auto own =
      new_certificate::of(entry_kind::authority, what.name, what.identity.cert, what.identity.key);
  const certificate& cert = what.identity.cert;
  for (const std::string& name : db_->authority_names()) {
    const certificate_row above = db_->authority(name);
    if (above.cert() == cert) {
      throw input_error{
          fmt::format("{} is an authority here already, named '{}'", cert.subject(), name)};
    }
    if (cert.signed_by(above.cert())) own.issuer = above.id;
  }
  const std::int64_t id = db_->insert(own);
  db_->start_crl_numbers_after(id, what.crl_number);
  for (const imported_entry& entry : what.entries) {
    // A root stands in its own index, and is here already.
    if (!own.issuer && entry.serial == own.serial) continue;
    const bool taken = db_->find(entry_kind::issued, entry.name).has_value();
    const std::int64_t row = db_->insert(
        {.kind = entry_kind::issued,
         .issuer = id,
         .name = taken ? fmt::format("{}-{}", entry.name, entry.serial.hex()) : entry.name,
         .serial = entry.serial,
         .subject = entry.subject,
         .not_after = entry.not_after,
         .cert = entry.cert,
         .key = std::nullopt,
         .issued_at = std::nullopt});
    if (!entry.revoked) continue;
    db_->record(row, {.revocation = revoked_status{entry.revoked->at, entry.revoked->reason},
                      .invalid_since = entry.revoked->invalid_since,
                      .recorded_at = entry.revoked->at});
  }
  transaction.commit();
}

}  // namespace staplelab::pki
