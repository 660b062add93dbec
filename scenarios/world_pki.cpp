#include "scenarios/world_pki.hpp"

#include <algorithm>
#include <set>
#include <utility>

#include "pki/errors.hpp"
#include "pki/ocsp_message.hpp"
#include "responder/renewal.hpp"

namespace staplelab::scenarios {

namespace {

// Authorities and signers are older than anything a scenario backdates.
constexpr duration authority_age = std::chrono::days(365);
constexpr duration signer_age = std::chrono::hours(1);

pki::mini_ca::serial_source seeded_serials(std::uint64_t seed) {
  return [engine = std::mt19937_64(seed)]() mutable {
    std::uint64_t words[2] = {engine(), engine()};
    pki::bytes magnitude;
    for (const auto word : words) {
      for (int shift = 56; shift >= 0; shift -= 8) {
        magnitude.push_back(static_cast<std::uint8_t>(word >> shift));
      }
    }
    magnitude.front() &= 0x7f;  // 16 octets in DER (RFC 5280 4.1.2.2: at most 20)
    return pki::serial_number::from_magnitude(magnitude);
  };
}

const query_step* query_of(const step& of) {
  if (const auto* once = std::get_if<query_step>(&of.what)) return once;
  if (const auto* until = std::get_if<eventually_step>(&of.what)) {
    return until->query ? &*until->query : nullptr;
  }
  const auto* through = std::get_if<always_step>(&of.what);
  return through && through->query ? &*through->query : nullptr;
}

// The authorities that issue what is asked about, each once.
std::vector<std::string> issuing_authorities(const scenario& of) {
  std::vector<std::string> names;
  const auto add = [&names](const std::string& issuer) {
    if (issuer.empty() || std::ranges::find(names, issuer) != names.end()) return;
    names.push_back(issuer);
  };
  const auto add_issuer_of_authority = [&](const std::string& name) {
    const auto found = std::ranges::find(of.authorities, name, &authority_spec::name);
    if (found != of.authorities.end()) add(found->issuer);
  };
  for (const auto& certificate : of.certificates)
    add(certificate.issuer);
  for (const auto& step : of.steps) {
    if (const auto* issue = std::get_if<issue_step>(&step.what)) add(issue->what.issuer);
    if (const auto* query = query_of(step)) add_issuer_of_authority(query->certificate);
  }
  return names;
}

std::vector<std::string> responder_paths_of(const scenario& of) {
  std::set<std::string> paths;
  const auto add = [&paths](const responder_address& address) {
    if (address.on != responder_address::base::responder) return;
    const auto last = address.rest.find_last_not_of('/');
    paths.insert(address.rest.substr(0, last == std::string::npos ? 0 : last + 1));
  };
  const auto add_all = [&add](const certificate_spec& what) {
    for (const auto& address : what.responders)
      add(address);
  };
  for (const auto& certificate : of.certificates)
    add_all(certificate);
  if (of.endpoint.url) add(*of.endpoint.url);
  for (const auto& step : of.steps) {
    if (const auto* issue = std::get_if<issue_step>(&step.what)) add_all(issue->what);
    const auto* reload = std::get_if<reload_step>(&step.what);
    if (reload && reload->url) add(*reload->url);
    if (const auto* query = query_of(step)) {
      add({responder_address::base::responder, query->path});
    }
  }
  paths.erase("");
  std::vector<std::string> all{""};
  all.insert(all.end(), paths.begin(), paths.end());
  return all;
}

std::string origin(std::uint16_t port) {
  return "http://127.0.0.1:" + std::to_string(port);
}

}  // namespace

std::string world_addresses::url_of(const responder_address& address) const {
  switch (address.on) {
    case responder_address::base::responder:
      return origin(responder) + address.rest;
    case responder_address::base::nowhere:
      return origin(nowhere) + address.rest;
    case responder_address::base::literal:
      break;
  }
  return address.rest;
}

std::string world_addresses::as_written(const std::string& url) const {
  const auto rewritten = [&url](std::uint16_t port,
                                std::string name) -> std::optional<std::string> {
    const auto start = origin(port);
    if (!url.starts_with(start)) return {};
    return std::move(name) + url.substr(start.size());
  };
  if (auto ours = rewritten(responder, "${responder}")) return *ours;
  if (auto ours = rewritten(nowhere, "${nowhere}")) return *ours;
  return url;
}

world_pki::world_pki(const scenario_case& what, const world_addresses& addresses,
                     std::uint64_t seed)
    : of_(*what.of),
      must_staple_(what.must_staple),
      addresses_(addresses),
      ca_(pki::mini_ca::in_memory(seeded_serials(seed))),
      answering_(issuing_authorities(of_)) {
  for (const auto& authority : of_.authorities)
    add_authority(authority);
  for (const auto& certificate : of_.certificates)
    issue(certificate, of_.start);
  for (const auto& signer : of_.signers)
    add_signer(signer);
}

void world_pki::add_authority(const authority_spec& what) {
  pki::authority_description description;
  description.name = what.name;
  description.issuer = what.issuer;
  description.type = what.key;
  description.not_before = of_.start - authority_age;
  description.not_after = of_.start + what.valid;
  const auto made = ca_.add_authority(description);
  std::vector<pki::certificate> chain{made};
  if (what.issuer.empty()) {
    roots_.push_back(made);
  } else {
    const auto& above = authority(what.issuer).chain;
    chain.insert(chain.end(), above.begin(), above.end());
  }
  names_.emplace(made.serial(), what.name);
  authorities_.emplace(what.name, standing_authority{ca_.authority(what.name), std::move(chain)});
}

void world_pki::issue(const certificate_spec& what, time_point now) {
  pki::issue_description description;
  description.name = what.name;
  description.issuer = what.issuer;
  description.type = what.key;
  description.subject_alt_names = what.names;
  description.not_before = now - what.backdate;
  description.not_after = description.not_before + what.valid;
  for (const auto& address : what.responders) {
    description.ocsp_urls.push_back(addresses_.url_of(address));
  }
  description.must_staple = is_must_staple(what.must_staple, must_staple_);
  auto made = ca_.issue(description, now);
  names_.emplace(made.cert.serial(), what.name);
  issued_.emplace(what.name, issued{what.issuer, std::move(made)});
}

void world_pki::issue_batch(const certificate_spec& what, unsigned count, time_point now) {
  certificate_spec one = what;
  for (unsigned i = 1; i <= count; ++i) {
    one.name = member_name(what.name, i);
    issue(one, now);
  }
  batches_.emplace(what.name, batch{count});
}

unsigned world_pki::revoke_batch(std::string_view name, std::optional<unsigned> count,
                                 const pki::revocation& how, time_point now) {
  auto& whole = batches_.find(name)->second;
  const unsigned left = whole.issued - whole.revoked;
  const unsigned wanted = std::min(count.value_or(left), left);
  for (unsigned i = 0; i < wanted; ++i)
    ca_.revoke(member_name(name, ++whole.revoked), how, now);
  return wanted;
}

void world_pki::add_signer(const signer_spec& what) {
  auto made = issue_signer(what, what.name, of_.start - signer_age, of_.start);
  issued_.emplace(what.name, issued{what.issuer, std::move(made)});
}

pki::credential world_pki::issue_signer(const signer_spec& what, const std::string& name,
                                        time_point not_before, time_point now) {
  pki::issue_description description;
  description.name = name;
  description.issuer = what.issuer;
  description.role = pki::certificate_role::ocsp_signer;
  description.type = what.key;
  description.not_before = not_before;
  description.not_after = now + what.valid;
  description.ocsp_signing_eku = what.ocsp_signing;
  description.ocsp_nocheck = what.nocheck;
  return ca_.issue(description, now);
}

void world_pki::renew_signer(std::string_view name, time_point now) {
  const auto what = std::ranges::find(of_.signers, name, &signer_spec::name);
  auto& standing = issued_.find(name)->second;
  // '~' stands in no name of a scenario.
  const auto next = what->name + "~" + std::to_string(++renewals_);
  standing.identity = issue_signer(*what, next, now, now);
}

std::optional<time_point> world_pki::signer_renewal(std::string_view name) const {
  const auto what = std::ranges::find(of_.signers, name, &signer_spec::name);
  if (what == of_.signers.end() || !what->renewed) return std::nullopt;
  return responder::renewal_time(find(name).identity.cert);
}

pki::certificate world_pki::leaf(std::string_view name) const {
  const auto above = authorities_.find(name);
  return above != authorities_.end() ? above->second.chain.front() : find(name).identity.cert;
}

pki::certificate world_pki::issuer(std::string_view name) const {
  const auto above = authorities_.find(name);
  if (above != authorities_.end()) return above->second.chain.at(1);
  return authority(find(name).issuer).chain.front();
}

std::string world_pki::issuer_name(std::string_view name) const {
  const auto above = std::ranges::find(of_.authorities, name, &authority_spec::name);
  return above != of_.authorities.end() ? above->issuer : find(name).issuer;
}

std::string world_pki::name_of(const pki::serial_number& serial) const {
  const auto found = names_.find(serial);
  return found == names_.end() ? std::string() : found->second;
}

std::string world_pki::name_of_subject(std::string_view subject) const {
  constexpr std::string_view prefix = "CN=";
  if (!subject.starts_with(prefix)) return {};
  subject.remove_prefix(prefix.size());
  return issued_.contains(subject) ? std::string(subject) : std::string();
}

std::vector<std::pair<std::string, std::string>> world_pki::digests() const {
  std::vector<std::pair<std::string, std::string>> all;
  for (const auto& [name, what] : issued_) {
    all.emplace_back(name, pki::to_hex(what.identity.cert.sha256()));
  }
  return all;
}

stapler::served_certificate world_pki::served(std::string_view name,
                                              const std::optional<responder_address>& url) const {
  const auto& [issuer_name, credential] = find(name);
  auto chain = authority(issuer_name).chain;
  const auto issuer = chain.front();
  chain.pop_back();  // a root is not sent: whoever trusts it has it
  stapler::served_certificate served{credential.cert, std::move(chain), credential.key, issuer,
                                     stapler::responders_of(credential.cert)};
  if (url) {
    const auto parsed = runtime::http_url::parse(addresses_.url_of(*url));
    if (!parsed) throw pki::input_error("'" + addresses_.url_of(*url) + "' is no http URL");
    served.responders = {*parsed};
  }
  return served;
}

std::vector<responder::authority> world_pki::authorities() const {
  std::vector<responder::authority> all;
  for (const auto& name : answering_)
    all.push_back({authority(name).identity, {}});
  return all;
}

std::vector<responder::authority> world_pki::authorities_with(std::string_view signer) const {
  const auto answers = [this](std::string_view name) {
    return std::find(answering_.begin(), answering_.end(), name) != answering_.end();
  };
  if (answers(signer)) return {{authority(signer).identity, {}}};
  const auto delegate = issued_.find(signer);
  if (delegate != issued_.end() && answers(delegate->second.issuer)) {
    return {{authority(delegate->second.issuer).identity, delegate->second.identity}};
  }
  const auto stranger =
      delegate != issued_.end() ? delegate->second.identity : authority(signer).identity;
  auto all = authorities();
  for (auto& authority : all)
    authority.delegate = stranger;
  return all;
}

std::vector<std::string> world_pki::responder_paths() const {
  return responder_paths_of(of_);
}

pki::bytes world_pki::good_answer(std::string_view name, duration validity, time_point now) const {
  const auto& issuer = authority(find(name).issuer).identity;
  pki::single_response single;
  single.id = pki::cert_id::of(leaf(name), issuer.cert, pki::hash_algorithm::sha1);
  single.status = pki::good_status();
  single.this_update = now;
  single.next_update = now + validity;
  pki::response_content content;
  content.singles.push_back(std::move(single));
  content.produced_at = now;
  return pki::build_ocsp_response(content, {issuer, false});
}

const world_pki::standing_authority& world_pki::authority(std::string_view name) const {
  const auto found = authorities_.find(name);
  if (found == authorities_.end()) {
    throw pki::input_error("there is no authority '" + std::string(name) + "'");
  }
  return found->second;
}

const world_pki::issued& world_pki::find(std::string_view name) const {
  const auto found = issued_.find(name);
  if (found == issued_.end()) {
    throw pki::input_error("there is no certificate '" + std::string(name) + "'");
  }
  return found->second;
}

}  // namespace staplelab::scenarios
