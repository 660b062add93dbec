#include "responder/overriding_book.hpp"

namespace staplelab::responder {

void overriding_book::set(const pki::serial_number& serial, const pki::cert_status& status) {
  overridden_.insert_or_assign(serial, status);
}

void overriding_book::clear(const pki::serial_number& serial) {
  overridden_.erase(serial);
}

std::optional<pki::cert_status> overriding_book::overridden(
    const pki::serial_number& serial) const {
  const auto found = overridden_.find(serial);
  return found == overridden_.end() ? std::nullopt : std::optional(found->second);
}

std::variant<pki::cert_status, pki::no_status> overriding_book::look_up(const pki::cert_id& id,
                                                                        pki::time_point now) const {
  auto below = below_.look_up(id, now);
  if (std::holds_alternative<pki::no_status>(below)) return below;
  if (auto above = overridden(id.serial)) return *above;
  return below;
}

std::variant<pki::status_history, pki::no_status> overriding_book::history(
    const pki::cert_id& id, pki::time_point now) const {
  auto below = below_.history(id, now);
  if (std::holds_alternative<pki::no_status>(below)) return below;
  const auto above = overridden(id.serial);
  if (!above) return below;
  if (std::holds_alternative<pki::unknown_status>(*above)) return pki::status_history{};
  return pki::status_history{{pki::time_point::min(), *above}};
}

}  // namespace staplelab::responder
