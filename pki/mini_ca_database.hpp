// The mini-CA's tables, and reading and writing their rows. Private to this folder.
//
// One table holds everything that was ever issued, authorities among it; another what became of it,
// act by act, and when that was recorded. Rows are never deleted, and only the revocation and the
// CRL number of a certificate's row ever change.
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

inline std::int64_t to_column(time_point t) {
  return t.time_since_epoch().count();
}

struct certificate_row {
  std::int64_t id;
  std::int64_t issuer;  // the id of a row; its own for a root
  std::string name;
  serial_number serial;
  std::optional<credential> identity;  // empty: the certificate or its key is not here
  cert_status status;

  const certificate& cert() const { return identity->cert; }  // of an authority: always there
  const pki::key& key() const { return identity->key; }
};

// What is asked of a certificate that is to be revoked or released.
struct named_certificate {
  std::int64_t id;
  serial_number serial;
  cert_status status;
};

struct new_certificate {
  entry_kind kind;
  std::optional<std::int64_t> issuer;  // empty: it is its own
  std::string name;
  serial_number serial;
  std::string subject;
  time_point not_after;
  std::optional<certificate> cert;
  std::optional<pki::key> key;
  std::optional<time_point> issued_at;

  static new_certificate of(entry_kind kind, std::string name, const certificate& cert,
                            const std::optional<pki::key>& key);
};

// What becomes of a certificate. No revocation: released from hold.
struct recorded_act {
  std::optional<revoked_status> revocation;
  std::optional<time_point> invalid_since = {};
  time_point recorded_at;
};

// An authority as CertIDs name it.
struct known_issuer {
  std::int64_t id;
  std::array<issuer_hashes, 4> hashes;  // by hash_algorithm
};

// Makes the tables in an empty database. Throws input_error when there is a CA already.
void create_tables(sqlite_connection& connection);
// Finds what may sign OCSP responses: its extended key usage holds id-kp-OCSPSigning (RFC 6960
// 4.2.2.2), as DER with identifier and length. A term of an index, so written once.
inline constexpr std::string_view is_ocsp_signer =
    "instr(certificate, x'06082B06010505070309') > 0";

// A name becomes a common name, and the name of files. Throws input_error.
void check_name(std::string_view name);

// Tables of version 1 become those of today, and an index that is missing is made. Throws
// store_error when they are not a CA's, or a later version's.
void check_tables(sqlite_connection& connection, const std::string& file);

struct mini_ca::database {
  database(sqlite_connection open_connection, serial_source source);

  std::optional<certificate_row> find(entry_kind kind, std::string_view name) const;
  // Throws input_error naming those there are.
  certificate_row authority(std::string_view name) const;
  // By name or serial number. Throws input_error when it is none or several.
  named_certificate named(std::string_view which);
  certificate_row row(std::int64_t id) const;
  std::vector<ledger_entry> issued() const;
  std::vector<ledger_entry> issued_as(std::string_view name) const;
  std::vector<ledger_entry> ocsp_signers_of(std::int64_t issuer) const;
  std::vector<std::string> authority_names() const;
  // What a CRL of this time lists, and what a delta to one of `since` does.
  std::vector<crl_entry> revoked_by(std::int64_t issuer, time_point until) const;
  std::vector<crl_entry> changed_between(std::int64_t issuer, time_point since,
                                         time_point until) const;
  // What is neither revoked, nor the issuer itself; what is on hold counts.
  std::vector<std::int64_t> not_revoked_of(std::int64_t issuer) const;
  // Grows with each act on what the authority issued.
  std::int64_t last_act_of(std::int64_t issuer) const;

  // A serial number that this issuer has not used. Throws input_error when the source gives none.
  serial_number fresh_serial(std::int64_t issuer) const;
  std::int64_t insert(const new_certificate& row);  // gives its id
  void record(std::int64_t id, const recorded_act& act);
  std::int64_t next_crl_number(std::int64_t authority);
  void start_crl_numbers_after(std::int64_t authority, std::int64_t number);
  void note_crl(std::int64_t authority, std::int64_t number, time_point this_update);
  std::optional<time_point> crl_time(std::int64_t authority, std::int64_t number) const;

  std::variant<cert_status, no_status> look_up(const cert_id& id, time_point now);
  std::variant<status_history, no_status> history(const cert_id& id);

  serial_source serials;
  sqlite_connection connection;

 private:
  void notice_authorities();
  std::optional<std::int64_t> issuer_of(const cert_id& id);
  status_history history_of(std::int64_t certificate, std::optional<std::int64_t> issued_at) const;
  const credential& authority_identity(const sqlite_statement& row) const;

  sqlite_statement data_version_;
  sqlite_statement later_authorities_;
  sqlite_statement status_;
  sqlite_statement set_revocation_;
  sqlite_statement add_act_;
  sqlite_statement by_name_;
  sqlite_statement by_serial_;
  std::optional<std::int64_t> seen_version_;  // empty: look again
  std::vector<known_issuer> issuers_;         // in the order added
  // By id: reading a key is the dearest part of issuing a certificate.
  mutable std::map<std::int64_t, credential> authority_identities_;
};

}  // namespace staplelab::pki
