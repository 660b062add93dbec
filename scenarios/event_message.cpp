#include "scenarios/event_message.hpp"

#include <cassert>
#include <nlohmann/json.hpp>
#include <utility>

#include "pki/base64.hpp"
#include "responder/overloaded.hpp"
#include "scenarios/result.hpp"
#include "scenarios/step_text.hpp"

namespace staplelab::scenarios {

using nlohmann::ordered_json;
using responder::overloaded;

namespace {

constexpr std::size_t longest_shown = 4096;

std::string_view word_of(ca_act::kind what) {
  switch (what) {
    case ca_act::kind::issued:
      return "issued";
    case ca_act::kind::revoked:
      return "revoked";
    case ca_act::kind::held:
      return "held";
    case ca_act::kind::released:
      return "released";
    case ca_act::kind::published:
      return "published";
  }
  assert(false);
  return {};
}

std::string_view word_of(const pki::cert_status& status) {
  return std::visit(overloaded{[](const pki::good_status&) { return "good"; },
                               [](const pki::revoked_status&) { return "revoked"; },
                               [](const pki::unknown_status&) { return "unknown"; }},
                    status);
}

// What the answer says of the first certificate, or what came instead of one.
std::string word_of(const responder::request_answered& answered) {
  if (!answered.http_status) return "nothing";
  if (*answered.http_status != 200) return "http_error";
  if (!answered.said.empty()) return std::string(word_of(answered.said.front().status));
  return answered.status ? std::string(pki::to_string(*answered.status)) : "nothing";
}

bool is_sound(const std::optional<pki::ocsp_verdict>& verdict) {
  return verdict == pki::ocsp_verdict::good || verdict == pki::ocsp_verdict::revoked ||
         verdict == pki::ocsp_verdict::unknown;
}

// Writes the fields that belong to one kind of event.
class writer {
 public:
  writer(ordered_json& out, time_point start, octet_table& octets)
      : out_(out), start_(start), octets_(octets) {}

  void operator()(const ca_act& act) { kind("ca")["act"] = word_of(act.what); }
  void operator()(const fault_changed& fault) {
    kind("fault")["name"] = fault.name;
    out_["set"] = fault.set;
    out_["id"] = fault.cleared_by;
    time("from", fault.from);
    time("until", fault.until);
  }
  void operator()(const responder_changed&) { kind("settings"); }
  void operator()(const handshake_done& done) {
    kind("handshake")["v"] = to_string(done.found.verdict);
    out_["asked"] = done.asked;
    if (!done.tls.empty()) out_["tls"] = done.tls;
    if (done.found.alert) out_["alert"] = alert_name(*done.found.alert);
    out_["ms"] = static_cast<long>(done.found.latency_ms + 0.5);
    dated(done.found.this_update, done.found.next_update, done.staple);
  }
  void operator()(const query_done& done) {
    kind("query")["v"] = to_string(done.found.verdict);
    out_["method"] = done.method;
    dated(done.found.this_update, done.found.next_update, done.answer);
  }
  void operator()(const process_ended& ended) {
    kind("process")["how"] = ended.how == process_ended::kind::killed ? "killed" : "stopped";
    out_["exit"] = ended.exit_code;
  }
  void operator()(const store_changed& changed) { kind("store")["found"] = changed.found; }
  void operator()(const clock_moved& moved) {
    kind("clock");
    time("from", moved.from);
  }
  void operator()(const clock_skewed& skewed) {
    kind("skew")["who"] = to_string(skewed.who);
    out_["by"] = skewed.by.count();
  }
  void operator()(const mark_set&) { kind("mark"); }
  void operator()(const note_made&) { kind("note"); }
  void operator()(const responder::event& told) { std::visit(*this, told); }
  void operator()(const stapler::event& told) { std::visit(*this, told); }

  void operator()(const responder::request_answered& answered) {
    kind("answer")["v"] = word_of(answered);
    out_["method"] = answered.method;
    if (answered.http_status) out_["http"] = *answered.http_status;
    if (!answered.fault.empty()) out_["fault"] = answered.fault;
    if (!answered.fault_rule.empty()) out_["rule"] = answered.fault_rule;
    if (answered.cached_for) out_["cached"] = answered.cached_for->count();
    dated(answered.this_update, answered.next_update, answered.der);
  }
  void operator()(const responder::listening_changed& changed) {
    kind("listening")["up"] = changed.listening;
  }
  void operator()(const responder::signer_changed&) { kind("signer"); }

  void operator()(const stapler::fetch_started& fetch) {
    kind("fetch")["url"] = fetch.url;
    out_["method"] = fetch.method;
  }
  void operator()(const stapler::fetch_ended& fetch) {
    kind("fetched")["url"] = fetch.url;
    out_["method"] = fetch.method;
    out_["ok"] = is_sound(fetch.verdict);
    if (fetch.verdict) out_["v"] = pki::to_string(*fetch.verdict);
  }
  void operator()(const stapler::staple_changed& changed) {
    kind("staple")["v"] = pki::to_string(changed.status);
    out_["disk"] = changed.source == stapler::staple_source::disk;
    const pki::bytes none;
    dated(changed.this_update, changed.next_update, changed.der ? *changed.der : none);
  }
  void operator()(const stapler::staple_dropped& dropped) {
    kind("dropped");
    if (dropped.instead) out_["v"] = pki::to_string(*dropped.instead);
    const pki::bytes none;
    dated({}, {}, dropped.der ? *dropped.der : none);
  }
  void operator()(const stapler::warned&) { kind("warning"); }
  void operator()(const stapler::endpoint_started&) { kind("started"); }
  void operator()(const stapler::endpoint_refused& refused) {
    kind("refused")["exit"] = refused.exit_code;
  }
  void operator()(const stapler::endpoint_shut_down& ended) {
    kind("shut_down")["exit"] = ended.exit_code;
  }
  void operator()(const stapler::endpoint_reloaded&) { kind("reloaded"); }
  void operator()(const stapler::endpoint_reload_failed& failed) {
    kind("reload_failed")["bare"] = failed.serves_without_staple;
  }
  void operator()(const stapler::handshake_served&) {
    assert(false);  // the record leaves them out
  }

 private:
  ordered_json& kind(const char* name) {
    out_["e"] = name;
    return out_;
  }
  void time(const char* key, const std::optional<time_point>& at) {
    if (at) out_[key] = (*at - start_).count();
  }
  void dated(const std::optional<time_point>& this_update,
             const std::optional<time_point>& next_update, pki::bytes_view der) {
    time("this_update", this_update);
    time("next_update", next_update);
    if (const auto index = octets_.add(der)) out_["der"] = *index;
  }

  ordered_json& out_;
  time_point start_;
  octet_table& octets_;
};

}  // namespace

std::optional<std::size_t> octet_table::add(pki::bytes_view der) {
  if (der.empty() || der.size() > longest_shown) return {};
  return known_.try_emplace(pki::bytes(der.begin(), der.end()), known_.size()).first->second;
}

std::vector<std::string> octet_table::as_base64() const {
  std::vector<std::string> texts(known_.size());
  for (const auto& [der, index] : known_)
    texts[index] = pki::to_base64(der);
  return texts;
}

ordered_json message_of(const event& e, time_point start, octet_table& octets) {
  auto [kind, text] = words_of(e, start);
  ordered_json message;
  message["t"] = (e.at - start).count();
  message["k"] = kind;
  message["x"] = std::move(text);
  if (!e.certificate.empty()) message["c"] = e.certificate;
  std::visit(writer(message, start, octets), e.what);
  return message;
}

}  // namespace staplelab::scenarios
