#include "stapler/staple_keeper.hpp"

#include <algorithm>
#include <cassert>
#include <exception>
#include <utility>

#include "pki/ocsp_verify.hpp"

namespace staplelab::stapler {

using runtime::awaitable;

namespace {

bool counts_as_error_answer(pki::ocsp_verdict verdict, const policy& rules) {
  const bool well_formed = verdict != pki::ocsp_verdict::malformed;
  return verdict == pki::ocsp_verdict::error_status ||
         (rules.unsound_is_error_answer && well_formed);
}

}  // namespace

// Held by whoever fetches. A frame that is destroyed in the middle gives it back as well.
class staple_keeper::fetch_lease {
 public:
  explicit fetch_lease(staple_keeper& keeper) : keeper_(keeper) {
    assert(!keeper_.fetching_);
    keeper_.fetching_ = true;
  }
  fetch_lease(const fetch_lease&) = delete;
  fetch_lease& operator=(const fetch_lease&) = delete;
  ~fetch_lease() {
    keeper_.fetching_ = false;
    keeper_.fetch_over_.notify();
  }

 private:
  staple_keeper& keeper_;
};

staple_keeper::staple_keeper(surroundings around, served_certificate what, policy rules,
                             staple_class c)
    : around_(std::move(around)),
      certificate_(std::move(what)),
      rules_(rules),
      machine_(rules, c),
      fetch_over_(around_.where),
      next_changed_(around_.where),
      handshake_fetches_(around_.where) {}

awaitable<std::optional<refuse_to_start>> staple_keeper::start(std::optional<staple> carried) {
  const time_point begun = around_.time.now();
  auto stored = carried ? verified(*carried->der) : std::nullopt;
  const auto source = stored ? staple_source::fetch : staple_source::disk;
  if (!stored) stored = load_stored();
  const bool off = machine_.class_of_staple() == staple_class::off;
  next_ = machine_.start(off ? std::nullopt : std::move(stored), around_.chance, begun);
  if (source == staple_source::disk) tell_if_changed({}, source);
  while (!machine_.started()) {
    if (ended_) co_return std::nullopt;
    if (const auto* refusal = std::get_if<refuse_to_start>(&next_)) co_return *refusal;
    if (const auto* wait = std::get_if<wait_until>(&next_)) {
      co_await around_.time.sleep_until(wait->t);
      next_ = machine_.due(around_.time.now());
    } else {
      assert(std::holds_alternative<fetch_now>(next_));
      auto deadline = around_.time.now() + rules_.fetch_deadline;
      if (rules_.start_deadline > duration{}) {
        deadline = std::min(deadline, begun + rules_.start_deadline);
      }
      co_await fetch_for_monitor(deadline);
    }
  }
  bare_ = !off && rules_.prefetch && !machine_.held();
  if (bare_) warn("starts without a staple: " + last_failure_);
  co_return std::nullopt;
}

awaitable<shut_down> staple_keeper::watch() {
  for (;;) {
    if (const auto* end = std::get_if<shut_down>(&next_)) co_return *end;
    if (const auto* wait = std::get_if<wait_until>(&next_)) {
      co_await around_.time.sleep_until(wait->t);
      next_ = machine_.due(around_.time.now());
    } else if (std::holds_alternative<fetch_now>(next_)) {
      co_await fetch_for_monitor(around_.time.now() + rules_.fetch_deadline);
    } else {
      co_await next_changed_.wait();
    }
  }
}

offer staple_keeper::offer_now() {
  offer now = machine_.handshake(false, around_.time.now());
  if (!std::holds_alternative<fetch_meanwhile>(now)) return now;
  begin_fetch_for_handshake();
  return machine_.handshake(true, around_.time.now());
}

awaitable<offer> staple_keeper::offer_after_fetch(runtime::connection_id client) {
  const auto waiting = around_.time.idle(client);
  do {
    while (paused_ && !ended_)
      co_await fetch_over_.wait();
    begin_fetch_for_handshake();
    while (fetching_)
      co_await fetch_over_.wait();
  } while (paused_ && !ended_);
  co_return machine_.handshake(true, around_.time.now());
}

void staple_keeper::begin_fetch_for_handshake() {
  if (fetching_ || paused_ || ended_) return;
  handshake_fetches_.spawn(
      fetch_for_handshake(shared_from_this(), std::make_unique<fetch_lease>(*this)));
}

awaitable<void> staple_keeper::fetch_for_handshake(std::shared_ptr<staple_keeper> self,
                                                   std::unique_ptr<fetch_lease>) {
  try {
    co_await self->fetch_and_take(fetch_cause::handshake,
                                  self->around_.time.now() + self->rules_.fetch_deadline);
  } catch (const std::exception& failure) {
    if (runtime::means_cancelled(std::current_exception())) throw;
    if (!self->ended_) self->warn(std::string("a fetch for a handshake failed: ") + failure.what());
  }
}

awaitable<void> staple_keeper::fetch_for_monitor(time_point deadline) {
  while (fetching_)
    co_await fetch_over_.wait();
  const fetch_lease lease(*this);
  co_await fetch_and_take(fetch_cause::monitor, deadline);
}

awaitable<void> staple_keeper::fetch_and_take(fetch_cause cause, time_point deadline) {
  fetch_subject subject{certificate_.leaf, certificate_.issuer, certificate_.responders};
  auto outcome = co_await fetch(around_.time, std::move(subject), rules_, around_.tell, deadline);
  if (ended_) co_return;
  const auto before = machine_.held();
  const auto error_before = machine_.error_answer();
  next_step step = take(std::move(outcome), cause);
  tell_if_changed(before, staple_source::fetch);
  tell_if_dropped(before, error_before);
  if (machine_.started()) warn_when_bare();
  if (std::holds_alternative<as_before>(step)) co_return;
  next_ = step;
  next_changed_.notify();
}

next_step staple_keeper::take(fetch_outcome outcome, fetch_cause cause) {
  if (auto* answer = std::get_if<fetched_answer>(&outcome)) {
    return take_answer(std::move(*answer), cause);
  }
  return take_failure(std::get<fetch_failure>(outcome), cause);
}

next_step staple_keeper::take_answer(fetched_answer answer, fetch_cause cause) {
  const auto verdict = answer.judgement.verdict;
  const octets der = std::make_shared<const pki::bytes>(std::move(answer.der));
  const bool write_first = rules_.persist && rules_.failed_write == failed_write_rule::fail_fetch;
  if (write_first) {
    if (auto why = around_.store.save(certificate_.leaf, *der)) {
      last_failure_ = *why;
      warn(std::move(*why));
      return machine_.failed({}, cause, around_.chance, around_.time.now());
    }
  }
  const time_point now = around_.time.now();
  const auto step =
      machine_.accepted({der, std::move(answer.judgement)}, cause, around_.chance, now);
  if (!machine_.held() || machine_.held()->der != der) {
    const bool unwanted = verdict != pki::ocsp_verdict::good;
    last_failure_ = unwanted ? "the responder answers " + std::string(pki::to_string(verdict))
                             : "the answer is older than the one held";
    return step;
  }
  last_failure_.clear();
  if (rules_.persist && !write_first) {
    if (auto why = around_.store.save(certificate_.leaf, *der)) warn(std::move(*why));
  }
  return step;
}

next_step staple_keeper::take_failure(const fetch_failure& failure, fetch_cause cause) {
  last_failure_ = to_string(failure);
  failed_attempt attempt;
  attempt.lasting = std::holds_alternative<no_responder>(failure) ||
                    std::holds_alternative<no_issuer>(failure) ||
                    std::holds_alternative<not_worth_asking>(failure);
  error_answer_is_ = pki::ocsp_verdict::error_status;
  const auto* rejected = std::get_if<answer_rejected>(&failure);
  if (rejected && counts_as_error_answer(rejected->judgement.verdict, rules_)) {
    attempt.error_answer = std::make_shared<const pki::bytes>(rejected->der);
    error_answer_is_ = rejected->judgement.verdict;
  }
  return machine_.failed(attempt, cause, around_.chance, around_.time.now());
}

std::optional<staple> staple_keeper::load_stored() const {
  if (!rules_.persist) return {};
  auto der = around_.store.load(certificate_.leaf);
  if (!der) return {};
  return verified(*std::move(der));
}

std::optional<staple> staple_keeper::verified(pki::bytes der) const {
  if (!certificate_.issuer) return {};
  auto judgement = pki::verify_ocsp(der, certificate_.leaf, *certificate_.issuer, rules_.verify,
                                    around_.time.now());
  switch (judgement.verdict) {
    case pki::ocsp_verdict::good:
    case pki::ocsp_verdict::revoked:
    case pki::ocsp_verdict::unknown:
      return staple{std::make_shared<const pki::bytes>(std::move(der)), std::move(judgement)};
    case pki::ocsp_verdict::malformed:
    case pki::ocsp_verdict::error_status:
    case pki::ocsp_verdict::wrong_cert:
    case pki::ocsp_verdict::unauthorized_signer:
    case pki::ocsp_verdict::bad_signature:
    case pki::ocsp_verdict::critical_extension:
    case pki::ocsp_verdict::not_yet_valid:
    case pki::ocsp_verdict::expired:
      break;
  }
  return {};
}

void staple_keeper::tell_if_changed(const std::optional<staple>& before,
                                    staple_source source) const {
  const auto& now = machine_.held();
  if (!now || (before && *before->der == *now->der)) return;
  around_.tell(staple_changed{certificate_.leaf.subject(), now->judgement.verdict,
                              now->judgement.this_update, now->judgement.next_update, source,
                              now->der});
}

// An error that follows upon an error is no news.
void staple_keeper::tell_if_dropped(const std::optional<staple>& before,
                                    const octets& error_before) const {
  const auto& error = machine_.error_answer();
  const bool gone = before && !machine_.held();
  if (!gone && (error_before || !error)) return;
  staple_dropped dropped{.certificate = certificate_.leaf.subject(), .der = error};
  if (error) dropped.instead = error_answer_is_;
  around_.tell(std::move(dropped));
}

void staple_keeper::warn(std::string message) const {
  around_.tell(warned{certificate_.leaf.subject(), std::move(message)});
}

// Once each time that what is held has run out.
void staple_keeper::warn_when_bare() {
  const bool was_bare = std::exchange(bare_, !machine_.holds_valid(around_.time.now()));
  if (bare_ && !was_bare) warn("has no valid staple to send: " + last_failure_);
}

awaitable<void> staple_keeper::pause() {
  paused_ = true;
  handshake_fetches_.cancel();
  while (fetching_)
    co_await fetch_over_.wait();
}

void staple_keeper::resume() {
  paused_ = false;
  fetch_over_.notify();
}

void staple_keeper::end() {
  ended_ = true;
  handshake_fetches_.cancel();
  fetch_over_.notify();
}

certificate_state staple_keeper::state() const {
  certificate_state state{
      certificate_.leaf.subject(), machine_.class_of_staple(), machine_.held(), {}, last_failure_};
  if (const auto* wait = std::get_if<wait_until>(&next_)) state.next_fetch = wait->t;
  if (std::holds_alternative<fetch_now>(next_)) state.next_fetch = around_.time.now();
  return state;
}

}  // namespace staplelab::stapler
