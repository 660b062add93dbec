// Servers that are widely used, as values of the policy. Where a value stands for something else
// than the server's own mechanism, docs/endpoint.md says so.
#include "stapler/policy.hpp"

namespace staplelab::stapler {

using std::chrono::hours;
using std::chrono::minutes;
using std::chrono::seconds;

namespace {

// What all of them have in common: modes are not known, so nothing is enforced.
policy without_modes() {
  policy rules = nats();
  rules.prefetch = false;
  rules.start_without_staple = {.staple = start_rule::warn, .enforce = start_rule::warn};
  rules.nothing_to_send = {.staple = empty_rule::no_staple, .enforce = empty_rule::no_staple};
  rules.monitoring = monitoring_rule::goes_on;
  rules.failed_write = failed_write_rule::go_on;
  rules.failed_reload = failed_reload_rule::keep_old;
  return rules;
}

}  // namespace

// A client that asks for a status starts a fetch and goes on with what there is. After an answer
// the next fetch is due in an hour, or when the answer expires, but not within five minutes; after
// anything else in five minutes. An answer other than good is an error.
policy nginx_like() {
  policy rules = without_modes();
  rules.in_handshake = handshake_fetch::in_background;
  rules.asking = asking_rule::for_clients;
  rules.method = request_method::get_only;
  rules.escape_base64 = true;
  rules.attempt_deadline = seconds(60);
  rules.refresh_fraction = 1;
  rules.refresh_floor = minutes(5);
  rules.refresh_ceiling = hours(1);
  rules.without_next_update = hours(1);
  rules.retry = retry_schedule::back_off;
  rules.retry_floor = minutes(5);
  rules.retry_cap = minutes(5);
  rules.verify = {.skew = minutes(5), .max_age = {}, .match_cert_id = true, .fit_delegate = true};
  rules.on_revoked = {.staple = answer_rule::keep_old, .enforce = answer_rule::keep_old};
  rules.on_unknown = {.staple = answer_rule::keep_old, .enforce = answer_rule::keep_old};
  rules.persist = false;
  return rules;
}

// A client that finds nothing in the cache fetches, and waits up to ten seconds; what it got, or a
// tryLater in its place, is what everybody gets: an hour long if it was sound, ten minutes if not.
policy apache_like() {
  policy rules = without_modes();
  rules.in_handshake = handshake_fetch::wait;
  rules.asking = asking_rule::for_clients;
  rules.method = request_method::post_only;
  rules.attempt_deadline = seconds(10);
  rules.refresh_fraction = 1;
  rules.refresh_floor = {};
  rules.refresh_ceiling = hours(1);
  rules.without_next_update = hours(1);
  rules.retry = retry_schedule::back_off;
  rules.retry_floor = minutes(10);
  rules.retry_cap = minutes(10);
  rules.verify = {.skew = minutes(5), .max_age = {}, .match_cert_id = true, .fit_delegate = true};
  rules.on_revoked = {.staple = answer_rule::send, .enforce = answer_rule::send};
  rules.on_unknown = {.staple = answer_rule::send, .enforce = answer_rule::send};
  rules.on_failure = failure_rule::send_error;
  rules.on_error_answer = failure_rule::send_error;
  rules.unsound_is_error_answer = true;
  rules.persist = false;
  return rules;
}

// Asks before it serves, however long that takes, and from half of the validity on once an hour. It
// staples what was good, for as long as nothing better comes.
policy caddy_like() {
  policy rules = without_modes();
  rules.prefetch = true;
  rules.in_handshake = handshake_fetch::never;
  rules.method = request_method::post_only;
  rules.attempt_deadline = minutes(10);
  rules.refresh_of = validity_measure::whole;
  rules.refresh_floor = hours(1);
  rules.without_next_update = hours(1);
  rules.retry = retry_schedule::back_off;
  rules.retry_floor = hours(1);
  rules.retry_cap = hours(1);
  rules.expiry = expiry_rule::next_update_or_signer;
  rules.outlives_certificate = false;
  rules.on_revoked = {.staple = answer_rule::keep_old, .enforce = answer_rule::keep_old};
  rules.on_unknown = {.staple = answer_rule::keep_old, .enforce = answer_rule::keep_old};
  rules.send_expired = true;
  rules.failed_write = failed_write_rule::fail_fetch;
  rules.reload_keeps_staple = true;
  return rules;
}

}  // namespace staplelab::stapler
