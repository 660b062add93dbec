// Whether runs of the same cases gave the same transcripts, as they must in virtual time. Pure.
#pragma once

#include <map>
#include <string>

#include "scenarios/result.hpp"

namespace staplelab::cli {

class repeat_check {
 public:
  // Keeps the transcripts of the first run.
  explicit repeat_check(const scenarios::run_result& first);

  // Fails each case of `first` that ended otherwise in `again`, or took another course; the reason
  // names the first line that differs. Cases that only one of them has do not count.
  void compare(scenarios::run_result& first, const scenarios::run_result& again,
               unsigned repeat) const;

 private:
  std::map<std::string, std::string> transcripts_;  // by case id
};

}  // namespace staplelab::cli
