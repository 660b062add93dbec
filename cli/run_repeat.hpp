// Whether runs of the same cases took the same course. In virtual time their transcripts must be
// equal; of a server that is not ours, what clients and operators saw at each step. Pure.
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
  // names the first line that differs. One that failed is told when it passes. Cases that only one
  // of them has do not count.
  void compare(scenarios::run_result& first, const scenarios::run_result& again,
               unsigned repeat) const;

 private:
  // Empty when there is none.
  std::string difference_of(const scenarios::case_result& first,
                            const scenarios::case_result& again) const;

  std::map<std::string, std::string> transcripts_;  // by case id
};

}  // namespace staplelab::cli
