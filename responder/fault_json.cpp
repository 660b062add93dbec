#include "responder/fault_json.hpp"

#include <algorithm>
#include <nlohmann/json.hpp>
#include <optional>
#include <set>
#include <string_view>
#include <utility>
#include <vector>

#include "runtime/did_you_mean.hpp"
#include "runtime/duration_text.hpp"
#include "runtime/source_position.hpp"

namespace staplelab::responder {

namespace {

using nlohmann::json;

constexpr std::string_view rule_keys[] = {"fault", "name",   "count",  "probability", "from",
                                          "until", "serial", "method", "path_prefix"};
constexpr std::size_t longest_name = 64;

// Takes one member after the other out of an object, and keeps the first flaw it meets.
class member_reader {
 public:
  member_reader(const json& object, const std::string& where) : object_(object), where_(where) {}

  void refuse(std::string_view key, std::string what) {
    if (flaw_) return;
    flaw_ = json_flaw{std::move(what), key.empty() ? where_ : where_ + "/" + std::string(key)};
  }
  const std::optional<json_flaw>& flaw() const { return flaw_; }

  std::optional<std::string> text(std::string_view key) {
    const auto* value = member(key);
    if (!value) return std::nullopt;
    if (const auto* found = value->get_ptr<const std::string*>()) return *found;
    refuse(key, "must be a string, is " + kind_of(*value));
    return std::nullopt;
  }

  std::optional<std::int64_t> whole_number(std::string_view key) {
    const auto* value = member(key);
    if (!value) return std::nullopt;
    if (value->is_number_integer() &&
        (!value->is_number_unsigned() || value->get<std::uint64_t>() <= INT64_MAX)) {
      return value->get<std::int64_t>();
    }
    refuse(key, "must be a whole number, is " + kind_of(*value));
    return std::nullopt;
  }

  std::optional<double> number(std::string_view key) {
    const auto* value = member(key);
    if (!value) return std::nullopt;
    if (value->is_number()) return value->get<double>();
    refuse(key, "must be a number, is " + kind_of(*value));
    return std::nullopt;
  }

  // A text that `parse` understands; `expected` says what that is.
  template <class Parse>
  auto parsed(std::string_view key, Parse parse, std::string_view expected) {
    decltype(parse(std::string_view())) result;
    if (const auto written = text(key)) {
      result = parse(std::string_view(*written));
      if (!result) refuse(key, "'" + *written + "' is not " + std::string(expected));
    }
    return result;
  }

 private:
  const json* member(std::string_view key) const {
    const auto found = object_.find(key);
    return found == object_.end() ? nullptr : &*found;
  }
  static std::string kind_of(const json& value) {
    if (value.is_number()) return value.dump();
    return std::string(value.is_boolean() ? "a " : value.is_null() ? "" : "a ") + value.type_name();
  }

  const json& object_;
  const std::string& where_;
  std::optional<json_flaw> flaw_;
};

fault_parameters read_parameters(member_reader& from) {
  constexpr std::string_view a_duration = "a duration such as \"90s\" or \"7d\"";
  constexpr std::string_view a_time = "a time in RFC 3339, such as \"2026-03-01T00:00:00Z\"";
  fault_parameters result;
  result.code = from.whole_number("code");
  result.by = from.parsed("by", runtime::parse_duration, a_duration);
  result.octets = from.whole_number("octets");
  result.every = from.parsed("every", runtime::parse_duration, a_duration);
  result.content_type = from.text("content_type");
  result.at = from.parsed("at", pki::parse_rfc3339, a_time);
  result.reason = from.parsed("reason", pki::parse_crl_reason,
                              "a reason of RFC 5280 5.3.1, such as \"keyCompromise\"");
  return result;
}

void refuse_unknown_keys(const json& object, std::string_view fault_name, member_reader& from) {
  std::vector<std::string_view> known(std::begin(rule_keys), std::end(rule_keys));
  std::ranges::copy(fault_parameter_names(fault_name), std::back_inserter(known));
  for (const auto& [key, value] : object.items()) {
    if (std::ranges::find(known, key) != known.end()) continue;
    from.refuse(key, "unknown key '" + key + "' for " + std::string(fault_name) + "; " +
                         runtime::did_you_mean(key, known));
  }
}

bool is_plain_name(std::string_view name) {
  const auto plain = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' ||
           c == '-' || c == '.';
  };
  return !name.empty() && name.size() <= longest_name && std::ranges::all_of(name, plain);
}

void read_rule(member_reader& from, fault_rule& rule) {
  constexpr std::string_view a_time = "a time in RFC 3339, such as \"2026-03-01T00:00:00Z\"";
  if (const auto name = from.text("name")) {
    if (!is_plain_name(*name)) {
      from.refuse("name", "must be 1 to 64 letters, digits, '_', '-' or '.'");
    }
    rule.name = *name;
  }
  if (const auto count = from.whole_number("count")) {
    if (*count < 1) from.refuse("count", "must be at least 1");
    rule.count = static_cast<std::uint64_t>(std::max<std::int64_t>(*count, 1));
  }
  rule.probability = from.number("probability").value_or(1.0);
  rule.window.from = from.parsed("from", pki::parse_rfc3339, a_time);
  rule.window.until = from.parsed("until", pki::parse_rfc3339, a_time);
  rule.match.serial =
      from.parsed("serial", pki::serial_number::from_hex, "a serial number in hexadecimal");
  rule.match.method = from.text("method");
  rule.match.path_prefix = from.text("path_prefix");
}

// The key of the rule that a flaw of the plan is about.
std::string member_for(const std::string& plan_key, const json& object) {
  if (plan_key == "window") return "until";
  if (plan_key != "match") return plan_key;
  for (const auto* key : {"serial", "method", "path_prefix"}) {
    if (object.contains(key)) return key;
  }
  return {};
}

}  // namespace

