// Keeps the staple of one certificate: performs what stapler/stapling.hpp decides.
//
// One fetch at a time, whoever wants it; handshakes that need one share it. A fetch that a
// handshake asked for outlives that handshake. Shared: a fetch under way keeps its keeper alive.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <variant>

#include "runtime/async.hpp"
#include "runtime/clock.hpp"
#include "runtime/event.hpp"
#include "runtime/task_group.hpp"
#include "stapler/event.hpp"
#include "stapler/fetcher.hpp"
#include "stapler/loaded_config.hpp"
#include "stapler/staple_store.hpp"
#include "stapler/stapling.hpp"

namespace staplelab::stapler {

// What a certificate's staple looks like from outside.
struct certificate_state {
  std::string subject;
  staple_class served_as;
  std::optional<staple> held;
  std::optional<time_point> next_fetch;
  std::string last_failure;  // empty: none since the last success
};

class staple_keeper : public std::enable_shared_from_this<staple_keeper> {
 public:
  struct surroundings {
    runtime::executor where;
    runtime::clock& time;
    stapling::random& chance;
    event_sink tell;
    staple_store store;
  };
  staple_keeper(surroundings around, served_certificate what, policy rules, staple_class c);

  // Until the server may listen, or why it must not. `carried` comes before what is stored, and is
  // verified as that is: other rules took it. Returns early, without a reason, once it is ended.
  runtime::awaitable<std::optional<refuse_to_start>> start(std::optional<staple> carried);
  // After start(): fetches when it is time, until the server must end.
  runtime::awaitable<shut_down> watch();
  // For one handshake; never fetch_first.
  offer offer_now();
  // Waits only under handshake_fetch::wait. `client`: the connection that is kept waiting.
  runtime::awaitable<offer> offer_after_fetch(runtime::connection_id client);

  // Cancels what handshakes fetch, and returns when nothing is under way any more; watch() is
  // cancelled by whoever runs it. Until resume() or end(), handshakes that need a fetch wait.
  runtime::awaitable<void> pause();
  void resume();
  // Cancels, and from now on tells and writes nothing.
  void end();
  void warn(std::string message) const;
  certificate_state state() const;
  const served_certificate& certificate() const { return certificate_; }

 private:
  class fetch_lease;
  runtime::awaitable<void> fetch_for_monitor(time_point deadline);
  static runtime::awaitable<void> fetch_for_handshake(std::shared_ptr<staple_keeper> self,
                                                      std::unique_ptr<fetch_lease> lease);
  runtime::awaitable<void> fetch_and_take(fetch_cause cause, time_point deadline);
  void begin_fetch_for_handshake();
  next_step take(fetch_outcome outcome, fetch_cause cause);
  next_step take_answer(fetched_answer answer, fetch_cause cause);
  next_step take_failure(const fetch_failure& failure, fetch_cause cause);
  std::optional<staple> load_stored() const;
  std::optional<staple> verified(pki::bytes der) const;
  void tell_if_changed(const std::optional<staple>& before, staple_source source) const;
  void tell_if_dropped(const std::optional<staple>& before, const octets& error_before) const;
  void warn_when_bare();

  surroundings around_;
  served_certificate certificate_;
  policy rules_;
  stapling machine_;
  next_step next_ = rest{};
  std::string last_failure_;
  // Of the error answer that the machine was given last; one of its own making is a tryLater.
  pki::ocsp_verdict error_answer_is_ = pki::ocsp_verdict::error_status;
  bool bare_ = true;  // nothing valid to staple; told once it has started
  bool fetching_ = false;
  bool paused_ = false;
  bool ended_ = false;
  runtime::event fetch_over_;
  runtime::event next_changed_;
  runtime::task_group handshake_fetches_;
};

}  // namespace staplelab::stapler
