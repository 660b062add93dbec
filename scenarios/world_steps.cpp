// What each kind of step does in the world, but for those that probe it.
#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "pki/errors.hpp"
#include "runtime/duration_text.hpp"
#include "runtime/task_group.hpp"
#include "scenarios/step_text.hpp"
#include "scenarios/target.hpp"
#include "scenarios/world_play.hpp"

namespace staplelab::scenarios {

using runtime::awaitable;
using std::chrono::seconds;

namespace {

// In real time.
constexpr duration smallest_in_answer = seconds(1);

// A scenario of days means nothing by what happens within a hundredth of them.
constexpr int room_in_validity = 100;

std::string counted(std::optional<unsigned> certificates) {
  return certificates ? std::to_string(*certificates) + " certificates" : std::string();
}

}  // namespace

awaitable<void> world_play::perform(const action& what) {
  const auto by_kind = [this](const auto& s) -> awaitable<void> {
    using step_type = std::decay_t<decltype(s)>;
    if constexpr (std::is_same_v<step_type, eventually_step> ||
                  std::is_same_v<step_type, always_step>) {
      return settle();  // outcome_of() plays those itself
    } else {
      return perform(s);
    }
  };
  return std::visit(by_kind, what);
}

awaitable<void> world_play::perform(const start_step& what) {
  switch (what.who) {
    case party::endpoint:
      co_await await_server(stage_.endpoint->start());
      break;
    case party::responder:
      stage_.responder.start();
      break;
    case party::client:
      break;
  }
}

awaitable<void> world_play::perform(const stop_step& what) {
  switch (what.who) {
    case party::endpoint:
      co_await stop_endpoint();
      break;
    case party::responder:
      stage_.responder.stop();
      break;
    case party::client:
      break;
  }
}

awaitable<void> world_play::perform(const kill_step&) {
  const auto code = co_await stage_.endpoint->kill();
  if (code) stage_.record.add(process_ended{process_ended::kind::killed, *code});
}

awaitable<void> world_play::perform(const restart_step&) {
  co_await stop_endpoint();
  co_await await_server(stage_.endpoint->start());
}

awaitable<void> world_play::perform(const reload_step& what) {
  co_await stage_.endpoint->reload(what);
}

awaitable<void> world_play::perform(const store_step& what) {
  const auto& own = stage_.what.of->endpoint.certificates;
  const auto& certificate = what.certificate.empty() ? own.front() : what.certificate;
  const bool found = change_store(what, stage_.pki.leaf(certificate));
  stage_.record.add(store_changed{std::string(to_string(what.what)), found}, certificate);
  co_return;
}

bool world_play::change_store(const store_step& what, const pki::certificate& leaf) {
  auto& store = stage_.store;
  switch (what.what) {
    case store_step::act::corrupt:
      return store.corrupt(leaf);
    case store_step::act::truncate:
      return store.truncate(leaf);
    case store_step::act::remove:
      return store.remove(leaf);
    case store_step::act::replace: {
      const auto validity = stage_.what.of->responder.validity;
      store.replace(leaf, stage_.pki.good_answer(what.with, validity, stage_.time.now()));
      return true;
    }
    case store_step::act::block:
      store.block(leaf);
      return true;
    case store_step::act::unblock:
      store.unblock(leaf);
      return true;
  }
  return false;
}

awaitable<void> world_play::perform(const issue_step& what) {
  if (what.count) {
    stage_.pki.issue_batch(what.what, *what.count, stage_.time.now());
  } else {
    stage_.pki.issue(what.what, stage_.time.now());
  }
  stage_.record.add(ca_act{ca_act::kind::issued, counted(what.count)}, what.what.name);
  co_return;
}

awaitable<void> world_play::perform(const revoke_step& what) {
  const auto now = stage_.time.now();
  const pki::revocation how{what.reason, now + what.at};
  auto reason = what.reason ? std::string(pki::to_string(*what.reason)) : std::string();
  if (stage_.pki.is_batch(what.certificate)) {
    const auto revoked = stage_.pki.revoke_batch(what.certificate, what.count, how, now);
    reason = counted(revoked) + (reason.empty() ? "" : ", " + reason);
  } else {
    stage_.pki.ca().revoke(what.certificate, how, now);
  }
  stage_.record.add(ca_act{ca_act::kind::revoked, reason}, what.certificate);
  co_return;
}

awaitable<void> world_play::perform(const hold_step& what) {
  stage_.pki.ca().hold(what.certificate, stage_.time.now());
  stage_.record.add(ca_act{ca_act::kind::held, {}}, what.certificate);
  co_return;
}

awaitable<void> world_play::perform(const release_step& what) {
  stage_.pki.ca().release(what.certificate, stage_.time.now());
  stage_.record.add(ca_act{ca_act::kind::released, {}}, what.certificate);
  co_return;
}

awaitable<void> world_play::perform(const fault_step& what) {
  fault_changed set{describe(action(what)), true};
  set.cleared_by = what.name.empty() ? std::string(responder::to_string(what.what)) : what.name;
  if (what.from > duration::zero()) set.from = stage_.time.now() + what.from;
  if (what.lasts) set.until = stage_.time.now() + what.from + *what.lasts;
  stage_.record.add(std::move(set), what.certificate);
  stage_.responder.add_fault(what);
  co_return;
}

awaitable<void> world_play::perform(const clear_step& what) {
  for (const auto& name : stage_.responder.clear_faults(what.name)) {
    stage_.record.add(fault_changed{name, false, name});
  }
  co_return;
}

awaitable<void> world_play::perform(const signer_step& what) {
  stage_.responder.choose_signer(what.signer);
  co_return;
}

awaitable<void> world_play::perform(const publish_step& what) {
  stage_.responder.publish_crl(what.authority);
  stage_.record.add(ca_act{ca_act::kind::published, "CRL of " + what.authority});
  co_return;
}

awaitable<void> world_play::perform(const responder_step& what) {
  stage_.responder.change(what);
  stage_.record.add(responder_changed{describe(action(what))});
  co_return;
}

awaitable<void> world_play::perform(const purge_step&) {
  stage_.responder.purge();
  stage_.record.add(responder_changed{"the cache in front is emptied"});
  co_return;
}

awaitable<void> world_play::perform(const advance_step& what) {
  co_await advance_to(stage_.time.now() + what.by);
}

awaitable<void> world_play::perform(const advance_to_step& what) {
  planned_ = what.to;
  mind_drift();
  if (!meaningless_.empty()) co_return;
  if (what.to + stage_.passing->slack() < stage_.time.now()) {
    throw pki::input_error("cannot advance to " + pki::to_rfc3339(what.to) + ": it is already " +
                           pki::to_rfc3339(stage_.time.now()));
  }
  co_await advance_to(what.to);
  planned_ = what.to;
}

awaitable<void> world_play::perform(const skew_step& what) {
  switch (what.who) {
    case party::endpoint:
      stage_.endpoint_time.set_offset(what.by);
      stage_.endpoint->clock_moved();
      break;
    case party::responder:
      stage_.responder_time.set_offset(what.by);
      break;
    case party::client:
      stage_.client_time.set_offset(what.by);
      break;
  }
  stage_.record.add(clock_skewed{what.who, what.by});
  co_return;
}

awaitable<void> world_play::perform(const mark_step& what) {
  stage_.record.add(mark_set{what.label});
  co_return;
}

awaitable<void> world_play::perform(const note_step&) {
  co_return;
}

awaitable<void> world_play::perform(const check_step&) {
  co_return;
}

awaitable<void> world_play::stop_endpoint() {
  const auto code = co_await stage_.endpoint->stop();
  if (code) stage_.record.add(process_ended{process_ended::kind::stopped, *code});
}

awaitable<void> world_play::advance_to(time_point t) {
  const auto from = stage_.time.now();
  co_await pass_time(t);
  if (t > from) stage_.record.add(clock_moved{from});
}

// In scaled real time a server that looks only every few minutes has not looked, where in the time
// of the scenario it would have.
void world_play::mind_floor(duration passing) {
  if (!stage_.what.on || stage_.mode != time_mode::real) return;
  const auto& time = stage_.what.on->time;
  const auto meant = std::chrono::duration_cast<duration>(passing * stage_.scale);
  if (passing < time.floor && meant >= time.floor) meaningless_ = time.floor_why;
}

// What the server, the clients and we take for what we do is longer in the time of the scenario. So
// is a second, and nothing smaller is in an answer.
void world_play::mind_drift() {
  if (!stage_.what.on || stage_.mode != time_mode::real || !meaningless_.empty()) return;
  const auto late = std::max(stage_.time.now() - planned_, duration(0)) + smallest_in_answer;
  if (late <= stage_.what.of->responder.validity / room_in_validity) return;
  const auto meant = std::chrono::round<seconds>(late * stage_.scale);
  meaningless_ = fmt::format(
      "at --time-scale {} this comes {} late, for answers that are valid for {}: a lower one helps",
      stage_.scale, runtime::to_text(meant),
      runtime::to_text(
          std::chrono::round<seconds>(stage_.what.of->responder.validity * stage_.scale)));
}

awaitable<void> world_play::pass_time(time_point t) {
  const auto now = stage_.time.now();
  mind_floor(t - now);
  if (t > now) planned_ += t - now;
  co_await stage_.passing->pass_until(t);
}

awaitable<void> world_play::await_server(awaitable<void> what) {
  if (!stage_.what.on) {
    co_await std::move(what);
    co_return;
  }
  runtime::task_group time_passes(stage_.io.get_executor());
  time_passes.spawn(stage_.passing->pass_idly());
  co_await std::move(what);
  time_passes.cancel();
  co_await time_passes.join();
}

// The world is quiet, and time has not moved.
awaitable<void> world_play::settle() {
  co_await stage_.passing->settle();
}

}  // namespace staplelab::scenarios
