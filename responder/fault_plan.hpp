// Which faults are switched on, for which requests, how often and when.
//
// Rules are tried in the order in which they were added; the first that matches and whose dice fall
// that way is the fault of the request, and only it is counted down. A fault that refuses
// connections is the listener's business: it is never drawn, and takes a window but neither count,
// probability nor match. The plan reads no clock and owns no engine.
#pragma once

#include <boost/system/result.hpp>
#include <cstdint>
#include <optional>
#include <random>
#include <string>
#include <string_view>
#include <vector>

#include "pki/serial_number.hpp"
#include "pki/time.hpp"
#include "responder/fault.hpp"

namespace staplelab::responder {

// Half open: `from` is inside, `until` is not. An empty end is open.
struct fault_window {
  std::optional<pki::time_point> from;
  std::optional<pki::time_point> until;

  bool contains(pki::time_point t) const;
};

// Everything that is given must hold.
struct fault_match {
  std::optional<pki::serial_number> serial;  // one of the certificates asked for
  std::optional<std::string> method;         // "GET", "POST", "HEAD"
  std::optional<std::string> path_prefix;    // of the target as it was on the wire: "//" counts
};

struct fault_rule {
  std::string name;  // unique in the plan; empty: add() makes one from the fault's name
  fault what;
  std::optional<std::uint64_t> count;  // how many requests; empty: no end
  double probability = 1.0;            // (0, 1]
  fault_window window;
  fault_match match;
};

// What a rule may match on.
struct request_facts {
  std::vector<pki::serial_number> serials;
  std::string method;
  std::string target;
};

struct drawn_fault {
  std::string rule;
  fault what;
};

class fault_plan {
 public:
  // The name under which the rule stands; rules whose count is used up leave. Refuses a name taken,
  // a count of zero, a probability outside (0, 1], a window that ends before it begins, and what
  // refuse_connections cannot have. `key` in the error is "name", "count", "probability", "window"
  // or "match".
  boost::system::result<std::string, fault_error> add(fault_rule rule);
  // The error that add() would give, if any; changes nothing.
  std::optional<fault_error> flaw_of(const fault_rule& rule) const;
  bool clear(std::string_view name);  // false: there is none of that name
  void clear_all();
  const std::vector<fault_rule>& rules() const { return rules_; }  // with what is left of `count`

  // One number is drawn from the engine for each matching rule tried whose probability is below 1.
  std::optional<drawn_fault> draw(const request_facts& request, pki::time_point now,
                                  std::mt19937_64& engine);

  bool refuses_connections(pki::time_point now) const;
  // The next moment after `now` at which refuses_connections() may change; empty: never.
  std::optional<pki::time_point> next_refusal_change(pki::time_point now) const;

 private:
  std::vector<fault_rule> rules_;
  std::uint64_t names_made_ = 0;
};

}  // namespace staplelab::responder
