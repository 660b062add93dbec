#include "scenarios/result.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cassert>
#include <optional>
#include <utility>

#include "responder/overloaded.hpp"
#include "runtime/duration_text.hpp"
#include "scenarios/step_text.hpp"

namespace staplelab::scenarios {

using responder::overloaded;

namespace {

// A GET carries its request in the path. What is longer than any name people give to a path is
// that request, which depends on keys.
constexpr std::size_t longest_path_name = 32;

using line = event_words;

std::string offset(time_point at, time_point start) {
  const auto length = at - start;
  const auto days = std::chrono::duration_cast<std::chrono::days>(length);
  const std::chrono::hh_mm_ss clock(length - days);
  const auto ms = clock.subseconds().count();
  return fmt::format("+{}d{:02}h{:02}m{:02}{}s", days.count(), clock.hours().count(),
                     clock.minutes().count(), clock.seconds().count(),
                     ms == 0 ? "" : fmt::format(".{:03}", ms));
}

std::string without_request(const std::string& target) {
  std::size_t name = 0;
  while (name < target.size()) {
    const auto end = std::min(target.find('/', name), target.size());
    if (end - name > longest_path_name) return target.substr(0, name) + "...";
    name = end + 1;
  }
  return target;
}

std::string until(const std::optional<time_point>& end, time_point start) {
  return end ? ", until " + offset(*end, start) : "";
}

std::string_view name_of(const pki::cert_status& status) {
  return std::visit(overloaded{[](const pki::good_status&) { return "good"; },
                               [](const pki::revoked_status&) { return "revoked"; },
                               [](const pki::unknown_status&) { return "unknown"; }},
                    status);
}

std::string_view name_of(ca_act::kind kind) {
  switch (kind) {
    case ca_act::kind::issued:
      return "issued";
    case ca_act::kind::revoked:
      return "revoked";
    case ca_act::kind::held:
      return "put on hold";
    case ca_act::kind::released:
      return "released from hold";
    case ca_act::kind::published:
      return "published";
  }
  assert(false);
  return {};
}

std::string how_ended(const process_ended& ended) {
  switch (ended.how) {
    case process_ended::kind::stopped:
      return "stopped";
    case process_ended::kind::killed:
      return "killed";
    case process_ended::kind::by_itself:
      return fmt::format("ended by itself, exit code {}", ended.exit_code);
  }
  assert(false);
  return {};
}

std::string found(const probe_facts& facts, time_point start) {
  std::string text(to_string(facts.verdict));
  if (facts.alert) text += fmt::format(" ({})", alert_name(*facts.alert));
  if (facts.crl_number) text += fmt::format(" in CRL {}", *facts.crl_number);
  return text + until(facts.next_update, start);
}

line line_of(const handshake_done& done, time_point start) {
  std::string text = found(done.found, start);
  if (!done.tls.empty()) text += ", " + done.tls;
  if (!done.sni.empty()) text += ", for " + done.sni;
  if (!done.asked) text += ", asked for no staple";
  return {"handshake", std::move(text)};
}

line line_of(const responder::request_answered& answered, time_point start) {
  std::string text = fmt::format("{} {} -> ", answered.method, without_request(answered.target));
  if (answered.http_status && *answered.http_status != 200) {
    text += fmt::format("HTTP {}", *answered.http_status);
  } else if (!answered.http_status) {
    text += "nothing";
  } else if (answered.said.empty()) {
    const bool crl = answered.target.starts_with("/crl/") && answered.fault.empty();
    text += answered.status ? pki::to_string(*answered.status) : crl ? "a CRL" : "no OCSP response";
  } else {
    std::vector<std::string_view> names;
    for (const auto& said : answered.said)
      names.push_back(name_of(said.status));
    text += fmt::format("{}{}", fmt::join(names, ", "), until(answered.next_update, start));
  }
  if (!answered.fault.empty()) text += fmt::format(" (fault {})", answered.fault);
  if (answered.cached_for) {
    text += fmt::format(", from the cache, {} old", runtime::to_text(*answered.cached_for));
  }
  return {"answer", std::move(text)};
}

line line_of(const responder::event& told, time_point start) {
  return std::visit(
      overloaded{
          [&](const responder::request_answered& answered) { return line_of(answered, start); },
          [](const responder::listening_changed& changed) -> line {
            return {"responder", changed.listening ? "listens" : "refuses connections"};
          },
          [](const responder::signer_changed& changed) -> line {
            return {"responder", fmt::format("{} signs for {}", changed.signer, changed.issuer)};
          }},
      told);
}

line line_of(const stapler::staple_changed& changed, time_point start) {
  const bool from_disk = changed.source == stapler::staple_source::disk;
  return {"staple", fmt::format("{}{}{}", pki::to_string(changed.status),
                                until(changed.next_update, start), from_disk ? ", from disk" : "")};
}

line line_of(const stapler::event& told, time_point start) {
  return std::visit(
      overloaded{
          [](const stapler::fetch_started& fetch) -> line {
            return {"fetch", fmt::format("{} {}", fetch.method, fetch.url)};
          },
          [](const stapler::fetch_ended& fetch) -> line { return {"fetch", fetch.outcome}; },
          [&](const stapler::staple_changed& changed) { return line_of(changed, start); },
          [](const stapler::staple_dropped& dropped) -> line {
            return {"staple",
                    fmt::format("dropped, {} is sent",
                                dropped.instead ? pki::to_string(*dropped.instead) : "nothing")};
          },
          [](const stapler::warned& warning) -> line { return {"warning", warning.message}; },
          [](const stapler::endpoint_started&) -> line { return {"endpoint", "started"}; },
          [](const stapler::endpoint_refused& refused) -> line {
            return {"endpoint", fmt::format("refuses to start: {}, exit code {}", refused.why,
                                            refused.exit_code)};
          },
          [](const stapler::endpoint_shut_down& ended) -> line {
            return {"endpoint", fmt::format("shuts down: {}, exit code {}", to_string(ended.why),
                                            ended.exit_code)};
          },
          [](const stapler::endpoint_reloaded&) -> line { return {"endpoint", "reloaded"}; },
          [](const stapler::endpoint_reload_failed& failed) -> line {
            return {"endpoint",
                    fmt::format("reload failed: {}; {}", failed.why,
                                failed.serves_without_staple ? "serves without staple"
                                                             : "the old configuration stays")};
          },
          [](const stapler::handshake_served& served) -> line {
            return {"endpoint", served.failed ? "failed a handshake" : "served a handshake"};
          }},
      told);
}

line line_of(const event& e, time_point start) {
  return std::visit(
      overloaded{
          [](const ca_act& act) -> line {
            std::string text(name_of(act.what));
            return {"ca", act.detail.empty() ? text : text + ", " + act.detail};
          },
          [](const fault_changed& fault) -> line {
            return {"fault", fault.set ? fault.name : fault.name + " cleared"};
          },
          [](const responder_changed& changed) -> line { return {"responder", changed.settings}; },
          [&](const handshake_done& done) { return line_of(done, start); },
          [&](const query_done& done) -> line {
            return {"query", fmt::format("{} -> {}", done.method, found(done.found, start))};
          },
          [](const process_ended& ended) -> line { return {"endpoint", how_ended(ended)}; },
          [](const store_changed& changed) -> line {
            return {"store", changed.found ? changed.what : changed.what + ": nothing is stored"};
          },
          [&](const clock_moved& moved) -> line {
            return {"clock", "moved by " + runtime::to_text(e.at - moved.from)};
          },
          [](const clock_skewed& skewed) -> line {
            return {"clock", fmt::format("of the {} is off by {}", to_string(skewed.who),
                                         runtime::to_text(skewed.by))};
          },
          [](const mark_set& mark) -> line { return {"mark", mark.label}; },
          [](const note_made& note) -> line { return {"note", note.text}; },
          [&](const auto& told) { return line_of(told, start); }},
      e.what);
}

std::string laid_out(const std::string& when, std::string_view kind, std::string_view text) {
  return fmt::format("{:<16}  {:<9}  {}", when, kind, text);
}

std::string outcome_of(const step_result& step) {
  switch (step.verdict) {
    case case_verdict::pass:
      return "held";
    case case_verdict::skip:
      return "not judged, " + step.observed;
    case case_verdict::fail:
    case case_verdict::error:
      break;
  }
  return "NOT HELD, seen " + step.observed;
}

// What came of the checks of a step.
std::string check_line(const step_result& step, time_point at, time_point start) {
  return laid_out(offset(at, start), "expect", step.expected + ": " + outcome_of(step));
}

// Equal lines in a row, as of handshakes at once, are one line with a count.
class line_writer {
 public:
  void add(std::string text) {
    if (text == last_) {
      ++times_;
      return;
    }
    flush();
    last_ = std::move(text);
    times_ = 1;
  }
  std::string take() {
    flush();
    return std::move(written_);
  }

