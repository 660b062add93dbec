#include "scenarios/expectation.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cassert>
#include <utility>

#include "pki/time.hpp"
#include "runtime/duration_text.hpp"
#include "scenarios/expectation_why.hpp"

namespace staplelab::scenarios {

namespace {

// RFC 8446 6, RFC 5246 7.2, RFC 6066 9, RFC 7301 3.2.
constexpr std::pair<int, std::string_view> alerts[] = {
    {0, "close_notify"},
    {10, "unexpected_message"},
    {20, "bad_record_mac"},
    {22, "record_overflow"},
    {40, "handshake_failure"},
    {42, "bad_certificate"},
    {43, "unsupported_certificate"},
    {44, "certificate_revoked"},
    {45, "certificate_expired"},
    {46, "certificate_unknown"},
    {47, "illegal_parameter"},
    {48, "unknown_ca"},
    {49, "access_denied"},
    {50, "decode_error"},
    {51, "decrypt_error"},
    {70, "protocol_version"},
    {71, "insufficient_security"},
    {80, "internal_error"},
    {86, "inappropriate_fallback"},
    {90, "user_canceled"},
    {100, "no_renegotiation"},
    {109, "missing_extension"},
    {110, "unsupported_extension"},
    {112, "unrecognized_name"},
    {113, "bad_certificate_status_response"},
    {115, "unknown_psk_identity"},
    {116, "certificate_required"},
    {120, "no_application_protocol"},
};

template <class T>
bool contains_or_empty(const std::vector<T>& some, const T& one) {
  return some.empty() || std::ranges::find(some, one) != some.end();
}

std::string written(duration length) {
  return runtime::to_text(length);
}
std::string written(long count) {
  return std::to_string(count);
}
std::string written(double milliseconds) {
  return fmt::format("{:.1f} ms", milliseconds);
}

template <class T>
std::string written(const range<T>& limits) {
  if (limits.at_least && limits.at_most) {
    if (*limits.at_least == *limits.at_most) return written(*limits.at_least);
    return fmt::format("{} to {}", written(*limits.at_least), written(*limits.at_most));
  }
  if (limits.at_least) return fmt::format("at least {}", written(*limits.at_least));
  return fmt::format("at most {}", written(*limits.at_most));
}

std::string written(const std::vector<probe_verdict>& verdicts) {
  std::string text;
  for (const auto verdict : verdicts) {
    if (!text.empty()) text += " or ";
    text += to_string(verdict);
  }
  return text;
}

bool is_staple(const probe_facts& probe) {
  return probe.this_update.has_value();
}

// One field after another, against one observation.
class comparison {
 public:
  comparison(const expectation& expected, const observation& seen, time_point now)
      : expected_(expected), seen_(seen), now_(now) {}

  std::vector<shortfall> run() {
    for (const auto& probe : seen_.probes)
      judge(probe);
    if (seen_.probes.empty()) require_probe();
    judge_latency();
    judge_endpoint();
    judge_fetches();
    return std::move(found_);
  }

 private:
  // The first probe that falls short speaks for the others of its step.
  void fall_short(std::string field, std::string expected, std::string observed, std::string why) {
    if (std::ranges::find(found_, field, &shortfall::field) != found_.end()) return;
    found_.push_back({std::move(field), std::move(expected), std::move(observed), std::move(why)});
  }

  void judge(const probe_facts& probe) {
    if (!expected_.verdict.empty() && !contains_or_empty(expected_.verdict, probe.verdict)) {
      fall_short("verdict", written(expected_.verdict), std::string(to_string(probe.verdict)),
                 why_probe(expected_.verdict.front(), probe));
    }
    if (expected_.alert && probe.alert != expected_.alert) {
      fall_short("alert", alert_name(*expected_.alert),
                 probe.alert ? alert_name(*probe.alert) : "none", std::string(why_alert));
    }
    if (expected_.certificate && probe.certificate != *expected_.certificate) {
      fall_short("certificate", *expected_.certificate,
                 probe.certificate.empty() ? "none" : probe.certificate,
                 std::string(why_certificate));
    }
    judge_revocation(probe);
    judge_times(probe);
    judge_refresh(probe);
    judge_change(probe);
  }

  void judge_revocation(const probe_facts& probe) {
    if (expected_.reason && probe.reason != expected_.reason) {
      fall_short("reason", std::string(to_string(*expected_.reason)),
                 probe.reason ? std::string(to_string(*probe.reason)) : "no revocation",
                 std::string(why_reason));
    }
    if (!expected_.crl_number) return;
    if (!probe.crl_number || !expected_.crl_number->holds(*probe.crl_number)) {
      fall_short("crl_number", written(*expected_.crl_number),
                 probe.crl_number ? written(*probe.crl_number) : "no CRL with a number",
                 std::string(why_crl_number));
    }
  }

