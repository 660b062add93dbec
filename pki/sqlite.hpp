// SQLite, as little of it as the mini-CA needs: a connection, prepared statements, a transaction.
// Private to this folder. Everything here throws store_error with SQLite's reason.
#pragma once

#include <sqlite3.h>

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "pki/bytes.hpp"
#include "pki/handles.hpp"

namespace staplelab::pki {

// A prepared statement. Values are copied on binding; what a column gives is copied out.
class sqlite_statement {
 public:
  template <class... Values>
  void bind(const Values&... values) {
    sqlite3_reset(statement_.get());
    [[maybe_unused]] int index = 0;
    (bind_at(++index, values), ...);
  }

  // True when there is a row.
  bool step();
  // Ends the read that an unfinished statement holds open, so that the next one sees later writes.
  void reset() noexcept { sqlite3_reset(statement_.get()); }

  std::int64_t integer(int column) const;
  std::optional<std::int64_t> optional_integer(int column) const;
  std::string text(int column) const;
  bytes blob(int column) const;

 private:
  friend class sqlite_connection;
  explicit sqlite_statement(sqlite3_stmt* statement) : statement_(statement) {}
  void bind_at(int index, std::int64_t value);
  void bind_at(int index, const std::optional<std::int64_t>& value);
  void bind_at(int index, std::string_view value);
  void bind_at(int index, bytes_view value);
  void require(int result) const;

  handle<sqlite3_stmt, sqlite3_finalize> statement_;
};

class sqlite_connection {
 public:
  // `file` must exist, or be ":memory:".
  explicit sqlite_connection(const std::string& file);

  void execute(const char* statements);
  sqlite_statement prepare(std::string_view sql) const;
  std::int64_t last_row_id() const { return sqlite3_last_insert_rowid(connection_.get()); }

 private:
  friend class sqlite_transaction;
  handle<sqlite3, sqlite3_close_v2> connection_;
  std::string file_;
};

// Takes the write lock at once, waiting its turn; what is not committed is rolled back.
class sqlite_transaction {
 public:
  explicit sqlite_transaction(sqlite_connection& connection);
  sqlite_transaction(const sqlite_transaction&) = delete;
  sqlite_transaction& operator=(const sqlite_transaction&) = delete;
  ~sqlite_transaction();

  // Durable when this returns.
  void commit();

 private:
  sqlite_connection& connection_;
  bool open_ = true;
};

}  // namespace staplelab::pki
