#include <fmt/format.h>

#include <array>
#include <set>

#include "responder/crl_publisher.hpp"
#include "scenarios/parse.hpp"
#include "scenarios/parse_sections.hpp"
#include "scenarios/parse_values.hpp"

namespace staplelab::scenarios {

namespace {

using std::chrono::days;
using std::chrono::hours;

constexpr duration root_lifetime = days(7300);
constexpr duration issuing_lifetime = days(3650);
constexpr duration certificate_lifetime = days(90);
constexpr duration signer_lifetime = days(30);
constexpr duration certificate_backdate = hours(1);
constexpr duration response_validity = days(7);

constexpr std::string_view default_issuer = "issuing";

constexpr key_row<authority_spec> authority_rows[] = {
    {"issuer", elsewhere<authority_spec>},
    {"key", into<&authority_spec::key, read_key_type>},
    {"valid", into<&authority_spec::valid, read_positive_duration>},
};

constexpr key_row<signer_spec> signer_rows[] = {
    {"issuer", into<&signer_spec::issuer, read_authority>},
    {"key", into<&signer_spec::key, read_key_type>},
    {"valid", into<&signer_spec::valid, read_positive_duration>},
    {"ocsp_signing", into<&signer_spec::ocsp_signing, read_bool>},
    {"nocheck", into<&signer_spec::nocheck, read_bool>},
    {"renewed", into<&signer_spec::renewed, read_bool>},
};

std::optional<must_staple_choice> read_must_staple(decoder& d, const json_value& value) {
  if (const bool* flag = value.boolean()) {
    return *flag ? must_staple_choice::yes : must_staple_choice::no;
  }
  if (value.string() != nullptr && *value.string() == "matrix") {
    return must_staple_choice::as_matrix;
  }
  d.expected(value, "true, false or 'matrix'");
  return {};
}

std::optional<std::vector<std::string>> read_host_names(decoder& d, const json_value& value) {
  auto names = one_or_list_of<read_host_name>(d, value);
  if (names && value.array() != nullptr && value.array()->empty()) {
    d.error(value.at, "a certificate needs at least one name");
  }
  return names;
}

std::optional<std::vector<responder_address>> read_addresses(decoder& d, const json_value& value) {
  return one_or_list_of<read_address>(d, value);
}

constexpr key_row<certificate_spec> certificate_rows[] = {
    {"name", elsewhere<certificate_spec>},
    {"count", elsewhere<certificate_spec>},
    {"issuer", into<&certificate_spec::issuer, read_authority>},
    {"key", into<&certificate_spec::key, read_key_type>},
    {"names", into<&certificate_spec::names, read_host_names>},
    {"valid", into<&certificate_spec::valid, read_positive_duration>},
    {"backdate", into<&certificate_spec::backdate, read_duration>},
    {"must_staple", into<&certificate_spec::must_staple, read_must_staple>},
    {"responders", into<&certificate_spec::responders, read_addresses>},
};

certificate_spec default_certificate(const std::string& name) {
  return {.name = name,
          .issuer = std::string(default_issuer),
          .names = {name + ".example"},
          .valid = certificate_lifetime,
          .backdate = certificate_backdate,
          .responders = {{responder_address::base::responder, "/"}}};
}

// Names of authorities, signers and certificates share one space: the CA keeps them together.
bool is_free_name(decoder& d, const json_member& member) {
  if (!check_new_name(d, member.key, member.key_at)) return false;
  if (d.names.must_staple.contains(member.key)) {
    d.error(member.key_at, fmt::format("the name '{}' is taken", member.key));
    return false;
  }
  std::size_t count = 0;
  for (const auto* names : {&d.names.authorities, &d.names.signers, &d.names.certificates}) {
    count += names->size();
    if (std::ranges::find(*names, member.key) == names->end()) continue;
    d.error(member.key_at, fmt::format("the name '{}' is taken", member.key));
    return false;
  }
  if (count < max_names) return true;
  if (!d.names.incomplete) {
    d.error(member.key_at,
            fmt::format("more than {} authorities, signers and certificates", max_names));
  }
  return false;
}

bool declare_name(decoder& d, const json_member& member, std::vector<std::string>& among) {
  if (is_free_name(d, member)) {
    among.push_back(member.key);
    return true;
  }
  d.names.incomplete = true;
  return false;
}

void require_default_issuer(decoder& d, const json_member& member) {
  const auto& known = d.names.authorities;
  if (!d.names.incomplete && std::ranges::find(known, default_issuer) == known.end()) {
    d.error(member.key_at, fmt::format("'{}' needs an 'issuer', since there is no authority '{}'",
                                       member.key, default_issuer));
  }
}

// Issuers before what they issue; what is left over goes in circles.
void order_by_issuer(decoder& d, const json_object& members, std::vector<authority_spec>& specs) {
  std::vector<authority_spec> ordered;
  std::set<std::string, std::less<>> placed{""};
  while (ordered.size() < specs.size()) {
    const auto before = ordered.size();
    for (const auto& spec : specs) {
      if (placed.contains(spec.name) || !placed.contains(spec.issuer)) continue;
      placed.insert(spec.name);
      ordered.push_back(spec);
    }
    if (ordered.size() > before) continue;
    const auto stuck = std::ranges::find_if(
        specs, [&](const authority_spec& spec) { return !placed.contains(spec.name); });
    const auto member = std::ranges::find(members, stuck->name, &json_member::key);
    d.error(member->key_at,
            fmt::format("the authority '{}' issues itself in a circle", stuck->name));
    return;
  }
  specs = std::move(ordered);
}

void read_authorities(decoder& d, const json_value& value, std::vector<authority_spec>& specs) {
  const json_object* members = value.object();
  d.names.incomplete = d.names.incomplete || members == nullptr || members->empty();
  if (members == nullptr) return d.expected(value, "an object of authorities");
  if (members->empty()) return d.error(value.at, "at least one authority is needed");
  for (const auto& member : *members) {
    if (!declare_name(d, member, d.names.authorities)) return;
  }
  bool issuers_known = true;
  for (const auto& member : *members) {
    authority_spec spec{.name = member.key, .issuer = {}, .valid = root_lifetime};
    if (const json_value* issuer = member.value.find("issuer")) {
      const auto read = read_authority(d, *issuer);
      issuers_known = issuers_known && read.has_value();
      spec.issuer = read.value_or("");
      spec.valid = issuing_lifetime;
    }
    read_object(d, member.value, "an authority", authority_rows, spec);
    specs.push_back(std::move(spec));
  }
  if (issuers_known) order_by_issuer(d, *members, specs);
}

void read_signers(decoder& d, const json_value& value, std::vector<signer_spec>& specs) {
  const json_object* members = value.object();
  d.names.incomplete = d.names.incomplete || members == nullptr;
  if (members == nullptr) return d.expected(value, "an object of signers");
  for (const auto& member : *members) {
    if (!declare_name(d, member, d.names.signers)) continue;
    signer_spec spec{
        .name = member.key, .issuer = std::string(default_issuer), .valid = signer_lifetime};
    if (member.value.find("issuer") == nullptr) require_default_issuer(d, member);
    if (read_object(d, member.value, "a signer", signer_rows, spec)) {
      specs.push_back(std::move(spec));
    }
  }
}

void read_certificates(decoder& d, const json_value& value, std::vector<certificate_spec>& specs) {
  const json_object* members = value.object();
  d.names.incomplete = d.names.incomplete || members == nullptr || members->empty();
  if (members == nullptr) return d.expected(value, "an object of certificates");
  if (members->empty()) return d.error(value.at, "at least one certificate is needed");
  for (const auto& member : *members) {
    if (!declare_name(d, member, d.names.certificates)) continue;
    certificate_spec spec = default_certificate(member.key);
    if (const json_value* name = member.value.find("name")) {
      d.error(name->at, "a certificate is named by its key");
    }
    if (const json_value* count = member.value.find("count")) {
      d.error(count->at, "many certificates are issued by a step", "{\"issue\": {\"count\": ...}}");
    }
    if (member.value.find("issuer") == nullptr) require_default_issuer(d, member);
    read_object(d, member.value, "a certificate", certificate_rows, spec);
    d.names.must_staple.emplace(spec.name, spec.must_staple);
    specs.push_back(std::move(spec));
  }
}

constexpr key_row<scenario> pki_rows[] = {
    {"authorities", elsewhere<scenario>},
    {"certificates", elsewhere<scenario>},
    {"signers", elsewhere<scenario>},
};

constexpr key_row<responder_spec> responder_rows[] = {
    {"validity", into<&responder_spec::validity, read_positive_duration>},
    {"backdate", into<&responder_spec::backdate, read_duration>},
    {"produce_every", into<&responder_spec::produce_every, read_interval>},
    {"publication_lag", into<&responder_spec::publication_lag, read_duration>},
    {"produce_on_change", into<&responder_spec::produce_on_change, read_bool>},
    {"crl_every", into<&responder_spec::crl_every, read_interval>},
    {"crl_validity", into<&responder_spec::crl_validity, read_positive_duration>},
    {"cache", into<&responder_spec::cache, read_positive_duration>},
    {"signer", into<&responder_spec::signer, read_response_signer>},
    {"up", into<&responder_spec::up, read_bool>},
    {"profile", into<&responder_spec::profile, read_response_profile>},
    {"non_issued", into<&responder_spec::non_issued, read_non_issued>},
    {"responder_id", into<&responder_spec::responder_id, read_responder_id>},
};

std::optional<std::vector<std::string>> read_presented(decoder& d, const json_value& value) {
  auto names = one_or_list_of<read_certificate>(d, value);
  if (value.array() != nullptr && value.array()->empty()) {
    d.error(value.at, "an endpoint needs at least one certificate");
    return {};
  }
  return names;
}

constexpr key_row<endpoint_spec> endpoint_rows[] = {
    {"certificates", into<&endpoint_spec::certificates, read_presented>},
    {"url", into<&endpoint_spec::url, read_address>},
    {"store", into<&endpoint_spec::store, read_bool>},
    {"issuer", into<&endpoint_spec::issuer, read_bool>},
};

template <auto Read>
auto distinct(decoder& d, const json_value& value) {
  auto read = one_or_list_of<Read>(d, value);
  if (!read) return read;
  if (value.array() != nullptr && value.array()->empty()) {
    d.error(value.at, "expected at least one value");
    read.reset();
    return read;
  }
  for (std::size_t i = 0; i < read->size(); ++i) {
    for (std::size_t j = 0; j < i; ++j) {
      if ((*read)[i] != (*read)[j]) continue;
      d.error(value.at, "a value is given twice");
      return read;
    }
  }
  return read;
}

constexpr key_row<matrix> matrix_rows[] = {
    {"mode", into<&matrix::modes, distinct<read_mode>>},
    {"must_staple", into<&matrix::must_staple, distinct<read_bool>>},
    {"profile", into<&matrix::profiles, distinct<read_profile>>},
};

}  // namespace

void read_matrix(decoder& d, const json_value* value, matrix& result) {
  result = {.modes = {stapler::all_modes.begin(), stapler::all_modes.end()},
            .must_staple = {true, false},
            .profiles = {}};
  if (value != nullptr) read_object(d, *value, "the matrix", matrix_rows, result);
}

void read_pki(decoder& d, const json_value* value, scenario& result) {
  const auto section = [&](std::string_view key) {
    return value == nullptr ? nullptr : value->find(key);
  };
  if (value != nullptr) read_object(d, *value, "the PKI", pki_rows, result);
  if (const json_value* authorities = section("authorities")) {
    read_authorities(d, *authorities, result.authorities);
  } else {
    result.authorities = {{.name = "root", .issuer = {}, .valid = root_lifetime},
                          {.name = "issuing", .issuer = "root", .valid = issuing_lifetime}};
    d.names.authorities = {"root", "issuing"};
  }
  for (const auto& authority : result.authorities) {
    if (!authority.issuer.empty()) d.names.intermediates.push_back(authority.name);
  }
  if (const json_value* signers = section("signers")) read_signers(d, *signers, result.signers);
  if (const json_value* certificates = section("certificates")) {
    read_certificates(d, *certificates, result.certificates);
  } else {
    result.certificates = {default_certificate("server")};
    d.names.certificates = {"server"};
    d.names.must_staple.emplace("server", must_staple_choice::as_matrix);
  }
}

void read_responder(decoder& d, const json_value* value, const json_place& at,
                    responder_spec& result) {
  result = {.validity = response_validity, .backdate = duration(0), .signer = "issuing"};
  if (value != nullptr) {
    read_object(d, *value, "the responder", responder_rows, result);
    if (const auto flaw = responder::flaw_of(policy_of(result))) d.error(value->at, *flaw);
    const responder::crl_schedule crls{.every = result.crl_every, .validity = result.crl_validity};
    if (const auto flaw = responder::flaw_of(crls)) d.error(value->at, *flaw);
  }
  for (const std::string_view key : {"publication_lag", "produce_on_change"}) {
    const json_value* given = value == nullptr ? nullptr : value->find(key);
    if (given != nullptr && value->find("produce_every") == nullptr) {
      d.error(given->at, fmt::format("'{}' needs 'produce_every'", key));
    }
  }
  const bool signer_given = value != nullptr && value->find("signer") != nullptr;
  const auto& known = d.names.authorities;
  if (!signer_given && !d.names.incomplete &&
      std::ranges::find(known, result.signer) == known.end()) {
    d.error(value == nullptr ? at : value->at,
            "the responder needs a 'signer', since there is no authority 'issuing'");
  }
}

void read_endpoint(decoder& d, const json_value* value, const json_place& at,
                   endpoint_spec& result) {
  result = {.certificates = {"server"}, .url = {}};
  if (value != nullptr) read_object(d, *value, "the endpoint", endpoint_rows, result);
  const bool given = value != nullptr && value->find("certificates") != nullptr;
  if (!given && !d.names.incomplete && !d.names.must_staple.contains("server")) {
    d.error(value == nullptr ? at : value->at,
            "the endpoint needs 'certificates', since there is no certificate 'server'");
  }
  d.default_certificate = result.certificates.empty() ? "" : result.certificates.front();
}

bool read_certificate_keys(decoder& d, const json_value& value, certificate_spec& result) {
  const json_object* members = value.object();
  const json_value* name = value.find("name");
  if (members == nullptr || name == nullptr || name->string() == nullptr) {
    d.expected(value, "an object with the 'name' of a new certificate");
    return false;
  }
  const auto& key = *name->string();
  json_member as_member{key, name->at, value};
  if (!declare_name(d, as_member, d.names.certificates)) return false;
  result = default_certificate(key);
  if (value.find("issuer") == nullptr) require_default_issuer(d, as_member);
  read_object(d, value, "a certificate", certificate_rows, result);
  d.names.must_staple.emplace(key, result.must_staple);
  return true;
}

}  // namespace staplelab::scenarios
