#include "cli/options.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "cli/failure.hpp"
#include "runtime/clock.hpp"
#include "runtime/did_you_mean.hpp"
#include "runtime/duration_text.hpp"
#include "runtime/listener.hpp"

namespace staplelab::cli {

void refuse_value(std::string_view option, std::string_view text, const std::string& hint) {
  throw failure(exit_code::usage, fmt::format("{}: not understood: '{}'", option, text), hint);
}

void refuse_choice(std::string_view option, std::string_view text,
                   std::span<const std::string_view> known) {
  const auto near = runtime::nearest_word(text, known);
  const std::string all = fmt::format("one of {}", fmt::join(known, ", "));
  throw failure(exit_code::usage, fmt::format("{}: no such value: '{}'", option, text),
                near ? fmt::format("did you mean {}? {}", *near, all) : all);
}

std::vector<std::string> split_list(const std::vector<std::string>& values) {
  std::vector<std::string> parts;
  for (const std::string& value : values) {
    std::size_t begin = 0;
    while (begin <= value.size()) {
      const std::size_t end = std::min(value.find(',', begin), value.size());
      if (end > begin) parts.push_back(value.substr(begin, end - begin));
      begin = end + 1;
    }
  }
  return parts;
}

pki::time_point time_option(std::string_view option, const std::string& text) {
  if (text.empty()) return wall_clock_now();
  const auto t = pki::parse_rfc3339(text);
  if (!t) refuse_value(option, text, "a time looks like 2026-03-01T12:00:00Z (RFC 3339)");
  return *t;
}

pki::duration duration_option(std::string_view option, std::string_view text) {
  const auto span = runtime::parse_duration(text);
  if (!span || *span < pki::duration::zero()) {
    refuse_value(option, text, "a duration looks like 7d, 36h, 90m, 10s or 1500ms");
  }
  return *span;
}

pki::key_type key_type_option(std::string_view option, std::string_view text) {
  std::vector<std::string_view> known;
  for (const pki::key_type type : pki::all_key_types)
    known.push_back(pki::to_string(type));
  return choice(option, text, pki::parse_key_type, known);
}

pki::crl_reason reason_option(std::string_view option, std::string_view text) {
  using enum pki::crl_reason;
  std::vector<std::string_view> known;
  for (const auto reason :
       {unspecified, key_compromise, ca_compromise, affiliation_changed, superseded,
        cessation_of_operation, certificate_hold, privilege_withdrawn, aa_compromise}) {
    known.push_back(pki::to_string(reason));
  }
  const auto parse = [&](std::string_view name) -> std::optional<pki::crl_reason> {
    const auto reason = pki::parse_crl_reason(name);
    return reason == remove_from_crl ? std::nullopt : reason;
  };
  return choice(option, text, parse, known);
}

runtime::tcp::endpoint listen_option(std::string_view option, std::string_view text) {
  std::string address(text);
  if (address.starts_with(":")) address.insert(0, "127.0.0.1");
  if (address.starts_with("localhost:")) address.replace(0, 9, "127.0.0.1");
  const auto endpoint = runtime::parse_endpoint(address);
  if (!endpoint) {
    refuse_value(option, text, "an address looks like 127.0.0.1:8888 or [::1]:0 (0: a free port)");
  }
  return *endpoint;
}

pki::time_point wall_clock_now() {
  return runtime::system_clock().now();
}

}  // namespace staplelab::cli
