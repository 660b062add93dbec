// Fault rules as JSON, in the form that responder/admin.hpp describes. Unknown keys are errors.
#pragma once

#include <boost/system/result.hpp>
#include <nlohmann/json_fwd.hpp>
#include <string>

#include "responder/fault_plan.hpp"

namespace staplelab::responder {

struct json_flaw {
  std::string what;   // lower case, no full stop
  std::string where;  // a JSON pointer (RFC 6901), or "line 1, column 5"
};

boost::system::result<nlohmann::json, json_flaw> parse_json(const std::string& text);

// `where` points at `value` in its document.
boost::system::result<fault_rule, json_flaw> rule_from_json(const nlohmann::json& value,
                                                            const std::string& where);
nlohmann::json to_json(const fault_rule& rule);

}  // namespace staplelab::responder
