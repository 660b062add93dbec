// The fixed series of experiments: each a small scenario, told as data and played by the engine of
// scenarios; what it showed is judged by judgement.hpp.
//
// A study is what one or two cells need. Everything in it is repeated together.
#pragma once

#include <functional>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "fingerprint/cell.hpp"
#include "fingerprint/course.hpp"
#include "scenarios/scenario.hpp"
#include "scenarios/target.hpp"
#include "stapler/mode.hpp"

namespace staplelab::fingerprint {

using about_course = std::function<bool(const course&)>;

struct experiment {
  scenarios::scenario told;
  stapler::mode mode;
  bool must_staple;
  // Asked after each step: the rest would change no cell.
  about_course settled = {};
  // Asked of the course of the experiment before this one in its study: it has not decided.
  // Otherwise this one is not played. Empty: it always is.
  about_course needed = {};
};

struct study {
  std::vector<cell> cells;
  std::vector<experiment> experiments;  // none: the cells do not apply
  // From the courses of the experiments, in their order.
  std::function<cell_values(std::span<const course>)> judge;
};

// What the series has to know of a server beforehand: nothing that it is about to find out.
struct subject_facts {
  stapler::mode mode = stapler::mode::auto_;        // in which the row is made
  stapler::mode strictest = stapler::mode::always;  // that it has
  // Why it asks no responder, or cannot be taken through time; empty when it does, and can.
  std::optional<std::string> asks_nobody = {};
  std::optional<std::string> stays_in_time = {};
};
// Of our own endpoint for a null target.
subject_facts facts_of(const scenarios::target* what, stapler::mode mode);

// A description that says of `plain` that the server makes no difference is believed only after it
// has been tried: here it gets the configuration of the other kind.
scenarios::target with_both_kinds(scenarios::target what);

// A study of which nothing can be said, for one reason.
study left_out(std::vector<cell> cells, const std::string& why);

// In the order of the row.
std::vector<study> all_studies(const subject_facts& facts);

}  // namespace staplelab::fingerprint
