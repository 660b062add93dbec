// What one check came to, and how it is put together from several cases.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "conform/probe.hpp"

namespace staplelab::conform {

enum class verdict { pass, fail, acceptable, skip };
std::string_view to_string(verdict which);

struct finding {
  conform::verdict verdict = conform::verdict::skip;
  std::string why;                // of a failure: what was expected, and what was seen
  std::optional<probe_id> shown;  // the exchange that shows it
};

finding skipped(std::string why);

// The cases of one check. The worst of them makes the verdict, and every case of that verdict goes
// into the reason.
class case_list {
 public:
  void pass(probe_id shown, std::string what);
  void accept(std::optional<probe_id> shown, std::string why);
  void fail(std::optional<probe_id> shown, std::string why);
  // `if_none`: the reason to skip when there was no case at all.
  finding conclude(std::string_view if_none) const;

 private:
  void add(verdict which, std::optional<probe_id> shown, std::string why);
  std::vector<finding> cases_;
};

}  // namespace staplelab::conform
