// A status book in which single entries were overwritten by hand, above another book.
//
// Only what the book below calls ours can be overwritten: a foreign issuer stays foreign.
#pragma once

#include <map>
#include <optional>

#include "pki/cert_status.hpp"
#include "pki/serial_number.hpp"

namespace staplelab::responder {

class overriding_book final : public pki::status_book {
 public:
  // `below` outlives this book.
  explicit overriding_book(const pki::status_book& below) : below_(below) {}

  void set(const pki::serial_number& serial, const pki::cert_status& status);
  void clear(const pki::serial_number& serial);
  void clear_all() { overridden_.clear(); }
  bool any() const { return !overridden_.empty(); }
  std::optional<pki::cert_status> overridden(const pki::serial_number& serial) const;

  std::variant<pki::cert_status, pki::no_status> look_up(const pki::cert_id& id,
                                                         pki::time_point now) const override;
  // What was overwritten was always so: it shows at once, whatever was produced when.
  std::variant<pki::status_history, pki::no_status> history(const pki::cert_id& id,
                                                            pki::time_point now) const override;

 private:
  const pki::status_book& below_;
  std::map<pki::serial_number, pki::cert_status> overridden_;
};

}  // namespace staplelab::responder
