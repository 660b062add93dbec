#include "fingerprint/surprise.hpp"

#include <fmt/format.h>

#include <optional>

#include "responder/overloaded.hpp"
#include "runtime/duration_text.hpp"

namespace staplelab::fingerprint {

using responder::overloaded;

namespace {

using sentence = std::optional<std::string>;

// A server that renews later than this has no time left for a second attempt of any use.
constexpr double late_refresh = 0.95;
// 20 clients at once are one reason to ask; a second request may be on its way already.
constexpr long few_requests = 2;
constexpr long an_hour = 3600;

std::string text_of(long seconds) {
  return runtime::to_text(std::chrono::seconds(seconds));
}

std::string_view given(word what) {
  switch (what) {
    case word::error_stapled:
      return "clients get an error in its place";
    case word::handshake_failed:
      return "no client gets in";
    case word::expired_stapled:
      return "clients get an expired one";
    case word::exited:
    case word::refused:
      return "the server ends";
    case word::none:
    case word::no:
    case word::yes:
    case word::stapled:
    case word::kept:
    case word::handshake:
    case word::startup:
      break;
  }
  return "clients get none";
}

std::string_view trouble(cell which) {
  switch (which) {
    case cell::while_valid_http_500:
      return "the responder answers HTTP 500";
    case cell::while_valid_try_later:
      return "the responder says tryLater";
    case cell::while_valid_malformed:
      return "the responder sends noise";
    default:
      return "the responder is down";
  }
}

std::string_view flaw(cell which) {
  switch (which) {
    case cell::on_expired:
      return "that has expired already";
    case cell::on_future:
      return "whose thisUpdate lies a month ahead";
    case cell::on_wrong_cert:
      return "about another certificate";
    case cell::on_wrong_signer:
      return "that a stranger signed";
    case cell::on_wrong_signer_embedded:
      return "that a stranger signed who sent a certificate of his own along";
    default:
      return "that says unknown";
  }
}

sentence on_answer(cell which, word what) {
  if (which == cell::on_revoked) {
    if (what == word::kept)
      return "It goes on with the good staple after it has learnt of the revocation.";
    if (what == word::none) return "After it has learnt of the revocation it staples nothing.";
    if (what == word::stapled) return std::nullopt;
  }
  switch (what) {
    case word::stapled:
      return fmt::format("It staples an answer {}.", flaw(which));
    case word::none:
      return std::nullopt;  // of a server that had nothing else, or none that was valid
    case word::kept:
      return std::nullopt;
    default:
      return fmt::format("After an answer {} {}.",
                         which == cell::on_revoked ? "that says revoked" : flaw(which),
                         given(what));
  }
}

sentence about_word(cell which, word what) {
  switch (which) {
    case cell::first_handshake:
      if (what == word::stapled) return std::nullopt;
      return "The first client after a start gets no staple, although the responder is well.";
    case cell::fetch_in_handshake:
      if (what == word::no) return std::nullopt;
      return "A client that finds no valid staple waits while the server asks the responder.";
    case cell::while_valid_down:
    case cell::while_valid_http_500:
    case cell::while_valid_try_later:
    case cell::while_valid_malformed:
      if (what == word::kept) return std::nullopt;
      return fmt::format("A staple that is still valid is given up while {}: {}.", trouble(which),
                         given(what));
    case cell::after_expiry_down:
      if (what == word::none) return std::nullopt;
      return fmt::format("An hour after the staple has expired, with the responder down, {}.",
                         given(what));
    case cell::on_expired:
    case cell::on_future:
    case cell::on_revoked:
    case cell::on_unknown:
    case cell::on_wrong_cert:
    case cell::on_wrong_signer:
    case cell::on_wrong_signer_embedded:
      return on_answer(which, what);
    case cell::hang_blocks:
      if (what == word::no) return std::nullopt;
      return what == word::startup ? "A responder that hangs keeps the server from starting."
                                   : "A responder that hangs keeps clients waiting.";
    case cell::restart_down:
      if (what == word::stapled) return std::nullopt;
      return fmt::format(
          "A valid staple does not survive a restart while the responder is down: {}.",
          what == word::refused ? "the server does not start" : given(what));
    case cell::reload_down:
      if (what == word::stapled) return std::nullopt;
      return fmt::format(
          "A valid staple does not survive a reload while the responder is down: {}.", given(what));
    case cell::start_down:
      if (what == word::refused) return "Without a responder it does not start.";
      if (what == word::none) return std::nullopt;
      return fmt::format("Started without a responder, {}.", given(what));
    default:
      return std::nullopt;
  }
}

sentence about_number(cell which, long count) {
  switch (which) {
    case cell::expired_for_s:
      if (count == 0) return std::nullopt;
      return fmt::format("A staple was seen {} after its nextUpdate.", text_of(count));
    case cell::blocked_s:
      if (count == 0) return std::nullopt;
      return fmt::format("A responder that hangs held it up for {}.", text_of(count));
    case cell::revoked_shutdown:
      return fmt::format(
          "In its strictest mode it ends with code {} when it learns that its "
          "certificate is revoked.",
          count);
    case cell::fetches_for_one_expiry:
      if (count <= few_requests) return std::nullopt;
      return fmt::format("20 clients at once make it ask the responder {} times.", count);
    default:
      return std::nullopt;
  }
}

sentence about_refresh(const refresh_point& point) {
  if (point.fraction && *point.fraction >= late_refresh) {
    return "It renews in the last minutes of a staple's life: one failure then, and clients go "
           "without.";
  }
  if (!point.fraction && !point.floor_s) {
    return "It was not seen to renew a staple.";
  }
  if (point.floor_s && *point.floor_s >= an_hour) {
    return fmt::format(
        "It does not look again before {} have passed, however short-lived the "
        "staple is.",
        text_of(*point.floor_s));
  }
  return std::nullopt;
}

}  // namespace

bool never_staples(const row& of) {
  const auto* first = value_of(of, cell::first_handshake);
  const auto* asked = value_of(of, cell::request);
  return first && asked && alike(*first, word::none) &&
         std::holds_alternative<does_not_apply>(*asked);
}

std::vector<surprise> surprises(const row& of) {
  if (never_staples(of)) {
    return {{cell::first_handshake,
             "It does not staple: its clients are given nothing, and it asks no responder."}};
  }
  std::vector<surprise> all;
  for (const auto& [which, found] : of.cells) {
    const auto text =
        std::visit(overloaded{[](const does_not_apply&) { return sentence(); },
                              [](const request_form&) { return sentence(); },
                              [&](word what) { return about_word(which, what); },
                              [&](long count) { return about_number(which, count); },
                              [](const refresh_point& point) { return about_refresh(point); }},
                   found);
    if (text) all.push_back({which, *text});
  }
  return all;
}

}  // namespace staplelab::fingerprint