 private:
  void flush() {
    if (times_ == 0) return;
    written_ += last_;
    if (times_ > 1) written_ += fmt::format("  x{}", times_);
    written_ += '\n';
    times_ = 0;
  }

  std::string written_;
  std::string last_;
  std::size_t times_ = 0;
};

}  // namespace

std::string_view to_string(case_verdict verdict) {
  switch (verdict) {
    case case_verdict::pass:
      return "pass";
    case case_verdict::fail:
      return "fail";
    case case_verdict::skip:
      return "skip";
    case case_verdict::error:
      return "error";
  }
  assert(false);
  return {};
}

run_totals run_result::totals() const {
  run_totals totals;
  for (const auto& one : cases) {
    switch (one.verdict) {
      case case_verdict::pass:
        ++totals.passed;
        break;
      case case_verdict::fail:
        ++totals.failed;
        break;
      case case_verdict::skip:
        ++totals.skipped;
        break;
      case case_verdict::error:
        ++totals.errors;
        break;
    }
    if (one.started) ++totals.started;
    totals.simulated += one.simulated;
  }
  return totals;
}

event_words words_of(const event& e, time_point start) {
  auto words = line_of(e, start);
  if (!e.certificate.empty()) words.text = e.certificate + ": " + words.text;
  return words;
}

std::string to_line(const event& e, time_point start) {
  const auto [kind, text] = words_of(e, start);
  return laid_out(offset(e.at, start), kind, text);
}

std::string transcript(const case_result& result) {
  const auto start = result.what.of->start;
  line_writer lines;
  std::size_t next = 0;
  const auto tell_until = [&](std::size_t end) {
    for (; next < end; ++next)
      lines.add(to_line(result.events[next], start));
  };
  for (std::size_t i = 0; i < result.steps.size(); ++i) {
    const auto& step = result.steps[i];
    const bool last = i + 1 == result.steps.size();
    tell_until(last ? result.events.size() : result.steps[i + 1].first_event);
    if (!step.expected.empty()) lines.add(check_line(step, step.ended, start));
  }
  tell_until(result.events.size());
  return lines.take();
}

}  // namespace staplelab::scenarios
