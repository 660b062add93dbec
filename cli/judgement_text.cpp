#include "cli/judgement_text.hpp"

#include <fmt/format.h>

#include <nlohmann/json.hpp>
#include <string_view>

namespace staplelab::cli {
namespace {

using scenarios::probe_verdict;

template <class T, class Show>
void put(nlohmann::ordered_json& object, const char* key, const std::optional<T>& value,
         Show show) {
  if (value) object[key] = show(*value);
}

scenarios::ink colour_of(probe_verdict verdict) {
  if (verdict == probe_verdict::good) return scenarios::ink::green;
  if (verdict == probe_verdict::none) return scenarios::ink::yellow;
  return scenarios::ink::red;
}

std::string row(std::string_view name, std::string_view value) {
  return fmt::format("  {:<13} {}\n", name, value);
}

template <class T, class Show>
std::string row(std::string_view name, const std::optional<T>& value, Show show) {
  return value ? row(name, show(*value)) : std::string();
}

const auto as_it_is = [](const std::string& text) { return text; };
const auto hexadecimal = [](const pki::serial_number& serial) { return serial.hex(); };

}  // namespace

std::string to_json(const judged& what) {
  nlohmann::ordered_json object;
  object["verdict"] = scenarios::to_string(what.verdict);
  if (what.staple) {
    const pki::ocsp_judgement& staple = *what.staple;
    put(object, "error", staple.error, [](auto status) { return pki::to_string(status); });
    put(object, "this_update", staple.this_update, pki::to_rfc3339);
    put(object, "next_update", staple.next_update, pki::to_rfc3339);
    put(object, "produced_at", staple.produced_at, pki::to_rfc3339);
    put(object, "revoked_at", staple.revoked_at, pki::to_rfc3339);
    put(object, "reason", staple.reason, [](auto reason) { return pki::to_string(reason); });
    put(object, "responder_id", staple.responder_id, as_it_is);
    put(object, "signer", staple.signer, as_it_is);
    put(object, "serial", staple.serial, hexadecimal);
  }
  put(object, "alert", what.alert, [](int alert) { return alert; });
  put(object, "sent_alert", what.sent_alert, [](int alert) { return alert; });
  put(object, "must_staple", what.must_staple, [](bool value) { return value; });
  put(object, "chain_trusted", what.chain_trusted, [](bool value) { return value; });
  put(object, "latency_ms", what.latency_ms, [](double value) { return value; });
  put(object, "tls", what.tls, as_it_is);
  if (!what.why.empty()) object["why"] = what.why;
  return object.dump(2, ' ', false, nlohmann::ordered_json::error_handler_t::replace) + "\n";
}

std::string to_text(const judged& what, const scenarios::text_style& style) {
  std::string text = painted(scenarios::to_string(what.verdict), colour_of(what.verdict), style);
  text += what.why.empty() ? "\n" : fmt::format(": {}\n", what.why);
  if (what.staple) {
    const pki::ocsp_judgement& staple = *what.staple;
    text += row("error", staple.error, [](auto status) { return pki::to_string(status); });
    text += row("serial", staple.serial, hexadecimal);
    text += row("this update", staple.this_update, pki::to_rfc3339);
    text += row("next update", staple.next_update, pki::to_rfc3339);
    text += row("produced at", staple.produced_at, pki::to_rfc3339);
    text += row("revoked at", staple.revoked_at, pki::to_rfc3339);
    text += row("reason", staple.reason, [](auto reason) { return pki::to_string(reason); });
    text += row("responder id", staple.responder_id, as_it_is);
    text += row("signer", staple.signer, as_it_is);
  }
  text += row("alert", what.alert, [](int alert) { return fmt::format("{}", alert); });
  text += row("alert sent", what.sent_alert, [](int alert) { return fmt::format("{}", alert); });
  text += row("must-staple", what.must_staple, [](bool value) { return value ? "yes" : "no"; });
  text += row("chain", what.chain_trusted,
              [](bool value) { return value ? "trusted" : "not trusted"; });
  text += row("handshake", what.latency_ms, [](double ms) { return fmt::format("{:.1f} ms", ms); });
  text += row("protocol", what.tls, as_it_is);
  return text;
}

}  // namespace staplelab::cli
