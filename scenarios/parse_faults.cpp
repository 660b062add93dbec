#include <fmt/format.h>

#include <limits>

#include "responder/fault.hpp"
#include "runtime/did_you_mean.hpp"
#include "scenarios/parse_sections.hpp"
#include "scenarios/parse_values.hpp"

namespace staplelab::scenarios {

namespace {

using responder::fault_parameters;

// A fault as it is written: what it is, and when it takes effect.
struct written_fault {
  std::optional<std::string> kind;
  std::optional<std::string> name;
  fault_parameters parameters;
  fault_step step;
};

std::optional<unsigned> read_count(decoder& d, const json_value& value) {
  const auto count = read_integer_between(d, value, 1, 1'000'000);
  if (!count) return {};
  return static_cast<unsigned>(*count);
}

std::optional<double> read_probability(decoder& d, const json_value& value) {
  const auto number = read_number(d, value);
  if (!number || (*number > 0 && *number <= 1)) return number;
  d.expected(value, "a probability above 0, and 1 at most");
  return {};
}

std::optional<std::string> read_method(decoder& d, const json_value& value) {
  static constexpr word<std::string_view> words[] = {{"GET", "GET"}, {"POST", "POST"}};
  const auto method = read_word(d, value, words);
  if (!method) return {};
  return std::string(*method);
}

std::optional<std::string> read_path(decoder& d, const json_value& value) {
  const auto path = read_text(d, value);
  if (!path || path->starts_with('/')) return path;
  d.expected(value, "a path that begins with '/'");
  return {};
}

std::optional<std::string> read_kind(decoder& d, const json_value& value) {
  const auto known = responder::fault_names();
  const std::string* name = value.string();
  if (name != nullptr && std::ranges::find(known, *name) != known.end()) return *name;
  d.expected(value, "the name of a fault",
             name == nullptr ? "" : runtime::did_you_mean(*name, known));
  return {};
}

template <auto Member, auto Read>
void into_parameters(decoder& d, const json_value& value, written_fault& fault) {
  into<Member, Read>(d, value, fault.parameters);
}
template <auto Member, auto Read>
void into_step(decoder& d, const json_value& value, written_fault& fault) {
  into<Member, Read>(d, value, fault.step);
}

constexpr key_row<written_fault> rows[] = {
    {"kind", into<&written_fault::kind, read_kind>, presence::required},
    {"name", into<&written_fault::name, read_text>},
    {"count", into_step<&fault_step::count, read_count>},
    {"probability", into_step<&fault_step::probability, read_probability>},
    {"from", into_step<&fault_step::from, read_duration>},
    {"for", into_step<&fault_step::lasts, read_positive_duration>},
    {"certificate", into_step<&fault_step::certificate, read_certificate>},
    {"method", into_step<&fault_step::method, read_method>},
    {"path", into_step<&fault_step::path, read_path>},
    {"code", into_parameters<&fault_parameters::code, read_integer>},
    {"by", into_parameters<&fault_parameters::by, read_duration>},
    {"octets", into_parameters<&fault_parameters::octets, read_integer>},
    {"every", into_parameters<&fault_parameters::every, read_positive_duration>},
    {"content_type", into_parameters<&fault_parameters::content_type, read_text>},
    {"at", into_parameters<&fault_parameters::at, read_time>},
    {"reason", into_parameters<&fault_parameters::reason, read_crl_reason>},
};

// A closed port sees no request that it could count or match.
bool fits_refusal(decoder& d, const json_value& value, const responder::fault& what) {
  const auto* transport = std::get_if<responder::transport_fault>(&what);
  if (transport == nullptr || !std::holds_alternative<responder::refuse_connections>(*transport)) {
    return true;
  }
  for (const auto key : {"count", "probability", "certificate", "method", "path"}) {
    const json_value* given = value.find(key);
    if (given == nullptr) continue;
    d.error(given->at, fmt::format("'{}' has no meaning with refuse_connections", key),
            "it takes 'from' and 'for' only");
    return false;
  }
  return true;
}

}  // namespace

std::optional<fault_step> read_fault(decoder& d, const json_value& value) {
  written_fault written;
  const auto errors_before = d.error_count();
  if (value.object() != nullptr) {
    read_object(d, value, "a fault", rows, written);
  } else {
    written.kind = read_kind(d, value);
  }
  // Known even if something is wrong with it, so that clearing it is not called wrong, too.
  if (written.kind) d.names.faults.push_back(*written.kind);
  if (written.name) d.names.faults.push_back(*written.name);
  if (d.error_count() > errors_before || !written.kind) return {};

  const auto made = responder::make_fault(*written.kind, written.parameters);
  if (!made) {
    const json_value* culprit = value.find(made.error().key);
    const auto& [key, what] = made.error();
    d.error(culprit == nullptr ? value.at : culprit->at,
            key.empty() ? what : fmt::format("'{}' {}", key, what));
    return {};
  }
  if (!fits_refusal(d, value, *made)) return {};
  fault_step step = std::move(written.step);
  step.what = *made;
  step.name = written.name.value_or(*written.kind);
  return step;
}

}  // namespace staplelab::scenarios
