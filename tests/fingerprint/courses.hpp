// Courses told by hand, as experiments would have shown them.
#pragma once

#include <chrono>
#include <initializer_list>
#include <string_view>
#include <utility>

#include "fingerprint/course.hpp"
#include "fingerprint/judgement.hpp"

namespace staplelab::fingerprint::test {

using namespace std::chrono_literals;
using scenarios::probe_verdict;

inline constexpr time_point start = std::chrono::sys_days(std::chrono::year(2026) / 3 / 1);
inline constexpr time_point expiry = start + 24h * 7;  // of the first staple

inline course told(std::initializer_list<moment> moments) {
  return {"", moments};
}
inline course not_played(std::string why) {
  return {std::move(why), {}};
}

inline moment up(duration took = 100ms) {
  return started{took, true};
}
inline moment refused(duration took = 100ms) {
  return started{took, false};
}
inline moment client(probe_verdict verdict, duration after = 0s, duration took = 5ms,
                     time_point next_update = expiry) {
  shaken made{start + after, took, verdict, {}};
  if (verdict != probe_verdict::none) made.next_update = next_update;
  return made;
}
inline moment good(duration after = 0s) {
  return client(probe_verdict::good, after);
}
inline moment none(duration after = 0s) {
  return client(probe_verdict::none, after);
}
inline moment fetch(duration after = 0s, std::string fault = {}) {
  return asked{.at = start + after,
               .method = "GET",
               .http = "1.1",
               .nonce = false,
               .hash = pki::hash_algorithm::sha1,
               .fault = std::move(fault)};
}
inline moment fetch_for_client() {
  auto made = std::get<asked>(fetch());
  made.client_there = true;
  return made;
}
inline moment at(std::string_view name) {
  return part{std::string(name)};
}

}  // namespace staplelab::fingerprint::test
