#include "pki/ca_changes.hpp"

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>

#include "pki/errors.hpp"
#include "pki/sqlite.hpp"

namespace staplelab::pki {

namespace {

constexpr std::string_view columns =
    "SELECT a.id, c.serial, a.recorded_at, a.revoked_at FROM acts AS a "
    "JOIN certificates AS c ON c.id = a.certificate ";

time_point read_time(std::int64_t column) {
  return time_point{duration{column}};
}

ca_changes::act read_act(const sqlite_statement& row) {
  const auto serial = serial_number::from_hex(row.text(1));
  if (!serial) throw store_error{"the CA holds a damaged serial number: " + row.text(1)};
  ca_changes::act read{*serial, read_time(row.integer(2)), std::nullopt};
  if (const auto at = row.optional_integer(3)) read.revoked_at = read_time(*at);
  return read;
}

// Ends with its scope, however that is left: as long as a read is open, the write-ahead log grows.
struct read_in_progress {
  sqlite_statement& statement;
  ~read_in_progress() { statement.reset(); }
};

}  // namespace

struct ca_changes::state {
  explicit state(const std::string& file)
      : connection(file),
        version(connection.prepare("PRAGMA data_version")),
        later_acts(connection.prepare(std::string(columns) + "WHERE a.id > ? ORDER BY a.id")) {}

  sqlite_connection connection;
  sqlite_statement version;
  sqlite_statement later_acts;
  std::optional<std::int64_t> seen_version;
  std::int64_t last_act = 0;
  std::vector<act> not_told;
};

ca_changes::ca_changes(const std::filesystem::path& directory, time_point since)
    : state_(std::make_unique<state>((directory / "ca.db").string())) {
  auto& my = *state_;
  auto newest = my.connection.prepare("SELECT coalesce(max(id), 0) FROM acts");
  if (newest.step()) my.last_act = newest.integer(0);
  auto recent = my.connection.prepare(
      std::string(columns) +
      "WHERE a.id <= ?1 AND (a.recorded_at > ?2 OR a.revoked_at > ?2) ORDER BY a.id");
  recent.bind(my.last_act, std::int64_t{since.time_since_epoch().count()});
  while (recent.step())
    my.not_told.push_back(read_act(recent));
}

ca_changes::ca_changes(ca_changes&&) noexcept = default;
ca_changes::~ca_changes() = default;

// PRAGMA data_version changes when another connection has written, and all that write are others.
std::vector<ca_changes::act> ca_changes::since_last() {
  auto& my = *state_;
  my.version.bind();
  my.version.step();
  const auto version = my.version.integer(0);
  my.version.reset();
  if (my.seen_version == version) return {};
  auto acts = my.not_told;
  auto last = my.last_act;
  {
    const read_in_progress reading{my.later_acts};
    my.later_acts.bind(my.last_act);
    while (my.later_acts.step()) {
      last = my.later_acts.integer(0);
      acts.push_back(read_act(my.later_acts));
    }
  }
  my.not_told.clear();
  my.last_act = last;
  my.seen_version = version;
  return acts;
}

}  // namespace staplelab::pki
