#include "fingerprint/page.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <map>
#include <span>
#include <string_view>
#include <utility>

#include "fingerprint/surprise.hpp"
#include "runtime/duration_text.hpp"

namespace staplelab::fingerprint {

namespace {

constexpr std::string_view nothing = "–";

constexpr std::string_view introduction = R"(# How servers staple

Found out by `./do matrix`, which writes this page: `staplelab fingerprint` took each server through
the same experiments, from outside. {} Every server runs with the configuration in its description
(scenarios/targets), in its mode `auto`, with a certificate that promises a staple. What the cells
mean is told in [fingerprint.md](fingerprint.md), how the servers' clocks are moved in
[time-travel.md](time-travel.md).

`–` stands where a cell does not apply to a server, `?` where it was not the same as often as it had
to be. The reasons are below, with the servers. A test of your own server takes
[ten minutes](your-server.md).
)";

constexpr std::string_view own_introduction = R"(# How servers staple

Found out by `staplelab fingerprint`, which took each server through the same experiments, from
outside. {} Every server runs with the configuration in its description, with a certificate that
promises a staple.

`–` stands where a cell does not apply to a server, `?` where it was not the same as often as it had
to be. The reasons are below, with the servers.
)";

struct table {
  std::string_view title;
  std::string_view about;
  std::span<const cell> columns;
};

constexpr cell starts[] = {cell::first_handshake, cell::start_down, cell::restart_down,
                           cell::reload_down, cell::must_staple_matters};
constexpr cell asks[] = {cell::request,     cell::refresh,   cell::fetch_in_handshake,
                         cell::hang_blocks, cell::blocked_s, cell::fetches_for_one_expiry};
constexpr cell outages[] = {cell::while_valid_down,      cell::while_valid_http_500,
                            cell::while_valid_try_later, cell::while_valid_malformed,
                            cell::after_expiry_down,     cell::expired_for_s};
constexpr cell answers[] = {cell::on_revoked,      cell::revoked_shutdown,
                            cell::on_unknown,      cell::on_expired,
                            cell::on_future,       cell::on_wrong_cert,
                            cell::on_wrong_signer, cell::on_wrong_signer_embedded};
constexpr table tables[] = {
    {"Starting", "With the responder well, and down.", starts},
    {"Asking the responder", "How, when, and who waits for it.", asks},
    {"Outages", "What a staple of seven days comes to while the responder fails.", outages},
    {"Answers that are not what was hoped for", "Given to a server that holds a good staple.",
     answers},
};

std::string line(const std::vector<std::string>& columns) {
  return fmt::format("| {} |\n", fmt::join(columns, " | "));
}

std::string heading(const std::vector<std::string>& columns) {
  std::string text = line(columns);
  for (std::size_t i = 0; i < columns.size(); ++i)
    text += "|---";
  return text + "|\n";
}

std::string shown(const row& of, cell which) {
  const auto* found = value_of(of, which);
  if (!found || std::holds_alternative<does_not_apply>(*found)) return std::string(nothing);
  const bool shaky = std::ranges::find(of.unsteady, which) != of.unsteady.end();
  return in_words(which, *found) + (shaky ? " ?" : "");
}

std::string versions(const std::vector<row>& rows) {
  std::string text = "\n" + heading({"target", "server", "version"});
  for (const auto& each : rows)
    text += line({fmt::format("`{}`", each.target), each.title, each.version});
  return text;
}

std::string rendered(const table& what, const std::vector<row>& rows) {
  std::vector<std::string> columns{""};
  for (const auto which : what.columns)
    columns.push_back(fmt::format("`{}`", to_string(which)));
  std::string text = fmt::format("\n## {}\n\n{}\n\n{}", what.title, what.about, heading(columns));
  for (const auto& each : rows) {
    std::vector<std::string> cells{each.target};
    for (const auto which : what.columns)
      cells.push_back(shown(each, which));
    text += line(cells);
  }
  return text;
}

std::string readiness_table(const std::vector<row>& rows) {
  std::string text =
      "\n## Ready for must-staple?\n\nThe columns of the table of web servers in \"Is the Web "
      "Ready "
      "for OCSP Must-Staple?\" (IMC 2018).\n\n" +
      heading({"", "prefetches", "caches", "respects nextUpdate", "retains on error"});
  for (const auto& each : rows) {
    const auto found = readiness_of(each);
    text += line({each.target, found.prefetches, found.caches, found.respects_next_update,
                  found.retains_on_error});
  }
  return text;
}

