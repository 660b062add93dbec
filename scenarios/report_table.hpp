// The report for people: a line for each case that did not pass, a table of scenarios and modes
// that can be read from the back of a room, and the account of each failure.
#pragma once

#include <string>

#include "scenarios/report_style.hpp"
#include "scenarios/result.hpp"

namespace staplelab::scenarios {

// "FAIL  revocation/x  must  plain  nats  handshake at +3d: ...  (file:line)". Ends with a newline.
std::string case_line(const case_result& result, const text_style& style);

// Rows are scenarios, grouped by folder; columns are the modes, each with a must-staple and a plain
// certificate; a cell has one symbol for each profile. With its legend.
std::string mode_table(const run_result& run, const text_style& style);

// The case's name, then full_account() of report_words.hpp.
std::string failure_account(const case_result& result, const text_style& style);

// Of a run in which many cases fail, what most of them fail by: lines of
// "   57  handshake: verdict: expected good, seen none". Empty for few failures, and when no two
// are alike.
std::string common_failures(const run_result& run, const text_style& style);

// "240 cases: 239 passed, ...; 9d simulated in 4.2 s, 185,142 simulated seconds per second"
std::string totals_line(const run_result& run);

}  // namespace staplelab::scenarios
