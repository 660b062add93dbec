// The steps of a scenario: what can happen in a world, one type for each, and what is expected
// then.
#pragma once

#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "pki/cert_status.hpp"
#include "responder/fault.hpp"
#include "runtime/source_position.hpp"
#include "scenarios/expectation.hpp"
#include "scenarios/parties.hpp"
#include "stapler/mode.hpp"

namespace staplelab::scenarios {

enum class party { endpoint, responder, client };

struct start_step {
  party who;
};
struct stop_step {
  party who;
};
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
struct issue_step {
  certificate_spec what;
  std::optional<unsigned> count = {};  // so many of them, "NAME-1" and on
};
struct revoke_step {
  std::string certificate;
  std::optional<pki::crl_reason> reason;
  duration at;  // relative to now, zero or negative
  // Of certificates issued together: so many that have not been revoked; empty: all of them.
  std::optional<unsigned> count = {};
};
struct hold_step {
  std::string certificate;
};
struct release_step {
  std::string certificate;
};
struct fault_step {
  responder::fault what;
  std::string name;  // to clear it by; the kind's name if none was given
  std::optional<unsigned> count;
  double probability = 1;
  duration from{0};  // after this step
  std::optional<duration> lasts;
  std::string certificate;  // empty: any
  std::string method;       // "GET", "POST", empty: any
  std::string path;         // prefix; empty: any
};
struct clear_step {
  std::string name;
};  // empty: all
struct signer_step {
  std::string signer;
};
struct publish_step {  // a CRL, out of turn
  std::string authority;
};
struct responder_step {  // settings changed while it runs
  std::optional<duration> validity;
  std::optional<duration> backdate;
  std::optional<duration> produce_every = {};  // zero: answers are made when asked for
  std::optional<duration> publication_lag = {};
  std::optional<bool> produce_on_change = {};
  std::optional<duration> cache = {};  // zero: none in front any more
};
struct purge_step {};  // the cache in front of the responder
struct advance_step {
  duration by;
};
struct advance_to_step {
  time_point to;
};
struct skew_step {
  party who;
  duration by;
};

enum class tls_version { tls12, tls13 };
struct handshake_step {
  std::string sni;                 // empty: none sent
  std::optional<tls_version> tls;  // empty: whatever is negotiated
  bool status_request = true;
  unsigned responder_ids = 0;  // so many responders are named in it
  unsigned count = 1;          // one after another
  unsigned parallel = 1;       // at the same time, in each round
};
struct query_step {
  std::string certificate;  // or an authority
  bool post = false;
  bool nonce = false;
  pki::hash_algorithm hash = pki::hash_algorithm::sha1;
  std::string path;  // of the responder's URL, before the encoded request
  bool of_crl =
      false;  // the CRL of the issuer is looked at instead; nothing above but the name counts
};
struct eventually_step {
  duration within;
  duration every;
  handshake_step handshake;
  std::optional<query_step> query = {};  // in place of the handshake
};
struct always_step {
  duration lasts;
  duration every;
  handshake_step handshake;
  std::optional<query_step> query = {};  // in place of the handshake
};
struct mark_step {
  std::string label;
};  // fetches are counted from here
struct note_step {};
struct check_step {};  // looks at the world only

using action = std::variant<start_step, stop_step, kill_step, restart_step, reload_step, store_step,
                            issue_step, revoke_step, hold_step, release_step, fault_step,
                            clear_step, signer_step, publish_step, responder_step, purge_step,
                            advance_step, advance_to_step, skew_step, handshake_step, query_step,
                            eventually_step, always_step, mark_step, note_step, check_step>;

struct step {
  action what;
  std::string note;  // for the reader
  selection only;    // the cases in which this step takes place; empty: all
  expectation_tree expect;
  std::string file;  // where it is written: the scenario's, or an included one
  runtime::source_position where;
};

}  // namespace staplelab::scenarios