// Surprises that several servers have in common, the commonest first.
std::string shared_surprises(const std::vector<row>& rows) {
  std::vector<std::pair<std::string, std::vector<std::string>>> all;
  for (const auto& each : rows) {
    for (const auto& one : surprises(each)) {
      auto place =
          std::ranges::find(all, one.sentence, [](const auto& other) { return other.first; });
      if (place == all.end()) place = all.insert(all.end(), {one.sentence, {}});
      place->second.push_back(fmt::format("`{}`", each.target));
    }
  }
  std::erase_if(all, [](const auto& one) { return one.second.size() < 2; });
  std::ranges::stable_sort(all, std::ranges::greater(),
                           [](const auto& one) { return one.second.size(); });
  if (all.empty()) return {};
  std::string text = "\n## What several have in common\n\n" + heading({"", "servers"});
  for (const auto& [sentence, targets] : all)
    text += line({sentence, fmt::format("{}", fmt::join(targets, ", "))});
  return text;
}

std::string those_that_never_staple(const std::vector<row>& rows) {
  std::vector<std::string> names;
  for (const auto& each : rows) {
    if (never_staples(each)) names.push_back(fmt::format("`{}`", each.target));
  }
  if (names.empty()) return {};
  return fmt::format("\nNot in the tables below, since they do not staple at all: {}.\n",
                     fmt::join(names, ", "));
}

// Reasons why cells do not apply, each with its cells.
std::string reasons(const row& of) {
  std::vector<std::pair<std::string, std::vector<std::string>>> all;
  for (const auto& [which, found] : of.cells) {
    const auto* not_this = std::get_if<does_not_apply>(&found);
    if (!not_this || !is_of_contract(which)) continue;
    auto place = std::ranges::find(all, not_this->why, [](const auto& one) { return one.first; });
    if (place == all.end()) place = all.insert(all.end(), {not_this->why, {}});
    place->second.push_back(fmt::format("`{}`", to_string(which)));
  }
  std::string text;
  for (const auto& [why, names] : all)
    text += fmt::format("- {}: not applicable, {}\n", fmt::join(names, ", "), why);
  return text;
}

std::string notes(const row& of, const page_options& how) {
  const auto named = how.commands.find(of.target);
  const auto& command = named == how.commands.end() ? of.target : named->second;
  std::string text;
  for (const auto& each : surprises(of)) {
    text += fmt::format("- {}\n  `staplelab fingerprint {} --cell {} --transcript`\n",
                        each.sentence, command, to_string(each.which));
  }
  for (const auto which : of.unsteady) {
    if (!is_of_contract(which)) continue;
    text += fmt::format("- `{}` was not the same {} times in a row.\n", to_string(which), of.times);
  }
  if (!never_staples(of)) text += reasons(of);
  if (text.empty()) text = "Nothing surprising.\n";
  return fmt::format("\n### {}\n\n{}", of.target, text);
}

}  // namespace

readiness readiness_of(const row& of) {
  readiness found{.prefetches = shown(of, cell::asks_before_clients),
                  .caches = shown(of, cell::keeps_answers),
                  .respects_next_update = std::string(nothing),
                  .retains_on_error = std::string(nothing)};
  const auto* late = value_of(of, cell::after_expiry_down);
  const auto* seconds = value_of(of, cell::expired_for_s);
  if (late && std::holds_alternative<word>(*late)) {
    const bool goes_on = std::get<word>(*late) == word::expired_stapled;
    const long grace =
        seconds && std::holds_alternative<long>(*seconds) ? std::get<long>(*seconds) : 0;
    found.respects_next_update = goes_on ? "no" : grace > 0 ? "within minutes" : "yes";
  }
  std::size_t applies = 0, kept = 0;
  for (const auto which : {cell::while_valid_down, cell::while_valid_http_500,
                           cell::while_valid_try_later, cell::while_valid_malformed}) {
    const auto* one = value_of(of, which);
    if (!one || !std::holds_alternative<word>(*one)) continue;
    ++applies;
    if (std::get<word>(*one) == word::kept) ++kept;
  }
  if (applies > 0) found.retains_on_error = kept == applies ? "yes" : kept == 0 ? "no" : "in part";
  return found;
}

std::string page(const std::vector<row>& rows, const page_options& how) {
  unsigned times = rows.empty() ? 1 : rows.front().times;
  for (const auto& each : rows)
    times = std::min(times, each.times);
  const auto certainty = times == 1
                             ? std::string("Each cell was looked at once.")
                             : fmt::format("Each cell was the same {} times in a row.", times);
  std::string text = how.of_documentation ? fmt::format(introduction, certainty)
                                          : fmt::format(own_introduction, certainty);
  text += versions(rows) + those_that_never_staple(rows);
  auto staplers = rows;
  std::erase_if(staplers, never_staples);
  for (const auto& each : tables)
    text += rendered(each, staplers);
  text += readiness_table(staplers) + shared_surprises(staplers);
  text += "\n## What is surprising\n\nBeside each sentence stands the command that shows it.\n";
  for (const auto& each : rows)
    text += notes(each, how);
  return text;
}

}  // namespace staplelab::fingerprint
