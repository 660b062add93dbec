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
  const auto asked = read_plainly(request);
  if (!what.authoritative() || !asked || what.has_nonce()) return;
  ready_.keep(what, window_around(now, terms->policy.timing()), since);
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
      ready_.forget(change.serial);
      if (change.when > now) outdated_later_.emplace(change.when, std::move(change.serial));
    }
  } catch (const pki::store_error&) {
    return false;
  }
  const auto due = outdated_later_.upper_bound(now);
  for (auto each = outdated_later_.begin(); each != due; ++each)
    ready_.forget(each->second);
  outdated_later_.erase(outdated_later_.begin(), due);
  return true;
}

}  // namespace staplelab::responder
