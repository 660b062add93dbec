// A conformance check as a value: what a document demands, what must be known before, which
// exchanges it looks at, and a pure judgement over them.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "conform/evidence.hpp"
#include "conform/finding.hpp"

namespace staplelab::conform {

// RFC 2119.
enum class level { must, should, may };
std::string_view to_string(level which);

// Empty: the profile's documents say nothing about it.
struct levels {
  std::optional<level> rfc6960, rfc9919, webpki;
  std::optional<level> in(profile which) const;
};

enum class area { parsing, content, extensions, http };
std::string_view title_of(area which);

// What must have been seen before a check means anything.
enum class prerequisite {
  nothing,
  any_answer,         // an OCSPResponse to the plain question, of any status (R64 or R65)
  definitive_answer,  // a basic response to it (R21)
  get,                // the same by GET (R65)
};
// Why a check with this prerequisite cannot be made; empty when it can.
std::optional<std::string> unmet(prerequisite what, const evidence& seen);

// When a check is made. A responder that serves one connection at a time does not survive a silent
// one, and some end themselves when they have said an error status: what tells most comes first.
enum class stage { questions, patience, provocations };

struct check {
  int number = 0;  // R<number>
  area of = area::parsing;
  levels at;
  std::string_view title;
  std::string_view clause;  // document and section
  prerequisite needs = prerequisite::nothing;
  std::vector<probe_id> probes;  // to be made before, in this order
  finding (*judge)(const evidence& seen) = nullptr;
  stage when = stage::questions;
  bool tells_of_silence = false;  // also when the responder stopped before this check

  std::string id() const { return "R" + std::to_string(number); }
};

// In the order in which they are to be made: what others depend on first, then by stage; checks
// that ask nothing of their own look at every answer there is, and so come last.
const std::vector<check>& all_checks();
const check& check_numbered(int number);

// The parts that all_checks() is made of.
std::vector<check> access_checks();     // R64, R65, R21: everything else depends on them
std::vector<check> parsing_checks();    // R1 to R4, R12 to R19
std::vector<check> cert_id_checks();    // R5 to R11, R17
std::vector<check> identity_checks();   // R22 to R29: who signs
std::vector<check> content_checks();    // R30 to R47: what is said
std::vector<check> refresh_checks();    // R43 to R46: how old it may get
std::vector<check> extension_checks();  // R51 to R61
std::vector<check> http_checks();       // R66 to R78
std::vector<check> cache_checks();      // R69 to R76
std::vector<check> patience_checks();   // R20, R48

// What the judgement comes to at this level: breaking a MAY is acceptable. A check that the profile
// does not have is skipped.
finding weighed(finding found, std::optional<level> at);

}  // namespace staplelab::conform