  void judge_times(const probe_facts& probe) {
    if (expected_.age) {
      if (!probe.this_update) {
        fall_short("age", written(*expected_.age), "no staple", std::string(why_age));
      } else if (const duration age = now_ - *probe.this_update; !expected_.age->holds(age)) {
        fall_short("age", written(*expected_.age), written(age), std::string(why_age));
      }
    }
    if (expected_.expires_in) {
      if (!probe.next_update) {
        fall_short("expires_in", written(*expected_.expires_in),
                   is_staple(probe) ? "never" : "no staple", std::string(why_expires_in));
      } else if (const duration left = *probe.next_update - now_;
                 !expected_.expires_in->holds(left)) {
        fall_short("expires_in", written(*expected_.expires_in), written(left),
                   std::string(why_expires_in));
      }
    }
  }

  void judge_refresh(const probe_facts& probe) {
    if (!expected_.webpki) return;
    const auto miss = [&](std::string observed) {
      fall_short("webpki", "an answer as fresh as BR 4.9.9 wants it", std::move(observed),
                 std::string(why_webpki));
    };
    if (!probe.this_update || !probe.next_update) return miss("no answer with both times");
    const auto breach =
        responder::breach_of(*expected_.webpki, *probe.this_update, *probe.next_update, now_);
    if (!breach) return;
    miss(fmt::format("{}; this one is {} old and valid for {}", responder::to_string(*breach),
                     written(duration(now_ - *probe.this_update)),
                     written(duration(*probe.next_update - *probe.this_update))));
  }

  void judge_change(const probe_facts& probe) {
    if (!expected_.staple) return;
    const auto miss = [&](std::string observed) {
      fall_short("staple", std::string(to_string(*expected_.staple)), std::move(observed),
                 std::string(why_staple(*expected_.staple)));
    };
    if (!is_staple(probe)) return miss("no staple");
    if (!seen_.previous_staple) return miss("the first staple seen");
    const auto& before = *seen_.previous_staple;
    const bool same = before.this_update == probe.this_update &&
                      before.next_update == probe.next_update && before.verdict == probe.verdict &&
                      before.certificate == probe.certificate;
    const bool newer = before.this_update < probe.this_update;
    switch (*expected_.staple) {
      case staple_change::same:
        if (!same) miss(newer ? "newer" : "other");
        return;
      case staple_change::newer:
        if (!newer) miss(same ? "same" : "other, not newer");
        return;
      case staple_change::other:
        if (same) miss("same");
        return;
    }
  }

  // An expectation on a probe that was never made must not pass unseen.
  void require_probe() {
    const bool on_probe = !expected_.verdict.empty() || expected_.alert || expected_.age ||
                          expected_.expires_in || expected_.staple || expected_.webpki ||
                          expected_.certificate || expected_.latency_ms || expected_.reason ||
                          expected_.crl_number;
    if (on_probe) {
      fall_short("verdict", expected_.verdict.empty() ? "a probe" : written(expected_.verdict),
                 "no probe was made", "without a connection nothing can be said of the staple");
    }
  }

  void judge_latency() {
    if (!expected_.latency_ms || seen_.probes.empty()) return;
    const double slowest =
        std::ranges::max_element(seen_.probes, {}, &probe_facts::latency_ms)->latency_ms;
    if (!expected_.latency_ms->holds(slowest)) {
      fall_short("latency_ms", written(*expected_.latency_ms), written(slowest),
                 std::string(why_latency));
    }
  }

  void judge_endpoint() {
    if (expected_.endpoint && seen_.endpoint != *expected_.endpoint) {
      fall_short("endpoint", std::string(to_string(*expected_.endpoint)),
                 std::string(to_string(seen_.endpoint)),
                 std::string(why_endpoint(*expected_.endpoint, seen_.endpoint)));
    }
    if (expected_.exit_code && seen_.exit_code != expected_.exit_code) {
      fall_short("exit_code", std::to_string(*expected_.exit_code),
                 seen_.exit_code ? std::to_string(*seen_.exit_code) : "still running",
                 std::string(why_exit_code));
    }
    if (expected_.warned && seen_.warned != *expected_.warned) {
      fall_short("warned", *expected_.warned ? "a warning" : "no warning",
                 seen_.warned ? "a warning" : "no warning",
                 std::string(why_warned(*expected_.warned)));
    }
  }

