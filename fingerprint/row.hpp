// The row of one server: what all studies found.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "fingerprint/cell.hpp"
#include "scenarios/world_time.hpp"

namespace staplelab::fingerprint {

// One experiment as it was played last.
struct played {
  std::vector<cell> cells;  // that were judged by it
  std::string title;
  std::string transcript;
};

struct row {
  std::string target;  // "nginx", "builtin:nats"
  std::string title;   // "NATS Server"
  std::string version;
  scenarios::time_mode time = scenarios::time_mode::virtual_;
  cell_values cells;           // in the order of all_cells(), those that were asked for
  unsigned times = 3;          // in a row that a cell had to be the same
  std::vector<cell> unsteady;  // were not
  std::size_t spoilt = 0;      // experiments that broke off, or that a busy machine made worthless
  double duration_ms = 0;      // real time
  std::vector<played> experiments = {};
};

const value* value_of(const row& of, cell which);  // null for one that was not asked for

}  // namespace staplelab::fingerprint
