// The life of the staple of one certificate, decided purely: events in, the next step out.
//
// Nothing here waits, fetches or sends. Whoever drives it performs the step it was given last and
// reports what came of it. A machine of class off asks for nothing and offers nothing.
#pragma once

#include <memory>
#include <optional>
#include <random>
#include <string_view>
#include <variant>

#include "pki/bytes.hpp"
#include "pki/ocsp_verify.hpp"
#include "stapler/mode.hpp"
#include "stapler/policy.hpp"

namespace staplelab::stapler {

using octets = std::shared_ptr<const pki::bytes>;  // immutable, shared with handshakes under way

struct staple {
  octets der;
  pki::ocsp_judgement judgement;  // good, revoked or unknown
};

// The last moment at which an answer may be sent; empty: it has none.
std::optional<time_point> expiry_of(const pki::ocsp_judgement& judgement, const policy& rules);

// An attempt that brought no sound answer.
struct failed_attempt {
  octets error_answer = nullptr;  // set when the responder said tryLater, or what counts as that
  bool lasting = false;           // there is nobody to ask: trying again at once is of no use
};

// Next steps.
struct fetch_now {
  bool operator==(const fetch_now&) const = default;
};
struct wait_until {
  time_point t;
  bool operator==(const wait_until&) const = default;
};
struct rest {  // nothing to do until a handshake asks
  bool operator==(const rest&) const = default;
};
struct as_before {  // the step given earlier still stands
  bool operator==(const as_before&) const = default;
};
enum class end_reason {
  revoked,
  unknown,
  no_valid_staple,
  internal_error,  // not decided here: whoever drives it could not go on
};
std::string_view to_string(end_reason why);
struct shut_down {
  int exit_code;
  end_reason why;
  bool operator==(const shut_down&) const = default;
};
struct refuse_to_start {
  int exit_code;
  end_reason why;
  bool operator==(const refuse_to_start&) const = default;
};
using next_step = std::variant<fetch_now, wait_until, rest, as_before, shut_down, refuse_to_start>;

// What a handshake does.
struct send_staple {
  octets der;
};
struct send_nothing {};
struct fail_handshake {};   // alert 80, internal_error, whether the client asked or not
struct fetch_first {};      // then ask again
struct fetch_meanwhile {};  // goes on with what there is
using offer = std::variant<send_staple, send_nothing, fail_handshake, fetch_first, fetch_meanwhile>;

enum class fetch_cause { monitor, handshake };

class stapling {
 public:
  using random = std::mt19937_64;

  stapling(const policy& rules, staple_class c);

  // `stored` was verified under the policy's rules just now. Comes first, once.
  next_step start(std::optional<staple> stored, random& chance, time_point now);
  next_step accepted(staple answer, fetch_cause cause, random& chance, time_point now);
  next_step failed(const failed_attempt& attempt, fetch_cause cause, random& chance,
                   time_point now);
  // The time of the last wait_until has come.
  next_step due(time_point now);
  // `fetched`: the fetch that fetch_first asked for has ended.
  offer handshake(bool fetched, time_point now);

  // False until the server may listen.
  bool started() const { return phase_ == phase::running; }
  const std::optional<staple>& held() const { return held_; }
  // What has taken the place of the staple; null: nothing has.
  const octets& error_answer() const { return error_answer_; }
  // Held, and within its validity.
  bool holds_valid(time_point now) const;
  staple_class class_of_staple() const { return class_; }

 private:
  enum class phase { starting, running, ended };
  enum class monitor { idle, scheduled, ended };

  next_step not_good(staple answer, fetch_cause cause, random& chance, time_point now);
  next_step no_progress(bool lasting, fetch_cause cause, random& chance, time_point now);
  next_step settle_start(bool lasting, random& chance, time_point now);
  next_step after_not_good(bool at_start, fetch_cause cause, random& chance, time_point now);
  next_step resume(staple stored, random& chance, time_point now);
  next_step schedule(random& chance, time_point now);
  next_step retry(random& chance, time_point now);
  next_step wait(duration length, time_point now);
  next_step end(end_reason why);
  void hold(staple answer);
  duration until_refresh(validity_measure of, double stretch, time_point now) const;
  bool kept_out(const staple& answer, time_point now) const;
  bool asks_for_client(time_point now) const;
  answer_rule rule_for(pki::ocsp_verdict verdict) const;

  policy rules_;
  staple_class class_;
  phase phase_ = phase::starting;
  monitor monitor_ = monitor::idle;
  time_point started_at_{};
  std::optional<staple> held_;
  std::optional<staple> reserve_;  // stored and not good: what is left if the responder is silent
  octets error_answer_;            // has taken the place of the staple
  // Under asking_rule::for_clients: when a handshake asks again; empty: the first one does.
  std::optional<time_point> ask_from_ = {};
  int failures_ = 0;  // in a row, all with or all without a valid staple
  bool failed_while_valid_ = false;
};

}  // namespace staplelab::stapler
