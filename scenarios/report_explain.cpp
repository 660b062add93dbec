#include "scenarios/report_explain.hpp"

#include <fmt/format.h>

#include <chrono>
#include <optional>

#include "responder/overloaded.hpp"
#include "scenarios/report_words.hpp"
#include "stapler/mode.hpp"

namespace staplelab::scenarios {
namespace {

using responder::overloaded;

constexpr std::size_t text_width = 76;

// Broken at spaces; every line begins with `margin`.
std::string wrapped(std::string_view text, std::string_view margin) {
  std::string out;
  std::size_t column = 0;
  std::size_t from = 0;
  while (from < text.size()) {
    const auto end = std::min(text.find_first_of(" \n", from), text.size());
    const auto word = text.substr(from, end - from);
    if (column > 0 && column + 1 + word.size() > text_width) {
      out += '\n';
      column = 0;
    }
    if (!word.empty()) {
      out += column == 0 ? margin : std::string_view(" ");
      column += word.size() + (column == 0 ? 0 : 1);
      out += word;
    }
    from = end + 1;
  }
  return out + "\n";
}

std::string calendar(time_point t) {
  const auto day = std::chrono::floor<std::chrono::days>(t);
  const std::chrono::hh_mm_ss clock(std::chrono::floor<std::chrono::seconds>(t - day));
  return fmt::format("{} {:02}:{:02}:{:02}", iso_date(std::chrono::year_month_day(day)),
                     clock.hours().count(), clock.minutes().count(), clock.seconds().count());
}

std::string validity(const probe_facts& found) {
  if (!found.this_update) return {};
  std::string text = ", of " + calendar(*found.this_update);
  if (found.next_update) text += ", good until " + calendar(*found.next_update);
  return text;
}

struct sentence {
  std::string_view who;
  std::string text;
};

std::string seen(const probe_facts& found) {
  switch (found.verdict) {
    case probe_verdict::refused:
      return "finds nobody who listens";
    case probe_verdict::handshake_failed:
      return fmt::format("the server ends the handshake{}",
                         found.alert ? fmt::format(" ({})", alert_name(*found.alert)) : "");
    case probe_verdict::none:
      return "gets no staple";
    case probe_verdict::good:
    case probe_verdict::revoked:
    case probe_verdict::unknown:
    case probe_verdict::error_status:
    case probe_verdict::malformed:
    case probe_verdict::expired:
    case probe_verdict::not_yet_valid:
    case probe_verdict::wrong_cert:
    case probe_verdict::bad_signature:
    case probe_verdict::unauthorized_signer:
    case probe_verdict::critical_extension:
      break;
  }
  return fmt::format("gets a staple: {}{}", to_string(found.verdict), validity(found));
}

std::optional<sentence> sentence_of(const stapler::event& told, const std::string& words) {
  const bool of_no_interest = std::holds_alternative<stapler::fetch_started>(told) ||
                              std::holds_alternative<stapler::fetch_ended>(told) ||
                              std::holds_alternative<stapler::handshake_served>(told);
  if (of_no_interest) return std::nullopt;
  if (const auto* changed = std::get_if<stapler::staple_changed>(&told)) {
    std::string text = fmt::format("holds a new staple: {}", pki::to_string(changed->status));
    if (changed->next_update) text += ", good until " + calendar(*changed->next_update);
    return sentence{"server", std::move(text)};
  }
  if (const auto* warning = std::get_if<stapler::warned>(&told)) {
    return sentence{"server", "warns: " + warning->message};
  }
  return sentence{"server", words};
}

// Nothing for what only a developer wants to know.
std::optional<sentence> sentence_of(const event& e, time_point start) {
  using maybe = std::optional<sentence>;
  const std::string words = words_of(e, start).text;
  return std::visit(overloaded{
                        [&](const ca_act&) -> maybe { return sentence{"CA", words}; },
                        [](const fault_changed& fault) -> maybe {
                          return sentence{"responder", fault.set ? "misbehaves: " + fault.name
                                                                 : "no longer: " + fault.name};
                        },
                        [](const responder_changed& changed) -> maybe {
                          return sentence{"responder", changed.settings};
                        },
                        [](const handshake_done& done) -> maybe {
                          return sentence{"client", seen(done.found) +
                                                        (done.asked ? "" : ", and asked for none")};
                        },
                        [](const query_done& done) -> maybe {
                          return sentence{"client", fmt::format("asks the responder: {}{}",
                                                                to_string(done.found.verdict),
                                                                validity(done.found))};
                        },
                        [&](const process_ended&) -> maybe { return sentence{"server", words}; },
                        [&](const store_changed&) -> maybe { return sentence{"store", words}; },
                        [&](const clock_skewed&) -> maybe { return sentence{"clock", words}; },
                        [](const clock_moved&) -> maybe { return std::nullopt; },
                        [](const mark_set&) -> maybe { return std::nullopt; },
                        [](const note_made& note) -> maybe { return sentence{"", note.text}; },
                        [&](const responder::event& told) -> maybe {
                          if (std::holds_alternative<responder::request_answered>(told))
                            return std::nullopt;
                          return sentence{"responder", words};
                        },
                        [&](const stapler::event& told) { return sentence_of(told, words); },
                    },
                    e.what);
}

// The same thing said several times in a row is said once, with how often and until when.
class storyteller {
 public:
  explicit storyteller(const text_style& style) : style_(style) {}

