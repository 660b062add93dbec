// A scenario after parsing: nothing in it is text that still means something.
//
// The file format is described in docs/scenarios.md and in schema.json; parse.hpp reads it. A
// scenario is one file with all its includes and variables resolved, not yet expanded over its
// matrix; `expand` makes the cases.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "pki/cert_status.hpp"
#include "pki/key.hpp"
#include "responder/fault.hpp"
#include "runtime/clock.hpp"
#include "runtime/source_position.hpp"
#include "scenarios/expectation.hpp"
#include "stapler/mode.hpp"

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

struct signer_spec {
  std::string name;
  std::string issuer;
  pki::key_type key = pki::key_type::p256;
  duration valid;
  bool ocsp_signing = true;
  bool nocheck = true;
};

struct responder_spec {
  duration validity;
  duration backdate;   // this_update = now - backdate
  std::string signer;  // an authority, or a signer
  bool up = true;      // listens from the beginning
};

struct endpoint_spec {
  std::vector<std::string> certificates;  // the first one is the default
  std::optional<responder_address> url;   // replaces the certificates' own
  bool store = true;
};

// -- steps ------------------------------------------------------------------------------------

enum class party { endpoint, responder, client };

struct start_step { party who; };
struct stop_step { party who; };
struct kill_step {};     // the endpoint, without a chance to clean up
struct restart_step {};  // the endpoint: stop, then start with the same store
struct reload_step {
  std::optional<stapler::mode> mode;
  std::optional<std::vector<std::string>> certificates;
  std::optional<responder_address> url;
};
struct store_step {
  enum class act { corrupt, remove, truncate, replace, block, unblock };
  act what;
  std::string certificate;
  std::string with;  // replace: the certificate whose good answer is put there
};
struct issue_step { certificate_spec what; };
struct revoke_step {
  std::string certificate;
  std::optional<pki::crl_reason> reason;
  duration at;  // relative to now, zero or negative
};
struct hold_step { std::string certificate; };
struct release_step { std::string certificate; };
struct fault_step {
  responder::fault what;
  std::string name;  // to clear it by; the kind's name if none was given
  std::optional<unsigned> count;
  double probability = 1;
  duration from{0};             // after this step
  std::optional<duration> lasts;
  std::string certificate;      // empty: any
  std::string method;           // "GET", "POST", empty: any
  std::string path;             // prefix; empty: any
};
struct clear_step { std::string name; };  // empty: all
struct signer_step { std::string signer; };
struct responder_step {  // settings changed while it runs
  std::optional<duration> validity;
  std::optional<duration> backdate;
};
struct advance_step { duration by; };
struct advance_to_step { time_point to; };
struct skew_step { party who; duration by; };

enum class tls_version { tls12, tls13 };
struct handshake_step {
  std::string sni;            // empty: none sent
  std::optional<tls_version> tls;  // empty: whatever is negotiated
  bool status_request = true;
  unsigned count = 1;         // one after another
  unsigned parallel = 1;      // at the same time, in each round
};
struct query_step {
  std::string certificate;
  bool post = false;
  bool nonce = false;
  pki::hash_algorithm hash = pki::hash_algorithm::sha1;
  std::string path;  // of the responder's URL, before the encoded request
};
struct eventually_step { duration within; duration every; handshake_step handshake; };
struct always_step { duration lasts; duration every; handshake_step handshake; };
struct mark_step { std::string label; };  // fetches are counted from here
struct note_step {};
struct check_step {};  // looks at the world only

using action = std::variant<start_step, stop_step, kill_step, restart_step, reload_step, store_step,
                            issue_step, revoke_step, hold_step, release_step, fault_step,
                            clear_step, signer_step, responder_step, advance_step, advance_to_step,
                            skew_step, handshake_step, query_step, eventually_step, always_step,
                            mark_step, note_step, check_step>;

struct step {
  action what;
  std::string note;       // for the reader
  selection only;         // the cases in which this step takes place; empty: all
  expectation_tree expect;
  runtime::source_position where;
};

struct matrix {
  std::vector<stapler::mode> modes;
  std::vector<bool> must_staple;
  std::vector<std::string> profiles;  // names of stapling policies
};

struct scenario {
  std::string name;   // path below the folder it was found in, without ".json"
  std::string file;
  std::string title;
  std::string about;
  std::vector<std::string> tags;
  std::uint64_t seed = 1;
  time_point start;
  matrix over;
  std::vector<authority_spec> authorities;  // issuers before what they issue
  std::vector<certificate_spec> certificates;
  std::vector<signer_spec> signers;
  responder_spec responder;
  endpoint_spec endpoint;
  std::vector<step> steps;
};

// One cell of the matrix.
struct scenario_case {
  const scenario* of;  // owned by whoever parsed it; outlives the case
  stapler::mode mode;
  bool must_staple;
  std::string profile;
  std::string id() const;  // "revocation/turns-revoked::must::plain::builtin:resilient"
  stapler::staple_class initial_class() const;
};

std::vector<scenario_case> expand(const scenario& all);

}  // namespace staplelab::scenarios
