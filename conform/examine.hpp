// Examines one responder: makes the checks in their order, asks what they need, judges, and goes on
// whatever the responder does. Nothing that it does can make this throw or run on.
#pragma once

#include <functional>
#include <optional>
#include <set>
#include <vector>

#include "conform/check.hpp"
#include "runtime/async.hpp"
#include "runtime/clock.hpp"

namespace staplelab::conform {

struct examination_limits {
  runtime::duration exchange = std::chrono::seconds(5);  // each, unless its script needs longer
  runtime::duration whole = std::chrono::seconds(55);    // no exchange begins or goes on after that
  std::size_t exchanges = 150;                           // in all
  std::set<int> left_out = {};  // numbers of checks not to make: what a responder does not survive
};

struct checked {
  const check* what = nullptr;
  std::optional<level> at;  // empty: no rule of this profile
  finding found;
};

struct examination {
  evidence seen;
  std::vector<checked> checks = {};  // by number
  bool reached = false;              // at least one connection was made
  std::size_t exchanges = 0;
  runtime::time_point started = {};
  runtime::duration took{0};
};

// Called before each check, with its place and the number of checks.
using progress = std::function<void(const check& next, std::size_t place, std::size_t of)>;

// `time` outlives the io_context. Throws pki::input_error for a certificate that cannot be taken
// apart.
runtime::awaitable<examination> examine(runtime::clock& time, target what,
                                        examination_limits limits, progress report);

struct totals {
  std::size_t must_failed = 0, should_failed = 0, passed = 0, acceptable = 0, skipped = 0;
};
totals count(const examination& done);

}  // namespace staplelab::conform
