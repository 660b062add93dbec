// The mini-CA: a tree of authorities, what they issued, and what became of it.
//
// Everything is one SQLite database, on disk or in memory; each act is one transaction, durable
// before the call returns, so that a process killed at any moment loses nothing it acknowledged.
// Several processes may have the same CA open: an act of one is seen by the next look-up of
// another. It refuses unknown names, names taken twice, and revoking what is revoked (input_error,
// with a hint); a database it cannot read or write is a store_error. It never looks at a clock.
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
  bool must_staple = false;
  bool ocsp_signing_eku = true;
  bool ocsp_nocheck = true;
};

struct issued_certificate {
  std::string name;
  std::string issuer;  // name of the authority
  certificate cert;
  cert_status status;
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

  // `which` is a name, or a serial number in hexadecimal. `at` may lie in the past.
  void revoke(std::string_view which, std::optional<crl_reason> reason, time_point at);
  void hold(std::string_view which, time_point at);  // revoked, reason certificateHold
  void release(std::string_view which);              // from hold only

  std::vector<issued_certificate> list() const;      // in the order issued
  std::vector<std::string> authority_names() const;  // in the order added
  credential authority(std::string_view name) const;
  // The authority's certificate, then its issuer's, up to the root.
  std::vector<certificate> chain(std::string_view authority) const;
  credential issued(std::string_view name) const;

  // A full CRL of one authority, DER (RFC 5280 section 5). The number grows with each call.
  bytes crl(std::string_view authority, time_point this_update, time_point next_update);

  // RFC 6960 2.2. A certificate revoked with a time after `now` is still good. Certificates of
  // authorities count as issued by their issuer.
  std::variant<cert_status, no_status> look_up(const cert_id& id, time_point now) const override;

 private:
  struct database;
  explicit mini_ca(std::unique_ptr<database> db);
  std::unique_ptr<database> db_;
};

}  // namespace staplelab::pki
