// What a person sees of a run: progress on a terminal while it lasts, a line for each case that did
// not pass as it ends, then the table, the account of each failure, and the totals.
#pragma once

#include <cstddef>
#include <map>
#include <string>

#include "scenarios/report_style.hpp"
#include "scenarios/result.hpp"

namespace staplelab::cli {

class run_screen {
 public:
  // A line for each case, its transcript as well, nothing on stdout; or as a post-mortem tells it.
  enum class detail { silent, lines, transcripts, story };
  run_screen(detail how_much, std::size_t cases);

  void case_ended(const scenarios::case_result& result);
  void run_ended(const scenarios::run_result& run);

 private:
  void tell_story(const scenarios::case_result& result);
  void warn_of_nothing(const scenarios::run_result& run) const;
  void show_progress(const scenarios::case_result& result);
  void clear_progress();

  detail how_much_;
  std::size_t cases_;
  std::size_t ended_ = 0;
  std::size_t broken_ = 0;
  bool progress_;  // stderr is a terminal
  scenarios::text_style style_;
  const scenarios::scenario* told_of_ = nullptr;  // the last one whose story was told
  std::map<std::string, std::string> told_;       // its courses, and whose was told
};

}  // namespace staplelab::cli
