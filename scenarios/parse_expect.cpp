#include <fmt/format.h>

#include <array>

#include "runtime/did_you_mean.hpp"
#include "scenarios/parse_sections.hpp"
#include "scenarios/parse_values.hpp"
#include "stapler/policy.hpp"

namespace staplelab::scenarios {

namespace {

// -- one expectation --------------------------------------------------------------------------

std::optional<probe_verdict> read_verdict(decoder& d, const json_value& value) {
  if (const auto* text = value.string()) {
    if (const auto verdict = parse_probe_verdict(*text)) return verdict;
  }
  std::vector<std::string_view> known;
  for (const auto verdict : all_probe_verdicts)
    known.push_back(to_string(verdict));
  not_one_of(d, value, known);
  return {};
}

std::optional<std::vector<probe_verdict>> read_verdicts(decoder& d, const json_value& value) {
  auto verdicts = one_or_list_of<read_verdict>(d, value);
  if (value.array() != nullptr && value.array()->empty()) {
    d.error(value.at, "expected at least one verdict");
  }
  return verdicts;
}

std::optional<endpoint_state> read_state(decoder& d, const json_value& value) {
  static constexpr word<endpoint_state> words[] = {{"up", endpoint_state::up},
                                                   {"down", endpoint_state::down},
                                                   {"refused", endpoint_state::refused}};
  return read_word(d, value, words);
}

std::optional<staple_change> read_staple_change(decoder& d, const json_value& value) {
  static constexpr word<staple_change> words[] = {{"same", staple_change::same},
                                                  {"newer", staple_change::newer},
                                                  {"other", staple_change::other}};
  return read_word(d, value, words);
}

std::optional<int> read_alert(decoder& d, const json_value& value) {
  if (const auto* name = value.string()) {
    if (const auto alert = parse_alert(*name)) return alert;
    not_one_of(d, value, alert_names());
    return {};
  }
  const auto number = read_integer_between(d, value, 0, 255);
  return number ? std::optional(static_cast<int>(*number)) : std::nullopt;
}

std::optional<int> read_exit_code(decoder& d, const json_value& value) {
  const auto number = read_integer_between(d, value, 0, 255);
  return number ? std::optional(static_cast<int>(*number)) : std::nullopt;
}

std::optional<long> read_count(decoder& d, const json_value& value) {
  const auto number = read_integer_between(d, value, 0, 1'000'000'000);
  return number ? std::optional(static_cast<long>(*number)) : std::nullopt;
}

std::optional<double> read_milliseconds(decoder& d, const json_value& value) {
  const auto number = read_number(d, value);
  if (!number || *number >= 0) return number;
  d.error(value.at, "a latency cannot be negative");
  return {};
}

template <class T, auto Read>
std::optional<range<T>> read_range(decoder& d, const json_value& value) {
  static constexpr key_row<range<T>> rows[] = {
      {"at_least", into<&range<T>::at_least, Read>},
      {"at_most", into<&range<T>::at_most, Read>},
  };
  range<T> result;
  if (!read_object(d, value, "a range", rows, result)) return {};
  if (value.object()->empty()) {
    d.error(value.at, "a range needs 'at_least' or 'at_most'");
    return {};
  }
  if (result.at_least && result.at_most && *result.at_least > *result.at_most) {
    d.error(value.at, "nothing lies in this range");
    return {};
  }
  return result;
}

std::optional<range<long>> read_counts(decoder& d, const json_value& value) {
  if (value.object() != nullptr) return read_range<long, read_count>(d, value);
  const auto exactly = read_count(d, value);
  return exactly ? std::optional(range<long>{exactly, exactly}) : std::nullopt;
}

std::optional<std::string> read_fetch_method(decoder& d, const json_value& value) {
  static constexpr word<std::string_view> words[] = {{"GET", "GET"}, {"POST", "POST"}};
  const auto method = read_word(d, value, words);
  return method ? std::optional(std::string(*method)) : std::nullopt;
}

std::optional<responder::certified> read_certified(decoder& d, const json_value& value) {
  using enum responder::certified;
  static constexpr word<responder::certified> words[] = {{"subscriber", subscriber},
                                                         {"ca", authority}};
  return read_word(d, value, words);
}

constexpr key_row<expectation> rows[] = {
    {"verdict", into<&expectation::verdict, read_verdicts>},
    {"alert", into<&expectation::alert, read_alert>},
    {"age", into<&expectation::age, read_range<duration, read_any_duration>>},
    {"expires_in", into<&expectation::expires_in, read_range<duration, read_any_duration>>},
    {"staple", into<&expectation::staple, read_staple_change>},
    {"webpki", into<&expectation::webpki, read_certified>},
    {"reason", into<&expectation::reason, read_told_reason>},
    {"crl_number", into<&expectation::crl_number, read_counts>},
    {"certificate", into<&expectation::certificate, read_certificate>},
    {"endpoint", into<&expectation::endpoint, read_state>},
    {"exit_code", into<&expectation::exit_code, read_exit_code>},
    {"fetches", into<&expectation::fetches, read_counts>},
    {"fetch_spacing", into<&expectation::fetch_spacing, read_range<duration, read_duration>>},
    {"fetch_method", into<&expectation::fetch_method, read_fetch_method>},
    {"warned", into<&expectation::warned, read_bool>},
    {"latency_ms", into<&expectation::latency_ms, read_range<double, read_milliseconds>>},
};
constexpr std::array<std::string_view, 10> probe_fields{
    "verdict", "alert",  "age",        "expires_in",  "staple",
    "webpki",  "reason", "crl_number", "certificate", "latency_ms"};

expectation read_fields(decoder& d, const json_value& value, step_kind kind) {
  expectation result;
  if (!read_object(d, value, "an expectation", rows, result)) return result;
  if (value.object()->empty()) {
    d.error(value.at, "this expects nothing", "say \"any\" if that is meant");
  }
  if (kind == step_kind::other) {
    for (const auto& member : *value.object()) {
      if (std::ranges::find(probe_fields, member.key) == probe_fields.end()) continue;
      d.error(
          member.key_at,
          fmt::format("'{}' can be expected only where a handshake or query is made", member.key));
    }
  }
  const bool may_fail =
      std::ranges::find(result.verdict, probe_verdict::handshake_failed) != result.verdict.end();
  if (result.alert && !result.verdict.empty() && !may_fail) {
    d.error(value.find("alert")->at, "an alert comes only with the verdict 'handshake_failed'");
  }
  return result;
}

expectation read_short(decoder& d, const json_value& value, step_kind kind) {
  if (*value.string() == "any") return {};
  expectation result;
  if (kind == step_kind::probing) {
    if (*value.string() == "up" || *value.string() == "down") {
      d.error(value.at, "this step makes handshakes or queries, so a text names their verdict",
              fmt::format("for the process say {{\"endpoint\": \"{}\"}}", *value.string()));
    } else if (const auto verdict = read_verdict(d, value)) {
      result.verdict = {*verdict};
    }
  } else if (parse_probe_verdict(*value.string()) && *value.string() != "refused") {
    d.error(value.at, "this step makes no handshake whose verdict could be expected",
            "expected 'up', 'down' or 'refused', or an object");
  } else {
    result.endpoint = read_state(d, value);
  }
  return result;
}

// -- for whom ---------------------------------------------------------------------------------

enum class selector_kind { by_class, by_mode, by_must_staple, by_profile };

struct selector {
  selector_kind kind;
  selection picks;
};

constexpr std::string_view otherwise = "otherwise";

std::optional<selector> selector_named(std::string_view key) {
  using stapler::staple_class;
  selection picks;
  for (const auto c : {staple_class::off, staple_class::staple, staple_class::enforce}) {
    if (key != stapler::to_string(c)) continue;
    picks.classes = {c};
    return selector{selector_kind::by_class, picks};
  }
  for (const auto m : stapler::all_modes) {
    if (key != stapler::to_string(m)) continue;
    picks.modes = {m};
    return selector{selector_kind::by_mode, picks};
  }
  for (const auto p : stapler::all_profiles) {
    if (key != stapler::to_string(p)) continue;
    picks.profiles = {std::string(key)};
    return selector{selector_kind::by_profile, picks};
  }
  if (key != "must-staple" && key != "plain") return {};
  picks.must_staple = {key == "must-staple"};
  return selector{selector_kind::by_must_staple, picks};
}

// The word that tells cases apart that was most likely meant; empty when a field is as near.
std::optional<std::string_view> misspelt_selector(std::string_view key) {
  using stapler::staple_class;
  std::vector<std::string_view> words{otherwise, "must-staple", "plain"};
  for (const auto c : {staple_class::off, staple_class::staple, staple_class::enforce})
    words.push_back(stapler::to_string(c));
  for (const auto m : stapler::all_modes)
    words.push_back(stapler::to_string(m));
  for (const auto p : stapler::all_profiles)
    words.push_back(stapler::to_string(p));
  const auto selectors = words.size();
  for (const auto& row : rows)
    words.push_back(row.key);
  const auto nearest = runtime::nearest_word(key, words);
  const auto known = std::span(words).first(selectors);
  return nearest && std::ranges::find(known, *nearest) != known.end() ? nearest : std::nullopt;
}

// The key a fact would have to stand under.
std::string key_for(selector_kind kind, const case_facts& fact) {
  switch (kind) {
    case selector_kind::by_class:
      return std::string(stapler::to_string(fact.class_now));
    case selector_kind::by_mode:
      return std::string(stapler::to_string(fact.mode));
    case selector_kind::by_must_staple:
      return fact.must_staple ? "must-staple" : "plain";
    case selector_kind::by_profile:
      return fact.profile;
  }
  return {};
}

// `staple` is a class beside others, and a field where it says how the staple changed.
bool is_selector_object(const json_object& members) {
  if (members.size() == 1 && members[0].key == "staple") {
    const auto* text = members[0].value.string();
    return text == nullptr || (*text != "same" && *text != "newer" && *text != "other");
  }
  return std::ranges::any_of(members, [](const json_member& member) {
    return member.key == otherwise || (member.key != "staple" && (selector_named(member.key) ||
                                                                  misspelt_selector(member.key)));
  });
}

void narrow(selection& to, const selection& by) {
  if (!by.classes.empty()) to.classes = by.classes;
  if (!by.modes.empty()) to.modes = by.modes;
  if (!by.must_staple.empty()) to.must_staple = by.must_staple;
  if (!by.profiles.empty()) to.profiles = by.profiles;
}

class tree_reader {
 public:
  tree_reader(decoder& d, step_kind kind) : d_(d), kind_(kind) {}

  // Alternatives that come first are tried first, so those under "otherwise" come last.
  void read(const json_value& value, const selection& when, const std::vector<case_facts>& facts) {
    if (value.object() != nullptr && is_selector_object(*value.object())) {
      read_selectors(value, when, facts);
    } else if (value.object() != nullptr) {
      result_.alternatives.push_back({when, read_fields(d_, value, kind_)});
    } else if (value.string() != nullptr) {
      result_.alternatives.push_back({when, read_short(d_, value, kind_)});
    } else if (value.array() != nullptr && kind_ == step_kind::probing) {
      auto& alternative = result_.alternatives.emplace_back();
      alternative.when = when;
      alternative.expect.verdict = read_verdicts(d_, value).value_or(std::vector<probe_verdict>());
    } else {
      d_.expected(value, "an expectation: a text or an object");
    }
  }
  expectation_tree take() { return std::move(result_); }

 private:
  void read_selectors(const json_value& value, const selection& when,
                      std::vector<case_facts> facts) {
    std::optional<selector_kind> kind;
    for (const auto& [key, key_at, chosen] : *value.object()) {
      if (key == otherwise) continue;
      const auto which = selector_named(key);
      if (!which) {
        if (const auto meant = misspelt_selector(key)) {
          d_.error(key_at, fmt::format("unknown key '{}' in an expectation", key),
                   fmt::format("did you mean '{}'?", *meant));
          continue;
        }
        d_.error(key_at, fmt::format("'{}' cannot stand beside keys that say for whom", key),
                 "put the fields into an object for each of them");
        continue;
      }
      if (kind && *kind != which->kind) {
        d_.error(key_at, fmt::format("'{}' is another kind of key than those before", key),
                 "classes, modes, kinds of certificate and profiles go into one another");
        continue;
      }
      if (!kind && std::ranges::find(open_, which->kind) != open_.end()) {
        d_.error(key_at, "the cases are told apart by this already");
        return;
      }
      kind = which->kind;
      take_selector(chosen, *which, when, facts);
    }
    const json_value* rest = value.find(otherwise);
    if (rest != nullptr) {
      read(*rest, when, facts);
    } else if (!facts.empty() && kind) {
      const auto missing = key_for(*kind, facts.front());
      d_.error(value.at, fmt::format("nothing is said for '{}'", missing),
               fmt::format("add '{}', or say \"otherwise\": \"any\"", missing));
    }
  }

  void take_selector(const json_value& chosen, const selector& which, const selection& when,
                     std::vector<case_facts>& facts) {
    selection narrower = when;
    narrow(narrower, which.picks);
    std::vector<case_facts> fitting;
    std::vector<case_facts> others;
    for (auto& fact : facts)
      (selects(which.picks, fact) ? fitting : others).push_back(fact);
    facts = std::move(others);
    open_.push_back(which.kind);
    read(chosen, narrower, fitting);
    open_.pop_back();
  }

  decoder& d_;
  step_kind kind_;
  expectation_tree result_;
  std::vector<selector_kind> open_;  // kinds that enclose what is being read
};

// -- only -------------------------------------------------------------------------------------

std::optional<stapler::staple_class> read_class(decoder& d, const json_value& value) {
  using enum stapler::staple_class;
  static constexpr word<stapler::staple_class> words[] = {
      {"off", off}, {"staple", staple}, {"enforce", enforce}};
  return read_word(d, value, words);
}

// An empty list would mean every case, and surely is not what was meant.
template <auto Read>
auto some_of(decoder& d, const json_value& value) {
  if (value.array() != nullptr && value.array()->empty()) {
    d.error(value.at, "expected at least one value");
  }
  return one_or_list_of<Read>(d, value);
}

constexpr key_row<selection> selection_rows[] = {
    {"class", into<&selection::classes, some_of<read_class>>},
    {"mode", into<&selection::modes, some_of<read_mode>>},
    {"must_staple", into<&selection::must_staple, some_of<read_bool>>},
    {"profile", into<&selection::profiles, some_of<read_profile>>},
};

}  // namespace

std::optional<selection> read_selection(decoder& d, const json_value& value) {
  selection result;
  if (!read_object(d, value, "'only'", selection_rows, result)) return {};
  if (value.object()->empty()) d.error(value.at, "this leaves nothing out", "remove 'only'");
  return result;
}

expectation_tree read_expectation(decoder& d, const json_value& value, step_kind kind,
                                  const std::vector<case_facts>& facts) {
  tree_reader reader(d, kind);
  reader.read(value, {}, facts);
  return reader.take();
}

}  // namespace staplelab::scenarios
