// Drives the stapling state machine by a script, so that a test row reads like the life of a
// server:
//
//   "start=fetch good:8s=wait+4s +4s due=fetch revoked:8s=exit(0,revoked) ask=revoked"
//
// Each word is an event, and after `=` what the machine must say. `STATUS:VALIDITY@AGE` is an
// answer whose nextUpdate lies VALIDITY after now (`never`: it has none) and whose thisUpdate lies
// AGE before now. `h/` in front: a handshake fetched it. `start/` in front: it was stored.
#pragma once

#include <string>
#include <string_view>

#include "stapler/policy.hpp"
#include "stapler/stapling.hpp"

namespace staplelab::stapler {

class stapling_script {
 public:
  stapling_script(const policy& rules, staple_class c) : machine_(rules, c) {}

  // Runs all words; gives them back with what the machine really said.
  std::string run(std::string_view script);

 private:
  std::string event(std::string_view word);
  std::string say(const next_step& step);
  std::string say(const offer& what) const;
  staple answer(std::string_view word) const;

  stapling machine_;
  stapling::random chance_{1};
  time_point now_{std::chrono::sys_days(std::chrono::year(2026) / 3 / 1)};
};

}  // namespace staplelab::stapler
