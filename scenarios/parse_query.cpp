// What a query asks, and what can be expected of the two things it can ask about.
#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "scenarios/parse_sections.hpp"
#include "scenarios/parse_values.hpp"

namespace staplelab::scenarios {

namespace {

std::optional<bool> read_is_post(decoder& d, const json_value& value) {
  static constexpr word<bool> words[] = {{"GET", false}, {"POST", true}};
  return read_word(d, value, words);
}

std::optional<bool> read_is_crl(decoder& d, const json_value& value) {
  static constexpr word<bool> words[] = {{"ocsp", false}, {"crl", true}};
  return read_word(d, value, words);
}

constexpr key_row<query_step> query_rows[] = {
    {"certificate", into<&query_step::certificate, read_revocable>},
    {"source", into<&query_step::of_crl, read_is_crl>},
    {"method", into<&query_step::post, read_is_post>},
    {"nonce", into<&query_step::nonce, read_bool>},
    {"hash", into<&query_step::hash, read_hash>},
    {"path", into<&query_step::path, read_text>},
};
constexpr std::array<std::string_view, 4> of_ocsp_alone{"method", "nonce", "hash", "path"};

// The query that the step makes; null: handshakes.
const query_step* query_of(const action& what) {
  if (const auto* query = std::get_if<query_step>(&what)) return query;
  const auto* eventually = std::get_if<eventually_step>(&what);
  if (eventually != nullptr && eventually->query) return &*eventually->query;
  const auto* always = std::get_if<always_step>(&what);
  return always != nullptr && always->query ? &*always->query : nullptr;
}

}  // namespace

std::optional<query_step> read_query(decoder& d, const json_value& value) {
  query_step step{.certificate = d.default_certificate, .path = {}};
  if (value.object() == nullptr) {
    auto certificate = read_revocable(d, value);
    if (!certificate) return {};
    step.certificate = *std::move(certificate);
    return step;
  }
  const auto errors_before = d.error_count();
  read_object(d, value, "a query", query_rows, step);
  for (const std::string_view key : of_ocsp_alone) {
    const json_value* given = value.find(key);
    if (!step.of_crl || given == nullptr) continue;
    d.error(given->at,
            fmt::format("'{}' is of OCSP; a CRL is fetched by GET, from its one address", key));
  }
  return d.error_count() == errors_before ? std::optional(std::move(step)) : std::nullopt;
}

std::optional<told_reason> read_told_reason(decoder& d, const json_value& value) {
  using enum pki::crl_reason;
  std::vector<std::string_view> known{"none"};
  for (const auto reason :
       {unspecified, key_compromise, ca_compromise, affiliation_changed, superseded,
        cessation_of_operation, certificate_hold, privilege_withdrawn, aa_compromise}) {
    known.push_back(pki::to_string(reason));
  }
  const auto* text = value.string();
  if (text == nullptr || std::ranges::find(known, *text) == known.end()) {
    not_one_of(d, value, known);
    return {};
  }
  return told_reason{pki::parse_crl_reason(*text)};
}

void check_expected_of_query(decoder& d, const json_value& expect, const step& of) {
  const query_step* query = query_of(of.what);
  const bool of_crl = query != nullptr && query->of_crl;
  for (const auto& [when, expected] : of.expect.alternatives) {
    if (!of_crl && expected.crl_number) {
      d.error(expect.at, "'crl_number' can be expected only of a query with \"source\": \"crl\"");
      return;
    }
    if (of_crl && (expected.staple || expected.webpki)) {
      d.error(expect.at,
              fmt::format("'{}' says nothing of a CRL", expected.staple ? "staple" : "webpki"));
      return;
    }
  }
}

}  // namespace staplelab::scenarios
