#include "scenarios/report_explain.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <chrono>
#include <optional>
#include <utility>
#include <variant>
#include <vector>

#include "runtime/duration_text.hpp"
#include "scenarios/client_harm.hpp"
#include "scenarios/report_words.hpp"
#include "stapler/mode.hpp"

namespace staplelab::scenarios {
namespace {

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
  if (found.next_update) text += ", valid until " + calendar(*found.next_update);
  return text;
}

// What is said in a row is folded within one kind, whatever others say in between.
enum class kind { event, client, fetch, answer, log };

struct sentence {
  std::string_view who;
  std::string text;
  kind of = kind::event;
};
using maybe = std::optional<sentence>;

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
      return fmt::format("gets a staple: {}{}", to_string(found.verdict), validity(found));
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
  return fmt::format("gets a staple: {}{}{}", to_string(found.verdict),
                     found.why.empty() ? "" : fmt::format(" ({})", found.why), validity(found));
}

std::string dropped(const stapler::staple_dropped& what) {
  if (!what.instead) return "drops its staple, and has none to send";
  return fmt::format("drops its staple, and sends what it got instead: {}",
                     pki::to_string(*what.instead));
}

// Attempts that brought a staple show in the staple.
maybe attempt(const stapler::fetch_ended& fetch) {
  if (fetch.verdict == pki::ocsp_verdict::good) return std::nullopt;
  return sentence{"server",
                  fmt::format("asks, and {}: {}", fetch.verdict ? "gets" : "no answer comes",
                              fetch.verdict ? pki::to_string(*fetch.verdict) : fetch.outcome),
                  kind::fetch};
}

// Decides what of the stream is told, and how. Nothing for what only a developer wants to know.
class narrator {
 public:
  narrator(std::string words, bool is_ours) : words_(std::move(words)), is_ours_(is_ours) {}

  maybe operator()(const ca_act&) const { return sentence{"CA", words_}; }
  maybe operator()(const fault_changed& fault) const {
    return sentence{"responder", (fault.set ? "misbehaves: " : "no longer: ") + fault.name};
  }
  maybe operator()(const responder_changed& changed) const {
    return sentence{"responder", changed.settings};
  }
  maybe operator()(const handshake_done& done) const {
    return sentence{"client", seen(done.found) + (done.asked ? "" : ", and asked for none"),
                    kind::client};
  }
  maybe operator()(const query_done& done) const {
    return sentence{"client",
                    fmt::format("asks the responder: {}{}", to_string(done.found.verdict),
                                validity(done.found)),
                    kind::client};
  }
  maybe operator()(const process_ended&) const { return sentence{"server", words_}; }
  maybe operator()(const store_changed&) const { return sentence{"store", words_}; }
  maybe operator()(const clock_skewed&) const { return sentence{"clock", words_}; }
  maybe operator()(const clock_moved&) const { return std::nullopt; }
  maybe operator()(const mark_set&) const { return std::nullopt; }
  maybe operator()(const note_made& note) const { return sentence{"", note.text}; }
  maybe operator()(const responder::event& told) const {
    const auto* answered = std::get_if<responder::request_answered>(&told);
    return answered ? answer(*answered) : sentence{"responder", words_};
  }
  maybe operator()(const stapler::event& told) const { return std::visit(*this, told); }

  maybe operator()(const stapler::fetch_started&) const { return std::nullopt; }
  maybe operator()(const stapler::handshake_served&) const { return std::nullopt; }
  maybe operator()(const stapler::fetch_ended& fetch) const { return attempt(fetch); }
  maybe operator()(const stapler::staple_dropped& what) const {
    return sentence{"server", dropped(what)};
  }
  maybe operator()(const stapler::staple_changed& changed) const {
    std::string text = fmt::format("holds a new staple: {}", pki::to_string(changed.status));
    if (changed.next_update) text += ", valid until " + calendar(*changed.next_update);
    return sentence{"server", std::move(text)};
  }
  // Lines of another program's log are for the transcript.
  maybe operator()(const stapler::warned& warning) const {
    if (!is_ours_) return sentence{"server", "warns in its log", kind::log};
    return sentence{"server", "warns: " + warning.message};
  }
  maybe operator()(const stapler::endpoint_started&) const { return sentence{"server", words_}; }
  maybe operator()(const stapler::endpoint_refused&) const { return sentence{"server", words_}; }
  maybe operator()(const stapler::endpoint_shut_down&) const { return sentence{"server", words_}; }
  maybe operator()(const stapler::endpoint_reloaded&) const { return sentence{"server", words_}; }
  maybe operator()(const stapler::endpoint_reload_failed&) const {
    return sentence{"server", words_};
  }

 private:
  // Our own server tells what came of its asking; of others this is all that shows.
  maybe answer(const responder::request_answered& answered) const {
    if (is_ours_ || !answered.said.empty()) return std::nullopt;
    const auto arrow = words_.find("-> ");
    return sentence{"responder", "is asked, and answers " + words_.substr(arrow + 3), kind::answer};
  }

  std::string words_;  // of the event, in the transcript
  bool is_ours_;       // the server
};

maybe sentence_of(const event& e, const scenario_case& of) {
  return std::visit(narrator(words_of(e, of.of->start).text, of.on == nullptr), e.what);
}

// A line of the story: the same thing said several times is said once, with how often, at which
// pace, and until when.
struct story_line {
  sentence what;
  std::vector<time_point> at;
  bool is_judgement = false;
};