boost::system::result<json, json_flaw> parse_json(const std::string& text) {
  // RFC 8259 section 4 leaves open which of two equal names counts; here neither does.
  std::vector<std::set<std::string>> open_objects;
  std::optional<std::string> repeated;
  const auto note_keys = [&](int, json::parse_event_t event, json& parsed) {
    if (event == json::parse_event_t::object_start) open_objects.emplace_back();
    if (event == json::parse_event_t::object_end) open_objects.pop_back();
    if (event == json::parse_event_t::key) {
      const auto key = parsed.get<std::string>();
      if (!open_objects.back().insert(key).second) repeated = key;
    }
    return true;
  };
  try {
    auto value = json::parse(text, note_keys);
    if (repeated) return json_flaw{"the key '" + *repeated + "' stands twice in one object", ""};
    return {boost::system::in_place_value, std::move(value)};
  } catch (const json::parse_error& error) {
    const auto at = runtime::position_at(text, error.byte == 0 ? 0 : error.byte - 1);
    return json_flaw{"the body is no JSON",
                     "line " + std::to_string(at.line) + ", column " + std::to_string(at.column)};
  } catch (const json::exception& error) {
    return json_flaw{std::string("the body is no usable JSON: ") + error.what(), ""};
  }
}

boost::system::result<fault_rule, json_flaw> rule_from_json(const json& value,
                                                            const std::string& where) {
  if (!value.is_object()) return json_flaw{"a rule must be an object", where};
  member_reader from(value, where);
  const auto fault_name = from.text("fault");
  if (from.flaw()) return *from.flaw();
  if (!fault_name) return json_flaw{"the key 'fault' is missing: it names what goes wrong", where};

  fault_rule rule;
  const auto parameters = read_parameters(from);
  if (from.flaw()) return *from.flaw();
  auto what = make_fault(*fault_name, {});
  const bool known_name = what || !what.error().key.empty();
  if (known_name) refuse_unknown_keys(value, *fault_name, from);
  if (from.flaw()) return *from.flaw();
  what = make_fault(*fault_name, parameters);
  if (!what) {
    const auto& key = what.error().key.empty() ? "fault" : what.error().key;
    return json_flaw{what.error().what, where + "/" + key};
  }
  rule.what = *what;
  read_rule(from, rule);
  if (from.flaw()) return *from.flaw();
  if (const auto flaw = fault_plan().flaw_of(rule)) {
    return json_flaw{flaw->what, where + "/" + member_for(flaw->key, value)};
  }
  return {boost::system::in_place_value, std::move(rule)};
}

json to_json(const fault_rule& rule) {
  json result{{"name", rule.name}, {"fault", to_string(rule.what)}};
  const auto parameters = parameters_of(rule.what);
  if (parameters.code) result["code"] = *parameters.code;
  if (parameters.by) result["by"] = runtime::to_text(*parameters.by);
  if (parameters.octets) result["octets"] = *parameters.octets;
  if (parameters.every) result["every"] = runtime::to_text(*parameters.every);
  if (parameters.content_type) result["content_type"] = *parameters.content_type;
  if (parameters.at) result["at"] = pki::to_rfc3339(*parameters.at);
  if (parameters.reason) result["reason"] = pki::to_string(*parameters.reason);
  if (rule.count) result["count"] = *rule.count;
  if (rule.probability < 1.0) result["probability"] = rule.probability;
  if (rule.window.from) result["from"] = pki::to_rfc3339(*rule.window.from);
  if (rule.window.until) result["until"] = pki::to_rfc3339(*rule.window.until);
  if (rule.match.serial) result["serial"] = rule.match.serial->hex();
  if (rule.match.method) result["method"] = *rule.match.method;
  if (rule.match.path_prefix) result["path_prefix"] = *rule.match.path_prefix;
  return result;
}

}  // namespace staplelab::responder
