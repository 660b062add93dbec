// The cells of a server's row: what they are called, and the values they can have.
//
// Names and values are a contract that scripts rely on; docs/fingerprint.md lists them. A cell that
// says nothing about a server holds the reason, never a value.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

namespace staplelab::fingerprint {

enum class cell {
  first_handshake,
  fetch_in_handshake,
  refresh,
  while_valid_down,
  while_valid_http_500,
  while_valid_try_later,
  while_valid_malformed,
  after_expiry_down,
  expired_for_s,
  on_expired,
  on_future,
  on_revoked,
  on_unknown,
  on_wrong_cert,
  on_wrong_signer,
  on_wrong_signer_embedded,
  hang_blocks,
  blocked_s,
  restart_down,
  reload_down,
  start_down,
  revoked_shutdown,
  must_staple_matters,
  fetches_for_one_expiry,
  request,
  // Not of the contract: for the page on servers alone.
  asks_before_clients,
  keeps_answers,
};
bool is_of_contract(cell which);
bool is_about_asking(cell which);   // a responder, which not every server does
std::span<const cell> all_cells();  // in the order of the row
std::string_view to_string(cell which);
std::optional<cell> parse_cell(std::string_view name);
std::string_view about(cell which);  // what it asks, one line

enum class word {
  no,
  yes,
  stapled,
  kept,
  none,
  expired_stapled,
  error_stapled,
  handshake_failed,
  exited,
  refused,
  handshake,
  startup,
};
std::string_view to_string(word what);

// When a server asks again after an answer that is good. Each is empty where it was not found.
struct refresh_point {
  std::optional<double> fraction;  // of the validity
  std::optional<long> floor_s;
  std::optional<long> ceiling_s;
};
// How it asks.
struct request_form {
  std::string method;  // "GET"
  std::string http;    // "1.1"
  bool nonce;
  std::string hash;  // of the CertID, "sha1"
};
struct does_not_apply {
  std::string why;  // one line
};
using value = std::variant<does_not_apply, word, long, refresh_point, request_form>;

using cell_values = std::vector<std::pair<cell, value>>;

// Whether two runs found the same. Seconds and fractions are measured, and equal within a tenth.
bool alike(const value& a, const value& b);

// "kept", "50 %, at most 12h", "GET, HTTP/1.1, no nonce, sha1", "not applicable".
std::string in_words(cell which, const value& what);

}  // namespace staplelab::fingerprint
