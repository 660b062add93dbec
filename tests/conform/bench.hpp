// A small PKI, and a responder made of paper: exchanges as they would have been recorded, each
// answer forged field by field.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "conform/check.hpp"
#include "conform/evidence.hpp"
#include "conform/question.hpp"
#include "pki/mini_ca.hpp"
#include "pki/ocsp_message.hpp"

namespace staplelab::conform::test {

using namespace std::chrono_literals;

pki::time_point at(std::string_view rfc3339);
inline const pki::time_point start = at("2026-03-01T12:00:00Z");
inline constexpr std::string_view start_text = "20260301120000Z";

// One issuer, what it issued (`revoked` is), and a stranger, all valid around `now`.
struct lab {
  explicit lab(pki::time_point now);
  pki::mini_ca ca;
  pki::credential issuer, leaf, revoked, old_revoked, delegate, unfit_delegate, stranger;
  pki::credential revoked_ca;
};
const lab& shared_lab();
target target_of(profile held_to);

struct forged_single {
  der::bytes cert_id;
  der::bytes status{0x80, 0x00};
  std::string this_update{start_text};
  std::optional<std::string> next_update{"20260305120000Z"};
  std::vector<der::bytes> extensions = {};
};

// A sound answer by the issuer, byKey, whose signature nobody looks at; rows change what they test.
struct forged {
  std::optional<der::bytes> version = {};  // content octets
  der::bytes responder_id = {};            // whole element
  std::string produced_at{start_text};
  std::vector<forged_single> singles = {};
  std::vector<der::bytes> extensions = {};
  der::bytes algorithm = {};  // content octets
  std::optional<std::vector<der::bytes>> certs = {};
};
der::bytes encode(const forged& answer);
der::bytes revoked_status(std::string_view time, std::optional<std::uint8_t> reason);
der::bytes by_key_of(const pki::certificate& cert);
der::bytes by_name_of(const pki::certificate& cert);

using fields = std::vector<std::pair<std::string, std::string>>;

class bench {
 public:
  explicit bench(profile held_to) : seen(target_of(held_to)) {}
  explicit bench(target what) : seen(std::move(what)) {}

  // Records the probe's request with this answer.
  void http(probe_id id, int status, std::string body, const fields& headers = {});
  void der(probe_id id, const der::bytes& answer, const fields& headers = {});
  void error(probe_id id, int response_status, const fields& headers = {}, int http_status = 200);
  // A SingleResponse `good` for every CertID that the request has, then changed.
  void say(probe_id id, const std::function<void(forged&)>& change = {},
           const fields& headers = {});
  void ends(probe_id id, ending how);
  // The plain question, answered well.
  void base() { say(probe_id::post_sha1); }
  exchange asked(probe_id id) const;

  evidence seen;
  runtime::duration took = 20ms;
};

}  // namespace staplelab::conform::test
