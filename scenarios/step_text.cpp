#include "scenarios/step_text.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cassert>
#include <vector>

#include "pki/time.hpp"
#include "responder/fault.hpp"
#include "responder/overloaded.hpp"
#include "runtime/duration_text.hpp"

namespace staplelab::scenarios {

using responder::overloaded;
using runtime::to_text;

namespace {

std::string joined(const std::vector<std::string>& parts, std::string_view between = ", ") {
  return fmt::format("{}", fmt::join(parts, between));
}

std::string url(const responder_address& address) {
  switch (address.on) {
    case responder_address::base::responder:
      return "${responder}" + address.rest;
    case responder_address::base::nowhere:
      return "${nowhere}" + address.rest;
    case responder_address::base::literal:
      break;
  }
  return address.rest;
}

std::string text_of(const handshake_step& what) {
  std::vector<std::string> parts;
  if (!what.sni.empty()) parts.push_back(what.sni);
  if (what.tls) parts.push_back(*what.tls == tls_version::tls12 ? "TLS 1.2" : "TLS 1.3");
  if (!what.status_request) parts.push_back("asks for no staple");
  if (what.responder_ids > 0)
    parts.push_back(fmt::format("names {} responders", what.responder_ids));
  if (what.count > 1) parts.push_back(fmt::format("{} times", what.count));
  if (what.parallel > 1) parts.push_back(fmt::format("{} at once", what.parallel));
  return joined(parts);
}

std::string text_of(const reload_step& what) {
  std::vector<std::string> parts;
  if (what.mode) parts.push_back(fmt::format("mode {}", stapler::to_string(*what.mode)));
  if (what.certificates) parts.push_back(joined(*what.certificates, " and "));
  if (what.url) parts.push_back(url(*what.url));
  return joined(parts);
}

std::string text_of(const fault_step& what) {
  const auto kind = std::string(responder::to_string(what.what));
  std::vector<std::string> parts{
      what.name.empty() || what.name == kind ? kind : fmt::format("{} ({})", what.name, kind)};
  if (!what.certificate.empty()) parts.push_back("for " + what.certificate);
  if (!what.method.empty()) parts.push_back(what.method);
  if (!what.path.empty()) parts.push_back("below " + what.path);
  if (what.count) parts.push_back(fmt::format("{} times", *what.count));
  if (what.probability < 1) parts.push_back(fmt::format("{:g} of requests", what.probability));
  if (what.from != duration::zero()) parts.push_back("from +" + to_text(what.from));
  if (what.lasts) parts.push_back("for " + to_text(*what.lasts));
  return joined(parts);
}

std::string text_of(const revoke_step& what) {
  std::string text = what.certificate;
  if (what.count) text += fmt::format(", {} of them", *what.count);
  if (what.reason) text += fmt::format(", {}", pki::to_string(*what.reason));
  if (what.at != duration::zero()) text += fmt::format(", as of {} ago", to_text(-what.at));
  return text;
}

std::string text_of(const responder_step& what) {
  std::vector<std::string> parts;
  if (what.validity) parts.push_back("validity " + to_text(*what.validity));
  if (what.backdate) parts.push_back("backdate " + to_text(*what.backdate));
  if (what.produce_every) {
    parts.push_back(*what.produce_every == duration::zero()
                        ? std::string("answers made when asked for")
                        : "produces every " + to_text(*what.produce_every));
  }
  if (what.publication_lag) parts.push_back("publication lag " + to_text(*what.publication_lag));
  if (what.produce_on_change) {
    parts.emplace_back(*what.produce_on_change ? "produces at each change"
                                               : "produces in turn only");
  }
  if (what.cache) {
    parts.push_back(*what.cache == duration::zero()
                        ? std::string("no cache in front")
                        : "a cache in front keeps answers for " + to_text(*what.cache));
  }
  return joined(parts);
}

std::string text_of(const query_step& what) {
  if (what.of_crl) return what.certificate + ", CRL";
  std::string text = fmt::format("{}, {}", what.certificate, what.post ? "POST" : "GET");
  if (what.hash != pki::hash_algorithm::sha1) text += fmt::format(", {}", to_string(what.hash));
  if (what.nonce) text += ", nonce";
  if (!what.path.empty()) text += ", " + what.path;
  return text;
}

// Of steps that repeat a query in place of a handshake.
std::string asked_of(const std::optional<query_step>& query) {
  return query ? ", query " + text_of(*query) : std::string();
}

template <class T, class ToText>
std::string text_of(const range<T>& what, ToText text) {
  if (what.at_least && what.at_most) {
    return *what.at_least == *what.at_most
               ? text(*what.at_least)
               : fmt::format("{} to {}", text(*what.at_least), text(*what.at_most));
  }
  if (what.at_least) return fmt::format("{} or more", text(*what.at_least));
  return what.at_most ? fmt::format("{} or less", text(*what.at_most)) : "any";
}

std::string text_of_number(long number) {
  return std::to_string(number);
}
std::string text_of_milliseconds(double ms) {
  return fmt::format("{:g} ms", ms);
}

void add_staple_parts(std::vector<std::string>& parts, const expectation& what) {
  if (what.age) parts.push_back("age " + text_of(*what.age, to_text));
  if (what.expires_in) parts.push_back("expires in " + text_of(*what.expires_in, to_text));
  if (what.staple) parts.push_back(fmt::format("{} staple", to_string(*what.staple)));
  if (what.webpki) parts.emplace_back("as fresh as BR 4.9.9 wants it");
  if (what.certificate) parts.push_back("certificate " + *what.certificate);
  if (what.reason) parts.push_back(fmt::format("reason {}", to_string(*what.reason)));
  if (what.crl_number) {
    parts.push_back("CRL number " + text_of(*what.crl_number, text_of_number));
  }
}

void add_process_parts(std::vector<std::string>& parts, const expectation& what) {
  if (what.endpoint) parts.emplace_back(to_string(*what.endpoint));
  if (what.exit_code) parts.push_back(fmt::format("exit code {}", *what.exit_code));
  if (what.fetches) parts.push_back("fetches " + text_of(*what.fetches, text_of_number));
  if (what.fetch_spacing) {
    parts.push_back("fetches apart by " + text_of(*what.fetch_spacing, to_text));
  }
  if (what.fetch_method) parts.push_back("fetches by " + *what.fetch_method);
  if (what.warned) parts.push_back(*what.warned ? "warned" : "not warned");
  if (what.latency_ms) {
    parts.push_back("latency " + text_of(*what.latency_ms, text_of_milliseconds));
  }
}

// Each verdict once, in the order in which they first appeared.
std::string verdicts_of(const std::vector<probe_facts>& probes) {
  std::vector<std::string> parts;
  for (const auto& probe : probes) {
    auto text = std::string(to_string(probe.verdict));
    if (probe.alert) text += fmt::format(" ({})", alert_name(*probe.alert));
    if (std::find(parts.begin(), parts.end(), text) == parts.end()) parts.push_back(text);
  }
  return joined(parts);
}

}  // namespace

std::string_view kind_of(const action& what) {
  return std::visit(overloaded{[](const start_step&) { return "start"; },
                               [](const stop_step&) { return "stop"; },
                               [](const kill_step&) { return "kill"; },
                               [](const restart_step&) { return "restart"; },
                               [](const reload_step&) { return "reload"; },
                               [](const store_step&) { return "store"; },
                               [](const issue_step&) { return "issue"; },
                               [](const revoke_step&) { return "revoke"; },
                               [](const hold_step&) { return "hold"; },
                               [](const release_step&) { return "release"; },
                               [](const fault_step&) { return "fault"; },
                               [](const clear_step&) { return "clear"; },
                               [](const signer_step&) { return "signer"; },
                               [](const publish_step&) { return "publish"; },
                               [](const responder_step&) { return "responder"; },
                               [](const purge_step&) { return "purge"; },
                               [](const advance_step&) { return "advance"; },
                               [](const advance_to_step&) { return "advance_to"; },
                               [](const skew_step&) { return "skew"; },
                               [](const handshake_step&) { return "handshake"; },
                               [](const query_step&) { return "query"; },
                               [](const eventually_step&) { return "eventually"; },
                               [](const always_step&) { return "always"; },
                               [](const mark_step&) { return "mark"; },
                               [](const note_step&) { return "note"; },
                               [](const check_step&) { return "check"; }},
                    what);
}

std::string describe(const action& what) {
  return std::visit(
      overloaded{
          [](const start_step& s) { return std::string(to_string(s.who)); },
          [](const stop_step& s) { return std::string(to_string(s.who)); },
          [](const kill_step&) { return std::string("endpoint"); },
          [](const restart_step&) { return std::string("endpoint"); },
          [](const store_step& s) {
            auto text = fmt::format("{} {}", to_string(s.what), s.certificate);
            return s.with.empty() ? text : text + " with " + s.with;
          },
          [](const issue_step& s) {
            return s.count ? fmt::format("{}, {} of them", s.what.name, *s.count) : s.what.name;
          },
          [](const purge_step&) { return std::string("cache"); },
          [](const hold_step& s) { return s.certificate; },
          [](const release_step& s) { return s.certificate; },
          [](const clear_step& s) { return s.name.empty() ? std::string("all") : s.name; },
          [](const signer_step& s) { return s.signer; },
          [](const publish_step& s) { return "CRL of " + s.authority; },
          [](const advance_step& s) { return to_text(s.by); },
          [](const advance_to_step& s) { return pki::to_rfc3339(s.to); },
          [](const skew_step& s) {
            return fmt::format("{} by {}", to_string(s.who), to_text(s.by));
          },
          [](const eventually_step& s) {
            return fmt::format("within {}, every {}{}", to_text(s.within), to_text(s.every),
                               asked_of(s.query));
          },
          [](const always_step& s) {
            return fmt::format("for {}, every {}{}", to_text(s.lasts), to_text(s.every),
                               asked_of(s.query));
          },
          [](const mark_step& s) { return s.label; },
          [](const note_step&) { return std::string(); },
          [](const check_step&) { return std::string(); },
          [](const auto& s) { return text_of(s); },
      },
      what);
}

std::string describe(const expectation& what) {
  std::vector<std::string> parts;
  std::vector<std::string> verdicts;
  for (const auto verdict : what.verdict)
    verdicts.emplace_back(to_string(verdict));
  if (!verdicts.empty()) parts.push_back(joined(verdicts, " or "));
  if (what.alert) parts.push_back(alert_name(*what.alert));
  add_staple_parts(parts, what);
  add_process_parts(parts, what);
  return parts.empty() ? "any" : joined(parts);
}

std::string describe_seen(const expectation& expected, const observation& seen) {
  std::vector<std::string> parts;
  if (!seen.probes.empty()) parts.push_back(verdicts_of(seen.probes));
  for (const auto& probe : seen.probes) {
    if (expected.reason && probe.reason) {
      parts.push_back(fmt::format("reason {}", to_string(*probe.reason)));
    }
    if (expected.crl_number && probe.crl_number) {
      parts.push_back(fmt::format("CRL number {}", *probe.crl_number));
    }
  }
  if (expected.endpoint || (expected.verdict.empty() && seen.probes.empty())) {
    parts.emplace_back(to_string(seen.endpoint));
  }
  if (expected.exit_code) {
    parts.push_back(seen.exit_code ? fmt::format("exit code {}", *seen.exit_code) : "no exit code");
  }
  if (expected.fetches) parts.push_back(fmt::format("fetches {}", seen.fetches.size()));
  if (expected.warned) parts.emplace_back(seen.warned ? "warned" : "not warned");
  return joined(parts);
}

std::string_view to_string(party who) {
  switch (who) {
    case party::endpoint:
      return "endpoint";
    case party::responder:
      return "responder";
    case party::client:
      return "client";
  }
  assert(false);
  return {};
}

std::string_view to_string(store_step::act what) {
  switch (what) {
    case store_step::act::corrupt:
      return "corrupt";
    case store_step::act::remove:
      return "remove";
    case store_step::act::truncate:
      return "truncate";
    case store_step::act::replace:
      return "replace";
    case store_step::act::block:
      return "block";
    case store_step::act::unblock:
      return "unblock";
  }
  assert(false);
  return {};
}

}  // namespace staplelab::scenarios
