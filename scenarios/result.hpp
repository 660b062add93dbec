// What running a case gave: read by every report, written by none of them.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "runtime/clock.hpp"
#include "runtime/packet_capture.hpp"
#include "scenarios/event.hpp"
#include "scenarios/expectation.hpp"
#include "scenarios/scenario.hpp"

namespace staplelab::scenarios {

enum class case_verdict { pass, fail, skip, error };
std::string_view to_string(case_verdict verdict);

struct step_result {
  time_point at;          // when the step began
  time_point ended = {};  // when it was judged
  std::string kind;       // the action's key in the file, "handshake"
  std::string detail;     // for people, "server.example, TLS 1.3"
  case_verdict verdict = case_verdict::pass;
  std::vector<shortfall> shortfalls;
  std::string expected;  // "good"; empty where nothing is expected
  std::string observed;  // "good"
  runtime::source_position where;
  std::size_t first_event = 0;  // index into case_result::events of what this step caused
};

struct case_result {
  scenario_case what;
  bool started = true;     // false: the run ended before its turn came
  std::uint64_t seed = 0;  // that its draws were made with
  case_verdict verdict = case_verdict::pass;
  std::string reason;  // of fail, skip and error: one line
  std::vector<step_result> steps;
  std::vector<event> events;
  std::vector<runtime::traffic> traffic = {};  // empty unless it was asked for
  std::string tls_secrets = {};                // that read it: lines of an NSS key log
  duration simulated{0};
  double wall_ms = 0;
};

struct run_totals {
  std::size_t started = 0;
  std::size_t passed = 0, failed = 0, skipped = 0, errors = 0;
  duration simulated{0};
};

struct run_result {
  std::vector<case_result> cases;     // in the order of the plan, whatever the number of jobs
  std::optional<std::uint64_t> seed;  // given for all; empty: each file's own
  time_point started;                 // wall time
  double wall_ms = 0;
  run_totals totals() const;
};

// What happened, in words: "fetch", "server: GET /ocsp -> good".
struct event_words {
  std::string_view kind;
  std::string text;
};
event_words words_of(const event& e, time_point start);

// One line an event: "+3d12h  fetch      GET /ocsp -> good". The same seed gives the same text.
std::string to_line(const event& e, time_point start);
std::string transcript(const case_result& result);

}  // namespace staplelab::scenarios
