#include "fingerprint/report.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cmath>
#include <nlohmann/json.hpp>

#include "responder/overloaded.hpp"

namespace staplelab::fingerprint {

using nlohmann::ordered_json;
using responder::overloaded;

namespace {

std::string_view name_of(scenarios::time_mode time) {
  switch (time) {
    case scenarios::time_mode::virtual_:
      return "virtual";
    case scenarios::time_mode::travel:
      return "travel";
    case scenarios::time_mode::real:
      return "real";
  }
  return {};
}

template <class T>
ordered_json or_null(const std::optional<T>& what) {
  return what ? ordered_json(*what) : ordered_json();
}

ordered_json json_of(const value& what) {
  return std::visit(overloaded{[](const does_not_apply& not_this) {
                                 ordered_json object;
                                 object["not_applicable"] = not_this.why;
                                 return object;
                               },
                               [](word one) { return ordered_json(to_string(one)); },
                               [](long count) { return ordered_json(count); },
                               [](const refresh_point& point) {
                                 ordered_json object;
                                 object["fraction"] = or_null(point.fraction);
                                 object["floor_s"] = or_null(point.floor_s);
                                 object["ceiling_s"] = or_null(point.ceiling_s);
                                 return object;
                               },
                               [](const request_form& form) {
                                 ordered_json object;
                                 object["method"] = form.method;
                                 object["http"] = form.http;
                                 object["nonce"] = form.nonce;
                                 object["hash"] = form.hash;
                                 return object;
                               }},
                    what);
}

ordered_json object_of(const row& of) {
  ordered_json object;
  object["target"] = of.target;
  object["version"] = of.version;
  object["time"] = name_of(of.time);
  object["cells"] = ordered_json::object();
  for (const auto& [which, found] : of.cells) {
    if (!is_of_contract(which)) continue;
    object["cells"][std::string(to_string(which))] = json_of(found);
  }
  object["unsteady"] = ordered_json::array();
  for (const auto which : of.unsteady) {
    if (is_of_contract(which)) object["unsteady"].push_back(to_string(which));
  }
  object["duration_ms"] = std::round(of.duration_ms);
  return object;
}

}  // namespace

std::string text_report(const row& of, const scenarios::text_style& style) {
  std::string text = scenarios::painted(of.target, scenarios::ink::bold, style);
  text += fmt::format("  {}, {} time\n", of.version, name_of(of.time));
  for (const auto& [which, found] : of.cells) {
    if (!is_of_contract(which)) continue;
    const auto* not_this = std::get_if<does_not_apply>(&found);
    const bool shaky = std::ranges::find(of.unsteady, which) != of.unsteady.end();
    auto shown = fmt::format("{:<32}", in_words(which, found) + (shaky ? " (unsteady)" : ""));
    if (shaky) shown = scenarios::painted(shown, scenarios::ink::yellow, style);
    text += fmt::format("  {:<26}{}{}\n", to_string(which), shown,
                        scenarios::painted(not_this ? not_this->why : std::string(about(which)),
                                           scenarios::ink::faint, style));
  }
  text += fmt::format("{:.1f} s", of.duration_ms / 1000);
  if (of.spoilt > 0) {
    text += fmt::format("; {} experiments were made again: the machine was busy, or they broke off",
                        of.spoilt);
  }
  return text + "\n";
}

std::string json_report(const row& of) {
  return object_of(of).dump(2) + "\n";
}

std::string json_report(const std::vector<row>& rows) {
  auto array = ordered_json::array();
  for (const auto& each : rows)
    array.push_back(object_of(each));
  return array.dump(2) + "\n";
}

std::string transcripts(const row& of) {
  std::string text;
  for (const auto& each : of.experiments) {
    std::vector<std::string_view> names;
    for (const auto which : each.cells)
      names.push_back(to_string(which));
    text += fmt::format("\n{}: {}\n{}", fmt::join(names, ", "), each.title, each.transcript);
  }
  return text;
}

}  // namespace staplelab::fingerprint
