#include "stapler/stapling.hpp"

#include <algorithm>
#include <cassert>
#include <utility>

#include "pki/ocsp_message.hpp"

namespace staplelab::stapler {
namespace {

constexpr duration shortest_wait{1};  // else halving what remains would never get to the end

duration scaled(duration length, double factor) {
  return duration(static_cast<duration::rep>(static_cast<double>(length.count()) * factor));
}

// One draw a decision, used or not: so that a policy without jitter leaves the engine in the same
// state as one with jitter.
double draw(stapling::random& chance) {
  return static_cast<double>(chance() >> 11) * 0x1.0p-53;
}

end_reason reason_of(pki::ocsp_verdict verdict) {
  return verdict == pki::ocsp_verdict::revoked ? end_reason::revoked : end_reason::unknown;
}

octets invented_try_later() {
  return std::make_shared<const pki::bytes>(pki::build_ocsp_error(pki::response_status::try_later));
}

}  // namespace

std::string_view to_string(end_reason why) {
  switch (why) {
    case end_reason::revoked:
      return "revoked";
    case end_reason::unknown:
      return "unknown";
    case end_reason::no_valid_staple:
      return "no valid staple";
    case end_reason::internal_error:
      return "internal error";
  }
  assert(false);
  return {};
}

std::optional<time_point> expiry_of(const pki::ocsp_judgement& judgement, const policy& rules) {
  std::optional<time_point> expiry = judgement.next_update;
  if (!expiry && judgement.this_update && rules.verify.max_age) {
    expiry = *judgement.this_update + *rules.verify.max_age;
  }
  if (rules.expiry == expiry_rule::next_update_or_signer && judgement.signer_not_after) {
    expiry = expiry ? std::min(*expiry, *judgement.signer_not_after) : judgement.signer_not_after;
  }
  return expiry;
}

stapling::stapling(const policy& rules, staple_class c) : rules_(rules), class_(c) {}

next_step stapling::start(std::optional<staple> stored, random& chance, time_point now) {
  started_at_ = now;
  if (class_ == staple_class::off) {
    phase_ = phase::running;
    return rest{};
  }
  const auto expiry = stored ? expiry_of(stored->judgement, rules_) : std::nullopt;
  if (stored && !(expiry && *expiry < now)) {
    const bool good = stored->judgement.verdict == pki::ocsp_verdict::good;
    if (good) return resume(std::move(*stored), chance, now);
    if (rules_.stored_not_good == stored_not_good_rule::believe) {
      return accepted(std::move(*stored), fetch_cause::monitor, chance, now);
    }
    if (rule_for(stored->judgement.verdict) != answer_rule::keep_old) reserve_ = std::move(stored);
  }
  if (rules_.prefetch) return fetch_now{};
  phase_ = phase::running;
  return rules_.in_handshake == handshake_fetch::never ? next_step(fetch_now{}) : rest{};
}

next_step stapling::accepted(staple answer, fetch_cause cause, random& chance, time_point now) {
  if (class_ == staple_class::off || phase_ == phase::ended) return rest{};
  if (kept_out(answer, now)) return no_progress(false, cause, chance, now);
  if (answer.judgement.verdict != pki::ocsp_verdict::good) {
    return not_good(std::move(answer), cause, chance, now);
  }
  hold(std::move(answer));
  phase_ = phase::running;
  if (cause == fetch_cause::handshake && monitor_ != monitor::idle) return as_before{};
  return schedule(chance, now);
}

next_step stapling::not_good(staple answer, fetch_cause cause, random& chance, time_point now) {
  const auto verdict = answer.judgement.verdict;
  const bool at_start = phase_ == phase::starting;
  switch (rule_for(verdict)) {
    case answer_rule::send:
      hold(std::move(answer));
      phase_ = phase::running;
      return after_not_good(at_start, cause, chance, now);
    case answer_rule::keep_old:
      return no_progress(false, cause, chance, now);
    case answer_rule::drop:
      held_.reset();
      return no_progress(false, cause, chance, now);
    case answer_rule::shut_down:
      hold(std::move(answer));
      // Only the monitor ends a server; a handshake merely sends what it fetched.
      if (cause == fetch_cause::handshake) return as_before{};
      return end(reason_of(verdict));
  }
  assert(false);
  return rest{};
}

next_step stapling::after_not_good(bool at_start, fetch_cause cause, random& chance,
                                   time_point now) {
  if (cause == fetch_cause::handshake && monitor_ != monitor::idle) return as_before{};
  if (rules_.monitoring == monitoring_rule::goes_on) return schedule(chance, now);
  if (at_start) return fetch_now{};
  monitor_ = monitor::ended;
  return rest{};
}

next_step stapling::failed(const failed_attempt& attempt, fetch_cause cause, random& chance,
                           time_point now) {
  if (class_ == staple_class::off || phase_ == phase::ended) return rest{};
  switch (attempt.error_answer ? rules_.on_error_answer : rules_.on_failure) {
    case failure_rule::keep_old:
      break;
    case failure_rule::drop:
      held_.reset();
      break;
    case failure_rule::send_error:
      held_.reset();
      error_answer_ = attempt.error_answer ? attempt.error_answer : invented_try_later();
      break;
  }
  return no_progress(attempt.lasting, cause, chance, now);
}

next_step stapling::no_progress(bool lasting, fetch_cause cause, random& chance, time_point now) {
  if (phase_ == phase::starting) return settle_start(lasting, chance, now);
  if (cause == fetch_cause::handshake && monitor_ != monitor::idle) return as_before{};
  return retry(chance, now);
}

next_step stapling::settle_start(bool lasting, random& chance, time_point now) {
  const bool refuses = rules_.start_without_staple.of(class_) == start_rule::refuse;
  if (refuses && !lasting && now + rules_.start_interval < started_at_ + rules_.start_deadline) {
    return wait_until{now + rules_.start_interval};
  }
  if (reserve_) {
    const auto verdict = reserve_->judgement.verdict;
    if (rule_for(verdict) == answer_rule::shut_down) return end(reason_of(verdict));
    if (rule_for(verdict) == answer_rule::send) hold(std::move(*reserve_));
  }
  if (refuses && !held_ && !error_answer_) return end(end_reason::no_valid_staple);
  phase_ = phase::running;
  return retry(chance, now);
}

next_step stapling::due(time_point) {
  const bool over =
      class_ == staple_class::off || phase_ == phase::ended || monitor_ == monitor::ended;
  return over ? next_step(rest{}) : fetch_now{};
}

offer stapling::handshake(bool fetched, time_point now) {
  if (class_ == staple_class::off) return send_nothing{};
  if (!fetched && asks_for_client(now)) {
    return rules_.in_handshake == handshake_fetch::wait ? offer(fetch_first{}) : fetch_meanwhile{};
  }
  if (error_answer_) return send_staple{error_answer_};
  if (held_ && (rules_.send_expired || holds_valid(now))) return send_staple{held_->der};
  const bool may_fetch = !fetched && rules_.asking == asking_rule::by_itself;
  switch (rules_.in_handshake) {
    case handshake_fetch::never:
      break;
    case handshake_fetch::wait:
      if (may_fetch) return fetch_first{};
      break;
    case handshake_fetch::in_background:
      if (may_fetch) return fetch_meanwhile{};
      break;
  }
  switch (rules_.nothing_to_send.of(class_)) {
    case empty_rule::no_staple:
      return send_nothing{};
    case empty_rule::fail_handshake:
      return fail_handshake{};
  }
  assert(false);
  return send_nothing{};
}

bool stapling::asks_for_client(time_point now) const {
  const bool may =
      rules_.asking == asking_rule::for_clients && rules_.in_handshake != handshake_fetch::never;
  return may && (!ask_from_ || *ask_from_ <= now);
}

bool stapling::holds_valid(time_point now) const {
  if (!held_) return false;
  const auto expiry = expiry_of(held_->judgement, rules_);
  return !expiry || now <= *expiry;
}

// A stored answer that is not good counts as well: an old good answer, replayed, must not outlive
// the revocation that was seen before the restart.
bool stapling::kept_out(const staple& answer, time_point now) const {
  if (rules_.older_this_update_replaces) return false;
  const auto* known = reserve_ ? &*reserve_ : holds_valid(now) ? &*held_ : nullptr;
  return known && answer.judgement.this_update < known->judgement.this_update;
}

answer_rule stapling::rule_for(pki::ocsp_verdict verdict) const {
  assert(verdict == pki::ocsp_verdict::revoked || verdict == pki::ocsp_verdict::unknown);
  return verdict == pki::ocsp_verdict::revoked ? rules_.on_revoked.of(class_)
                                               : rules_.on_unknown.of(class_);
}

void stapling::hold(staple answer) {
  held_ = std::move(answer);
  reserve_.reset();
  error_answer_.reset();
  failures_ = 0;
}

next_step stapling::end(end_reason why) {
  const bool at_start = phase_ == phase::starting;
  phase_ = phase::ended;
  if (at_start) return refuse_to_start{rules_.refusal_exit_code, why};
  return shut_down{rules_.shutdown_exit_code, why};
}

duration stapling::until_refresh(validity_measure of, double stretch, time_point now) const {
  const auto expiry = expiry_of(held_->judgement, rules_);
  if (!held_->judgement.next_update) {
    duration length = scaled(rules_.without_next_update, stretch);
    if (expiry) length = std::min(length, scaled(*expiry - now, rules_.refresh_fraction));
    return length;
  }
  const time_point from =
      of == validity_measure::remaining ? now : held_->judgement.this_update.value_or(now);
  return from + scaled(*expiry - from, rules_.refresh_fraction * stretch) - now;
}

next_step stapling::resume(staple stored, random& chance, time_point now) {
  hold(std::move(stored));
  phase_ = phase::running;
  if (rules_.refresh_of_stored == validity_measure::remaining) return schedule(chance, now);
  const double stretch = 1 + rules_.jitter * draw(chance);
  duration length{};
  if (held_->judgement.next_update) {
    length = until_refresh(validity_measure::whole, stretch, now);
  } else {
    const time_point from = held_->judgement.this_update.value_or(now);
    length = std::min(from + scaled(rules_.without_next_update, stretch) - now,
                      until_refresh(validity_measure::remaining, stretch, now));
  }
  if (rules_.refresh_ceiling) length = std::min(length, *rules_.refresh_ceiling);
  if (length > duration{}) return wait(length, now);
  monitor_ = monitor::scheduled;
  return fetch_now{};
}

next_step stapling::schedule(random& chance, time_point now) {
  duration length = until_refresh(rules_.refresh_of, 1 + rules_.jitter * draw(chance), now);
  if (rules_.refresh_ceiling) length = std::min(length, *rules_.refresh_ceiling);
  return wait(std::max(length, rules_.refresh_floor), now);
}

next_step stapling::retry(random& chance, time_point now) {
  const double stretch = 1 + rules_.jitter * draw(chance);
  const bool valid = holds_valid(now);
  if (rules_.retry == retry_schedule::as_refresh) {
    return wait(valid ? until_refresh(rules_.refresh_of, stretch, now) : rules_.retry_cap, now);
  }
  // An expired staple is urgent: the back-off begins anew.
  if (std::exchange(failed_while_valid_, valid) != valid) failures_ = 0;
  duration length = rules_.retry_floor;
  for (int i = 0; i < failures_ && length < rules_.retry_cap; ++i)
    length *= 2;
  ++failures_;
  length = scaled(std::min(length, rules_.retry_cap), stretch);
  if (valid) {
    length = std::min(
        length, std::max(until_refresh(rules_.refresh_of, stretch, now), rules_.refresh_floor));
  }
  return wait(length, now);
}

next_step stapling::wait(duration length, time_point now) {
  const time_point until = now + std::max(length, shortest_wait);
  if (rules_.asking == asking_rule::for_clients) {
    ask_from_ = until;
    return rest{};
  }
  monitor_ = monitor::scheduled;
  return wait_until{until};
}

}  // namespace staplelab::stapler
