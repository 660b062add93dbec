#include "cli/ca_issue_bulk.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <functional>
#include <map>
#include <optional>
#include <thread>
#include <utility>
#include <vector>

#include "cli/ca_files.hpp"
#include "cli/list_file.hpp"
#include "cli/options.hpp"
#include "cli/production_progress.hpp"
#include "pki/bulk_issue.hpp"

namespace staplelab::cli {
namespace {

std::vector<pki::bulk_entry> read_csv(const std::string& file) {
  std::vector<pki::bulk_entry> entries;
  std::map<std::string, std::size_t> lines;
  for (const auto& [number, line] : read_list(file)) {
    pki::bulk_entry entry;
    for (std::size_t at = 0; at <= line.size();) {
      const auto comma = std::min(line.find(',', at), line.size());
      entry.subject_alt_names.push_back(trimmed(std::string_view(line).substr(at, comma - at)));
      at = comma + 1;
    }
    entry.name = entry.subject_alt_names.front();
    const auto [known, is_new] = lines.emplace(entry.name, number);
    if (line.find('"') != std::string::npos) {
      throw failure(exit_code::bad_input,
                    fmt::format("{}:{}: quotes are not understood", file, number),
                    "a name holds neither a comma nor a quote, and needs none around it");
    }
    const bool gap = std::ranges::count(entry.subject_alt_names, std::string()) > 0;
    if (gap || !is_new) {
      throw failure(exit_code::bad_input,
                    fmt::format("{}:{}: {}", file, number,
                                gap ? "a name is empty"
                                    : fmt::format("'{}' stands in line {} already", entry.name,
                                                  known->second)),
                    "a line is NAME,NAME,...: the first is the certificate's own");
    }
    entries.push_back(std::move(entry));
  }
  return entries;
}

// Each has names of its own; those of an option would be lost.
void refuse_san(const pki::issue_description& alike) {
  if (alike.subject_alt_names == std::vector{alike.name}) return;
  throw failure(exit_code::usage, "--san is for one certificate",
                "--csv takes more names for each in its lines");
}

exit_code issue_all(const std::string& directory, const pki::issue_description& alike,
                    std::size_t total,
                    const std::function<std::optional<pki::bulk_entry>()>& next) {
  const auto ca = open_ca(directory);
  pki::bulk_description what;
  what.issuer = alike.issuer;
  if (what.issuer.empty() && !ca.authority_names().empty())
    what.issuer = ca.authority_names().back();
  what.alike.role = alike.role;
  what.alike.not_before = alike.not_before;
  what.alike.not_after = alike.not_after;
  what.alike.ocsp_urls = alike.ocsp_urls;
  what.alike.crl_urls = alike.crl_urls;
  what.alike.must_staple = alike.must_staple;
  what.alike.precertificate = alike.precertificate;
  what.type = alike.type;
  what.threads = std::max(1u, std::thread::hardware_concurrency());
  production_progress screen({"signing", "signed", "certificates"}, total);
  what.progress = [&](std::size_t ready) { screen.made(ready); };
  // `ca issue DIR NAME` could never write the files of one that is called like an authority.
  const auto checked = [&, names = ca.authority_names()] {
    auto entry = next();
    if (entry && std::ranges::find(names, entry->name) != names.end()) {
      refuse_authority_name(entry->name, ca);
    }
    return entry;
  };
  const auto issued = pki::issue_in_bulk(directory, what, checked, wall_clock_now());
  screen.over(issued);
  write_ca_files(directory, ca);
  fmt::print("issued {} certificate{} of {}, until {}\n", issued, issued == 1 ? "" : "s",
             what.issuer, pki::to_rfc3339(what.alike.not_after));
  fmt::print("  they are in {0}/ca.db; for the files of one: staplelab ca issue {0} NAME\n",
             directory);
  return exit_code::success;
}

}  // namespace

exit_code issue_count(const std::string& directory, const pki::issue_description& alike,
                      std::size_t count) {
  refuse_san(alike);
  std::size_t made = 0;
  return issue_all(directory, alike, count, [&]() -> std::optional<pki::bulk_entry> {
    if (made == count) return std::nullopt;
    auto name = fmt::format("{}-{}", alike.name, ++made);
    return pki::bulk_entry{name, {name}};
  });
}

exit_code issue_csv(const std::string& directory, const pki::issue_description& alike,
                    const std::string& file) {
  refuse_san(alike);
  auto entries = read_csv(file);
  for (const auto& entry : entries)
    check_file_name(entry.name);
  std::size_t taken = 0;
  return issue_all(directory, alike, entries.size(), [&]() -> std::optional<pki::bulk_entry> {
    if (taken == entries.size()) return std::nullopt;
    return std::move(entries[taken++]);
  });
}

}  // namespace staplelab::cli
