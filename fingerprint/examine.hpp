// Finds out how a server staples: plays every study until it is steady, several at a time.
#pragma once

#include <atomic>
#include <functional>
#include <string>
#include <vector>

#include "fingerprint/row.hpp"
#include "fingerprint/studies.hpp"

namespace staplelab::fingerprint {

struct subject {
  std::string name;                   // "nginx", "builtin:nats"
  const scenarios::target* on;        // null: our own endpoint
  std::string profile = "resilient";  // of our own endpoint
  std::string version = {};           // as it tells
};

struct examination_options {
  std::vector<cell> only = {};  // these cells; empty: all
  stapler::mode mode = stapler::mode::auto_;
  unsigned jobs = 4;   // experiments at the same time
  unsigned times = 3;  // in a row that a study has to find the same
};

// Called now and then, on any thread but one at a time: runs ended, runs known to be needed.
using on_progress = std::function<void(std::size_t ended, std::size_t needed)>;

// Stops early when `cancelled`; what was not settled by then is unsteady.
row examine(const subject& who, const examination_options& options, const on_progress& progress,
            const std::atomic<bool>& cancelled);

}  // namespace staplelab::fingerprint
