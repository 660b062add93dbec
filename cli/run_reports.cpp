#include "cli/run_reports.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <cstdint>
#include <filesystem>
#include <fstream>

#include "cli/failure.hpp"
#include "cli/output_file.hpp"
#include "cli/program.hpp"
#include "console/page.hpp"
#include "runtime/packet_capture.hpp"
#include "scenarios/report_github.hpp"
#include "scenarios/report_html.hpp"
#include "scenarios/report_json.hpp"
#include "scenarios/report_junit.hpp"
#include "scenarios/report_markdown.hpp"
#include "scenarios/report_tap.hpp"
#include "scenarios/report_words.hpp"

namespace staplelab::cli {
namespace {

namespace fs = std::filesystem;

// The number keeps names apart that differ only in what a file name cannot hold.
std::string artifact_name(const scenarios::case_result& result, std::size_t number) {
  std::string name = result.what.id();
  std::replace_if(
      name.begin(), name.end(),
      [](unsigned char c) { return !std::isalnum(c) && c != '.' && c != '-'; }, '_');
  return fmt::format("{:04}-{}.txt", number, name.substr(0, 200));
}

void write_artifacts(const fs::path& folder, const scenarios::run_result& run) {
  std::size_t number = 0;
  for (const scenarios::case_result& result : run.cases) {
    ++number;
    if (result.verdict == scenarios::case_verdict::pass) continue;
    if (result.verdict == scenarios::case_verdict::skip) continue;
    const std::string content =
        fmt::format("{}\n{}: {}\n\n{}\ntranscript\n{}", result.what.id(),
                    scenarios::to_string(result.verdict), scenarios::one_line(result),
                    scenarios::full_account(result), scenarios::transcript(result));
    write_output(folder / artifact_name(result, number), content);
  }
}

void make_folder(const fs::path& folder) {
  std::error_code error;
  fs::create_directories(folder, error);
  if (error || !fs::is_directory(folder, error)) {
    throw failure(exit_code::missing,
                  fmt::format("cannot make the folder {}: {}", folder.string(), error.message()));
  }
  check_writable(folder / "transcript.txt");
}

// The cases one after another, each at an address of its own.
std::string packets_of(const scenarios::run_result& run) {
  std::string file = runtime::pcap_header();
  std::uint32_t number = 0;
  for (const scenarios::case_result& result : run.cases)
    file += runtime::to_pcap_packets(result.traffic, ++number);
  return file;
}

std::string secrets_of(const scenarios::run_result& run) {
  std::string lines;
  for (const scenarios::case_result& result : run.cases)
    lines += result.tls_secrets;
  return lines;
}

// Other steps of a job write to the same file: it is appended to, not replaced.
void append(const fs::path& file, const std::string& text) {
  std::ofstream stream(file, std::ios::binary | std::ios::app);
  if (!(stream << text).flush()) {
    throw failure(exit_code::missing, fmt::format("cannot write {}", file.string()));
  }
}

}  // namespace

void check_reports(const report_files& files) {
  if (!files.html.empty() && console::page().empty()) {
    throw failure(exit_code::missing, "--report-html: this program was built without the page",
                  "install nodejs and npm, then configure and build it again");
  }
  // "-" is standard output to many programs, and here a file of that name would surprise.
  for (const std::string& file : {files.json, files.junit, files.tap, files.html, files.markdown}) {
    if (file != "-") continue;
    throw failure(exit_code::usage, "a report goes to a file, not to standard output",
                  "--json prints the JSON report; for others /dev/stdout is a file as well");
  }
  for (const std::string& file : {files.json, files.junit, files.tap, files.html, files.markdown,
                                  files.summary, files.pcap, files.keylog}) {
    if (!file.empty()) check_writable(file);
  }
  if (!files.artifacts.empty()) make_folder(files.artifacts);
}

void write_reports(const report_files& files, const scenarios::run_result& run) {
  if (!files.json.empty()) write_output(files.json, scenarios::json_report(run, program_version));
  if (!files.junit.empty()) {
    write_output(files.junit, scenarios::junit_report(run, program_version));
  }
  if (!files.tap.empty()) write_output(files.tap, scenarios::tap_report(run));
  if (!files.html.empty()) {
    write_output(files.html, scenarios::html_report(run, program_version, console::page()));
  }
  if (!files.markdown.empty()) write_output(files.markdown, scenarios::markdown_report(run));
  if (!files.artifacts.empty()) write_artifacts(files.artifacts, run);
  if (!files.pcap.empty()) write_output(files.pcap, packets_of(run));
  if (!files.keylog.empty()) write_output(files.keylog, secrets_of(run), 0600);
  if (!files.summary.empty()) append(files.summary, scenarios::github_summary(run));
}

}  // namespace staplelab::cli
