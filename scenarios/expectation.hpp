// What a step expects, for whom, and the pure comparison with what was seen.
#pragma once

#include <array>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "pki/cert_status.hpp"
#include "responder/refresh_rules.hpp"
#include "runtime/clock.hpp"
#include "stapler/mode.hpp"

namespace staplelab::scenarios {

using runtime::duration;
using runtime::time_point;

// The closed list of what a probe or a query can find. Names as in `probe --json`.
enum class probe_verdict {
  good,
  revoked,
  unknown,
  none,
  error_status,
  malformed,
  expired,
  not_yet_valid,
  wrong_cert,
  bad_signature,
  unauthorized_signer,
  critical_extension,
  handshake_failed,
  refused,
};
inline constexpr std::array all_probe_verdicts{probe_verdict::good,
                                               probe_verdict::revoked,
                                               probe_verdict::unknown,
                                               probe_verdict::none,
                                               probe_verdict::error_status,
                                               probe_verdict::malformed,
                                               probe_verdict::expired,
                                               probe_verdict::not_yet_valid,
                                               probe_verdict::wrong_cert,
                                               probe_verdict::bad_signature,
                                               probe_verdict::unauthorized_signer,
                                               probe_verdict::critical_extension,
                                               probe_verdict::handshake_failed,
                                               probe_verdict::refused};
std::string_view to_string(probe_verdict verdict);
std::optional<probe_verdict> parse_probe_verdict(std::string_view name);

// TLS alerts by the names of RFC 8446 6, RFC 5246 7.2 and the IANA registry: "internal_error"
// is 80.
std::string alert_name(int alert);  // "alert 123" for a number without a name
std::optional<int> parse_alert(std::string_view name);
std::span<const std::string_view> alert_names();

// Both ends inclusive.
template <class T>
struct range {
  std::optional<T> at_least;
  std::optional<T> at_most;
  bool holds(const T& value) const {
    return (!at_least || value >= *at_least) && (!at_most || value <= *at_most);
  }
};

enum class endpoint_state { up, down, refused };  // down: ended; refused: would not start
enum class staple_change { same, newer, other };  // against the last staple seen before
std::string_view to_string(endpoint_state state);
std::string_view to_string(staple_change change);

// Beside a revocation; the reason need not be given.
struct told_reason {
  std::optional<pki::crl_reason> given;
  bool operator==(const told_reason&) const = default;
};
std::string_view to_string(const told_reason& reason);  // "keyCompromise", "none"

// Every field that is set must hold; none set: nothing is expected.
struct expectation {
  std::vector<probe_verdict> verdict;  // any of these
  std::optional<int> alert;            // TLS alert number, with handshake_failed
  std::optional<range<duration>> age;  // now - this_update
  std::optional<range<duration>> expires_in;
  std::optional<staple_change> staple;
  std::optional<responder::certified> webpki;  // as fresh as BR 4.9.9 wants answers about these
  std::optional<std::string> certificate;      // the leaf that was presented
  std::optional<endpoint_state> endpoint;
  std::optional<int> exit_code;
  std::optional<range<long>> fetches;            // since the last mark
  std::optional<range<duration>> fetch_spacing;  // every gap between two of them
  std::optional<std::string> fetch_method;       // all of them
  std::optional<bool> warned;                    // the endpoint warned since the last mark
  std::optional<range<double>> latency_ms;       // real time, slowest handshake of the step
  std::optional<told_reason> reason = {};        // of the revocation
  std::optional<range<long>> crl_number = {};
};

// Which cases something is for. Empty lists: any.
struct selection {
  std::vector<stapler::staple_class> classes;
  std::vector<stapler::mode> modes;
  std::vector<bool> must_staple;
  std::vector<std::string> profiles;
};

struct case_facts {
  stapler::staple_class class_now;  // a reload may have changed it
  stapler::mode mode;               // of the matrix
  bool must_staple;                 // of the matrix
  std::string profile;
};

bool selects(const selection& which, const case_facts& facts);

// Given once, or by class, mode, kind of certificate or profile: the alternatives in the order of
// the file; the first whose selection fits is taken.
struct expectation_tree {
  struct alternative {
    selection when;
    expectation expect;
  };
  std::vector<alternative> alternatives;
};
const expectation* expected_for(const expectation_tree& tree, const case_facts& facts);

// What one handshake or query found.
struct probe_facts {
  probe_verdict verdict;
  std::optional<int> alert;
  std::optional<time_point> this_update;
  std::optional<time_point> next_update;
  std::string certificate;  // name in the scenario of the leaf presented; empty if none
  double latency_ms = 0;    // real time
  std::optional<told_reason> reason = {};  // empty: nothing says revoked
  std::optional<long> crl_number = {};     // of a CRL that was asked for
  std::string why = {};                    // what is wrong with the staple; empty: nothing is
};

// What a step saw.
struct observation {
  std::vector<probe_facts> probes;  // one each; empty: the step made none
  std::optional<probe_facts> previous_staple;
  endpoint_state endpoint;
  std::optional<int> exit_code;
  std::vector<time_point> fetches;  // since the last mark
  std::vector<std::string> fetch_methods;
  bool warned = false;
};

struct shortfall {
  std::string field;     // "verdict"
  std::string expected;  // "good"
  std::string observed;  // "none"
  std::string why;       // why it matters, one sentence
};

// Empty: everything held.
std::vector<shortfall> compare(const expectation& expected, const observation& seen,
                               time_point now);

}  // namespace staplelab::scenarios
