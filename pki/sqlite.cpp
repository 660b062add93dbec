#include "pki/sqlite.hpp"

#include "pki/errors.hpp"

namespace staplelab::pki {
namespace {

// Another process' act takes milliseconds; this long only something broken holds the lock.
constexpr int busy_timeout_ms = 10'000;

std::string reason_of(sqlite3* connection) {
  return sqlite3_errmsg(connection);
}

}  // namespace

sqlite_connection::sqlite_connection(const std::string& file) : file_(file) {
  sqlite3* opened = nullptr;
  const int result = sqlite3_open_v2(file.c_str(), &opened, SQLITE_OPEN_READWRITE, nullptr);
  connection_.reset(opened);  // to be closed even when opening failed
  if (result != SQLITE_OK) {
    throw store_error{"cannot open " + file_ + ": " + sqlite3_errstr(result)};
  }
  sqlite3_busy_timeout(connection_.get(), busy_timeout_ms);
}

void sqlite_connection::execute(const char* statements) {
  if (sqlite3_exec(connection_.get(), statements, nullptr, nullptr, nullptr) != SQLITE_OK) {
    throw store_error{file_ + ": " + reason_of(connection_.get())};
  }
}

sqlite_statement sqlite_connection::prepare(std::string_view sql) const {
  sqlite3_stmt* prepared = nullptr;
  if (sqlite3_prepare_v2(connection_.get(), sql.data(), static_cast<int>(sql.size()), &prepared,
                         nullptr) != SQLITE_OK) {
    throw store_error{file_ + ": " + reason_of(connection_.get())};
  }
  return sqlite_statement{prepared};  // owns it now
}

void sqlite_statement::require(int result) const {
  if (result == SQLITE_OK || result == SQLITE_ROW || result == SQLITE_DONE) return;
  sqlite3* connection = sqlite3_db_handle(statement_.get());  // borrowed
  const char* file = sqlite3_db_filename(connection, "main");
  throw store_error{std::string{file != nullptr ? file : "the CA in memory"} + ": " +
                    reason_of(connection)};
}

bool sqlite_statement::step() {
  const int result = sqlite3_step(statement_.get());
  require(result);
  return result == SQLITE_ROW;
}

void sqlite_statement::bind_at(int index, std::int64_t value) {
  require(sqlite3_bind_int64(statement_.get(), index, value));
}

void sqlite_statement::bind_at(int index, const std::optional<std::int64_t>& value) {
  require(value ? sqlite3_bind_int64(statement_.get(), index, *value)
                : sqlite3_bind_null(statement_.get(), index));
}

void sqlite_statement::bind_at(int index, std::string_view value) {
  require(sqlite3_bind_text(statement_.get(), index, value.data(), static_cast<int>(value.size()),
                            SQLITE_TRANSIENT));
}

void sqlite_statement::bind_at(int index, bytes_view value) {
  require(sqlite3_bind_blob(statement_.get(), index, value.data(), static_cast<int>(value.size()),
                            SQLITE_TRANSIENT));
}

std::int64_t sqlite_statement::integer(int column) const {
  return sqlite3_column_int64(statement_.get(), column);
}

std::optional<std::int64_t> sqlite_statement::optional_integer(int column) const {
  if (sqlite3_column_type(statement_.get(), column) == SQLITE_NULL) return std::nullopt;
  return integer(column);
}

std::string sqlite_statement::text(int column) const {
  const unsigned char* text = sqlite3_column_text(statement_.get(), column);  // borrowed
  const int size = sqlite3_column_bytes(statement_.get(), column);
  return text == nullptr ? std::string{} : std::string{text, text + size};
}

bytes sqlite_statement::blob(int column) const {
  const void* octets = sqlite3_column_blob(statement_.get(), column);  // borrowed
  const auto* first = static_cast<const std::uint8_t*>(octets);
  const int size = sqlite3_column_bytes(statement_.get(), column);
  return first == nullptr ? bytes{} : bytes{first, first + size};
}

sqlite_transaction::sqlite_transaction(sqlite_connection& connection) : connection_(connection) {
  connection_.execute("BEGIN IMMEDIATE");
}

sqlite_transaction::~sqlite_transaction() {
  if (open_) {
    sqlite3_exec(connection_.connection_.get(), "ROLLBACK", nullptr, nullptr, nullptr);
  }
}

void sqlite_transaction::commit() {
  connection_.execute("COMMIT");
  open_ = false;
}

}  // namespace staplelab::pki
