// A row as a report: for people, for scripts.
#pragma once

#include <string>
#include <vector>

#include "fingerprint/row.hpp"
#include "scenarios/report_style.hpp"

namespace staplelab::fingerprint {

// A line for each cell, with what it asks, and why it does not apply; what is unsteady is marked.
std::string text_report(const row& of, const scenarios::text_style& style);

// One object, {"target","version","time","cells":{...},"unsteady":[...],"duration_ms"}. A cell that
// does not apply is {"not_applicable": "why"}.
std::string json_report(const row& of);
std::string json_report(const std::vector<row>& rows);  // an array of them

// The transcripts behind the cells, one after another.
std::string transcripts(const row& of);

}  // namespace staplelab::fingerprint
