#include "scenarios/report_json.hpp"

#include <algorithm>
#include <cmath>
#include <nlohmann/json.hpp>

#include "pki/time.hpp"
#include "scenarios/client_harm.hpp"
#include "scenarios/report_explain.hpp"
#include "scenarios/report_words.hpp"
#include "stapler/mode.hpp"

namespace staplelab::scenarios {
namespace {

using nlohmann::ordered_json;

// Microseconds are as precise as any of these figures is.
double rounded(double milliseconds) {
  return std::round(milliseconds * 1000) / 1000;
}

ordered_json json_of(const step_result& step) {
  ordered_json object;
  object["at"] = pki::to_rfc3339(step.at);
  object["kind"] = step.kind;
  object["detail"] = step.detail;
  object["verdict"] = to_string(step.verdict);
  object["expected"] = step.expected;
  object["observed"] = step.observed;
  return object;
}

ordered_json json_of(const client_harm& harm, const case_result& result) {
  ordered_json object;
  object["summary"] = harm_heading(result) + ": " + harm_text(harm);
  object["handshakes"] = harm.handshakes;
  object["among"] = harm.among;
  for (const auto& [verdict, times] : harm.found)
    object["verdicts"][std::string(to_string(verdict))] = times;
  object["first"] = pki::to_rfc3339(harm.first);
  object["last"] = pki::to_rfc3339(harm.last);
  object["well_again"] =
      harm.well_again ? ordered_json(pki::to_rfc3339(*harm.well_again)) : ordered_json(nullptr);
  return object;
}

ordered_json json_of(const case_result& result) {
  const scenario_case& what = result.what;
  ordered_json object;
  object["id"] = what.id();
  object["scenario"] = what.of->name;
  object["file"] = what.of->file;
  object["mode"] = stapler::to_string(what.mode);
  object["must_staple"] = what.must_staple;
  object["profile"] = what.profile;
  object["target"] = target_of(what);
  object["seed"] = result.seed;
  object["class"] = stapler::to_string(what.initial_class());
  object["verdict"] = to_string(result.verdict);
  object["reason"] = result.reason;
  object["simulated_ms"] = result.simulated.count();
  object["wall_ms"] = rounded(result.wall_ms);
  const auto harm = harm_of(result);
  object["clients_harmed"] = harm ? json_of(*harm, result) : ordered_json(nullptr);
  object["steps"] = ordered_json::array();
  for (const step_result& step : result.steps)
    object["steps"].push_back(json_of(step));
  return object;
}

void add_story(ordered_json& object, const case_result& result) {
  if (const auto& story = result.what.of->replays) {
    object["incident"]["date"] = iso_date(story->date);
    object["incident"]["happened"] = story->happened;
    object["incident"]["discriminates"] = story->discriminates;
    object["incident"]["good_server"] = story->good_server;
    object["incident"]["sources"] = story->sources;
  }
  const std::string text = told_after(result, {});
  object["story"] = ordered_json::array();
  for (std::size_t from = 0; from < text.size();) {
    const auto end = std::min(text.find('\n', from), text.size());
    object["story"].push_back(text.substr(from, end - from));
    from = end + 1;
  }
}

ordered_json json_of(const run_totals& totals, const run_result& run) {
  ordered_json object;
  object["cases"] = run.cases.size();
  object["passed"] = totals.passed;
  object["failed"] = totals.failed;
  object["skipped"] = totals.skipped;
  object["errors"] = totals.errors;
  object["clients_harmed"] = harmed_cases(run);
  return object;
}

}  // namespace

std::string json_report(const run_result& run, std::string_view version, bool told) {
  const run_totals totals = run.totals();
  ordered_json report;
  report["tool"] = "staplelab";
  report["version"] = version;
  report["seed"] = run.seed ? ordered_json(*run.seed) : ordered_json(nullptr);
  report["started"] = pki::to_rfc3339(run.started);
  report["duration_ms"] = rounded(run.wall_ms);
  report["simulated_ms"] = totals.simulated.count();
  report["cases"] = ordered_json::array();
  for (const case_result& result : run.cases) {
    report["cases"].push_back(json_of(result));
    if (told) add_story(report["cases"].back(), result);
  }
  report["totals"] = json_of(totals, run);
  return report.dump(2, ' ', false, ordered_json::error_handler_t::replace) + "\n";
}

}  // namespace staplelab::scenarios
