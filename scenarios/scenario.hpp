// A scenario after parsing: nothing in it is text that still means something.
//
// The file format is described in docs/scenarios.md and in schema.json; parse.hpp reads it. A
// scenario is one file with all its includes and variables resolved, not yet expanded over its
// matrix; `expand` makes the cases.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "scenarios/incident.hpp"
#include "scenarios/parties.hpp"
#include "scenarios/step.hpp"
#include "stapler/mode.hpp"

namespace staplelab::scenarios {

struct target;

struct matrix {
  std::vector<stapler::mode> modes;
  std::vector<bool> must_staple;
  std::vector<std::string> profiles;  // names of stapling policies; empty: left to who runs it
};

struct scenario {
  std::string name;  // path below the folder it was found in, without ".json"
  std::string file;
  std::string title;
  std::string about;
  std::optional<incident> replays = {};  // a real event
  std::vector<std::string> tags;
  std::uint64_t seed = 1;
  time_point start;
  matrix over;
  std::vector<authority_spec> authorities;  // issuers before what they issue
  std::vector<certificate_spec> certificates;
  std::vector<signer_spec> signers;
  responder_spec responder;
  endpoint_spec endpoint;
  std::vector<step> steps;
};

// One cell of the matrix.
struct scenario_case {
  const scenario* of;  // owned by whoever parsed it; outlives the case
  stapler::mode mode;
  bool must_staple;
  std::string profile;
  const target* on = nullptr;  // null: our own endpoint. Outlives the case, too
  std::string judged_as = {};  // the profile whose expectations count; empty: its own
  const std::string& expectations() const { return judged_as.empty() ? profile : judged_as; }
  std::string id() const;  // "revocation/turns-revoked::must::plain::builtin:resilient"
  stapler::staple_class initial_class() const;
};

// `otherwise` are the profiles where the file names none. A persona among them is played wherever
// the file expects something of a good server, and judged by that.
std::vector<scenario_case> expand(const scenario& all,
                                  const std::vector<std::string>& otherwise = {"resilient"});

}  // namespace staplelab::scenarios
