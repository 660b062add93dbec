#include "scenarios/report_json.hpp"

#include <cmath>
#include <nlohmann/json.hpp>

#include "pki/time.hpp"
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
  object["steps"] = ordered_json::array();
  for (const step_result& step : result.steps)
    object["steps"].push_back(json_of(step));
  return object;
}

ordered_json json_of(const run_totals& totals, std::size_t cases) {
  ordered_json object;
  object["cases"] = cases;
  object["passed"] = totals.passed;
  object["failed"] = totals.failed;
  object["skipped"] = totals.skipped;
  object["errors"] = totals.errors;
  return object;
}

}  // namespace

std::string json_report(const run_result& run, std::string_view version) {
  const run_totals totals = run.totals();
  ordered_json report;
  report["tool"] = "staplelab";
  report["version"] = version;
  report["seed"] = run.seed ? ordered_json(*run.seed) : ordered_json(nullptr);
  report["started"] = pki::to_rfc3339(run.started);
  report["duration_ms"] = rounded(run.wall_ms);
  report["simulated_ms"] = totals.simulated.count();
  report["cases"] = ordered_json::array();
  for (const case_result& result : run.cases)
    report["cases"].push_back(json_of(result));
  report["totals"] = json_of(totals, run.cases.size());
  return report.dump(2, ' ', false, ordered_json::error_handler_t::replace) + "\n";
}

}  // namespace staplelab::scenarios
