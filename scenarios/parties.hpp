// Who takes part in a scenario, as its file describes them: the CA's authorities and certificates,
// the responder, the endpoint. Defaults are filled in by parse_pki.cpp.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "pki/key.hpp"
#include "responder/policy.hpp"
#include "runtime/clock.hpp"

namespace staplelab::scenarios {

using runtime::duration;
using runtime::time_point;

// Where a certificate or an endpoint looks for a responder. Ports are known only when the world
// runs, so the file says "${responder}/path", "${nowhere}/" (a port nobody listens on), or a URL.
struct responder_address {
  enum class base { responder, nowhere, literal };
  base on = base::responder;
  std::string rest;  // appended to the base; the whole URL for `literal`
};

struct authority_spec {
  std::string name;
  std::string issuer;  // empty: a root
  pki::key_type key = pki::key_type::p256;
  duration valid;
};

enum class must_staple_choice { no, yes, as_matrix };
bool is_must_staple(must_staple_choice choice, bool of_matrix);

struct certificate_spec {
  std::string name;
  std::string issuer;
  pki::key_type key = pki::key_type::p256;
  std::vector<std::string> names;  // subjectAltName
  duration valid;
  duration backdate;  // not_before = now - backdate
  must_staple_choice must_staple = must_staple_choice::as_matrix;
  std::vector<responder_address> responders;
};

// Of certificates that are issued together: "fleet-17".
std::string member_name(std::string_view batch, unsigned number);

struct signer_spec {
  std::string name;
  std::string issuer;
  pki::key_type key = pki::key_type::p256;
  duration valid;
  bool ocsp_signing = true;
  bool nocheck = true;
  bool renewed = false;  // another takes its place when two thirds of its life have passed
};

struct responder_spec {
  duration validity;
  duration backdate;   // this_update = now - backdate
  std::string signer;  // an authority, or a signer
  bool up = true;      // listens from the beginning
  responder::profile profile = responder::profile::rfc9919;
  std::optional<responder::non_issued_answer> non_issued = {};  // empty: the profile's
  pki::responder_id_form responder_id = pki::responder_id_form::by_key;
  std::optional<duration> produce_every = {};  // empty: answers are made when asked for
  duration publication_lag{0};
  bool produce_on_change = false;
  duration crl_every{0};  // zero: when one is asked for, and something has happened
  duration crl_validity = std::chrono::days(7);
  std::optional<duration> cache = {};  // a cache in front keeps answers for so long
};
responder::answer_policy policy_of(const responder_spec& spec);

struct endpoint_spec {
  std::vector<std::string> certificates;  // the first one is the default
  std::optional<responder_address> url;   // replaces the certificates' own
  bool store = true;
  bool issuer = true;  // is given the issuer's certificate
};

}  // namespace staplelab::scenarios
