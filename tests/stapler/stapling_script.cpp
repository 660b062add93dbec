#include "tests/stapler/stapling_script.hpp"

#include <memory>
#include <sstream>
#include <stdexcept>

#include "runtime/duration_text.hpp"

namespace staplelab::stapler {
namespace {

duration length_of(std::string_view text) {
  const auto length = runtime::parse_duration(text);
  if (!length) throw std::invalid_argument("no duration: " + std::string(text));
  return *length;
}

pki::ocsp_verdict status_of(std::string_view name) {
  for (const auto verdict :
       {pki::ocsp_verdict::good, pki::ocsp_verdict::revoked, pki::ocsp_verdict::unknown}) {
    if (pki::to_string(verdict) == name) return verdict;
  }
  throw std::invalid_argument("no status: " + std::string(name));
}

octets text_octets(std::string_view text) {
  return std::make_shared<const pki::bytes>(text.begin(), text.end());
}

}  // namespace

std::string stapling_script::run(std::string_view script) {
  std::istringstream words{std::string(script)};
  std::string out;
  for (std::string word; words >> word;) {
    const std::string cause = word.substr(0, word.find('='));
    const std::string said = event(cause);
    if (!out.empty()) out += ' ';
    out += said.empty() ? cause : cause + "=" + said;
  }
  return out;
}

std::string stapling_script::event(std::string_view word) {
  auto cause = fetch_cause::monitor;
  if (word.starts_with('+')) {
    now_ += length_of(word.substr(1));
    return {};
  }
  if (word == "start") return say(machine_.start({}, chance_, now_));
  if (word.starts_with("start/")) {
    return say(machine_.start(answer(word.substr(6)), chance_, now_));
  }
  if (word == "due") return say(machine_.due(now_));
  if (word == "ask") return say(machine_.handshake(false, now_));
  if (word == "asked") return say(machine_.handshake(true, now_));
  if (word.starts_with("h/")) {
    cause = fetch_cause::handshake;
    word.remove_prefix(2);
  }
  if (word == "down") return say(machine_.failed({}, cause, chance_, now_));
  if (word == "nobody") return say(machine_.failed({nullptr, true}, cause, chance_, now_));
  if (word == "try_later") {
    return say(machine_.failed({text_octets("try_later"), false}, cause, chance_, now_));
  }
  return say(machine_.accepted(answer(word), cause, chance_, now_));
}

staple stapling_script::answer(std::string_view word) const {
  const std::size_t colon = word.find(':');
  const std::size_t at = word.find('@');
  const std::string_view status = word.substr(0, colon);
  const std::string_view validity = word.substr(colon + 1, at - colon - 1);
  pki::ocsp_judgement judgement{};
  judgement.verdict = status_of(status);
  judgement.this_update = now_;
  if (at != std::string_view::npos) *judgement.this_update -= length_of(word.substr(at + 1));
  if (validity != "never") judgement.next_update = now_ + length_of(validity);
  return {text_octets(status), judgement};
}

std::string stapling_script::say(const next_step& step) {
  struct {
    time_point now;
    std::string operator()(const fetch_now&) const { return "fetch"; }
    std::string operator()(const wait_until& w) const {
      return "wait+" + runtime::to_text(w.t - now);
    }
    std::string operator()(const rest&) const { return "rest"; }
    std::string operator()(const as_before&) const { return "same"; }
    std::string operator()(const shut_down& e) const {
      return "exit(" + std::to_string(e.exit_code) + "," + std::string(to_string(e.why)) + ")";
    }
    std::string operator()(const refuse_to_start& e) const {
      const std::string why =
          e.why == end_reason::no_valid_staple ? "none" : std::string(to_string(e.why));
      return "refuse(" + std::to_string(e.exit_code) + "," + why + ")";
    }
  } text{now_};
  return std::visit(text, step);
}

std::string stapling_script::say(const offer& what) const {
  struct {
    std::string operator()(const send_staple& s) const {
      return s.der->size() < 6 && s.der->front() == 0x30
                 ? "invented_try_later"
                 : std::string(s.der->begin(), s.der->end());
    }
    std::string operator()(const send_nothing&) const { return "nothing"; }
    std::string operator()(const fail_handshake&) const { return "fail"; }
    std::string operator()(const fetch_first&) const { return "fetch"; }
    std::string operator()(const fetch_meanwhile&) const { return "fetch_meanwhile"; }
  } text;
  return std::visit(text, what);
}

}  // namespace staplelab::stapler
