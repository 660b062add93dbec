#include "responder/fault_plan.hpp"

#include <algorithm>

namespace staplelab::responder {

namespace {

bool is_refusal(const fault& what) {
  const auto* transport = std::get_if<transport_fault>(&what);
  return transport && std::holds_alternative<refuse_connections>(*transport);
}

bool matches(const fault_match& match, const request_facts& request) {
  if (match.serial && std::ranges::find(request.serials, *match.serial) == request.serials.end()) {
    return false;
  }
  if (match.method && *match.method != request.method) return false;
  return !match.path_prefix || request.target.starts_with(*match.path_prefix);
}

// 53 bits, so that the same seed draws the same on every standard library.
double draw_unit(std::mt19937_64& engine) {
  return static_cast<double>(engine() >> 11) * 0x1.0p-53;
}

std::optional<fault_error> refusal_flaw(const fault_rule& rule) {
  const std::string why =
      "means nothing for refuse_connections, which acts on the port; "
      "give it a window";
  if (rule.count) return fault_error{"count", why};
  if (rule.probability != 1.0) return fault_error{"probability", why};
  if (rule.match.serial || rule.match.method || rule.match.path_prefix) {
    return fault_error{"match", why};
  }
  return std::nullopt;
}

}  // namespace

bool fault_window::contains(pki::time_point t) const {
  return (!from || *from <= t) && (!until || t < *until);
}

std::optional<fault_error> fault_plan::flaw_of(const fault_rule& rule) const {
  const auto same_name = std::ranges::find(rules_, rule.name, &fault_rule::name);
  if (!rule.name.empty() && same_name != rules_.end() && same_name->count != 0u) {
    return fault_error{"name", "'" + rule.name + "' is in force already; clear it first"};
  }
  if (rule.count == 0u) return fault_error{"count", "must be at least 1"};
  if (!(rule.probability > 0.0 && rule.probability <= 1.0)) {
    return fault_error{"probability", "must be greater than 0 and at most 1"};
  }
  if (rule.window.from && rule.window.until && *rule.window.until <= *rule.window.from) {
    return fault_error{"window", "ends before it begins"};
  }
  return is_refusal(rule.what) ? refusal_flaw(rule) : std::nullopt;
}

boost::system::result<std::string, fault_error> fault_plan::add(fault_rule rule) {
  if (auto flaw = flaw_of(rule)) return *flaw;
  const auto taken = [&] {
    return std::ranges::find(rules_, rule.name, &fault_rule::name) != rules_.end();
  };
  std::erase_if(rules_, [&](const fault_rule& old) { return old.count == 0u; });
  if (rule.name.empty()) rule.name = to_string(rule.what);
  while (taken()) {
    rule.name = std::string(to_string(rule.what)) + "-" + std::to_string(++names_made_);
  }
  rules_.push_back(std::move(rule));
  // A string could also make a fault_error: which of the two it is must be said.
  return {boost::system::in_place_value, rules_.back().name};
}

bool fault_plan::clear(std::string_view name) {
  return std::erase_if(rules_, [&](const fault_rule& rule) { return rule.name == name; }) > 0;
}

void fault_plan::clear_all() {
  rules_.clear();
}

std::optional<drawn_fault> fault_plan::draw(const request_facts& request, pki::time_point now,
                                            std::mt19937_64& engine) {
  for (auto& rule : rules_) {
    if (is_refusal(rule.what) || rule.count == 0u) continue;
    if (!rule.window.contains(now) || !matches(rule.match, request)) continue;
    if (rule.probability < 1.0 && draw_unit(engine) >= rule.probability) continue;
    if (rule.count) --*rule.count;
    return drawn_fault{rule.name, rule.what};
  }
  return std::nullopt;
}

bool fault_plan::refuses_connections(pki::time_point now) const {
  return std::ranges::any_of(rules_, [&](const fault_rule& rule) {
    return is_refusal(rule.what) && rule.window.contains(now);
  });
}

std::optional<pki::time_point> fault_plan::next_refusal_change(pki::time_point now) const {
  std::optional<pki::time_point> next;
  const auto consider = [&](const std::optional<pki::time_point>& edge) {
    if (edge && *edge > now && (!next || *edge < *next)) next = edge;
  };
  for (const auto& rule : rules_) {
    if (!is_refusal(rule.what)) continue;
    consider(rule.window.from);
    consider(rule.window.until);
  }
  return next;
}

}  // namespace staplelab::responder
