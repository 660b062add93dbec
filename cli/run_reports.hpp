// The reports of a run that go to files.
#pragma once

#include <string>

#include "scenarios/result.hpp"

namespace staplelab::cli {

// Empty names: not asked for.
struct report_files {
  std::string json, junit, tap, html, markdown;
  std::string artifacts;  // folder: a transcript for each case that did not pass
  std::string summary;    // Markdown, appended to (GITHUB_STEP_SUMMARY)
  std::string pcap;       // what passed over the connections
  std::string keylog;     // with which it can be read
};

// Throws failure with code 5 when one of them cannot be written, or is not part of this program;
// makes the folder for artifacts and
// nothing else. Asked before anything starts.
void check_reports(const report_files& files);

void write_reports(const report_files& files, const scenarios::run_result& run);

}  // namespace staplelab::cli
