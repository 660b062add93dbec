// How a server staples, as a value: every choice that servers are known to make differently.
//
// The state machine in stapler/stapling.hpp and the fetcher obey it; neither knows a server's name.
// Servers that are widely used are further values, the personas: docs/endpoint.md says of each what
// it copies and what it does not.
// Durations are simulated or real, as the clock is.
#pragma once

#include <array>
#include <chrono>
#include <optional>
#include <string_view>

#include "pki/ocsp_verify.hpp"
#include "pki/time.hpp"
#include "stapler/mode.hpp"

namespace staplelab::stapler {

using pki::duration;
using pki::time_point;

// A choice that depends on the class of the certificate. Class off has nothing to choose.
template <class Choice>
struct by_class {
  Choice staple;
  Choice enforce;
  Choice of(staple_class c) const { return c == staple_class::enforce ? enforce : staple; }
};

enum class handshake_fetch {
  never,          // handshakes find what there is
  wait,           // a handshake that finds nothing to send fetches, and waits for it
  in_background,  // such a handshake starts a fetch, and goes on without
};
// Who asks when it is time to ask again.
enum class asking_rule {
  by_itself,    // the server, by a timer
  for_clients,  // the next handshake, as in_handshake says; without clients nobody does
};
enum class validity_measure {
  remaining,  // from now to the expiry
  whole,      // from thisUpdate to the expiry
};
enum class retry_schedule {
  back_off,    // retry_floor, doubled each time up to retry_cap; anew once nothing valid is held
  as_refresh,  // at the refresh point of what is held; retry_cap when that has expired
};
// What a sound answer other than good does.
enum class answer_rule {
  send,       // it replaces the staple
  keep_old,   // counts as a failed attempt
  drop,       // nothing is sent from now on
  shut_down,  // it replaces the staple, and the server ends; before listening: refuses to start
};
// What an attempt without a sound answer does to the staple held.
enum class failure_rule {
  keep_old,
  drop,
  send_error,  // the responder's error answer, or an invented tryLater, takes its place
};
enum class monitoring_rule {
  goes_on,          // whatever was learnt, the next look comes
  ends_at_not_good  // learnt before listening: one more look at once; while running: none
};
enum class start_rule { refuse, warn };
enum class empty_rule { no_staple, fail_handshake };
enum class expiry_rule {
  next_update,
  next_update_or_signer,  // whichever comes first: nextUpdate, or the signer's notAfter
};
enum class stored_not_good_rule {
  believe,    // as if it had just been fetched
  ask_first,  // held in reserve while the responder is asked
};
enum class failed_reload_rule { keep_old, serve_without_staple };
enum class failed_write_rule { go_on, fail_fetch };
enum class request_method {
  get_then_post,  // GET when the URL has at most 255 octets (RFC 6960 A.1), POST after a failure
  get_only,
  post_only,
};
// RFC 9919 3.1.1 wants SHA-256 in a CertID; responders that are deployed know SHA-1, and many know
// nothing else. The second digest is tried once, when the first one brings unauthorized.
enum class certid_hash { sha1, sha1_then_sha256, sha256_then_sha1 };

struct policy {
  // Asking
  bool prefetch;  // before listening
  handshake_fetch in_handshake;
  asking_rule asking = asking_rule::by_itself;
  request_method method;
  bool escape_base64;  // percent-encode the request in a GET path
  certid_hash hash = certid_hash::sha1;
  // A stale answer may be a cache's: asks once more with no-cache (RFC 9919 7.2).
  bool bypass_stale_caches = false;
  // Asks nobody about a certificate that has expired, or that its issuer did not sign (RFC
  // 9919 4.1).
  bool check_before_asking = false;
  // After an answer that is not sound no further address is asked, only after none.
  bool bad_answer_ends_fetch = false;
  duration attempt_deadline;
  duration fetch_deadline;  // all URLs and methods of one fetch together

  // When to ask again. A retry under back_off comes no later than the refresh point of what is
  // held.
  double refresh_fraction;  // of the validity, after an accepted answer
  validity_measure refresh_of;
  // The same for a staple that was held already, before a restart or a reload: under `whole` they
  // do not put off the next look, and one that is overdue is taken at once.
  validity_measure refresh_of_stored = validity_measure::remaining;
  double jitter;           // a wait is stretched by up to this fraction of itself
  duration refresh_floor;  // zero: as short as the clock can tell
  std::optional<duration> refresh_ceiling;
  duration without_next_update;
  retry_schedule retry;
  duration retry_floor;
  duration retry_cap;
  monitoring_rule monitoring;

  // Before listening
  by_class<start_rule> start_without_staple;
  duration start_deadline;  // under start_rule::refuse attempts go on that long,
  duration start_interval;  // one after the other with this pause
  stored_not_good_rule stored_not_good;
  int refusal_exit_code;

  // Which answers to take. verify.max_age is also how long one without nextUpdate is kept.
  pki::verify_rules verify;
  expiry_rule expiry;
  bool outlives_certificate = true;  // false: an answer that is valid for longer is not sound
  bool older_this_update_replaces;
  by_class<answer_rule> on_revoked;
  by_class<answer_rule> on_unknown;
  failure_rule on_failure;
  failure_rule on_error_answer;  // tryLater and its kind
  // An answer that is well formed and not sound is treated as an error answer is.
  bool unsound_is_error_answer = false;

  // What to send
  bool send_expired;
  by_class<empty_rule> nothing_to_send;

  int shutdown_exit_code;
  bool persist;
  failed_write_rule failed_write;
  failed_reload_rule failed_reload;
  bool reload_keeps_staple;  // of a certificate that did not change
};

// Never waits on a handshake's path, keeps a good staple through outages, recovers by itself.
policy resilient();
// What nats-server 2.9.10 does, where users can see it.
policy nats();
// Personas: nginx 1.22 with ssl_stapling and ssl_stapling_verify on, Apache 2.4 with the defaults
// of mod_ssl, Caddy 2.6 with a certificate from files. None knows modes: what they do for one class
// they do for the other.
policy nginx_like();
policy apache_like();
policy caddy_like();

enum class profile { resilient, nats, nginx_like, apache_like, caddy_like };
inline constexpr std::array all_profiles{profile::resilient, profile::nats, profile::nginx_like,
                                         profile::apache_like, profile::caddy_like};
// Copies a server that is judged by what a good one does.
bool is_persona(profile p);
std::string_view to_string(profile p);
std::optional<profile> parse_profile(std::string_view name);
policy policy_of(profile p);

}  // namespace staplelab::stapler