  void judge_fetches() {
    const auto count = static_cast<long>(seen_.fetches.size());
    if (expected_.fetches && !expected_.fetches->holds(count)) {
      const bool too_many = expected_.fetches->at_most && count > *expected_.fetches->at_most;
      fall_short("fetches", written(*expected_.fetches), written(count),
                 std::string(why_fetches(too_many)));
    }
    if (expected_.fetch_spacing && seen_.fetches.size() < 2) {
      fall_short("fetch_spacing", written(*expected_.fetch_spacing), written(count) + " fetched",
                 "the distance between fetches shows only when there are two");
    }
    if (expected_.fetch_method && seen_.fetch_methods.empty()) {
      fall_short("fetch_method", *expected_.fetch_method, written(count) + " fetched",
                 "the method shows only when something is fetched");
    }
    if (expected_.fetch_spacing) {
      for (std::size_t i = 1; i < seen_.fetches.size(); ++i) {
        const duration gap = seen_.fetches[i] - seen_.fetches[i - 1];
        if (expected_.fetch_spacing->holds(gap)) continue;
        fall_short("fetch_spacing", written(*expected_.fetch_spacing), written(gap),
                   std::string(why_fetch_spacing));
      }
    }
    if (expected_.fetch_method) {
      for (const auto& method : seen_.fetch_methods) {
        if (method == *expected_.fetch_method) continue;
        fall_short("fetch_method", *expected_.fetch_method, method, std::string(why_fetch_method));
      }
    }
  }

  const expectation& expected_;
  const observation& seen_;
  time_point now_;
  std::vector<shortfall> found_;
};

}  // namespace

std::string_view to_string(probe_verdict verdict) {
  switch (verdict) {
    case probe_verdict::good:
      return "good";
    case probe_verdict::revoked:
      return "revoked";
    case probe_verdict::unknown:
      return "unknown";
    case probe_verdict::none:
      return "none";
    case probe_verdict::error_status:
      return "error_status";
    case probe_verdict::malformed:
      return "malformed";
    case probe_verdict::expired:
      return "expired";
    case probe_verdict::not_yet_valid:
      return "not_yet_valid";
    case probe_verdict::wrong_cert:
      return "wrong_cert";
    case probe_verdict::bad_signature:
      return "bad_signature";
    case probe_verdict::unauthorized_signer:
      return "unauthorized_signer";
    case probe_verdict::critical_extension:
      return "critical_extension";
    case probe_verdict::handshake_failed:
      return "handshake_failed";
    case probe_verdict::refused:
      return "refused";
  }
  assert(false);
  return {};
}

std::optional<probe_verdict> parse_probe_verdict(std::string_view name) {
  for (const auto verdict : all_probe_verdicts) {
    if (to_string(verdict) == name) return verdict;
  }
  return {};
}

std::string_view to_string(const told_reason& reason) {
  return reason.given ? pki::to_string(*reason.given) : "none";
}

std::string_view to_string(endpoint_state state) {
  switch (state) {
    case endpoint_state::up:
      return "up";
    case endpoint_state::down:
      return "down";
    case endpoint_state::refused:
      return "refused";
  }
  assert(false);
  return {};
}

std::string_view to_string(staple_change change) {
  switch (change) {
    case staple_change::same:
      return "same";
    case staple_change::newer:
      return "newer";
    case staple_change::other:
      return "other";
  }
  assert(false);
  return {};
}

std::string alert_name(int alert) {
  const auto found = std::ranges::find(alerts, alert, &std::pair<int, std::string_view>::first);
  return found == std::end(alerts) ? fmt::format("alert {}", alert) : std::string(found->second);
}

std::optional<int> parse_alert(std::string_view name) {
  const auto found = std::ranges::find(alerts, name, &std::pair<int, std::string_view>::second);
  if (found == std::end(alerts)) return {};
  return found->first;
}

std::span<const std::string_view> alert_names() {
  static const auto names = [] {
    std::array<std::string_view, std::size(alerts)> all;
    std::ranges::transform(alerts, all.begin(), &std::pair<int, std::string_view>::second);
    return all;
  }();
  return names;
}

bool selects(const selection& which, const case_facts& facts) {
  return contains_or_empty(which.classes, facts.class_now) &&
         contains_or_empty(which.modes, facts.mode) &&
         contains_or_empty(which.must_staple, facts.must_staple) &&
         contains_or_empty(which.profiles, facts.profile);
}

const expectation* expected_for(const expectation_tree& tree, const case_facts& facts) {
  const auto found = std::ranges::find_if(
      tree.alternatives, [&](const auto& alternative) { return selects(alternative.when, facts); });
  return found == tree.alternatives.end() ? nullptr : &found->expect;
}

std::vector<shortfall> compare(const expectation& expected, const observation& seen,
                               time_point now) {
  return comparison(expected, seen, now).run();
}

}  // namespace staplelab::scenarios
