// What GitHub Actions shows: annotations at the lines of a pull request, and the job's summary.
#pragma once

#include <string>

#include "scenarios/result.hpp"

namespace staplelab::scenarios {

// One "::error file=...,line=...,col=...,title=...::message" a case that failed or could not be
// run, and one "::notice" for all that were skipped: GitHub shows no more than ten of a kind. Files
// are named relative to `root` where they lie below it.
std::string github_annotations(const run_result& run, const std::string& root);

// Markdown: totals, then what did not pass.
std::string github_summary(const run_result& run);

}  // namespace staplelab::scenarios
