// How a question travels (R20, R48, R64 to R77).
#include <fmt/format.h>

#include "conform/identifiers.hpp"
#include "conform/probe.hpp"
#include "conform/script.hpp"

namespace staplelab::conform {
namespace {

using namespace der;
using script = std::optional<wire_script>;

constexpr std::size_t oversized_octets = 1024 * 1024;
constexpr runtime::duration patience = std::chrono::seconds(10);  // BR 4.10.2
constexpr std::size_t dripped_octets = 9;

// A request whose base64 holds "//", "+" and padding at once: the nonce is chosen until it does.
bytes tricky_request(const evidence& e) {
  constexpr std::uint8_t pluses[] = {0xfb, 0xef, 0xbe};  // "++++"
  constexpr std::size_t shortest = 16, longest = 32;
  bytes request;
  for (std::size_t size = shortest; size <= longest; ++size) {
    for (std::size_t turn = 0; turn < std::size(pluses); ++turn) {
      bytes nonce(size, 0xff);
      for (std::size_t i = size / 2; i < size; ++i)
        nonce[i] = pluses[(i + turn) % std::size(pluses)];
      question asked = plain_question(e);
      asked.extensions.push_back(nonce_extension(nonce));
      request = encode(asked);
      const std::string text = base64(request);
      const auto has = [&](std::string_view part) { return text.find(part) != std::string::npos; };
      if (has("//") && has("+") && has("=")) return request;
    }
  }
  return request;
}

using spelling = std::string (*)(std::string_view base64_text);

script tricky(const evidence& e, spelling spell) {
  const bytes request = tricky_request(e);
  return ask_by_get(e, request, spell(base64(request)));
}

script long_get(const evidence& e) {
  question asked = plain_question(e);
  asked.extensions.push_back(extension(identifier::unheard_of, false, bytes(200, 0x41)));
  const bytes request = encode(asked);
  return ask_by_get(e, request, percent_encoded(base64(request), hex_case::upper));
}

script conditional(const evidence& e, std::string_view validator, const std::string& condition) {
  if (!e.has(probe_id::get_encoded)) return std::nullopt;
  const auto* before = e.http_of(probe_id::get_encoded);
  const auto value = before ? before->fields.find(validator) : std::nullopt;
  if (!value) return std::nullopt;
  const bytes request = encode(plain_question(e));
  return ask_by_get(e, request, percent_encoded(base64(request), hex_case::upper),
                    {{condition, std::string(*value)}});
}

script head(const evidence& e) {
  const bytes request = encode(plain_question(e));
  const std::string encoded = percent_encoded(base64(request), hex_case::upper);
  wire_script asked;
  asked.sendings.push_back({.octets = get(e.what().url, encoded, {}, "HEAD")});
  asked.request = request;
  asked.head_only = true;
  return asked;
}

script other_method(const evidence& e) {
  wire_script asked;
  asked.sendings.push_back(
      {.octets = fmt::format("DELETE {} HTTP/1.1\r\nHost: {}\r\nConnection: close\r\n\r\n",
                             post_target(e.what().url), e.what().url.host_field())});
  return asked;
}

script posted(const evidence& e, const post_form& form) {
  return ask_by_post(e, encode(plain_question(e)), form);
}

script twice(const evidence& e, sending::after second) {
  const bytes request = encode(plain_question(e));
  wire_script asked = ask_by_post(e, request, {.keep_alive = true});
  asked.sendings.push_back({.octets = post(e.what().url, request, {}), .when = second});
  asked.responses = 2;
  return asked;
}

script expect_continue(const evidence& e) {
  const bytes request = encode(plain_question(e));
  const post_form form{.expect_continue = true};
  wire_script asked;
  asked.sendings.push_back({.octets = post_head(e.what().url, request.size(), form)});
  asked.sendings.push_back({.octets = post_body(request, form), .when = sending::after::interim});
  asked.request = request;
  return asked;
}

script oversized_body(const evidence& e) {
  wire_script asked = ask_by_post(e, bytes(oversized_octets, 0), {});
  asked.request.clear();
  return asked;
}

script beside(const evidence& e, companion who) {
  wire_script asked = ask(e, encode(plain_question(e)));
  asked.beside = who;
  asked.limit = patience;
  return asked;
}

script slow_body(const evidence& e) {
  const bytes request = encode(plain_question(e));
  wire_script asked;
  asked.sendings.push_back({.octets = post_head(e.what().url, request.size(), {})});
  for (std::size_t i = 0; i < dripped_octets; ++i) {
    asked.sendings.push_back({.octets = std::string(1, static_cast<char>(request[i])),
                              .pause = std::chrono::seconds(1)});
  }
  asked.request = request;
  asked.unfinished = true;
  asked.limit = patience;
  return asked;
}

std::vector<probe> get_probes() {
  return {
      {probe_id::get_slashes_raw, "GET with // and + as they are",
       [](const evidence& e) {
         return tricky(e, [](std::string_view text) { return std::string(text); });
       }},
      {probe_id::get_slashes_encoded, "GET with %2F%2F and %2B",
       [](const evidence& e) {
         return tricky(
             e, [](std::string_view text) { return percent_encoded(text, hex_case::upper); });
       }},
      {probe_id::get_lower_case, "GET with %2f%2f and %2b",
       [](const evidence& e) {
         return tricky(
             e, [](std::string_view text) { return percent_encoded(text, hex_case::lower); });
       }},
      {probe_id::get_unpadded, "GET with base64 that lacks its padding",
       [](const evidence& e) {
         return tricky(e, [](std::string_view text) {
           return percent_encoded(without_padding(text), hex_case::upper);
         });
       }},
      {probe_id::get_long, "GET with more than 255 octets", long_get},
      {probe_id::if_none_match, "GET with If-None-Match",
       [](const evidence& e) { return conditional(e, "ETag", "If-None-Match"); }},
      {probe_id::if_modified_since, "GET with If-Modified-Since",
       [](const evidence& e) { return conditional(e, "Last-Modified", "If-Modified-Since"); }},
      {probe_id::head, "HEAD", head},
  };
}

std::vector<probe> message_probes() {
  return {
      {probe_id::other_method, "DELETE", other_method},
      {probe_id::wrong_content_type, "POST as text/plain",
       [](const evidence& e) { return posted(e, {.content_type = "text/plain"}); }},
      {probe_id::keep_alive, "two questions on one connection, one after the other",
       [](const evidence& e) { return twice(e, sending::after::response); }},
      {probe_id::pipelined, "two questions on one connection at once",
       [](const evidence& e) { return twice(e, sending::after::at_once); }},
      {probe_id::expect_continue, "POST with Expect: 100-continue", expect_continue},
      {probe_id::chunked, "POST in two chunks",
       [](const evidence& e) { return posted(e, {.chunked = true}); }},
      {probe_id::http10, "POST with HTTP/1.0",
       [](const evidence& e) { return posted(e, {.http10 = true}); }},
      {probe_id::oversized_body, "POST with 1 MiB of zeros", oversized_body},
      {probe_id::beside_silence, "the plain question beside a silent connection",
       [](const evidence& e) { return beside(e, companion::silent); }},
      {probe_id::beside_half_a_request, "the plain question beside half a request",
       [](const evidence& e) { return beside(e, companion::half_a_request); }},
      {probe_id::slow_body, "POST with one octet a second", slow_body},
  };
}

}  // namespace

std::vector<probe> http_probes() {
  std::vector<probe> all = get_probes();
  const auto messages = message_probes();
  all.insert(all.end(), messages.begin(), messages.end());
  return all;
}

}  // namespace staplelab::conform
