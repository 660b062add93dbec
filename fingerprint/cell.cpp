#include "fingerprint/cell.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>

#include "responder/overloaded.hpp"
#include "runtime/duration_text.hpp"

namespace staplelab::fingerprint {

using responder::overloaded;

namespace {

struct cell_entry {
  cell which;
  std::string_view name;
  std::string_view about;
};

constexpr std::array entries{
    cell_entry{cell::first_handshake, "first_handshake",
               "is the first client after the start given a staple"},
    cell_entry{cell::fetch_in_handshake, "fetch_in_handshake",
               "does a client wait while the server asks the responder"},
    cell_entry{cell::refresh, "refresh", "when it asks again after a good answer"},
    cell_entry{cell::while_valid_down, "while_valid_down",
               "what happens to a valid staple while the responder is down"},
    cell_entry{cell::while_valid_http_500, "while_valid_http_500",
               "the same while it answers HTTP 500"},
    cell_entry{cell::while_valid_try_later, "while_valid_try_later",
               "the same while it answers tryLater"},
    cell_entry{cell::while_valid_malformed, "while_valid_malformed",
               "the same while it answers noise"},
    cell_entry{cell::after_expiry_down, "after_expiry_down",
               "what clients are given an hour after the staple has expired"},
    cell_entry{cell::expired_for_s, "expired_for_s",
               "how long after nextUpdate a staple was seen, of the moments looked at"},
    cell_entry{cell::on_expired, "on_expired", "the answer has expired already"},
    cell_entry{cell::on_future, "on_future", "the answer is from the future"},
    cell_entry{cell::on_revoked, "on_revoked", "the answer says revoked"},
    cell_entry{cell::on_unknown, "on_unknown", "the answer says unknown"},
    cell_entry{cell::on_wrong_cert, "on_wrong_cert", "the answer is about another certificate"},
    cell_entry{cell::on_wrong_signer, "on_wrong_signer", "a stranger signed the answer"},
    cell_entry{cell::on_wrong_signer_embedded, "on_wrong_signer_embedded",
               "the same, and the stranger's certificate comes with it"},
    cell_entry{cell::hang_blocks, "hang_blocks", "what a responder that says nothing holds up"},
    cell_entry{cell::blocked_s, "blocked_s", "for how many seconds"},
    cell_entry{cell::restart_down, "restart_down", "after a restart while the responder is down"},
    cell_entry{cell::reload_down, "reload_down", "after a reload while the responder is down"},
    cell_entry{cell::start_down, "start_down", "started while the responder is down"},
    cell_entry{cell::revoked_shutdown, "revoked_shutdown",
               "does it end when it is told of the revocation, and with which code"},
    cell_entry{cell::must_staple_matters, "must_staple_matters",
               "does it treat certificates that promise a staple in another way"},
    cell_entry{cell::fetches_for_one_expiry, "fetches_for_one_expiry",
               "requests that 20 clients at once cause when the staple has expired"},
    cell_entry{cell::request, "request", "how it asks"},
    cell_entry{cell::asks_before_clients, "asks_before_clients",
               "does it ask the responder before the first client comes"},
    cell_entry{cell::keeps_answers, "keeps_answers",
               "does one answer of the responder serve several clients"},
};

constexpr auto names_only = [] {
  std::array<cell, entries.size()> all{};
  for (std::size_t i = 0; i < entries.size(); ++i)
    all[i] = entries[i].which;
  return all;
}();

const cell_entry& entry_of(cell which) {
  return *std::ranges::find(entries, which, &cell_entry::which);
}

bool near(double a, double b) {
  return std::abs(a - b) <= 0.1 * std::max(std::abs(a), std::abs(b));
}

template <class T>
bool near(const std::optional<T>& a, const std::optional<T>& b) {
  return a && b ? near(static_cast<double>(*a), static_cast<double>(*b)) : a == b;
}

std::string seconds(long count) {
  return runtime::to_text(std::chrono::seconds(count));
}

std::string text_of(const refresh_point& point) {
  std::string text = point.fraction ? fmt::format("{:.0f} %", *point.fraction * 100) : "";
  const auto add = [&](std::string_view what, long count) {
    text += fmt::format("{}{} {}", text.empty() ? "" : ", ", what, seconds(count));
  };
  if (point.floor_s && point.floor_s == point.ceiling_s) {
    add("every", *point.floor_s);
    return text;
  }
  if (point.floor_s) add("not before", *point.floor_s);
  if (point.ceiling_s) add("no later than", *point.ceiling_s);
  return text.empty() ? "not found" : text;
}

}  // namespace

std::span<const cell> all_cells() {
  return names_only;
}

bool is_of_contract(cell which) {
  return which < cell::asks_before_clients;
}

bool is_about_asking(cell which) {
  switch (which) {
    case cell::fetch_in_handshake:
    case cell::refresh:
    case cell::while_valid_down:
    case cell::while_valid_http_500:
    case cell::while_valid_try_later:
    case cell::while_valid_malformed:
    case cell::hang_blocks:
    case cell::blocked_s:
    case cell::revoked_shutdown:
    case cell::fetches_for_one_expiry:
    case cell::request:
    case cell::asks_before_clients:
    case cell::keeps_answers:
      return true;
    case cell::first_handshake:
    case cell::after_expiry_down:
    case cell::expired_for_s:
    case cell::on_expired:
    case cell::on_future:
    case cell::on_revoked:
    case cell::on_unknown:
    case cell::on_wrong_cert:
    case cell::on_wrong_signer:
    case cell::on_wrong_signer_embedded:
    case cell::restart_down:
    case cell::reload_down:
    case cell::start_down:
    case cell::must_staple_matters:
      return false;
  }
  return false;
}

std::string_view to_string(cell which) {
  return entry_of(which).name;
}

std::optional<cell> parse_cell(std::string_view name) {
  const auto* found = std::ranges::find(entries, name, &cell_entry::name);
  return found == entries.end() ? std::nullopt : std::optional(found->which);
}

std::string_view about(cell which) {
  return entry_of(which).about;
}

std::string_view to_string(word what) {
  switch (what) {
    case word::no:
      return "no";
    case word::yes:
      return "yes";
    case word::stapled:
      return "stapled";
    case word::kept:
      return "kept";
    case word::none:
      return "none";
    case word::expired_stapled:
      return "expired_stapled";
    case word::error_stapled:
      return "error_stapled";
    case word::handshake_failed:
      return "handshake_failed";
    case word::exited:
      return "exited";
    case word::refused:
      return "refused";
    case word::handshake:
      return "handshake";
    case word::startup:
      return "startup";
  }
  return {};
}

bool alike(const value& a, const value& b) {
  if (a.index() != b.index()) return false;
  return std::visit(
      overloaded{[](const does_not_apply&) { return true; },
                 [&](word one) { return one == std::get<word>(b); },
                 [&](long one) {
                   return near(static_cast<double>(one), static_cast<double>(std::get<long>(b)));
                 },
                 [&](const refresh_point& one) {
                   const auto& other = std::get<refresh_point>(b);
                   return near(one.fraction, other.fraction) && near(one.floor_s, other.floor_s) &&
                          near(one.ceiling_s, other.ceiling_s);
                 },
                 [&](const request_form& one) {
                   const auto& other = std::get<request_form>(b);
                   return one.method == other.method && one.http == other.http &&
                          one.nonce == other.nonce && one.hash == other.hash;
                 }},
      a);
}

std::string in_words(cell which, const value& what) {
  return std::visit(overloaded{[](const does_not_apply&) { return std::string("not applicable"); },
                               [](word one) { return std::string(to_string(one)); },
                               [&](long count) {
                                 const bool time =
                                     which == cell::expired_for_s || which == cell::blocked_s;
                                 return time ? seconds(count) : std::to_string(count);
                               },
                               [](const refresh_point& point) { return text_of(point); },
                               [](const request_form& form) {
                                 return fmt::format("{}, HTTP/{}, {}, {}", form.method, form.http,
                                                    form.nonce ? "a nonce" : "no nonce", form.hash);
                               }},
                    what);
}

}  // namespace staplelab::fingerprint
