// The mini-CA's tables, and reading and writing their rows. Private to this folder.
//
// One table holds everything that was ever issued, authorities among it; what became of a
// certificate stands in its row. Rows are never deleted, and only the revocation and the CRL number
// of a row ever change.
#pragma once

#include <array>
#include <cstdint>
#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "pki/cert_status.hpp"
#include "pki/crl.hpp"
#include "pki/mini_ca.hpp"
#include "pki/ocsp_wire.hpp"
#include "pki/sqlite.hpp"

namespace staplelab::pki {

enum class entry_kind { authority, issued };

struct certificate_row {
  std::int64_t id;
  std::int64_t issuer;  // the id of a row; its own for a root
  std::string name;
  credential identity;
  cert_status status;
};

struct new_certificate {
  entry_kind kind;
  std::optional<std::int64_t> issuer;  // empty: a root
  std::string name;
  credential identity;
  std::optional<time_point> issued_at;
};

// An authority as CertIDs name it.
struct known_issuer {
  std::int64_t id;
  std::array<issuer_hashes, 4> hashes;  // by hash_algorithm
};

// Makes the tables in an empty database. Throws input_error when there is a CA already.
void create_tables(sqlite_connection& connection);
// Throws store_error when the tables are not a CA's, or another version's.
void check_tables(sqlite_connection& connection, const std::string& file);

struct mini_ca::database {
  database(sqlite_connection open_connection, serial_source source);

  std::optional<certificate_row> find(entry_kind kind, std::string_view name) const;
  // Throws input_error naming those there are.
  certificate_row authority(std::string_view name) const;
  // By name or serial number. Throws input_error when it is none or several.
  certificate_row named(std::string_view which) const;
  certificate_row row(std::int64_t id) const;
  std::vector<issued_certificate> issued() const;
  std::vector<std::string> authority_names() const;
  // What a CRL of this time lists.
  std::vector<crl_entry> revoked_by(std::int64_t issuer, time_point until) const;

  // A serial number that this issuer has not used. Throws input_error when the source gives none.
  serial_number fresh_serial(std::int64_t issuer) const;
  void insert(const new_certificate& row);
  void set_status(std::int64_t id, const std::optional<revoked_status>& revocation);
  std::int64_t next_crl_number(std::int64_t authority);

  std::variant<cert_status, no_status> look_up(const cert_id& id, time_point now);

  serial_source serials;
  sqlite_connection connection;

 private:
  void notice_authorities();
  const credential& authority_identity(const sqlite_statement& row) const;

  sqlite_statement data_version_;
  sqlite_statement later_authorities_;
  sqlite_statement status_;
  std::optional<std::int64_t> seen_version_;  // empty: look again
  std::vector<known_issuer> issuers_;         // in the order added
  // By row: decoding a key costs more than a signature, and an authority's never changes.
  mutable std::map<std::int64_t, credential> authorities_read_;
  // By id: reading a key is the dearest part of issuing a certificate.
  mutable std::map<std::int64_t, credential> authority_identities_;
};

}  // namespace staplelab::pki
