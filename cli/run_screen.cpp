#include "cli/run_screen.hpp"

#include <fmt/format.h>

#include <cstdio>

#include "cli/terminal.hpp"
#include "scenarios/client_harm.hpp"
#include "scenarios/report_explain.hpp"
#include "scenarios/report_table.hpp"

namespace staplelab::cli {
namespace {

using scenarios::case_verdict;

bool is_broken(const scenarios::case_result& result) {
  return result.verdict == case_verdict::fail || result.verdict == case_verdict::error;
}

}  // namespace

run_screen::run_screen(detail how_much, std::size_t cases)
    : how_much_(how_much),
      cases_(cases),
      progress_(is_terminal(stderr)),
      style_(style_of(stdout)) {}

void run_screen::case_ended(const scenarios::case_result& result) {
  ++ended_;
  if (is_broken(result)) ++broken_;
  if (how_much_ == detail::story) return tell_story(result);
  if (how_much_ != detail::silent) {
    clear_progress();
    fmt::print("{}", scenarios::case_line(result, style_));
    if (how_much_ == detail::transcripts) fmt::print("{}", scenarios::transcript(result));
    std::fflush(stdout);
  }
  show_progress(result);
}

void run_screen::run_ended(const scenarios::run_result& run) {
  clear_progress();
  warn_of_nothing(run);
  if (how_much_ == detail::silent) return;
  if (ended_ > 0 && how_much_ != detail::story)
    fmt::print("\n{}", scenarios::mode_table(run, style_));
  for (const scenarios::case_result& result : run.cases) {
    if (is_broken(result) && how_much_ != detail::story)
      fmt::print("\n{}", scenarios::failure_account(result, style_));
  }
  const auto alike = scenarios::common_failures(run, style_);
  if (!alike.empty() && how_much_ != detail::story) fmt::print("\n{}", alike);
  const auto colour = broken_ > 0                        ? scenarios::ink::red
                      : scenarios::harmed_cases(run) > 0 ? scenarios::ink::yellow
                                                         : scenarios::ink::green;
  fmt::print("\n{}\n", scenarios::painted(scenarios::totals_line(run), colour, style_));
}

// Green with nothing behind it misleads, whether a person reads it or a script.
void run_screen::warn_of_nothing(const scenarios::run_result& run) const {
  const auto totals = run.totals();
  if (run.cases.empty() || totals.skipped < run.cases.size()) return;
  fmt::print(stderr, "staplelab: warning: nothing was tested: all {} cases were skipped\n",
             totals.skipped);
}

// Cases that took the same course are told once.
void run_screen::tell_story(const scenarios::case_result& result) {
  const auto* of = result.what.of;
  if (of != told_of_) {
    fmt::print("{}{}", told_of_ ? "\n" : "", scenarios::told_before(*of, style_));
    told_of_ = of;
    told_.clear();
  }
  const std::string whose = scenarios::whose_story(result.what);
  const auto [told, is_new] = told_.emplace(scenarios::told_after(result, style_), whose);
  fmt::print("{}\n{}", scenarios::painted(whose, scenarios::ink::bold, style_),
             is_new ? told->first : fmt::format("  The same as: {}\n", told->second));
  std::fflush(stdout);
}

void run_screen::show_progress(const scenarios::case_result& result) {
  if (!progress_) return;
  const std::string broken = broken_ == 0 ? "" : fmt::format(", {} not passed", broken_);
  fmt::print(stderr, "\r\x1b[K{}/{}{}  {:.60}", ended_, cases_, broken, result.what.id());
  std::fflush(stderr);
}

void run_screen::clear_progress() {
  if (!progress_) return;
  fmt::print(stderr, "\r\x1b[K");
  std::fflush(stderr);
}

}  // namespace staplelab::cli
