#include "responder/fast_path.hpp"

#include <algorithm>
#include <chrono>
#include <utility>

#include "pki/errors.hpp"
#include "responder/answer.hpp"
#include "responder/production.hpp"
#include "responder/quick_request.hpp"

namespace staplelab::responder {

namespace {

// How long an answer that is served at `now` is, and was, if nothing happens. It begins before
// `now`, since another thread may have read the clock a moment earlier.
ready_answers::window window_around(pki::time_point now, const answer_timing& timing) {
  using namespace std::chrono_literals;
  if (timing.production) {
    const auto from = production_at(timing, now).served_from;
    return {from, from + timing.production->every};
  }
  // producedAt and thisUpdate change with the second, each at its moment.
  const pki::time_point produced = std::chrono::floor<std::chrono::seconds>(now);
  const pki::time_point looked =
      std::chrono::floor<std::chrono::seconds>(now - timing.backdate) + timing.backdate;
  return {std::max(produced, looked), std::min(produced, looked) + 1s};
}

// Times have whole seconds on the wire, and unspecified is said by leaving the reason out.
pki::cert_status as_on_the_wire(pki::cert_status status) {
  if (auto* revoked = std::get_if<pki::revoked_status>(&status)) {
    revoked->at = std::chrono::floor<std::chrono::seconds>(revoked->at);
    if (revoked->reason == pki::crl_reason::unspecified) revoked->reason.reset();
  }
  return status;
}

bool says_the_same(const pki::basic_response& made, const pki::response_content& decided) {
  const auto& then = made.singles.front();
  const auto& now = decided.singles.front();
  return made.produced_at == decided.produced_at && then.this_update == now.this_update &&
         then.next_update == now.next_update &&
         as_on_the_wire(then.status) == as_on_the_wire(now.status);
}

}  // namespace

void fast_path::publish(std::vector<authority> authorities, const answer_policy& policy) {
  {
    const std::scoped_lock lock(terms_guard_);
    const auto version = version_.load(std::memory_order_relaxed) + 1;
    terms_ = std::make_shared<const terms>(version, std::move(authorities), policy);
    version_.store(version, std::memory_order_release);
  }
  ready_.forget_all();
}

std::shared_ptr<const fast_path::terms> fast_path::current_terms() const {
  const std::scoped_lock lock(terms_guard_);
  return terms_;
}

std::optional<pki::bytes> fast_path::ready_for(pki::bytes_view request, pki::time_point now) {
  const auto asked = read_plainly(request);
  if (!asked || !asked->nonce.empty() || !catch_up(now)) return std::nullopt;
  return ready_.find(asked->cert_id, now);
}

void fast_path::keep(pki::bytes_view request, const ocsp_answer& what, pki::time_point now,
                     ready_answers::stamp since) {
  const auto terms = current_terms();
  if (!terms || on_detour() || terms->policy.requests.required) return;
  // After the stamp was taken: a change that it does not tell of shows here.
  if (now < last_change_.load(std::memory_order_acquire)) return;
  const auto asked = read_plainly(request);
  if (!what.authoritative() || !asked || what.has_nonce()) return;
  auto when = window_around(now, terms->policy.timing());
  // One that was made out of turn is of no use to a clock that is set back to before it.
  when.from = std::max(when.from, what.content.produced_at);
  ready_.keep(what, when, since);
}

void fast_path::settle(pki::bytes_view request, ocsp_answer& what, pki::time_point now,
                       ready_answers::stamp since) {
  if (!what.authoritative()) return;
  const auto der = ready_for(request, now);
  if (!der) return keep(request, what, now, since);
  const auto read = pki::parse_ocsp_response(*der);
  if (read && read->basic && says_the_same(*read->basic, what.content)) what.der = *der;
}

// Once a millisecond somebody looks, so that whoever asks later than that hears of everything that
// was recorded before; the others wait for that look and share it.
bool fast_path::catch_up(pki::time_point now) {
  const auto moment = now.time_since_epoch().count();
  if (looked_at_.load(std::memory_order_acquire) == moment && readable_) return true;
  const std::scoped_lock lock(books_guard_);
  if (looked_at_.load(std::memory_order_relaxed) == moment) return readable_;
  readable_ = look_at_books(now);
  looked_at_.store(moment, std::memory_order_release);
  return readable_;
}

bool fast_path::look_at_books(pki::time_point now) {
  try {
    for (auto& change : from_.changes()) {
      if (change.when > now) {
        ready_.forget(change.serial);
        outdated_later_.emplace(change.when, std::move(change.serial));
      } else {
        outdate(change.serial, change.when);
      }
    }
  } catch (const pki::store_error&) {
    return false;
  }
  const auto due = outdated_later_.upper_bound(now);
  for (auto each = outdated_later_.begin(); each != due; ++each)
    outdate(each->second, each->first);
  outdated_later_.erase(outdated_later_.begin(), due);
  return true;
}

// Whoever looked at the clock before `when`, and at the books after this, has no right to keep what
// was right then: a thread that was held up, a production that began earlier, or anybody whose
// clock was set back.
void fast_path::outdate(const pki::serial_number& serial, pki::time_point when) {
  if (when > last_change_.load(std::memory_order_relaxed)) {
    last_change_.store(when, std::memory_order_release);
  }
  ready_.forget(serial);
}

}  // namespace staplelab::responder
