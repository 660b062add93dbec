// What is recorded in a CA on disk while somebody looks: every act since the last look, whichever
// process committed it. A connection of its own, for one thread at a time.
#pragma once

#include <filesystem>
#include <memory>
#include <optional>
#include <vector>

#include "pki/serial_number.hpp"
#include "pki/time.hpp"

namespace staplelab::pki {

class ca_changes {
 public:
  // The first look tells what was recorded after `since`, and what takes effect after it. Throws
  // store_error.
  ca_changes(const std::filesystem::path& directory, time_point since);
  ca_changes(ca_changes&&) noexcept;
  ~ca_changes();

  struct act {
    serial_number serial;  // whichever authority issued it
    time_point recorded_at;
    std::optional<time_point> revoked_at;  // empty: released from hold
  };
  // In the order recorded. A few microseconds when there are none. Throws store_error; what it
  // could not tell then it tells next time.
  std::vector<act> since_last();

 private:
  struct state;
  std::unique_ptr<state> state_;
};

}  // namespace staplelab::pki
