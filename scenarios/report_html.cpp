#include "scenarios/report_html.hpp"

#include <cassert>
#include <cmath>
#include <nlohmann/json.hpp>
#include <set>

#include "pki/base64.hpp"
#include "pki/time.hpp"
#include "scenarios/client_harm.hpp"
#include "scenarios/event_message.hpp"
#include "scenarios/gzip.hpp"
#include "scenarios/report_words.hpp"
#include "stapler/mode.hpp"

namespace staplelab::scenarios {
namespace {

using nlohmann::ordered_json;

void put(std::string& lines, const ordered_json& message) {
  lines += message.dump(-1, ' ', false, ordered_json::error_handler_t::replace);
  lines += '\n';
}

void put_text(ordered_json& object, const char* key, const std::string& text) {
  if (!text.empty()) object[key] = text;
}

ordered_json began(const run_result& run, std::string_view version) {
  ordered_json message;
  message["m"] = "run";
  message["tool"] = "staplelab";
  message["version"] = version;
  message["seed"] = run.seed ? ordered_json(*run.seed) : ordered_json(nullptr);
  message["started"] = pki::to_rfc3339(run.started);
  return message;
}

ordered_json told(const incident& story) {
  ordered_json object;
  object["date"] = spoken_date(story.date);
  object["happened"] = story.happened;
  object["sources"] = story.sources;
  object["discriminates"] = story.discriminates;
  object["good_server"] = story.good_server;
  return object;
}

ordered_json told(const scenario& of) {
  ordered_json message;
  message["m"] = "scenario";
  message["name"] = of.name;
  message["file"] = of.file;
  message["title"] = of.title;
  message["about"] = of.about;
  message["tags"] = of.tags;
  message["start"] = pki::to_rfc3339(of.start);
  if (of.replays) message["story"] = told(*of.replays);
  return message;
}

ordered_json began(const scenario_case& what, std::size_t number) {
  ordered_json message;
  message["m"] = "case";
  message["n"] = number;
  message["id"] = what.id();
  message["scenario"] = what.of->name;
  message["mode"] = stapler::to_string(what.mode);
  message["must_staple"] = what.must_staple;
  message["profile"] = what.profile;
  message["target"] = target_of(what);
  message["class"] = stapler::to_string(what.initial_class());
  return message;
}

ordered_json told(const shortfall& missing) {
  ordered_json object;
  object["field"] = missing.field;
  object["expected"] = missing.expected;
  object["observed"] = missing.observed;
  put_text(object, "why", missing.why);
  return object;
}

ordered_json told(const step_result& step, time_point start) {
  ordered_json object;
  object["at"] = (step.at - start).count();
  object["ended"] = (step.ended - start).count();
  object["kind"] = step.kind;
  put_text(object, "detail", step.detail);
  if (step.verdict != case_verdict::pass) object["verdict"] = to_string(step.verdict);
  put_text(object, "expected", step.expected);
  put_text(object, "observed", step.observed);
  object["line"] = step.where.line;
  object["first"] = step.first_event;
  for (const shortfall& missing : step.shortfalls)
    object["missing"].push_back(told(missing));
  return object;
}

ordered_json detail(const case_result& result, std::size_t number) {
  const time_point start = result.what.of->start;
  octet_table octets;
  ordered_json events = ordered_json::array();
  for (const event& e : result.events)
    events.push_back(message_of(e, start, octets));
  ordered_json message;
  message["m"] = "detail";
  message["n"] = number;
  message["octets"] = octets.as_base64();
  message["events"] = std::move(events);
  message["steps"] = ordered_json::array();
  for (const step_result& step : result.steps)
    message["steps"].push_back(told(step, start));
  return message;
}

ordered_json told(const client_harm& harm, const case_result& result) {
  const time_point start = result.what.of->start;
  ordered_json object;
  object["heading"] = harm_heading(result);
  object["text"] = harm_text(harm);
  object["span"] = harm_span(harm);
  put_text(object, "why", harm.why);
  object["first"] = (harm.first - start).count();
  object["last"] = (harm.last - start).count();
  return object;
}

ordered_json ended(const case_result& result, std::size_t number) {
  ordered_json message;
  message["m"] = "verdict";
  message["n"] = number;
  message["verdict"] = to_string(result.verdict);
  put_text(message, "reason", one_line(result));
  if (const auto harm = harm_of(result)) message["harm"] = told(*harm, result);
  message["simulated_ms"] = result.simulated.count();
  message["wall_ms"] = std::llround(result.wall_ms);
  return message;
}

ordered_json ended(const run_result& run) {
  ordered_json message;
  message["m"] = "end";
  message["duration_ms"] = std::llround(run.wall_ms);
  message["simulated_ms"] = run.totals().simulated.count();
  return message;
}

}  // namespace

std::string message_stream(const run_result& run, std::string_view version) {
  std::string lines;
  put(lines, began(run, version));
  std::set<const scenario*> known;
  for (std::size_t i = 0; i < run.cases.size(); ++i) {
    const case_result& result = run.cases[i];
    if (known.insert(result.what.of).second) put(lines, told(*result.what.of));
    put(lines, began(result.what, i));
    put(lines, detail(result, i));
    put(lines, ended(result, i));
  }
  put(lines, ended(run));
  return lines;
}

std::string html_report(const run_result& run, std::string_view version, std::string_view page) {
  const auto place = page.find(stream_place);
  assert(place != std::string_view::npos);
  const std::string packed = gzip(message_stream(run, version));
  const auto* octets = reinterpret_cast<const std::uint8_t*>(packed.data());
  std::string report(page.substr(0, place));
  report += pki::to_base64({octets, packed.size()});
  report += page.substr(place + stream_place.size());
  return report;
}

}  // namespace staplelab::scenarios
