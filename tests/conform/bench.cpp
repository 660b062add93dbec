#include "bench.hpp"

#include <memory>

#include "conform/identifiers.hpp"
#include "conform/raw_certificate.hpp"

namespace staplelab::conform::test {
namespace {

using namespace der;

pki::mini_ca::serial_source counted_serials() {
  return [next = std::make_shared<std::uint8_t>(std::uint8_t{0x31})] {
    const std::uint8_t magnitude[] = {(*next)++, 0x22};
    return pki::serial_number::from_magnitude(magnitude);
  };
}

pki::credential issue(pki::mini_ca& ca, const std::string& name, const std::string& issuer,
                      pki::certificate_role role, bool fit, pki::time_point now) {
  pki::issue_description what;
  what.name = name;
  what.issuer = issuer;
  what.role = role;
  what.not_before = now - 24h;
  what.not_after = now + 24h * 200;
  what.ocsp_signing_eku = fit;
  what.ocsp_nocheck = fit;
  return ca.issue(what, now);
}

bytes extensions_of(const std::vector<bytes>& all) {
  bytes content;
  for (const bytes& each : all)
    content.insert(content.end(), each.begin(), each.end());
  return element(tag::sequence, content);
}

bytes encode_single(const forged_single& single) {
  bytes content =
      joined({single.cert_id, single.status, text(tag::generalized_time, single.this_update)});
  const auto add = [&](const bytes& part) {
    content.insert(content.end(), part.begin(), part.end());
  };
  if (single.next_update) {
    add(element(tag::constructed_context(0), text(tag::generalized_time, *single.next_update)));
  }
  if (!single.extensions.empty()) {
    add(element(tag::constructed_context(1), extensions_of(single.extensions)));
  }
  return element(tag::sequence, content);
}

}  // namespace

pki::time_point at(std::string_view rfc3339) {
  return *pki::parse_rfc3339(rfc3339);
}

lab::lab(pki::time_point now)
    : ca(pki::mini_ca::in_memory(counted_serials())),
      issuer([this, now] {
        for (const auto* name : {"issuing", "stranger"}) {
          ca.add_authority({name, "", pki::key_type::p256, now - 24h, now + 24h * 3650});
        }
        ca.add_authority({"below", "issuing", pki::key_type::p256, now - 24h, now + 24h * 900});
        return ca.authority("issuing");
      }()),
      leaf(issue(ca, "leaf", "issuing", pki::certificate_role::server, true, now)),
      revoked(issue(ca, "revoked", "issuing", pki::certificate_role::server, true, now)),
      old_revoked(issue(ca, "old", "issuing", pki::certificate_role::server, true, now)),
      delegate(issue(ca, "delegate", "issuing", pki::certificate_role::ocsp_signer, true, now)),
      unfit_delegate(issue(ca, "unfit", "issuing", pki::certificate_role::ocsp_signer, false, now)),
      stranger(issue(ca, "strange", "stranger", pki::certificate_role::ocsp_signer, true, now)),
      revoked_ca(ca.authority("below")) {
  ca.revoke("revoked", pki::crl_reason::key_compromise, now - 1h);
}

const lab& shared_lab() {
  static const lab one(start);
  return one;
}

target target_of(profile held_to) {
  const lab& l = shared_lab();
  return {.url = *runtime::http_url::parse("http://127.0.0.1:8080/ocsp"),
          .addresses = {},
          .held_to = held_to,
          .issuer = l.issuer.cert,
          .leaf = l.leaf.cert,
          .revoked = l.revoked.cert,
          .unassigned = likely_unassigned_serial(l.leaf.cert)};
}

bytes by_key_of(const pki::certificate& cert) {
  const auto hash = pki::cert_id::of(pki::serial_number(), cert, pki::hash_algorithm::sha1);
  return element(tag::constructed_context(2), octet_string(hash.issuer_key_hash));
}

bytes by_name_of(const pki::certificate& cert) {
  return element(tag::constructed_context(1), read_certificate(cert.der())->subject);
}

bytes revoked_status(std::string_view time, std::optional<std::uint8_t> reason) {
  bytes content = text(tag::generalized_time, time);
  if (reason) {
    const bytes code{*reason};
    const bytes wrapped = element(tag::constructed_context(0), element(tag::enumerated, code));
    content.insert(content.end(), wrapped.begin(), wrapped.end());
  }
  return element(status_tag::revoked, content);
}

bytes encode(const forged& answer) {
  bytes data;
  const auto add = [](bytes& to, const bytes& part) {
    to.insert(to.end(), part.begin(), part.end());
  };
  if (answer.version) add(data, element(tag::constructed_context(0), integer(*answer.version)));
  add(data, answer.responder_id);
  add(data, text(tag::generalized_time, answer.produced_at));
  bytes singles;
  for (const forged_single& single : answer.singles)
    add(singles, encode_single(single));
  add(data, element(tag::sequence, singles));
  if (!answer.extensions.empty()) {
    add(data, element(tag::constructed_context(1), extensions_of(answer.extensions)));
  }
  const bytes signature{0, 1, 2, 3};
  bytes basic = joined({element(tag::sequence, data), sequence({oid(answer.algorithm)}),
                        element(tag::bit_string, signature)});
  if (answer.certs) {
    add(basic, element(tag::constructed_context(0), extensions_of(*answer.certs)));
  }
  const bytes held =
      sequence({oid(identifier::basic), octet_string(element(tag::sequence, basic))});
  const bytes successful{0};
  return sequence(
      {element(tag::enumerated, successful), element(tag::constructed_context(0), held)});
}

exchange bench::asked(probe_id id) const {
  exchange recorded;
  const auto script = probe_of(id).build(seen);
  if (!script) throw std::logic_error("nothing to ask with: " + std::string(probe_of(id).title));
  for (const sending& each : script->sendings)
    recorded.sent += each.octets;
  recorded.request = script->request;
  recorded.at = start;
  recorded.took = took;
  recorded.limit = 5s;
  return recorded;
}

void bench::http(probe_id id, int status, std::string body, const fields& headers) {
  exchange recorded = asked(id);
  runtime::http_response response;
  response.status = status;
  response.body = std::move(body);
  for (const auto& [name, value] : headers)
    response.fields.set(name, value);
  recorded.received = "HTTP/1.1 " + std::to_string(status) + " \r\n\r\n" + response.body;
  recorded.responses.push_back(std::move(response));
  recorded.how = ending::answered;
  seen.add(id, std::move(recorded));
}

void bench::der(probe_id id, const bytes& answer, const fields& headers) {
  http(id, 200, std::string(answer.begin(), answer.end()), headers);
}

void bench::error(probe_id id, int response_status, const fields& headers, int http_status) {
  const std::string five{0x30, 0x03, 0x0a, 0x01, static_cast<char>(response_status)};
  http(id, http_status, five, headers);
}

void bench::say(probe_id id, const std::function<void(forged&)>& change, const fields& headers) {
  forged answer;
  answer.responder_id = by_key_of(shared_lab().issuer.cert);
  answer.algorithm = copy(identifier::sha256_ecdsa);
  for (const raw_cert_id& each : asked_in(asked(id).request))
    answer.singles.push_back({.cert_id = each.whole});
  if (change) change(answer);
  der(id, encode(answer), headers);
}

void bench::ends(probe_id id, ending how) {
  exchange recorded = asked(id);
  recorded.how = how;
  if (how == ending::timed_out) recorded.took = recorded.limit;
  seen.add(id, std::move(recorded));
}

}  // namespace staplelab::conform::test
