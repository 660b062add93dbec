// What one experiment showed, as it is judged: starts, handshakes, requests and ends, in order.
//
// Read from the record of a case; tests write them by hand. Everything is seen from outside.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <variant>
#include <vector>

#include "pki/cert_status.hpp"
#include "runtime/clock.hpp"
#include "scenarios/expectation.hpp"
#include "scenarios/result.hpp"

namespace staplelab::fingerprint {

using runtime::duration;
using runtime::time_point;
using scenarios::probe_verdict;

struct started {
  duration took;
  bool up;  // false: it refused to start
};
struct shaken {  // one handshake
  time_point at;
  duration took;
  probe_verdict verdict;
  std::optional<time_point> next_update = {};  // of the staple
};
struct asked {  // one request that reached the responder
  time_point at;
  std::string method;
  std::string http;
  bool nonce = false;
  std::optional<pki::hash_algorithm> hash = {};
  std::string fault = {};  // by which the responder answered; empty: as it should
  bool client_there = false;
};
struct ended {  // by itself, while it should have run
  int code;
};
// From here on another part of the experiment is played.
struct part {
  std::string name;
};
using moment = std::variant<started, shaken, asked, ended, part>;

struct course {
  std::string not_played = {};  // why there is nothing to judge; empty when there is
  std::vector<moment> moments = {};
  bool broke_off = false;  // for a reason that says nothing of the server: it is worth another try
};

course course_of(const scenarios::case_result& result);

// Writes down what happened in one step, after those before it.
void append(course& to, const scenarios::step_result& during,
            std::span<const scenarios::event> happened);

// What follows the beginning of that part, up to the next; everything before the first for "".
std::vector<moment> part_of(const course& whole, std::string_view name);

template <class T>
std::vector<T> only(const std::vector<moment>& some) {
  std::vector<T> found;
  for (const auto& each : some) {
    if (const auto* one = std::get_if<T>(&each)) found.push_back(*one);
  }
  return found;
}

}  // namespace staplelab::fingerprint
