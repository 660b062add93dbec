#include "responder/policy_json.hpp"

#include <nlohmann/json.hpp>

#include "runtime/did_you_mean.hpp"
#include "runtime/duration_text.hpp"

namespace staplelab::responder {

namespace {

using nlohmann::json;

constexpr std::string_view keys[] = {"profile",    "validity",     "backdate",
                                     "non_issued", "responder_id", "archive_cutoff"};
constexpr std::string_view a_duration = "a duration such as \"90s\" or \"7d\"";

// Reads a text into `to`; the flaw when it is none, or not understood by `parse`.
template <class Target, class Parse>
std::optional<json_flaw> read(const json& value, const std::string& where, Target& to, Parse parse,
                              std::string_view expected) {
  const auto* text = value.get_ptr<const std::string*>();
  if (!text) return json_flaw{"must be " + std::string(expected), where};
  const auto parsed = parse(std::string_view(*text));
  if (!parsed) return json_flaw{"'" + *text + "' is not " + std::string(expected), where};
  to = *parsed;
  return std::nullopt;
}

std::optional<json_flaw> apply(answer_policy& policy, const std::string& key, const json& value) {
  const auto where = "/" + key;
  if (key == "profile") {
    return read(value, where, policy.profile, pki::parse_verify_profile,
                "rfc6960, rfc9919 or webpki");
  }
  if (key == "validity") {
    return read(value, where, policy.validity, runtime::parse_duration, a_duration);
  }
  if (key == "backdate") {
    return read(value, where, policy.backdate, runtime::parse_duration, a_duration);
  }
  if (key == "responder_id") {
    return read(value, where, policy.responder_id, parse_responder_id, "by-key or by-name");
  }
  if (key == "non_issued") {
    policy.non_issued.reset();
    if (value.is_null()) return std::nullopt;
    return read(value, where, policy.non_issued, parse_non_issued,
                "unknown, unauthorized, extended-revoke or good");
  }
  if (key == "archive_cutoff") {
    policy.archive_retention.reset();
    if (value.is_null()) return std::nullopt;
    return read(value, where, policy.archive_retention, runtime::parse_duration, a_duration);
  }
  return json_flaw{"unknown key '" + key + "'; " + runtime::did_you_mean(key, keys), where};
}

}  // namespace

json to_json(const answer_policy& policy) {
  json result = {{"profile", to_string(policy.profile)},
                 {"validity", runtime::to_text(policy.validity)},
                 {"backdate", runtime::to_text(policy.backdate)},
                 {"non_issued", to_string(non_issued_of(policy))},
                 {"responder_id", to_string(policy.responder_id)},
                 {"archive_cutoff", nullptr}};
  if (policy.archive_retention) {
    result["archive_cutoff"] = runtime::to_text(*policy.archive_retention);
  }
  return result;
}

boost::system::result<answer_policy, json_flaw> changed_policy(const answer_policy& current,
                                                               const json& changes) {
  if (!changes.is_object()) return json_flaw{"must be an object", ""};
  auto changed = current;
  for (const auto& [key, value] : changes.items()) {
    if (auto flaw = apply(changed, key, value)) return *std::move(flaw);
  }
  return changed;
}

}  // namespace staplelab::responder
