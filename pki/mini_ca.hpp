// The mini-CA: a tree of authorities, what they issued, and what became of it.
//
// Everything is one SQLite database, on disk or in memory; each act is one transaction, durable
// before the call returns, so that a process killed at any moment loses nothing it acknowledged.
// Several processes may have the same CA open: an act of one is seen by the next look-up of
// another. It refuses unknown names, names taken twice, and revoking what is revoked (input_error,
// with a hint); a database it cannot read or write is a store_error. It never looks at a clock, and
// it forgets nothing: what was known at an earlier time can be asked for, and a revocation stays on
// record after the certificate has expired (BR 4.10.1).
#pragma once

#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "pki/cert_status.hpp"
#include "pki/certificate.hpp"
#include "pki/key.hpp"
#include "pki/time.hpp"

namespace staplelab::pki {

class signing_request;

struct authority_description {
  std::string name;    // unique in the CA, and the common name
  std::string issuer;  // name of another authority; empty: a root
  key_type type = key_type::p256;
  time_point not_before;
  time_point not_after;
  bool must_staple = false;  // then all it issues must be, delegates excepted (RFC 7633)
};

struct issue_description {
  std::string name;    // unique among what is issued
  std::string issuer;  // name of an authority
  certificate_role role = certificate_role::server;
  key_type type = key_type::p256;
  std::vector<std::string> subject_alt_names;
  time_point not_before;
  time_point not_after;
  std::vector<std::string> ocsp_urls;
  std::vector<std::string> crl_urls = {};
  bool must_staple = false;
  bool ocsp_signing_eku = true;
  bool ocsp_nocheck = true;
  // Its serial number counts as assigned, like any other's (BR 4.9.9).
  bool precertificate = false;
};

struct issued_certificate {
  std::string name;
  std::string issuer;  // name of the authority
  certificate cert;
  cert_status status;
  bool has_key = false;  // issued() can give it
};

// As list() gives it, and what is known only by its serial number as well.
struct ledger_entry {
  std::string name;
  std::string issuer;
  serial_number serial;
  std::string subject;  // RFC 2253; of an imported entry as it was written there
  time_point not_after;
  std::optional<certificate> cert;
  cert_status status;
  bool has_key = false;  // as above
};

struct revocation {
  std::optional<crl_reason> reason;
  time_point at;                                 // may lie in the past
  std::optional<time_point> invalid_since = {};  // for CRLs: invalidityDate
};

// What another CA's books say of a certificate.
struct imported_entry {
  std::string name;  // made unique by the serial number where it is taken
  serial_number serial;
  std::string subject;
  time_point not_after;
  std::optional<certificate> cert;
  std::optional<revocation> revoked;
};
struct imported_authority {
  std::string name;
  credential identity;
  std::vector<imported_entry> entries;
  std::int64_t crl_number = 0;  // the last one used
};

class mini_ca : public status_book {
 public:
  // Draws serial numbers; a world gives a seeded one.
  using serial_source = std::function<serial_number()>;
  // 16 octets from OpenSSL's generator, positive.
  static serial_source random_serials();

  // `directory` is made if missing and must hold no CA yet. Files: ca.db, mode 0600.
  static mini_ca create(const std::filesystem::path& directory, serial_source serials);
  static mini_ca open(const std::filesystem::path& directory, serial_source serials);
  static mini_ca in_memory(serial_source serials);

  mini_ca(mini_ca&&) noexcept;
  mini_ca& operator=(mini_ca&&) noexcept;
  ~mini_ca() override;

  certificate add_authority(const authority_description& what);
  // The leaf's key is generated here, and kept, so that a file lost can be written again.
  credential issue(const issue_description& what, time_point now);
  // For a key that is kept elsewhere; `what.type` does not count. Must-staple when the request asks
  // for it, or `what` does.
  certificate issue(const issue_description& what, const signing_request& request, time_point now);

  // An authority that signed elsewhere until now, and what it issued there: all of it, or nothing
  // and input_error. It is put below the authority here that issued it, if there is one.
  void import_authority(const imported_authority& what);

  // `which` is a name, or a serial number in hexadecimal. `now` is when the CA comes to know.
  void revoke(std::string_view which, const revocation& what, time_point now);
  // Everything the authority has issued, authorities and what is on hold among it; gives how many
  // (RFC 6960 2.7). What is revoked already stays as it is.
  std::size_t revoke_all(std::string_view authority, const revocation& what, time_point now);
  // All of these, or none: throws input_error for one that is not known, or revoked already. What
  // stands twice among them counts once; gives how many it were.
  std::size_t revoke_each(const std::vector<std::string>& which, const revocation& what,
                          time_point now);
  void release(std::string_view which, time_point now);  // from hold only

  // Known from the very moment on in which they take effect.
  void revoke(std::string_view which, std::optional<crl_reason> reason, time_point at);
  void hold(std::string_view which, time_point at);  // revoked, reason certificateHold
  void release(std::string_view which);              // as if it had never been on hold

  std::vector<issued_certificate> list() const;  // in the order issued
  std::vector<ledger_entry> ledger() const;      // the same order
  std::optional<issued_certificate> find(std::string_view issued_name) const;
  // What the authority has issued with the extended key usage OCSPSigning, in the same order. The
  // price grows with their number, not with that of all certificates.
  std::vector<issued_certificate> ocsp_signers(std::string_view authority) const;
  std::vector<std::string> authority_names() const;  // in the order added
  credential authority(std::string_view name) const;
  // The authority's certificate, then its issuer's, up to the root.
  std::vector<certificate> chain(std::string_view authority) const;
  credential issued(std::string_view name) const;

  // A full CRL of one authority, DER (RFC 5280 section 5): what was known at `this_update`. The
  // number grows with each call.
  bytes crl(std::string_view authority, time_point this_update, time_point next_update);
  // The changes since the CRL of that number, with removeFromCRL for what was released. Throws
  // input_error for a number that the authority has not used.
  bytes delta_crl(std::string_view authority, std::int64_t base, time_point this_update,
                  time_point next_update);
  // Grows whenever something happens to what the authority issued.
  std::int64_t last_act_of(std::string_view authority) const;

  // RFC 6960 2.2. A certificate revoked with a time after `now` is still good. Certificates of
  // authorities count as issued by their issuer.
  std::variant<cert_status, no_status> look_up(const cert_id& id, time_point now) const override;
  std::variant<status_history, no_status> history(const cert_id& id, time_point now) const override;

 private:
  struct database;
  certificate issue_for(EVP_PKEY* subject_key, const std::optional<key>& kept,
                        const issue_description& what, time_point now);
  explicit mini_ca(std::unique_ptr<database> db);
  std::unique_ptr<database> db_;
};

}  // namespace staplelab::pki
