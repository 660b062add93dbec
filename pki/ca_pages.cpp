#include "pki/ca_pages.hpp"

#include <cstdint>
#include <map>
#include <string>

#include "pki/cert_status.hpp"
#include "pki/certificate.hpp"
#include "pki/errors.hpp"
#include "pki/sqlite.hpp"

namespace staplelab::pki {

struct ca_pages::state {
  explicit state(const std::string& file)
      : connection(file),
        page(connection.prepare("SELECT id, issuer, serial FROM certificates "
                                "WHERE id > ? ORDER BY id LIMIT ?")) {
    auto rows = connection.prepare(
        "SELECT id, certificate, name FROM certificates WHERE kind = 'authority'");
    while (rows.step())
      issuers.emplace(rows.integer(0), certificate::from_der(rows.blob(1), rows.text(2)));
  }

  sqlite_connection connection;
  sqlite_statement page;
  std::map<std::int64_t, certificate> issuers;
  std::int64_t last = 0;
};

ca_pages::ca_pages(const std::filesystem::path& directory)
    : state_(std::make_unique<state>((directory / "ca.db").string())) {}

ca_pages::ca_pages(ca_pages&&) noexcept = default;
ca_pages::~ca_pages() = default;

std::size_t ca_pages::certificates() const {
  auto count = state_->connection.prepare("SELECT count(*) FROM certificates");
  return count.step() ? static_cast<std::size_t>(count.integer(0)) : 0;
}

std::vector<bytes> ca_pages::next(std::size_t at_most) {
  auto& my = *state_;
  std::vector<bytes> ids;
  bool more = true;
  while (more && ids.empty()) {
    more = false;
    my.page.bind(my.last, static_cast<std::int64_t>(at_most));
    while (my.page.step()) {
      more = true;
      my.last = my.page.integer(0);
      const auto issuer = my.issuers.find(my.page.integer(1));
      const auto serial = serial_number::from_hex(my.page.text(2));
      if (!serial) throw store_error{"the CA holds a damaged serial number: " + my.page.text(2)};
      if (issuer == my.issuers.end()) continue;  // an authority that came later
      ids.push_back(cert_id::of(*serial, issuer->second, hash_algorithm::sha1).der);
    }
    my.page.reset();
  }
  return ids;
}

}  // namespace staplelab::pki