  void tell(time_point at, const sentence& what) {
    if (times_ > 0 && what.who == who_ && what.text == text_) {
      ++times_;
      last_ = at;
      return;
    }
    flush();
    who_ = what.who;
    text_ = what.text;
    first_ = last_ = at;
    times_ = 1;
  }
  void judge(const step_result& step) {
    if (step.verdict == case_verdict::pass || step.expected.empty()) return;
    flush();
    told_ += painted(fmt::format("  {:<19}  {:<9}  expected {}, seen {}\n", "", "",
                                 on_one_line(step.expected), on_one_line(step.observed)),
                     ink::red, style_);
  }
  std::string take() {
    flush();
    return std::move(told_);
  }

 private:
  void flush() {
    if (times_ == 0) return;
    std::string text = text_;
    if (times_ > 1) text += fmt::format("  ({} times", times_);
    if (times_ > 1 && last_ > first_) text += ", the last on " + calendar(last_);
    if (times_ > 1) text += ")";
    const std::string line =
        fmt::format("  {:<19}  {:<9}  {}", calendar(first_), who_, on_one_line(text));
    told_ += who_.empty() ? painted(line, ink::bold, style_) : line;
    told_ += '\n';
    times_ = 0;
  }

  const text_style& style_;
  std::string told_;
  std::string_view who_;
  std::string text_;
  time_point first_{};
  time_point last_{};
  std::size_t times_ = 0;
};

}  // namespace

std::string told_before(const scenario& what, const text_style& style) {
  std::string text = painted(what.title, ink::bold, style);
  if (!what.replays) {
    return text + "\n\n" + (what.about.empty() ? "" : wrapped(what.about, "  ") + "\n");
  }
  const incident& story = *what.replays;
  text += fmt::format(", {}\n\n{}\n", spoken_date(story.date), wrapped(story.happened, "  "));
  text += wrapped("Tells apart: " + story.discriminates, "  ");
  text += wrapped("A good server: " + story.good_server, "  ");
  for (const auto& source : story.sources)
    text += painted("  " + source, ink::faint, style) + "\n";
  return text + "\n";
}

std::string whose_story(const scenario_case& what) {
  return fmt::format("{}, {} certificate, {}", stapler::to_string(what.mode),
                     certificate_kind(what), target_of(what));
}

std::string told_after(const case_result& result, const text_style& style) {
  const auto start = result.what.of->start;
  storyteller story(style);
  std::size_t next = 0;
  const auto tell_until = [&](std::size_t end) {
    for (; next < end; ++next) {
      const event& e = result.events[next];
      if (const auto said = sentence_of(e, start)) story.tell(e.at, *said);
    }
  };
  for (std::size_t i = 0; i < result.steps.size(); ++i) {
    const bool last = i + 1 == result.steps.size();
    tell_until(last ? result.events.size() : result.steps[i + 1].first_event);
    story.judge(result.steps[i]);
  }
  tell_until(result.events.size());
  const bool held = result.verdict == case_verdict::pass;
  const std::string end =
      held ? "  Everything held.\n"
           : fmt::format("  {}: {}\n", to_string(result.verdict), on_one_line(one_line(result)));
  return story.take() + painted(end, held ? ink::green : ink::red, style);
}

}  // namespace staplelab::scenarios
