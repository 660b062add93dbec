// The whole set of vectors, and the folder it is written to.
//
// The same seed gives the same octets, on every machine and in every year. The private keys are
// made from the seed and therefore known to everybody: nothing here must ever be trusted.
#pragma once

#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "vectors/vector_case.hpp"

namespace staplelab::vectors {

struct vector_case {
  std::string name;  // "delegate_of_sub_ca": the group, then the case
  std::string group;
  std::string clause;
  std::vector<std::string> checks;
  ocsp_verdict verdict;
  std::vector<ocsp_verdict> acceptable;
  std::string why;
  draft what;
  bytes response;
};

struct vector_set {
  std::string seed;
  std::unique_ptr<const cast> parties;  // the cases point into it
  std::vector<vector_case> cases;       // in the order of the tables
};

vector_set make_vectors(std::string_view seed);

// "index.json" and "index.schema.json", responses and certificates in folders beside them.
std::map<std::string, bytes> files_of(const vector_set& set);

}  // namespace staplelab::vectors