// Of these gaps as many as show how they grow.
std::string pace_of(const std::vector<time_point>& at) {
  constexpr std::size_t most = 5;
  std::vector<std::string> gaps;
  for (std::size_t i = 1; i < at.size(); ++i) {
    const auto gap = std::chrono::round<std::chrono::seconds>(at[i] - at[i - 1]);
    if (gap.count() > 0) gaps.push_back(runtime::to_text(gap));
  }
  if (gaps.empty()) return {};
  if (std::ranges::count(gaps, gaps.front()) == std::ssize(gaps)) {
    return gaps.size() == 1 ? fmt::format(", {} apart", gaps.front())
                            : fmt::format(", every {}", gaps.front());
  }
  if (gaps.size() <= most) return fmt::format(", {} apart", fmt::join(gaps, ", "));
  return fmt::format(", {}, ... {} apart", fmt::join(gaps.begin(), gaps.begin() + most - 1, ", "),
                     gaps.back());
}

std::string times_of(const story_line& one) {
  if (one.at.size() == 1) return {};
  std::string text = fmt::format("  ({} times", one.at.size());
  if (one.what.of == kind::fetch || one.what.of == kind::answer) text += pace_of(one.at);
  if (one.at.back() > one.at.front()) text += ", the last on " + calendar(one.at.back());
  return text + ")";
}

class storyteller {
 public:
  explicit storyteller(const text_style& style) : style_(style) {}

  void tell(time_point at, sentence what) {
    if (auto* same = said_last(what)) {
      same->at.push_back(at);
      return;
    }
    lines_.push_back({std::move(what), {at}});
  }
  void judge(const step_result& step) {
    if (step.verdict == case_verdict::pass || step.expected.empty()) return;
    auto text =
        fmt::format("expected {}, seen {}", on_one_line(step.expected), on_one_line(step.observed));
    lines_.push_back({{"", std::move(text)}, {step.at}, true});
  }
  void add_idle(std::size_t steps) {
    lines_.push_back(
        {{"", fmt::format("and {} more step{} that found nobody", steps, steps == 1 ? "" : "s")},
         {{}},
         true});
  }
  std::string take() const {
    std::string text;
    for (const auto& one : lines_)
      text += written(one) + "\n";
    return text;
  }

 private:
  // The last of its kind, if nothing but clients and attempts came after it.
  story_line* said_last(const sentence& what) {
    for (auto one = lines_.rbegin(); one != lines_.rend(); ++one) {
      const bool same_kind = one->what.of == what.of && one->what.who == what.who;
      if (same_kind || one->is_judgement || one->what.of == kind::event) {
        const bool same = same_kind && !one->is_judgement && one->what.text == what.text;
        return same ? &*one : nullptr;
      }
    }
    return nullptr;
  }
  std::string written(const story_line& one) const {
    if (one.is_judgement) {
      return painted(fmt::format("  {:<19}  {:<9}  {}", "", "", one.what.text), ink::red, style_);
    }
    const auto line = fmt::format("  {:<19}  {:<9}  {}", calendar(one.at.front()), one.what.who,
                                  on_one_line(one.what.text + times_of(one)));
    return one.what.who.empty() ? painted(line, ink::bold, style_) : line;
  }

  const text_style& style_;
  std::vector<story_line> lines_;
};

// After a start that failed, what does not find a server says nothing new.
class start_watch {
 public:
  void take(const event& e) {
    const auto* told = std::get_if<stapler::event>(&e.what);
    if (told == nullptr) return;
    if (std::holds_alternative<stapler::endpoint_refused>(*told)) refused_ = true;
    if (std::holds_alternative<stapler::endpoint_started>(*told)) refused_ = told_ = false;
  }
  // The first one is told.
  bool says_nothing_new(const event& e) {
    const auto* done = std::get_if<handshake_done>(&e.what);
    const bool idle = refused_ && done && done->found.verdict == probe_verdict::refused;
    return idle && std::exchange(told_, true);
  }

 private:
  bool refused_ = false;
  bool told_ = false;
};

std::string ending(const case_result& result, const text_style& style) {
  const bool held = result.verdict == case_verdict::pass;
  const std::string end =
      held ? "  Everything held.\n"
           : fmt::format("  {}: {}\n", to_string(result.verdict), on_one_line(one_line(result)));
  std::string text = painted(end, held ? ink::green : ink::red, style);
  if (const auto harm = harm_of(result)) {
    auto told = fmt::format("{}: {}; {}", harm_heading(result), harm_text(*harm), harm_span(*harm));
    told.front() = static_cast<char>(std::toupper(static_cast<unsigned char>(told.front())));
    text += painted(wrapped(told, "  "), ink::yellow, style);
  }
  return text;
}

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
  storyteller story(style);
  start_watch starts;
  std::size_t next = 0;
  const auto tell_until = [&](std::size_t end) {
    for (; next < end; ++next) {
      const event& e = result.events[next];
      starts.take(e);
      if (starts.says_nothing_new(e)) continue;
      if (auto said = sentence_of(e, result.what)) story.tell(e.at, *std::move(said));
    }
  };
  const auto idle = idle_steps(result);
  for (std::size_t i = 0; i < result.steps.size(); ++i) {
    const bool last = i + 1 == result.steps.size();
    tell_until(last ? result.events.size() : result.steps[i + 1].first_event);
    if (!idle.contains(&result.steps[i])) story.judge(result.steps[i]);
  }
  tell_until(result.events.size());
  if (!idle.empty()) story.add_idle(idle.size());
  return story.take() + ending(result, style);
}

}  // namespace staplelab::scenarios
