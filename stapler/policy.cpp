#include "stapler/policy.hpp"

#include <cassert>

namespace staplelab::stapler {

using std::chrono::hours;
using std::chrono::minutes;
using std::chrono::seconds;

policy resilient() {
  return {
      .prefetch = true,
      .in_handshake = handshake_fetch::never,
      .method = request_method::get_then_post,
      .escape_base64 = true,
      .hash = certid_hash::sha1_then_sha256,
      .bypass_stale_caches = true,
      .check_before_asking = true,
      .bad_answer_ends_fetch = false,
      .attempt_deadline = seconds(3),
      .fetch_deadline = seconds(5),
      .refresh_fraction = 0.5,
      .refresh_of = validity_measure::remaining,
      .refresh_of_stored = validity_measure::whole,
      .jitter = 0.1,
      .refresh_floor = seconds(1),
      .refresh_ceiling = {},
      .without_next_update = hours(24),
      .retry = retry_schedule::back_off,
      .retry_floor = seconds(5),
      .retry_cap = hours(1),
      .monitoring = monitoring_rule::goes_on,
      .start_without_staple = {.staple = start_rule::warn, .enforce = start_rule::refuse},
      .start_deadline = seconds(5),
      .start_interval = seconds(1),
      .stored_not_good = stored_not_good_rule::ask_first,
      .refusal_exit_code = 3,
      .verify = {.skew = {}, .max_age = hours(24 * 7), .match_cert_id = true, .fit_delegate = true},
      .expiry = expiry_rule::next_update_or_signer,
      .older_this_update_replaces = false,
      .on_revoked = {.staple = answer_rule::send, .enforce = answer_rule::shut_down},
      .on_unknown = {.staple = answer_rule::keep_old, .enforce = answer_rule::keep_old},
      .on_failure = failure_rule::keep_old,
      .on_error_answer = failure_rule::keep_old,
      .send_expired = false,
      .nothing_to_send = {.staple = empty_rule::no_staple, .enforce = empty_rule::fail_handshake},
      .shutdown_exit_code = 3,
      .persist = true,
      .failed_write = failed_write_rule::go_on,
      .failed_reload = failed_reload_rule::keep_old,
      .reload_keeps_staple = true,
  };
}

policy nats() {
  return {
      .prefetch = true,
      .in_handshake = handshake_fetch::wait,
      .method = request_method::get_only,
      .escape_base64 = false,
      .hash = certid_hash::sha1,
      .bypass_stale_caches = false,
      .check_before_asking = false,
      .bad_answer_ends_fetch = true,
      .attempt_deadline = seconds(30),
      .fetch_deadline = minutes(10),  // it has none; every attempt has its own
      .refresh_fraction = 0.5,
      .refresh_of = validity_measure::remaining,
      .refresh_of_stored = validity_measure::remaining,
      .jitter = 0,
      .refresh_floor = {},
      .refresh_ceiling = {},
      .without_next_update = hours(24),
      .retry = retry_schedule::as_refresh,
      .retry_floor = {},
      .retry_cap = minutes(2),
      .monitoring = monitoring_rule::ends_at_not_good,
      .start_without_staple = {.staple = start_rule::refuse, .enforce = start_rule::refuse},
      .start_deadline = {},
      .start_interval = {},
      .stored_not_good = stored_not_good_rule::believe,
      .refusal_exit_code = 1,
      .verify = {.skew = {}, .max_age = {}, .match_cert_id = false, .fit_delegate = false},
      .expiry = expiry_rule::next_update,
      .older_this_update_replaces = true,
      .on_revoked = {.staple = answer_rule::send, .enforce = answer_rule::shut_down},
      .on_unknown = {.staple = answer_rule::send, .enforce = answer_rule::shut_down},
      .on_failure = failure_rule::keep_old,
      .on_error_answer = failure_rule::keep_old,
      .send_expired = false,
      .nothing_to_send = {.staple = empty_rule::fail_handshake,
                          .enforce = empty_rule::fail_handshake},
      .shutdown_exit_code = 0,
      .persist = true,
      .failed_write = failed_write_rule::fail_fetch,
      .failed_reload = failed_reload_rule::serve_without_staple,
      .reload_keeps_staple = false,
  };
}

bool is_persona(profile p) {
  switch (p) {
    case profile::resilient:
    case profile::nats:
      return false;
    case profile::nginx_like:
    case profile::apache_like:
    case profile::caddy_like:
      return true;
  }
  assert(false);
  return false;
}

std::string_view to_string(profile p) {
  switch (p) {
    case profile::resilient:
      return "resilient";
    case profile::nats:
      return "nats";
    case profile::nginx_like:
      return "nginx-like";
    case profile::apache_like:
      return "apache-like";
    case profile::caddy_like:
      return "caddy-like";
  }
  assert(false);
  return {};
}

std::optional<profile> parse_profile(std::string_view name) {
  for (const profile p : all_profiles) {
    if (to_string(p) == name) return p;
  }
  return {};
}

policy policy_of(profile p) {
  switch (p) {
    case profile::resilient:
      return resilient();
    case profile::nats:
      return nats();
    case profile::nginx_like:
      return nginx_like();
    case profile::apache_like:
      return apache_like();
    case profile::caddy_like:
      return caddy_like();
  }
  assert(false);
  return resilient();
}

}  // namespace staplelab::stapler
