// The real event that a scenario replays: what its file tells of it beside the steps.
//
// All of it or none: a story without a source is a rumour, and one that does not say what it tells
// apart is not worth replaying.
#pragma once

#include <chrono>
#include <string>
#include <vector>

namespace staplelab::scenarios {

struct incident {
  std::chrono::year_month_day date;  // on which it began; day 0: only the month is known
  std::string happened;              // a few sentences
  std::vector<std::string> sources;  // http or https addresses
  std::string discriminates;         // which behaviour of servers it tells apart
  std::string good_server;           // what a good server does
};

std::string iso_date(std::chrono::year_month_day date);     // "2017-05-18", "2017-05"
std::string spoken_date(std::chrono::year_month_day date);  // "18 May 2017", "May 2017"

}  // namespace staplelab::scenarios
