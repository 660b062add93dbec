// The part of a policy that the admin API shows and changes: profile, validity, backdate,
// non_issued, responder_id and archive_cutoff. Unknown keys are errors.
#pragma once

#include <boost/system/result.hpp>
#include <nlohmann/json_fwd.hpp>

#include "responder/fault_json.hpp"
#include "responder/policy.hpp"

namespace staplelab::responder {

// null for archive_cutoff: there is none. non_issued is what holds, chosen or the profile's.
nlohmann::json to_json(const answer_policy& policy);

// `current` with what `changes` names; null gives the profile's non_issued, or no archive_cutoff.
// Whether the result makes sense is flaw_of()'s question.
boost::system::result<answer_policy, json_flaw> changed_policy(const answer_policy& current,
                                                               const nlohmann::json& changes);

}  // namespace staplelab::responder
