// What the CA does in a step: one certificate, or many that are issued together.
#include <fmt/format.h>

#include <algorithm>

#include "scenarios/parse.hpp"
#include "scenarios/parse_actions.hpp"
#include "scenarios/parse_values.hpp"

namespace staplelab::scenarios {

namespace {

// Its members can be named from now on; the batch itself only where it is revoked.
void declare_batch(decoder& d, const json_value& at, const certificate_spec& what, unsigned count) {
  std::erase(d.names.certificates, what.name);
  d.names.must_staple.erase(what.name);
  d.names.batches.push_back(what.name);
  for (unsigned i = 1; i <= count; ++i) {
    const auto member = member_name(what.name, i);
    if (d.names.must_staple.emplace(member, what.must_staple).second) continue;
    return d.error(at.at, fmt::format("the name '{}' is taken", member));
  }
}

bool is_batch(const decoder& d, const json_value& value) {
  const auto& known = d.names.batches;
  return value.string() != nullptr && std::ranges::find(known, *value.string()) != known.end();
}

}  // namespace

maybe_action read_issue(decoder& d, const json_value& value, const json_value&) {
  issue_step step;
  if (!read_certificate_keys(d, value, step.what)) return {};
  if (const json_value* count = value.find("count")) {
    step.count = read_up_to<max_batch>(d, *count);
    if (step.count) declare_batch(d, *count, step.what, *step.count);
  }
  return step;
}

maybe_action read_revoke(decoder& d, const json_value& value, const json_value& whole) {
  const bool many = is_batch(d, value);
  const auto certificate = many ? *value.string() : read_revocable(d, value);
  revoke_step step{.certificate = certificate.value_or(""), .reason = {}, .at = duration(0)};
  if (const json_value* reason = whole.find("reason")) step.reason = read_crl_reason(d, *reason);
  if (const json_value* count = whole.find("count")) {
    if (!many) d.error(count->at, "'count' is for certificates that were issued together");
    step.count = read_up_to<max_batch>(d, *count);
  }
  if (const json_value* at = whole.find("at")) {
    step.at = read_any_duration(d, *at).value_or(duration(0));
    if (step.at > duration(0)) {
      d.error(at->at, "a revocation cannot lie ahead",
              "\"-1h\" is an hour ago; advance the clock before the step instead");
    }
  }
  return certificate ? maybe_action(std::move(step)) : maybe_action();
}

maybe_action read_hold(decoder& d, const json_value& value, const json_value&) {
  auto certificate = read_revocable(d, value);
  return certificate ? maybe_action(hold_step{*std::move(certificate)}) : maybe_action();
}

maybe_action read_release(decoder& d, const json_value& value, const json_value&) {
  auto certificate = read_revocable(d, value);
  return certificate ? maybe_action(release_step{*std::move(certificate)}) : maybe_action();
}

}  // namespace staplelab::scenarios
