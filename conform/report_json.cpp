#include <nlohmann/json.hpp>

#include "conform/report.hpp"

namespace staplelab::conform {
namespace {

using json = nlohmann::ordered_json;

json to_json(const checked& each, const evidence& seen, detail how) {
  const auto exchange = each.found.shown ? show(seen, *each.found.shown, how) : shown_exchange();
  return {{"id", each.what->id()},
          {"level", to_string(each.at.value_or(level::may))},
          {"verdict", to_string(each.found.verdict)},
          {"clause", each.what->clause},
          {"sent", exchange.sent},
          {"received", exchange.received},
          {"why", each.found.why}};
}

}  // namespace

std::string json_report(const examination& done, std::string_view url, detail how) {
  json checks = json::array();
  for (const checked& each : done.checks)
    checks.push_back(to_json(each, done.seen, how));
  const totals sum = count(done);
  const json report{{"url", url},
                    {"profile", to_string(done.seen.profile())},
                    {"checks", std::move(checks)},
                    {"totals",
                     {{"must_failed", sum.must_failed},
                      {"should_failed", sum.should_failed},
                      {"passed", sum.passed},
                      {"skipped", sum.skipped}}},
                    {"duration_ms", done.took.count()}};
  // A URL from the command line may be no UTF-8.
  return report.dump(2, ' ', false, json::error_handler_t::replace) + "\n";
}

}  // namespace staplelab::conform
